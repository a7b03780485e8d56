#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

#include "protocol/sctp/data_chunk.h"
#include "protocol/sctp/forward_tsn_chunk.h"
#include "protocol/sctp/sack_chunk.h"
#include "protocol/sctp/send_queue.h"

namespace millrace {

// The chunks that have a TSN and are not acknowledged for good: which are under way, which must be
// sent again (RFC 9260 sections 6.3.3 and 7.2.4), and which messages are given up (RFC 3758).
class OutstandingChunks {
 public:
  // Chunks of one byte each must not make an endless list.
  static constexpr size_t kChunksMax = 8192;
  // RFC 9260 7.2.4: "Upon receiving the third consecutive miss indication for a DATA chunk".
  static constexpr int kMissesMax = 3;

  struct Acknowledged {
    size_t bytes = 0;
    size_t in_flight_before = 0;
    bool cumulative = false;
    // A chunk was found lost by three reports.
    bool loss = false;
    // Of the newest chunk that was sent once only (Karn's rule).
    std::optional<Duration> rtt;
  };
  struct Abandoned {
    SctpStreamId stream;
    uint64_t message = 0;
  };

  OutstandingChunks(int64_t initial_tsn, const SctpNegotiated& negotiated);

  // Gives the fragment its TSN; the answer is what to write, valid until the next call.
  [[nodiscard]] DataChunk Send(OutgoingFragment fragment, Timestamp now);
  // The lost chunk with the lowest TSN, as sent again, if its payload fits.
  [[nodiscard]] std::optional<DataChunk> Resend(size_t payload_max, Timestamp now);
  // Nothing for a SACK that is older than another, or that speaks of what was never sent.
  [[nodiscard]] std::optional<Acknowledged> OnSack(const SackChunk& sack, bool in_fast_recovery,
                                                   Timestamp now);
  // T3-rtx ran out: all that is under way counts as lost.
  void OnTimeout(Timestamp now);
  // Gives up messages whose lifetime is over.
  void Expire(Timestamp now);
  // What to tell the peer about messages given up at the front, when it is due.
  [[nodiscard]] std::optional<ForwardTsnChunk> TakeForward(size_t entries_max);
  // Messages given up of which a part has no TSN yet.
  [[nodiscard]] std::vector<Abandoned> TakeAbandoned();

  [[nodiscard]] bool empty() const { return chunks_.empty(); }
  [[nodiscard]] bool full() const { return chunks_.size() >= kChunksMax; }
  [[nodiscard]] bool has_lost() const { return lost_ > 0; }
  [[nodiscard]] size_t in_flight() const { return in_flight_; }
  [[nodiscard]] int64_t acknowledged_tsn() const { return acknowledged_; }
  [[nodiscard]] int64_t last_tsn() const {
    return acknowledged_ + static_cast<int64_t>(chunks_.size());
  }

 private:
  enum class State : uint8_t { kInFlight, kLost, kAcknowledged, kAbandoned };
  struct Chunk {
    OutgoingFragment fragment;
    State state = State::kInFlight;
    Timestamp sent;
    int transmissions = 1;
    int misses = 0;
    // Reports count only when they are about something sent after this chunk.
    int64_t sent_before = 0;
  };

  [[nodiscard]] DataChunk View(size_t index) const;
  [[nodiscard]] size_t SizeOf(const Chunk& chunk) const;
  void SetState(Chunk& chunk, State state);
  void Acknowledge(Chunk& chunk, Acknowledged& result, Timestamp now);
  [[nodiscard]] size_t ReadGaps(const SackChunk& sack, Acknowledged& result, Timestamp now);
  void CountMisses(size_t reported, Acknowledged& result, Timestamp now);
  void Lose(size_t index, Timestamp now);
  void Abandon(size_t index);
  void AbandonOne(Chunk& chunk);

  SctpNegotiated negotiated_;
  int64_t acknowledged_;  // cumulatively; chunks_[0] has the next TSN
  std::deque<Chunk> chunks_;
  size_t in_flight_ = 0;
  size_t lost_ = 0;
  size_t gap_acknowledged_ = 0;
  size_t with_lifetime_ = 0;
  bool forward_due_ = false;
  std::vector<Abandoned> abandoned_;
};

}  // namespace millrace
