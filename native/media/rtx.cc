#include "media/rtx.h"

#include <cstring>

namespace millrace {
namespace {

constexpr size_t kOriginalSequenceBytes = 2;
// Positions of RFC 3550 section 5.1.
constexpr uint8_t kPaddingBit = 0x20;
constexpr uint8_t kMarkerBit = 0x80;
constexpr size_t kPayloadTypeOffset = 1;
constexpr size_t kSequenceOffset = 2;
constexpr size_t kSsrcOffset = 8;

}  // namespace

std::optional<size_t> UnwrapRtx(const RtpView& rtx, Ssrc original_ssrc,
                                uint8_t original_payload_type, MutableBytes bytes) {
  Bytes payload = rtx.payload();
  size_t header_size = rtx.header_size();
  if (payload.size() < kOriginalSequenceBytes) return std::nullopt;
  if (header_size + payload.size() > bytes.size()) return std::nullopt;

  // RFC 4588 section 4: after the original's number stands the original's payload; timestamp,
  // marker and extension are the original's already.
  bytes[0] = static_cast<uint8_t>(bytes[0] & ~kPaddingBit);
  bytes[kPayloadTypeOffset] =
      static_cast<uint8_t>((bytes[kPayloadTypeOffset] & kMarkerBit) | original_payload_type);
  bytes[kSequenceOffset] = payload[0];
  bytes[kSequenceOffset + 1] = payload[1];
  ByteWriter(bytes.subspan(kSsrcOffset)).WriteU32(original_ssrc.value());
  size_t original_size = payload.size() - kOriginalSequenceBytes;
  std::memmove(bytes.data() + header_size, payload.data() + kOriginalSequenceBytes, original_size);
  return header_size + original_size;
}

}  // namespace millrace
