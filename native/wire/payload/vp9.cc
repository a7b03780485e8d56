#include "wire/payload/vp9.h"

namespace millrace {

namespace {

// RFC 9628 section 4.2, first byte: I P L F B E V Z.
constexpr uint8_t kPictureIdBit = 0x80;
constexpr uint8_t kInterPictureBit = 0x40;
constexpr uint8_t kLayersBit = 0x20;
constexpr uint8_t kFlexibleBit = 0x10;
constexpr uint8_t kBeginBit = 0x08;
constexpr uint8_t kEndBit = 0x04;
constexpr uint8_t kStructureBit = 0x02;
constexpr uint8_t kNotReferenceBit = 0x01;

constexpr uint8_t kLongPictureIdBit = 0x80;
constexpr uint8_t kSwitchingUpBit = 0x10;
constexpr uint8_t kInterLayerBit = 0x01;
constexpr uint8_t kMoreReferencesBit = 0x01;
// The scalability structure's first byte: N_S, Y, G.
constexpr uint8_t kResolutionsBit = 0x10;
constexpr uint8_t kPictureGroupBit = 0x08;

void ReadPictureId(ByteReader& reader, Vp9Descriptor& descriptor) {
  uint8_t first = reader.ReadU8();
  descriptor.long_picture_id = (first & kLongPictureIdBit) != 0;
  descriptor.picture_id = first & 0x7F;
  if (!descriptor.long_picture_id) return;
  descriptor.picture_id = static_cast<uint16_t>(((first & 0x7F) << 8) | reader.ReadU8());
}

void ReadLayers(ByteReader& reader, Vp9Descriptor& descriptor) {
  uint8_t layers = reader.ReadU8();
  descriptor.has_layers = true;
  descriptor.temporal_layer = static_cast<uint8_t>(layers >> 5);
  descriptor.switching_up = (layers & kSwitchingUpBit) != 0;
  descriptor.spatial_layer = (layers >> 1) & 0x7;
  descriptor.inter_layer_predicted = (layers & kInterLayerBit) != 0;
  // RFC 9628 4.2: TL0PICIDX follows the layer indices in non-flexible mode only.
  if (!descriptor.flexible_mode) descriptor.tl0_picture_index = reader.ReadU8();
}

// False when more references are announced than there may be.
bool ReadReferences(ByteReader& reader, Vp9Descriptor& descriptor) {
  bool more = true;
  while (more) {
    if (descriptor.reference_count == Vp9Descriptor::kReferencesMax) return false;
    uint8_t reference = reader.ReadU8();
    descriptor.reference_differences[descriptor.reference_count++] =
        static_cast<uint8_t>(reference >> 1);
    more = (reference & kMoreReferencesBit) != 0;
  }
  return true;
}

void SkipPictureGroup(ByteReader& reader, Vp9ScalabilityStructure& structure) {
  structure.pictures_in_group = reader.ReadU8();
  for (uint8_t i = 0; i < structure.pictures_in_group && reader.ok(); ++i) {
    uint8_t picture = reader.ReadU8();
    reader.Skip((picture >> 2) & 0x3u);
  }
}

Vp9ScalabilityStructure ReadStructure(ByteReader& reader) {
  Vp9ScalabilityStructure structure;
  uint8_t first = reader.ReadU8();
  // RFC 9628 4.2.1: N_S + 1 is the number of spatial layers.
  structure.spatial_layers = static_cast<uint8_t>((first >> 5) + 1);
  structure.has_resolutions = (first & kResolutionsBit) != 0;
  for (size_t i = 0; structure.has_resolutions && i < structure.spatial_layers; ++i) {
    structure.widths[i] = reader.ReadU16();
    structure.heights[i] = reader.ReadU16();
  }
  if ((first & kPictureGroupBit) != 0) SkipPictureGroup(reader, structure);
  return structure;
}

}  // namespace

std::optional<Vp9Descriptor> Vp9Descriptor::Parse(Bytes payload) {
  ByteReader reader(payload);
  Vp9Descriptor descriptor;
  uint8_t first = reader.ReadU8();
  bool has_picture_id = (first & kPictureIdBit) != 0;
  descriptor.inter_picture_predicted = (first & kInterPictureBit) != 0;
  // RFC 9628 4.2: "if the I bit is set to zero, then this MUST also be set to zero and ignored by
  // receivers."
  descriptor.flexible_mode = has_picture_id && (first & kFlexibleBit) != 0;
  descriptor.begins_frame = (first & kBeginBit) != 0;
  descriptor.ends_frame = (first & kEndBit) != 0;
  descriptor.not_upper_reference = (first & kNotReferenceBit) != 0;
  if (has_picture_id) ReadPictureId(reader, descriptor);
  if ((first & kLayersBit) != 0) ReadLayers(reader, descriptor);
  bool has_references = descriptor.flexible_mode && descriptor.inter_picture_predicted;
  if (has_references && !ReadReferences(reader, descriptor)) return std::nullopt;
  if ((first & kStructureBit) != 0) descriptor.structure = ReadStructure(reader);
  descriptor.size = reader.position();
  if (!reader.ok() || reader.remaining() == 0) return std::nullopt;
  descriptor.key_frame = descriptor.begins_frame && !descriptor.inter_picture_predicted &&
                         descriptor.spatial_layer == 0 && !descriptor.inter_layer_predicted;
  return descriptor;
}

}  // namespace millrace
