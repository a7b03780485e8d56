#include "wire/rtcp/bye.h"

#include "base/check.h"

namespace millrace {

namespace {

constexpr size_t kSourcesMax = 31;

}  // namespace

std::optional<Bye> Bye::Parse(const RtcpBlock& block) {
  if (block.kind != RtcpKind::kBye) return std::nullopt;
  ByteReader reader(block.body);
  Bye bye{.ssrcs = SsrcList(reader.ReadBytes(block.count * SsrcList::kSsrcBytes))};
  if (!reader.ok()) return std::nullopt;
  return bye;
}

bool Bye::Write(ByteWriter& writer, std::span<const Ssrc> ssrcs) {
  CHECK(ssrcs.size() <= kSourcesMax, "a BYE names at most 31 sources");
  size_t size = kRtcpHeaderBytes + ssrcs.size() * SsrcList::kSsrcBytes;
  if (!BeginRtcp(writer, kRtcpBye, static_cast<uint8_t>(ssrcs.size()), size)) return false;
  for (Ssrc ssrc : ssrcs) writer.WriteU32(ssrc.value());
  return true;
}

}  // namespace millrace
