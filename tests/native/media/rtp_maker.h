#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/check.h"
#include "media/rtp_packet.h"
#include "wire/rtp_writer.h"

namespace millrace {

// Makes VP8 packets: RtpMaker().Seq(7).KeyFrame().Make(pool).
class RtpMaker {
 public:
  RtpMaker& Seq(uint16_t value) { return header_.sequence_number = value, *this; }
  RtpMaker& Time(uint32_t value) { return header_.timestamp = value, *this; }
  RtpMaker& From(uint32_t ssrc) { return header_.ssrc = Ssrc(ssrc), *this; }
  RtpMaker& Type(uint8_t value) { return header_.payload_type = value, *this; }
  RtpMaker& Marker() { return header_.marker = true, *this; }
  RtpMaker& KeyFrame() { return payload_[1] = 0x00, *this; }
  RtpMaker& Padding(uint8_t size) { return padding_ = size, *this; }
  RtpMaker& Payload(std::vector<uint8_t> payload) { return payload_ = std::move(payload), *this; }
  RtpMaker& Size(size_t payload_size) { return payload_.resize(payload_size, 0x55), *this; }
  RtpMaker& At(Timestamp received) { return received_ = received, *this; }

  [[nodiscard]] std::vector<uint8_t> Bytes() const {
    std::vector<uint8_t> bytes(RtpPacket::kBytesMax);
    RtpWriter writer(bytes, header_);
    bytes.resize(writer.Finish(payload_, padding_));
    return bytes;
  }

  void Fill(RtpPacket& packet) const {
    RtpWriter writer(packet.bytes, header_);
    size_t size = writer.Finish(payload_, padding_);
    packet.received = received_;
    CHECK(packet.Parse(size, RtpExtensionIds(), Codec::kVp8, kMappedType), "a made packet parses");
  }

  [[nodiscard]] RtpPacketRef Make(RtpPacketPool& pool) const {
    RtpPacketRef packet = pool.Take();
    Fill(*packet);
    return packet;
  }

  static constexpr uint8_t kMappedType = 101;

 private:
  RtpHeader header_{.payload_type = 96, .ssrc = Ssrc(1)};
  // RFC 7741 4.2 and 4.3: the start of partition 0; the second byte's lowest bit says "no key
  // frame".
  std::vector<uint8_t> payload_ = {0x10, 0x01, 0x00, 0x00, 0x9D, 0x01, 0x2A};
  uint8_t padding_ = 0;
  Timestamp received_;
};

}  // namespace millrace
