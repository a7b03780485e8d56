#include "io/memory_channel.h"

#include <utility>

#include "base/check.h"
#include "io/channel_framing.h"

namespace millrace {

Bytes MemoryChannel::NextFrame() {
  if (taken_.empty() && state_ == State::kOpen) {
    std::lock_guard lock(mutex_);
    taken_.swap(queue_);
    queued_bytes_ = 0;
    if (taken_.empty() && end_asked_) state_ = State::kEnded;
  }
  if (taken_.empty()) return {};
  current_ = std::move(taken_.front());
  taken_.pop_front();
  return current_;
}

void MemoryChannel::Write(Bytes frames) {
  while (!frames.empty()) {
    CHECK(frames.size() >= ChannelFraming::kPrefixBytes, "the worker writes whole frames");
    size_t size = (size_t{frames[0]} | size_t{frames[1]} << 8 | size_t{frames[2]} << 16 |
                   size_t{frames[3]} << 24) +
                  ChannelFraming::kPrefixBytes;
    CHECK(size <= frames.size(), "the worker writes whole frames");
    receiver_(user_, frames.data(), size);
    frames = frames.subspan(size);
  }
}

MemoryChannel::MemoryChannel(EventLoop& loop, Receiver receiver, void* user)
    : loop_(loop), receiver_(receiver), user_(user) {}

MemoryChannel::Sent MemoryChannel::Send(Bytes frame) {
  Frame copy(frame.begin(), frame.end());
  {
    std::lock_guard lock(mutex_);
    if (end_asked_) return Sent::kClosed;
    if (queued_bytes_ + copy.size() > kQueueBytesMax) return Sent::kFull;
    queued_bytes_ += copy.size();
    queue_.push_back(std::move(copy));
  }
  loop_.Wake();
  return Sent::kTaken;
}

void MemoryChannel::End() {
  {
    std::lock_guard lock(mutex_);
    end_asked_ = true;
  }
  loop_.Wake();
}

}  // namespace millrace
