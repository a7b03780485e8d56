#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <vector>

#include "protocol/sctp/data_chunk.h"
#include "protocol/sctp/forward_tsn_chunk.h"
#include "protocol/sctp/fragment_runs.h"
#include "protocol/sctp/sctp_output.h"

namespace millrace {

// Makes messages of chunks and delivers them: unordered ones when whole, ordered ones in the order
// of their stream. Keeps at most SctpLimits::kReassemblyBytesMax. The nearer a chunk is to what the
// peer still waits for, the fuller the queue may be and still take it: new data up to the announced
// window, data that fills a gap beyond that, and the one chunk that everything waits for up to the
// very end.
class ReassemblyQueue {
 public:
  enum class Place : uint8_t { kNext, kGap, kNewest };

  ReassemblyQueue(size_t window, size_t message_bytes_max, bool interleaved);

  // Whether a chunk of this size may come in now.
  [[nodiscard]] bool Admits(size_t bytes, Place place) const;
  // A message longer than allowed is taken and dropped: its stream goes on with the next one.
  void Add(int64_t tsn, const DataChunk& chunk, SctpOutput& out);
  // `cumulative` is the new cumulative TSN of a FORWARD-TSN.
  void Skip(int64_t cumulative, const ForwardTsnChunk& forward, SctpOutput& out);
  // The peer numbers these from zero again; with none given, all of them.
  void ResetStreams(std::span<const SctpStreamId> streams);

  // Room for new data, as it is announced to the peer.
  [[nodiscard]] uint32_t window() const;
  [[nodiscard]] size_t cost() const { return runs_.cost() + interleaved_cost_ + waiting_cost_; }
  // Streams on which ordered messages came since they were last reset.
  [[nodiscard]] std::vector<SctpStreamId> ActiveStreams() const;

 private:
  struct OrderedStream {
    int64_t next = 0;
    std::map<int64_t, FragmentRun> waiting;
  };
  // Of I-DATA: stream, unordered, message identifier.
  struct MessageKey {
    SctpStreamId stream;
    bool unordered;
    uint32_t message;
    auto operator<=>(const MessageKey&) const = default;
  };

  void AddInterleaved(const DataChunk& chunk, SctpOutput& out);
  [[nodiscard]] int64_t Unwrap(uint32_t sequence, int64_t reference) const;
  void Complete(FragmentRun message, SctpOutput& out);
  void Drain(OrderedStream& stream, SctpOutput& out);
  void SkipMessages(const ForwardTsnChunk::Skipped& skipped);
  void ForgetWaiting(OrderedStream& stream);
  static void Deliver(const FragmentRun& message, SctpOutput& out);

  size_t window_;
  size_t message_bytes_max_;
  bool interleaved_;
  FragmentRuns runs_;
  std::map<MessageKey, FragmentRuns> interleaved_runs_;
  size_t interleaved_cost_ = 0;
  std::map<SctpStreamId, OrderedStream> streams_;
  size_t waiting_cost_ = 0;
};

}  // namespace millrace
