#include "routing/probation_stream.h"

#include <algorithm>
#include <cstring>

#include "media/ntp_time.h"
#include "media/rtp_rewriter.h"

namespace millrace {
namespace {

constexpr uint32_t kClockRate = 90'000;

}  // namespace

ProbationStream::ProbationStream(const RtpExtensionIds& ids, Random& random)
    : header_(ids, kMid), next_sequence_(RandomInitialSequence(random)) {}

EgressPacket ProbationStream::Make(size_t payload_bytes, RtpPacketPool& packets, Timestamp now) {
  RtpPacketRef packet = packets.Take();
  if (!packet) return {};
  size_t size = std::min(payload_bytes, kPayloadBytesMax);
  std::memset(packet->bytes.data(), 0, size);
  // Whatever its last user left in it does not go out.
  packet->view = {};
  packet->extensions = {};
  packet->descriptor = {};
  packet->header_size = 0;
  packet->size = static_cast<uint16_t>(size);
  packet->payload_size = static_cast<uint16_t>(size);
  RtpRewrite rewrite{.ssrc = kSsrc,
                     .timestamp = ToRtpTicks(now.us(), kClockRate),
                     .sequence = next_sequence_++,
                     .payload_type = kPayloadType};
  return {.packet = std::move(packet), .stream = nullptr, .rewrite = rewrite};
}

}  // namespace millrace
