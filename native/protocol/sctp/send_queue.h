#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <vector>

#include "protocol/sctp/sctp_output.h"

namespace millrace {

// A part of a message, or a whole one, that is about to get a TSN.
struct OutgoingFragment {
  SctpStreamId stream = {};
  uint64_t message = 0;  // our own number of it, unique in the association
  Ppid ppid = {};
  uint32_t sequence = 0;
  uint32_t fragment = 0;
  bool begin = false;
  bool end = false;
  bool unordered = false;
  std::optional<uint16_t> max_retransmits = {};
  Timestamp expires = Timestamp::Never();
  std::vector<uint8_t> payload;
};

// Messages that wait for their turn, a queue a stream. Streams take turns by messages, or by
// fragments when the peer takes I-DATA. A stream that is to be reset first sends what was queued
// before, then rests until the reset is done; what is queued meanwhile belongs to its next life.
class SendQueue {
 public:
  // What keeping a message costs beside its bytes; counted against the limits.
  static constexpr size_t kMessageOverhead = 64;

  // Borrows nothing: the settings are copied.
  explicit SendQueue(const SctpSettings& settings);

  [[nodiscard]] SctpSendResult Queue(const SctpOutgoingMessage& message, Timestamp now);
  // The association has come about, or began anew: numbering starts, and what the peer cannot take
  // or saw half of is dropped.
  void Start(const SctpNegotiated& negotiated, SctpOutput& out);
  [[nodiscard]] std::optional<OutgoingFragment> Next(size_t payload_max, Timestamp now,
                                                     SctpOutput& out);
  // The message was given up; what is left of it is not sent.
  void Discard(SctpStreamId stream, uint64_t message, SctpOutput& out);

  void BeginReset(SctpStreamId stream);
  // Streams that came to rest since the last call.
  [[nodiscard]] std::vector<SctpStreamId> TakeResting();
  void EndReset(SctpStreamId stream, bool performed);

  void SetLowThreshold(SctpStreamId stream, size_t bytes);
  [[nodiscard]] size_t BufferedAmount(SctpStreamId stream) const;
  [[nodiscard]] size_t total() const { return total_; }
  [[nodiscard]] bool empty() const { return ready_.empty(); }

 private:
  enum class Reset : uint8_t { kNone, kDraining, kResting };
  struct Waiting {
    uint64_t id = 0;
    Ppid ppid;
    bool ordered = true;
    std::optional<uint16_t> max_retransmits;
    Timestamp expires = Timestamp::Never();
    std::vector<uint8_t> bytes;
    size_t sent = 0;
    uint32_t sequence = 0;
    uint32_t fragments = 0;
  };
  struct Stream {
    std::deque<Waiting> messages;
    size_t buffered = 0;
    size_t low_threshold = 0;
    uint32_t next_ordered = 0;
    uint32_t next_unordered = 0;
    Reset reset = Reset::kNone;
    // Messages of this life that are still to be sent, while draining.
    size_t before_reset = 0;
  };

  [[nodiscard]] Stream& StreamOf(SctpStreamId id);
  [[nodiscard]] SctpStreamId Turn() const;
  OutgoingFragment Cut(SctpStreamId id, Stream& stream, size_t payload_max);
  void Pop(SctpStreamId id, Stream& stream, SctpOutput& out);
  void Shrink(SctpStreamId id, Stream& stream, size_t bytes, SctpOutput& out);
  void UpdateReady(SctpStreamId id, Stream& stream);

  SctpSettings settings_;
  uint32_t stream_count_;
  bool interleaved_ = false;
  std::map<SctpStreamId, Stream> streams_;
  // Streams that have something to send now.
  std::set<SctpStreamId> ready_;
  std::vector<SctpStreamId> resting_;
  // Whose turn it was last, and whether its message is not yet sent to the end.
  SctpStreamId last_;
  bool in_message_ = false;
  uint64_t next_message_ = 1;
  size_t total_ = 0;
  size_t total_cost_ = 0;
};

}  // namespace millrace
