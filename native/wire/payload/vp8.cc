#include "wire/payload/vp8.h"

namespace millrace {

namespace {

// RFC 7741 section 4.2.
constexpr uint8_t kExtendedBit = 0x80;
constexpr uint8_t kNonReferenceBit = 0x20;
constexpr uint8_t kStartBit = 0x10;
constexpr uint8_t kPartitionBits = 0x07;
constexpr uint8_t kPictureIdBit = 0x80;
constexpr uint8_t kTl0PictureIndexBit = 0x40;
constexpr uint8_t kTemporalLayerBit = 0x20;
constexpr uint8_t kKeyIndexBit = 0x10;
constexpr uint8_t kLongPictureIdBit = 0x80;
constexpr uint8_t kLayerSyncBit = 0x20;
constexpr uint8_t kKeyIndexBits = 0x1F;
// RFC 7741 section 4.3: the payload header's lowest bit.
constexpr uint8_t kInterFrameBit = 0x01;

void ReadPictureId(ByteReader& reader, Vp8Descriptor& descriptor) {
  uint8_t first = reader.ReadU8();
  // RFC 7741 4.2: "If M is set, the remaining 7 bits of the PictureID are preceded by" eight more.
  descriptor.long_picture_id = (first & kLongPictureIdBit) != 0;
  descriptor.picture_id = first & 0x7F;
  if (!descriptor.long_picture_id) return;
  descriptor.picture_id = static_cast<uint16_t>(((first & 0x7F) << 8) | reader.ReadU8());
}

void ReadExtension(ByteReader& reader, Vp8Descriptor& descriptor) {
  uint8_t present = reader.ReadU8();
  if ((present & kPictureIdBit) != 0) ReadPictureId(reader, descriptor);
  if ((present & kTl0PictureIndexBit) != 0) descriptor.tl0_picture_index = reader.ReadU8();
  if ((present & (kTemporalLayerBit | kKeyIndexBit)) == 0) return;
  uint8_t layer = reader.ReadU8();
  // RFC 7741 4.2: each half of this byte "MUST be ignored by the receiver" when its bit is not set.
  if ((present & kTemporalLayerBit) != 0) {
    descriptor.temporal_layer = static_cast<uint8_t>(layer >> 6);
    descriptor.layer_sync = (layer & kLayerSyncBit) != 0;
  }
  if ((present & kKeyIndexBit) != 0) descriptor.key_index = layer & kKeyIndexBits;
}

}  // namespace

std::optional<Vp8Descriptor> Vp8Descriptor::Parse(Bytes payload) {
  ByteReader reader(payload);
  Vp8Descriptor descriptor;
  uint8_t first = reader.ReadU8();
  descriptor.non_reference = (first & kNonReferenceBit) != 0;
  descriptor.start_of_partition = (first & kStartBit) != 0;
  descriptor.partition_index = first & kPartitionBits;
  if ((first & kExtendedBit) != 0) ReadExtension(reader, descriptor);
  descriptor.size = reader.position();
  uint8_t payload_header = reader.ReadU8();
  if (!reader.ok()) return std::nullopt;
  // RFC 7741 4.3: the payload header is there "if the S bit is one and the PID is zero"; its P bit
  // is the "Inverse key frame flag".
  bool begins_frame = descriptor.start_of_partition && descriptor.partition_index == 0;
  descriptor.key_frame = begins_frame && (payload_header & kInterFrameBit) == 0;
  return descriptor;
}

}  // namespace millrace
