#include "simulation/media_unit.h"

namespace millrace {
namespace {

// RFC 7741 section 4.2: extension byte follows, start of partition, picture id of 15 bits.
constexpr uint8_t kExtended = 0x80;
constexpr uint8_t kStart = 0x10;
constexpr uint8_t kHasPictureId = 0x80;
constexpr uint8_t kLongPictureId = 0x80;
// RFC 7741 section 4.3: the lowest bit of the payload header says "no key frame".
constexpr uint8_t kInterFrame = 0x01;
// RFC 6716 section 3.1: 20 ms of full-band sound in one frame, stereo.
constexpr uint8_t kOpusToc = 0xFC;

uint8_t Filler(uint32_t index, size_t position) {
  return static_cast<uint8_t>(index * 7 + position * 13);
}

}  // namespace

void MediaUnit::Write(MutableBytes payload) const {
  ByteWriter writer(payload);
  if (video) {
    writer.WriteU8(static_cast<uint8_t>(kExtended | (place == 0 ? kStart : 0)));
    writer.WriteU8(kHasPictureId);
    writer.WriteU8(static_cast<uint8_t>(kLongPictureId | ((frame >> 8) & 0x7F)));
    writer.WriteU8(static_cast<uint8_t>(frame));
    writer.WriteU8(key_frame ? 0 : kInterFrame);
  } else {
    writer.WriteU8(kOpusToc);
    writer.WriteU32(0);
  }
  writer.WriteU32(index);
  writer.WriteU32(frame);
  writer.WriteU16(place);
  writer.WriteU16(count);
  writer.WriteU8(key_frame ? 1 : 0);
  for (size_t i = writer.position(); i < payload.size(); ++i) payload[i] = Filler(index, i);
}

std::optional<MediaUnit> MediaUnit::Parse(Bytes payload, bool video) {
  if (payload.size() < kBytesMin) return std::nullopt;
  ByteReader reader(payload);
  reader.Skip(kHeadBytes);
  MediaUnit unit{.video = video};
  unit.index = reader.ReadU32();
  unit.frame = reader.ReadU32();
  unit.place = reader.ReadU16();
  unit.count = reader.ReadU16();
  unit.key_frame = reader.ReadU8() == 1;
  unit.payload_size = static_cast<uint16_t>(payload.size());
  for (size_t i = reader.position(); i < payload.size(); ++i) {
    if (payload[i] != Filler(unit.index, i)) return std::nullopt;
  }
  return unit;
}

}  // namespace millrace
