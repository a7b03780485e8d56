#include "wire/rtcp/pli.h"

namespace millrace {

namespace {

constexpr uint8_t kFormat = 1;
// RFC 4585 6.3.1.2: "PLI does not require parameters. Therefore, the length field MUST be 2, and
// there MUST NOT be any Feedback Control Information."
constexpr size_t kBytes = kRtcpHeaderBytes + 8;

}  // namespace

std::optional<Pli> Pli::Parse(const RtcpBlock& block) {
  if (block.kind != RtcpKind::kPli) return std::nullopt;
  ByteReader reader(block.body);
  Pli pli;
  pli.sender = Ssrc(reader.ReadU32());
  pli.media = Ssrc(reader.ReadU32());
  if (!reader.ok()) return std::nullopt;
  return pli;
}

bool Pli::Write(ByteWriter& writer) const {
  if (!BeginRtcp(writer, kRtcpPayloadSpecificFeedback, kFormat, kBytes)) return false;
  writer.WriteU32(sender.value());
  writer.WriteU32(media.value());
  return true;
}

}  // namespace millrace
