#include "wire/rtcp/fir.h"

namespace millrace {

namespace {

constexpr uint8_t kFormat = 4;
constexpr size_t kReservedBytes = 3;

}  // namespace

std::optional<Fir> Fir::Parse(const RtcpBlock& block) {
  if (block.kind != RtcpKind::kFir) return std::nullopt;
  ByteReader reader(block.body);
  Fir fir;
  fir.sender_ = Ssrc(reader.ReadU32());
  // The header's media source names nobody: each item names its own.
  reader.Skip(sizeof(uint32_t));
  // RFC 5104 4.3.1.1: "The FCI field MUST contain one or more FIR entries."
  if (!reader.ok() || reader.remaining() < kItemBytes) return std::nullopt;
  fir.items_ = reader.rest();
  return fir;
}

bool Fir::Write(ByteWriter& writer, Ssrc sender, const FirItem& item) {
  size_t size = kRtcpHeaderBytes + 2 * sizeof(uint32_t) + kItemBytes;
  if (!BeginRtcp(writer, kRtcpPayloadSpecificFeedback, kFormat, size)) return false;
  writer.WriteU32(sender.value());
  // RFC 5104 4.3.1.2: "the 'SSRC of media source' is not used and SHALL be set to 0."
  writer.WriteU32(0);
  writer.WriteU32(item.media.value());
  writer.WriteU8(item.sequence_number);
  writer.WriteZeros(kReservedBytes);
  return true;
}

FirItem Fir::operator[](size_t index) const {
  ByteReader reader(items_.subspan(index * kItemBytes, kItemBytes));
  Ssrc media(reader.ReadU32());
  return {.media = media, .sequence_number = reader.ReadU8()};
}

}  // namespace millrace
