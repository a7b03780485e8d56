#include "wire/rtcp/remb.h"

#include <limits>

#include "base/check.h"

namespace millrace {

namespace {

constexpr uint8_t kFormat = 15;
constexpr uint32_t kIdentifier = 0x52454D42;  // "REMB"
constexpr size_t kStreamsMax = 255;
constexpr unsigned kMantissaBits = 18;
constexpr uint32_t kMantissaMask = (1u << kMantissaBits) - 1;

// draft-alvestrand-rmcat-remb-03 2.2: the bitrate is mantissa * 2^exponent. A peer can name up to
// 2^81; nobody has that much.
uint64_t ToBitrate(uint32_t mantissa, unsigned exponent) {
  if (mantissa > (std::numeric_limits<uint64_t>::max() >> exponent)) {
    return std::numeric_limits<uint64_t>::max();
  }
  return uint64_t{mantissa} << exponent;
}

}  // namespace

std::optional<Remb> Remb::Parse(const RtcpBlock& block) {
  if (block.kind != RtcpKind::kRemb) return std::nullopt;
  ByteReader reader(block.body);
  Remb remb;
  remb.sender = Ssrc(reader.ReadU32());
  reader.Skip(sizeof(uint32_t));  // media source, always 0
  reader.Skip(sizeof(kIdentifier));
  size_t streams = reader.ReadU8();
  uint32_t scaled = reader.ReadU24();
  remb.bitrate_bps = ToBitrate(scaled & kMantissaMask, scaled >> kMantissaBits);
  remb.ssrcs = SsrcList(reader.ReadBytes(streams * SsrcList::kSsrcBytes));
  if (!reader.ok()) return std::nullopt;
  return remb;
}

bool Remb::Write(ByteWriter& writer, std::span<const Ssrc> streams) const {
  CHECK(streams.size() <= kStreamsMax, "a REMB names at most 255 streams");
  size_t size = kRtcpHeaderBytes + 16 + streams.size() * SsrcList::kSsrcBytes;
  if (!BeginRtcp(writer, kRtcpPayloadSpecificFeedback, kFormat, size)) return false;
  uint32_t exponent = 0;
  while ((bitrate_bps >> exponent) > kMantissaMask) ++exponent;
  uint32_t mantissa = static_cast<uint32_t>(bitrate_bps >> exponent);
  writer.WriteU32(sender.value());
  writer.WriteU32(0);
  writer.WriteU32(kIdentifier);
  writer.WriteU8(static_cast<uint8_t>(streams.size()));
  writer.WriteU24((exponent << kMantissaBits) | mantissa);
  for (Ssrc ssrc : streams) writer.WriteU32(ssrc.value());
  return true;
}

}  // namespace millrace
