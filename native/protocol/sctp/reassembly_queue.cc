#include "protocol/sctp/reassembly_queue.h"

#include <algorithm>
#include <utility>

#include "protocol/sctp/serial.h"

namespace millrace {

namespace {

// Between the two, chunks that fill gaps still come in.
constexpr size_t kGapBytesMax = SctpLimits::kReassemblyBytesMax / 8 * 7;

constexpr size_t CostOf(size_t bytes) { return bytes + FragmentRuns::kRunOverhead; }

}  // namespace

ReassemblyQueue::ReassemblyQueue(size_t window, size_t message_bytes_max, bool interleaved)
    : window_(window),
      message_bytes_max_(message_bytes_max),
      interleaved_(interleaved),
      runs_(message_bytes_max) {}

bool ReassemblyQueue::Admits(size_t bytes, Place place) const {
  size_t limit = 0;
  switch (place) {
    case Place::kNext:
      limit = SctpLimits::kReassemblyBytesMax;
      break;
    case Place::kGap:
      limit = kGapBytesMax;
      break;
    case Place::kNewest:
      limit = window_;
      break;
  }
  return cost() + CostOf(bytes) <= limit;
}

void ReassemblyQueue::Add(int64_t tsn, const DataChunk& chunk, SctpOutput& out) {
  if (interleaved_) return AddInterleaved(chunk, out);
  std::optional<FragmentRun> message = runs_.Add(tsn, chunk);
  if (message) Complete(std::move(*message), out);
}

void ReassemblyQueue::AddInterleaved(const DataChunk& chunk, SctpOutput& out) {
  MessageKey key{chunk.stream, chunk.unordered, chunk.sequence};
  FragmentRuns& runs = interleaved_runs_.try_emplace(key, message_bytes_max_).first->second;
  size_t before = runs.cost();
  std::optional<FragmentRun> message = runs.Add(chunk.fragment, chunk);
  interleaved_cost_ += runs.cost() - before;
  if (message || runs.empty()) {
    interleaved_cost_ -= runs.cost();
    interleaved_runs_.erase(key);
  }
  if (message) Complete(std::move(*message), out);
}

int64_t ReassemblyQueue::Unwrap(uint32_t sequence, int64_t reference) const {
  if (interleaved_) return UnwrapNear<uint32_t>(sequence, reference);
  return UnwrapNear<uint16_t>(static_cast<uint16_t>(sequence), reference);
}

void ReassemblyQueue::Complete(FragmentRun message, SctpOutput& out) {
  if (message.unordered) {
    Deliver(message, out);
    return;
  }
  OrderedStream& stream = streams_[message.stream];
  int64_t sequence = Unwrap(message.sequence, stream.next);
  // A number that was delivered or given up before: the peer repeats itself.
  if (sequence < stream.next) return;
  if (sequence > stream.next) {
    size_t cost = CostOf(message.bytes.size());
    if (stream.waiting.try_emplace(sequence, std::move(message)).second) waiting_cost_ += cost;
    return;
  }
  ++stream.next;
  Deliver(message, out);
  Drain(stream, out);
}

void ReassemblyQueue::Drain(OrderedStream& stream, SctpOutput& out) {
  while (!stream.waiting.empty() && stream.waiting.begin()->first <= stream.next) {
    auto first = stream.waiting.begin();
    stream.next = std::max(stream.next, first->first + 1);
    waiting_cost_ -= CostOf(first->second.bytes.size());
    Deliver(first->second, out);
    stream.waiting.erase(first);
  }
}

void ReassemblyQueue::Skip(int64_t cumulative, const ForwardTsnChunk& forward, SctpOutput& out) {
  if (!interleaved_) runs_.DropUpTo(cumulative);
  for (const ForwardTsnChunk::Skipped& skipped : forward.skipped) {
    if (interleaved_) SkipMessages(skipped);
    if (skipped.unordered) continue;
    OrderedStream& stream = streams_[skipped.stream];
    int64_t last = Unwrap(skipped.sequence, stream.next);
    if (last < stream.next) continue;
    // RFC 3758 3.6: what is whole and was held back by the messages given up is delivered now.
    while (!stream.waiting.empty() && stream.waiting.begin()->first <= last) {
      stream.next = stream.waiting.begin()->first;
      Drain(stream, out);
    }
    stream.next = std::max(stream.next, last + 1);
    Drain(stream, out);
  }
}

// RFC 8260 2.3.1: every message of the stream up to the identifier is given up.
void ReassemblyQueue::SkipMessages(const ForwardTsnChunk::Skipped& skipped) {
  auto run = interleaved_runs_.lower_bound({skipped.stream, skipped.unordered, 0});
  while (run != interleaved_runs_.end() && run->first.stream == skipped.stream &&
         run->first.unordered == skipped.unordered) {
    bool given_up = static_cast<int32_t>(run->first.message - skipped.sequence) <= 0;
    if (given_up) interleaved_cost_ -= run->second.cost();
    run = given_up ? interleaved_runs_.erase(run) : std::next(run);
  }
}

void ReassemblyQueue::ResetStreams(std::span<const SctpStreamId> streams) {
  if (streams.empty()) {
    for (auto& [id, stream] : streams_) ForgetWaiting(stream);
    streams_.clear();
  }
  for (SctpStreamId id : streams) {
    auto found = streams_.find(id);
    if (found == streams_.end()) continue;
    ForgetWaiting(found->second);
    streams_.erase(found);
  }
}

void ReassemblyQueue::ForgetWaiting(OrderedStream& stream) {
  for (const auto& [sequence, message] : stream.waiting) {
    waiting_cost_ -= CostOf(message.bytes.size());
  }
  stream.waiting.clear();
}

uint32_t ReassemblyQueue::window() const {
  return static_cast<uint32_t>(window_ - std::min(window_, cost()));
}

std::vector<SctpStreamId> ReassemblyQueue::ActiveStreams() const {
  std::vector<SctpStreamId> result;
  result.reserve(streams_.size());
  for (const auto& [id, stream] : streams_) result.push_back(id);
  return result;
}

void ReassemblyQueue::Deliver(const FragmentRun& message, SctpOutput& out) {
  if (message.too_long) {
    out.drop = DropReason::kTooLarge;
    return;
  }
  out.Deliver({.stream = message.stream, .ppid = message.ppid, .ordered = !message.unordered},
              message.bytes);
}

}  // namespace millrace
