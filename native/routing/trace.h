#pragma once

#include <cstdint>
#include <vector>

#include "media/rtp_packet.h"
#include "media/rtp_rewrite.h"
#include "routing/routing_event.h"

namespace millrace {

// Which trace events somebody wants; asked for each packet, so a bit each.
class TraceTypes {
 public:
  TraceTypes() = default;
  explicit TraceTypes(const std::vector<RtpTraceType>& types) {
    for (RtpTraceType type : types) bits_ = static_cast<uint8_t>(bits_ | Bit(type));
  }
  [[nodiscard]] bool any() const { return bits_ != 0; }
  [[nodiscard]] bool Has(RtpTraceType type) const { return (bits_ & Bit(type)) != 0; }
  [[nodiscard]] std::vector<RtpTraceType> ToList() const {
    std::vector<RtpTraceType> list;
    for (uint8_t i = 0; i <= static_cast<uint8_t>(RtpTraceType::kSenderReport); ++i) {
      if (Has(static_cast<RtpTraceType>(i))) list.push_back(static_cast<RtpTraceType>(i));
    }
    return list;
  }

 private:
  [[nodiscard]] static uint8_t Bit(RtpTraceType type) {
    return static_cast<uint8_t>(1u << static_cast<uint8_t>(type));
  }
  uint8_t bits_ = 0;
};

// A packet as it arrived, and as one consumer is sent it.
[[nodiscard]] RtpPacketDump DumpOf(const RtpPacket& packet);
[[nodiscard]] RtpPacketDump DumpOf(const RtpPacket& packet, const RtpRewrite& rewrite);

}  // namespace millrace
