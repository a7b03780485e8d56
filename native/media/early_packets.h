#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>

#include "media/rtp_packet.h"

namespace millrace {

// Packets of a key frame that overtook its first one, for a consumer that waits for it. Without
// them a key frame on a path that reorders begins with a hole that nobody can fill any more: the
// source has sent everything, and the consumer's viewer can only ask for another key frame.
// Holds a few references to shared packets, and only while nothing is forwarded.
class EarlyPackets {
 public:
  // RT-10: packets may come ten places late; the rest is for the other streams between them.
  static constexpr size_t kMax = 32;

  // The packet was not forwarded; the oldest kept one makes room for it. True: there was one.
  bool Keep(RtpPacketRef packet) {
    std::swap(packets_[count_++ % kMax], packet);
    return static_cast<bool>(packet);
  }
  // Forwarding began with `first`: those of its stream that belong behind it, in their order. Valid
  // until the next call; hand each to the selector again, then Clear.
  [[nodiscard]] std::span<RtpPacketRef> Behind(const RtpPacket& first) {
    auto end = std::partition(packets_.begin(), packets_.end(), [&](const RtpPacketRef& packet) {
      return packet && packet->stream_index == first.stream_index &&
             packet->sequence > first.sequence;
    });
    std::sort(packets_.begin(), end, [](const RtpPacketRef& a, const RtpPacketRef& b) {
      return a->sequence < b->sequence;
    });
    return {packets_.data(), static_cast<size_t>(end - packets_.begin())};
  }
  void Clear() {
    if (count_ == 0) return;
    packets_.fill(RtpPacketRef());
    count_ = 0;
  }
  [[nodiscard]] bool empty() const { return count_ == 0; }
  [[nodiscard]] size_t size() const {
    return static_cast<size_t>(std::min<uint64_t>(count_, kMax));
  }

 private:
  uint64_t count_ = 0;
  std::array<RtpPacketRef, kMax> packets_{};
};

}  // namespace millrace
