#include "protocol/sctp/send_queue.h"

#include <algorithm>
#include <utility>

#include "base/check.h"

namespace millrace {

SendQueue::SendQueue(const SctpSettings& settings)
    : settings_(settings), stream_count_(settings.streams_max) {}

SctpSendResult SendQueue::Queue(const SctpOutgoingMessage& message, Timestamp now) {
  if (message.payload.empty()) return SctpSendResult::kEmpty;
  if (message.payload.size() > settings_.max_send_message_size) return SctpSendResult::kTooLarge;
  if (message.stream.value() >= stream_count_) return SctpSendResult::kUnknownStream;
  Stream& stream = StreamOf(message.stream);
  size_t stream_cost = stream.buffered + kMessageOverhead * stream.messages.size();
  // A queue below its limit takes one message of any allowed size.
  if (total_cost_ >= settings_.send_buffer_size ||
      stream_cost >= settings_.per_stream_send_queue_limit) {
    return SctpSendResult::kBufferFull;
  }
  Waiting waiting{.id = next_message_++,
                  .ppid = message.ppid,
                  .ordered = message.reliability.ordered,
                  .max_retransmits = message.reliability.max_retransmits,
                  .bytes = {message.payload.begin(), message.payload.end()}};
  if (message.reliability.lifetime) waiting.expires = now + *message.reliability.lifetime;
  stream.messages.push_back(std::move(waiting));
  stream.buffered += message.payload.size();
  total_ += message.payload.size();
  total_cost_ += message.payload.size() + kMessageOverhead;
  UpdateReady(message.stream, stream);
  return SctpSendResult::kQueued;
}

void SendQueue::Start(const SctpNegotiated& negotiated, SctpOutput& out) {
  stream_count_ = std::min<uint32_t>(settings_.streams_max, negotiated.outbound_streams);
  interleaved_ = negotiated.interleaving;
  in_message_ = false;
  resting_.clear();
  for (auto& [id, stream] : streams_) {
    bool known = id.value() < stream_count_;
    while (!stream.messages.empty() && (!known || stream.messages.front().sent > 0)) {
      Pop(id, stream, out);
    }
    stream.next_ordered = 0;
    stream.next_unordered = 0;
    // A new association has forgotten the old numbers: every reset that was asked for is done.
    if (stream.reset != Reset::kNone) out.outgoing_resets.push_back(id);
    stream.reset = Reset::kNone;
    UpdateReady(id, stream);
  }
  resting_.clear();
}

std::optional<OutgoingFragment> SendQueue::Next(size_t payload_max, Timestamp now,
                                                SctpOutput& out) {
  while (!ready_.empty()) {
    SctpStreamId id = Turn();
    Stream& stream = StreamOf(id);
    const Waiting& message = stream.messages.front();
    // RFC 3758 4.1: a message whose time is up before it got a TSN is dropped without a trace.
    if (message.sent == 0 && message.expires <= now) {
      Pop(id, stream, out);
      continue;
    }
    OutgoingFragment fragment = Cut(id, stream, payload_max);
    last_ = id;
    in_message_ = !fragment.end;
    if (fragment.end) {
      size_t bytes = fragment.payload.size();
      stream.messages.front().sent -= bytes;
      Pop(id, stream, out);
    } else {
      Shrink(id, stream, fragment.payload.size(), out);
    }
    return fragment;
  }
  return std::nullopt;
}

SctpStreamId SendQueue::Turn() const {
  // RFC 9260 6.9: the TSNs of one message follow each other, so DATA finishes what it began.
  if (in_message_ && !interleaved_ && ready_.contains(last_)) return last_;
  auto next = ready_.upper_bound(last_);
  return next == ready_.end() ? *ready_.begin() : *next;
}

OutgoingFragment SendQueue::Cut(SctpStreamId id, Stream& stream, size_t payload_max) {
  Waiting& message = stream.messages.front();
  if (message.sent == 0) {
    // RFC 9260 3.3.1: unordered DATA has no sequence number; RFC 8260 numbers both kinds.
    if (message.ordered) {
      message.sequence = stream.next_ordered++;
    } else if (interleaved_) {
      message.sequence = stream.next_unordered++;
    }
  }
  size_t size = std::min(payload_max, message.bytes.size() - message.sent);
  auto first = message.bytes.begin() + static_cast<std::ptrdiff_t>(message.sent);
  OutgoingFragment fragment{.stream = id,
                            .message = message.id,
                            .ppid = message.ppid,
                            .sequence = message.sequence,
                            .fragment = message.fragments++,
                            .begin = message.sent == 0,
                            .end = message.sent + size == message.bytes.size(),
                            .unordered = !message.ordered,
                            .max_retransmits = message.max_retransmits,
                            .expires = message.expires,
                            .payload = {first, first + static_cast<std::ptrdiff_t>(size)}};
  message.sent += size;
  return fragment;
}

void SendQueue::Discard(SctpStreamId id, uint64_t message, SctpOutput& out) {
  Stream& stream = StreamOf(id);
  if (stream.messages.empty() || stream.messages.front().id != message) return;
  if (last_ == id) in_message_ = false;
  Pop(id, stream, out);
}

// Forgets the first message, of which `sent` bytes were taken off the buffered amount before.
void SendQueue::Pop(SctpStreamId id, Stream& stream, SctpOutput& out) {
  CHECK(!stream.messages.empty(), "a stream whose turn it is has a message");
  size_t size = stream.messages.front().bytes.size();
  size_t left = size - stream.messages.front().sent;
  stream.messages.pop_front();
  total_cost_ -= size + kMessageOverhead;
  if (stream.reset == Reset::kDraining && --stream.before_reset == 0) {
    stream.reset = Reset::kResting;
    resting_.push_back(id);
  }
  Shrink(id, stream, left, out);
  UpdateReady(id, stream);
}

void SendQueue::Shrink(SctpStreamId id, Stream& stream, size_t bytes, SctpOutput& out) {
  bool above = stream.buffered > stream.low_threshold;
  stream.buffered -= bytes;
  total_ -= bytes;
  if (above && stream.buffered <= stream.low_threshold) out.buffered_amount_low.push_back(id);
}

void SendQueue::BeginReset(SctpStreamId id) {
  if (id.value() >= stream_count_) return;
  Stream& stream = StreamOf(id);
  if (stream.reset != Reset::kNone) return;
  stream.before_reset = stream.messages.size();
  stream.reset = stream.messages.empty() ? Reset::kResting : Reset::kDraining;
  if (stream.reset == Reset::kResting) resting_.push_back(id);
  UpdateReady(id, stream);
}

std::vector<SctpStreamId> SendQueue::TakeResting() { return std::exchange(resting_, {}); }

void SendQueue::EndReset(SctpStreamId id, bool performed) {
  Stream& stream = StreamOf(id);
  stream.reset = Reset::kNone;
  if (performed) {
    stream.next_ordered = 0;
    stream.next_unordered = 0;
  }
  UpdateReady(id, stream);
}

void SendQueue::UpdateReady(SctpStreamId id, Stream& stream) {
  if (stream.messages.empty() || stream.reset == Reset::kResting) {
    ready_.erase(id);
  } else {
    ready_.insert(id);
  }
}

void SendQueue::SetLowThreshold(SctpStreamId id, size_t bytes) {
  if (id.value() < stream_count_) StreamOf(id).low_threshold = bytes;
}

size_t SendQueue::BufferedAmount(SctpStreamId id) const {
  auto found = streams_.find(id);
  return found == streams_.end() ? 0 : found->second.buffered;
}

SendQueue::Stream& SendQueue::StreamOf(SctpStreamId id) {
  auto [found, added] = streams_.try_emplace(id);
  if (added) found->second.low_threshold = settings_.buffered_amount_low_threshold;
  return found->second;
}

}  // namespace millrace
