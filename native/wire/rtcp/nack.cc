#include "wire/rtcp/nack.h"

#include <algorithm>

namespace millrace {

namespace {

constexpr uint8_t kFormat = 1;
constexpr size_t kFixedBytes = kRtcpHeaderBytes + 8;
// How many packets after the first one an item can name.
constexpr uint16_t kFollowingMax = 16;
// The worker never misses more than 1,000 packets of one stream: it asks for a key frame instead.
constexpr size_t kItemsMax = 1000;

struct Item {
  uint16_t first = 0;
  uint16_t following = 0;
  size_t taken = 0;  // how many of the sequence numbers it names
};

// The item that names the first of the numbers and as many after it as it can.
Item MakeItem(std::span<const uint16_t> sequence_numbers) {
  Item item{.first = sequence_numbers.front(), .following = 0, .taken = 1};
  for (uint16_t number : sequence_numbers.subspan(1)) {
    uint16_t distance = static_cast<uint16_t>(number - item.first);
    if (distance > kFollowingMax) break;
    if (distance > 0) item.following |= static_cast<uint16_t>(1u << (distance - 1));
    ++item.taken;
  }
  return item;
}

}  // namespace

std::optional<Nack> Nack::Parse(const RtcpBlock& block) {
  if (block.kind != RtcpKind::kNack) return std::nullopt;
  ByteReader reader(block.body);
  Nack nack;
  nack.sender_ = Ssrc(reader.ReadU32());
  nack.media_ = Ssrc(reader.ReadU32());
  // RFC 4585 6.2.1: "The FCI field MUST contain at least one and MAY contain more than one Generic
  // NACK."
  if (!reader.ok() || reader.remaining() < kItemBytes) return std::nullopt;
  nack.items_ = reader.rest();
  return nack;
}

size_t Nack::Write(ByteWriter& writer, Ssrc sender, Ssrc media,
                   std::span<const uint16_t> sequence_numbers) {
  if (writer.remaining() < kFixedBytes) return 0;
  size_t room = std::min((writer.remaining() - kFixedBytes) / kItemBytes, kItemsMax);
  size_t items = 0;
  size_t taken = 0;
  while (items < room && taken < sequence_numbers.size()) {
    taken += MakeItem(sequence_numbers.subspan(taken)).taken;
    ++items;
  }
  size_t size = kFixedBytes + items * kItemBytes;
  if (items == 0 || !BeginRtcp(writer, kRtcpTransportLayerFeedback, kFormat, size)) return 0;
  writer.WriteU32(sender.value());
  writer.WriteU32(media.value());
  for (std::span<const uint16_t> rest = sequence_numbers.first(taken); !rest.empty();) {
    Item item = MakeItem(rest);
    writer.WriteU16(item.first);
    writer.WriteU16(item.following);
    rest = rest.subspan(item.taken);
  }
  return taken;
}

}  // namespace millrace
