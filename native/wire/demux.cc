#include "wire/demux.h"

namespace millrace {

namespace {

// RFC 9260 3.1: the source port, then the destination port. 5000 begins with the byte 19, which
// RFC 7983 leaves to ZRTP.
bool IsSctp(Bytes datagram) {
  constexpr uint16_t kPort = 5000;
  ByteReader reader(datagram);
  uint16_t source = reader.ReadU16();
  uint16_t destination = reader.ReadU16();
  return reader.ok() && source == kPort && destination == kPort;
}

DatagramKind ClassifyRtpOrRtcp(uint8_t second_byte) {
  // RFC 5761 4: "payload type values in the range 64-95 MUST NOT be used". With the marker bit set
  // they would look like these packet types of RTCP.
  constexpr uint8_t kFirstRtcpType = 192;
  constexpr uint8_t kLastRtcpType = 223;
  bool rtcp = second_byte >= kFirstRtcpType && second_byte <= kLastRtcpType;
  return rtcp ? DatagramKind::kRtcp : DatagramKind::kRtp;
}

}  // namespace

DatagramKind Classify(Bytes datagram) {
  ByteReader reader(datagram);
  uint8_t first_byte = reader.ReadU8();
  uint8_t second_byte = reader.ReadU8();
  if (!reader.ok()) return DatagramKind::kUnknown;
  // RFC 7983 7, figure 3: [0..3] STUN, [20..63] DTLS, [128..191] RTP or RTCP. ZRTP [16..19] and
  // TURN channels [64..79] have no business here.
  if (first_byte <= 3) return DatagramKind::kStun;
  if (first_byte >= 20 && first_byte <= 63) return DatagramKind::kDtls;
  if (first_byte >= 128 && first_byte <= 191) return ClassifyRtpOrRtcp(second_byte);
  return IsSctp(datagram) ? DatagramKind::kSctp : DatagramKind::kUnknown;
}

}  // namespace millrace
