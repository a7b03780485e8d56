#include "wire/rtcp/sdes.h"

#include "base/check.h"

namespace millrace {

namespace {

// RFC 3550 section 12.2.
constexpr uint8_t kEnd = 0;
constexpr uint8_t kCname = 1;
constexpr size_t kTextBytesMax = 255;

}  // namespace

bool SdesChunk::Write(ByteWriter& writer) const {
  CHECK(cname.size() <= kTextBytesMax, "the length of a source description has eight bits");
  size_t content = kRtcpHeaderBytes + sizeof(uint32_t) + 2 + cname.size();
  // RFC 3550 6.5: "The list of items in each chunk MUST be terminated by one or more null octets",
  // as many as it takes to reach the next 32-bit boundary: one to four.
  size_t size = (content / 4 + 1) * 4;
  if (!BeginRtcp(writer, kRtcpSdes, 1, size)) return false;
  writer.WriteU32(ssrc.value());
  writer.WriteU8(kCname);
  writer.WriteU8(static_cast<uint8_t>(cname.size()));
  writer.WriteBytes({reinterpret_cast<const uint8_t*>(cname.data()), cname.size()});
  writer.WriteZeros(size - content);
  return true;
}

std::optional<Sdes> Sdes::Parse(const RtcpBlock& block) {
  if (block.kind != RtcpKind::kSdes) return std::nullopt;
  Sdes sdes;
  sdes.chunks_ = block.body;
  sdes.count_ = block.count;
  ByteReader reader(block.body);
  for (uint8_t i = 0; i < block.count; ++i) (void)ReadChunk(reader);
  if (!reader.ok()) return std::nullopt;
  return sdes;
}

SdesChunk Sdes::ReadChunk(ByteReader& reader) {
  SdesChunk chunk;
  chunk.ssrc = Ssrc(reader.ReadU32());
  while (reader.ok()) {
    uint8_t type = reader.ReadU8();
    if (type == kEnd) break;
    Bytes text = reader.ReadBytes(reader.ReadU8());
    if (type != kCname || !chunk.cname.empty()) continue;
    chunk.cname = {reinterpret_cast<const char*>(text.data()), text.size()};
  }
  // The first chunk begins on a boundary, so that positions tell where the next one is.
  reader.Skip((4 - reader.position() % 4) % 4);
  return chunk;
}

}  // namespace millrace
