#include "wire/rtcp/rtcp_reader.h"

#include "base/check.h"

namespace millrace {

namespace {

constexpr uint8_t kVersion = 2;
constexpr uint8_t kVersionBits = 0x80;
constexpr uint8_t kPaddingBit = 0x20;
constexpr uint8_t kCountBits = 0x1F;

// Feedback formats (RFC 4585 sections 6.2 and 6.3, RFC 5104 section 4.3.1).
constexpr uint8_t kGenericNack = 1;
constexpr uint8_t kTransportWideFeedback = 15;
constexpr uint8_t kPictureLoss = 1;
constexpr uint8_t kFullIntra = 4;
constexpr uint8_t kApplicationLayer = 15;

// draft-alvestrand-rmcat-remb-03 2.2: "Unique identifier (32 bits): Always 'R' 'E' 'M' 'B'", which
// stands behind two SSRCs.
constexpr uint32_t kRembIdentifier = 0x52454D42;
constexpr size_t kRembIdentifierPosition = 8;

bool IsRemb(Bytes body) {
  ByteReader reader(body);
  reader.Skip(kRembIdentifierPosition);
  return reader.ReadU32() == kRembIdentifier;
}

RtcpKind TransportLayerKind(uint8_t format) {
  // RFC 4585 6.2.1: "The Generic NACK message is identified by PT=RTPFB and FMT=1."
  if (format == kGenericNack) return RtcpKind::kNack;
  if (format == kTransportWideFeedback) return RtcpKind::kTransportFeedback;
  return RtcpKind::kUnknown;
}

RtcpKind PayloadSpecificKind(uint8_t format, Bytes body) {
  // RFC 4585 6.3.1: "The PLI FB message is identified by PT=PSFB and FMT=1."
  if (format == kPictureLoss) return RtcpKind::kPli;
  // RFC 5104 4.3.1: "The FIR message is identified by RTCP packet type value PT=PSFB and FMT=4."
  if (format == kFullIntra) return RtcpKind::kFir;
  if (format == kApplicationLayer && IsRemb(body)) return RtcpKind::kRemb;
  return RtcpKind::kUnknown;
}

RtcpKind KindOf(const RtcpBlock& block) {
  switch (block.packet_type) {
    case kRtcpSenderReport:
      return RtcpKind::kSenderReport;
    case kRtcpReceiverReport:
      return RtcpKind::kReceiverReport;
    case kRtcpSdes:
      return RtcpKind::kSdes;
    case kRtcpBye:
      return RtcpKind::kBye;
    case kRtcpApp:
      return RtcpKind::kApp;
    case kRtcpTransportLayerFeedback:
      return TransportLayerKind(block.count);
    case kRtcpPayloadSpecificFeedback:
      return PayloadSpecificKind(block.count, block.body);
    case kRtcpExtendedReport:
      return RtcpKind::kExtendedReport;
    default:
      return RtcpKind::kUnknown;
  }
}

}  // namespace

std::optional<RtcpBlock> RtcpReader::Next() {
  if (!ok_ || reader_.remaining() == 0) return std::nullopt;
  Bytes rest = reader_.rest();
  uint8_t first = reader_.ReadU8();
  uint8_t packet_type = reader_.ReadU8();
  // RFC 3550 6.4.1: "The length of this RTCP packet in 32-bit words minus one, including the header
  // and any padding."
  size_t body_size = size_t{4} * reader_.ReadU16();
  Bytes body = reader_.ReadBytes(body_size);
  ok_ = reader_.ok() && first >> 6 == kVersion;
  if (!ok_) return std::nullopt;

  RtcpBlock block{.kind = RtcpKind::kUnknown,
                  .packet_type = packet_type,
                  .count = static_cast<uint8_t>(first & kCountBits),
                  .body = body,
                  .bytes = rest.first(kRtcpHeaderBytes + body_size)};
  if ((first & kPaddingBit) != 0) {
    // RFC 3550 6.4.1: "The last octet of the padding is a count of how many padding octets should
    // be ignored, including itself (it will be a multiple of four)." Feedback of browsers is padded
    // by one to three bytes, so that any count is taken.
    size_t padding = body.empty() ? 0 : ByteReader(body.last(1)).ReadU8();
    ok_ = padding != 0 && padding <= body.size();
    if (!ok_) return std::nullopt;
    block.body = body.first(body.size() - padding);
  }
  block.kind = KindOf(block);
  return block;
}

bool BeginRtcp(ByteWriter& writer, uint8_t packet_type, uint8_t count, size_t size) {
  CHECK(size >= kRtcpHeaderBytes && size % 4 == 0, "an RTCP packet is a whole number of words");
  CHECK(count <= kCountBits, "the count of an RTCP packet has five bits");
  if (size > writer.remaining()) return false;
  writer.WriteU8(kVersionBits | count);
  writer.WriteU8(packet_type);
  writer.WriteU16(static_cast<uint16_t>(size / 4 - 1));
  return true;
}

}  // namespace millrace
