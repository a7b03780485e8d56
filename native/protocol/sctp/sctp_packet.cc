#include "protocol/sctp/sctp_packet.h"

#include "base/check.h"
#include "protocol/sctp/crc32c.h"

namespace millrace {

namespace {

constexpr size_t kChecksumPosition = 8;

// RFC 9260 appendix A: the CRC goes out least significant byte first.
uint32_t ReadChecksum(Bytes packet) {
  Bytes sum = packet.subspan(kChecksumPosition, 4);
  return static_cast<uint32_t>(sum[0]) | static_cast<uint32_t>(sum[1]) << 8 |
         static_cast<uint32_t>(sum[2]) << 16 | static_cast<uint32_t>(sum[3]) << 24;
}

}  // namespace

std::optional<SctpPacket> SctpPacket::Parse(Bytes bytes) {
  if (bytes.size() < kSctpHeaderBytes + kChunkHeaderBytes) return std::nullopt;
  if (ReadChecksum(bytes) != SctpChecksum(bytes)) return std::nullopt;
  ByteReader reader(bytes);
  SctpPacket packet;
  packet.source_port = reader.ReadU16();
  packet.destination_port = reader.ReadU16();
  packet.verification_tag = reader.ReadU32();
  reader.Skip(4);
  packet.chunks = reader.rest();
  return packet;
}

uint32_t SctpChecksum(Bytes packet) {
  CHECK(packet.size() >= kSctpHeaderBytes, "a packet without a header has no checksum");
  constexpr uint8_t kZeros[4] = {};
  uint32_t sum = Crc32c(packet.first(kChecksumPosition));
  sum = Crc32c(kZeros, sum);
  return Crc32c(packet.subspan(kSctpHeaderBytes), sum);
}

void SetSctpChecksum(std::span<uint8_t> packet) {
  uint32_t sum = SctpChecksum(packet);
  for (size_t i = 0; i < 4; ++i) {
    packet[kChecksumPosition + i] = static_cast<uint8_t>(sum >> (8 * i));
  }
}

}  // namespace millrace
