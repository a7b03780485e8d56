#include "wire/payload/av1.h"

namespace millrace {

namespace {

// The aggregation header: Z Y W W N, then three reserved bits.
constexpr uint8_t kContinuesBit = 0x80;
constexpr uint8_t kNewSequenceBit = 0x08;

}  // namespace

bool StartsAv1KeyFrame(Bytes payload) {
  ByteReader reader(payload);
  uint8_t aggregation = reader.ReadU8();
  if (!reader.ok() || reader.remaining() == 0) return false;
  // RTP Payload Format For AV1, 4.4: "N: MUST be set to 1 if the packet is the first packet of a
  // coded video sequence, and MUST be set to 0 otherwise." Such a packet continues nothing.
  return (aggregation & kNewSequenceBit) != 0 && (aggregation & kContinuesBit) == 0;
}

}  // namespace millrace
