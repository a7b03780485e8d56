#include "wire/payload/h264.h"

namespace millrace {

namespace {

// RFC 6184 section 5.2 and ITU-T H.264 table 7-1.
constexpr uint8_t kTypeBits = 0x1F;
constexpr uint8_t kIdrSlice = 5;
constexpr uint8_t kSequenceParameterSet = 7;
constexpr uint8_t kStapA = 24;
constexpr uint8_t kStapB = 25;
constexpr uint8_t kFuA = 28;
constexpr uint8_t kFuB = 29;
constexpr uint8_t kFragmentStartBit = 0x80;
constexpr size_t kDecodingOrderBytes = 2;

// `slice` is what follows the unit's header. A slice header begins with first_mb_in_slice, an
// Exp-Golomb number: the first bit alone tells whether it is zero.
bool IsKeyFrameUnit(uint8_t type, Bytes slice) {
  if (slice.empty()) return false;
  if (type == kSequenceParameterSet) return true;
  return type == kIdrSlice && (ByteReader(slice).ReadU8() & 0x80) != 0;
}

bool AggregatesKeyFrame(ByteReader& reader) {
  while (reader.remaining() > 0) {
    ByteReader unit(reader.ReadBytes(reader.ReadU16()));
    uint8_t type = unit.ReadU8() & kTypeBits;
    if (!reader.ok()) return false;
    if (IsKeyFrameUnit(type, unit.rest())) return true;
  }
  return false;
}

}  // namespace

bool StartsH264KeyFrame(Bytes payload) {
  ByteReader reader(payload);
  uint8_t type = reader.ReadU8() & kTypeBits;
  if (type == kStapB) reader.Skip(kDecodingOrderBytes);
  if (type == kStapA || type == kStapB) return AggregatesKeyFrame(reader);
  if (type != kFuA && type != kFuB) return reader.ok() && IsKeyFrameUnit(type, reader.rest());
  uint8_t fragment = reader.ReadU8();
  if (type == kFuB) reader.Skip(kDecodingOrderBytes);
  // RFC 6184 5.8: "When set to one, the Start bit indicates the start of a fragmented NAL unit."
  bool starts = (fragment & kFragmentStartBit) != 0;
  return reader.ok() && starts && IsKeyFrameUnit(fragment & kTypeBits, reader.rest());
}

}  // namespace millrace
