#include "wire/payload/h265.h"

namespace millrace {

namespace {

// RFC 7798 section 4.4 and ITU-T H.265 table 7-1.
constexpr uint8_t kFirstRandomAccess = 16;
constexpr uint8_t kLastRandomAccess = 21;
constexpr uint8_t kVideoParameterSet = 32;
constexpr uint8_t kSequenceParameterSet = 33;
constexpr uint8_t kAggregation = 48;
constexpr uint8_t kFragmentation = 49;
constexpr uint8_t kFragmentStartBit = 0x80;
constexpr uint8_t kFragmentTypeBits = 0x3F;
constexpr uint8_t kFirstSliceBit = 0x80;

// RFC 7798 1.1.4: the header's first byte is F, six bits of type, and a bit of the layer id.
uint8_t ReadUnitType(ByteReader& reader) {
  uint8_t type = (reader.ReadU8() >> 1) & 0x3F;
  reader.Skip(1);
  return type;
}

// `slice` is what follows the unit's header; its first bit is first_slice_segment_in_pic_flag.
bool IsKeyFrameUnit(uint8_t type, Bytes slice) {
  if (slice.empty()) return false;
  if (type == kVideoParameterSet || type == kSequenceParameterSet) return true;
  if (type < kFirstRandomAccess || type > kLastRandomAccess) return false;
  return (ByteReader(slice).ReadU8() & kFirstSliceBit) != 0;
}

bool AggregatesKeyFrame(ByteReader& reader) {
  while (reader.remaining() > 0) {
    ByteReader unit(reader.ReadBytes(reader.ReadU16()));
    uint8_t type = ReadUnitType(unit);
    if (!reader.ok() || !unit.ok()) return false;
    if (IsKeyFrameUnit(type, unit.rest())) return true;
  }
  return false;
}

}  // namespace

// Decoding order numbers (sprop-max-don-diff above 0) are not offered, so that none is expected.
bool StartsH265KeyFrame(Bytes payload) {
  ByteReader reader(payload);
  uint8_t type = ReadUnitType(reader);
  if (!reader.ok()) return false;
  if (type == kAggregation) return AggregatesKeyFrame(reader);
  if (type != kFragmentation) return IsKeyFrameUnit(type, reader.rest());
  uint8_t fragment = reader.ReadU8();
  // RFC 7798 4.4.3: "When set to 1, the S bit indicates the start of a fragmented NAL unit".
  bool starts = (fragment & kFragmentStartBit) != 0;
  return reader.ok() && starts && IsKeyFrameUnit(fragment & kFragmentTypeBits, reader.rest());
}

}  // namespace millrace
