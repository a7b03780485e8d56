#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "base/random.h"
#include "media/rtp_packet.h"
#include "protocol/srtp.h"
#include "routing/egress_header.h"
#include "routing/egress_packet.h"

namespace millrace {

// A stream of zeros that only fills a link, to learn what it carries where there is nothing to send
// again: controllers tell every viewer of its numbers beforehand. Makes packets; never sends.
class ProbationStream {
 public:
  // As controllers written for the channel announce it.
  static constexpr Ssrc kSsrc = Ssrc(1234);
  static constexpr std::string_view kMid = "probator";
  static constexpr uint8_t kPayloadType = 127;
  static constexpr size_t kPayloadBytesMax = 1200;

  // `ids`: of the consumers beside which it leaves.
  ProbationStream(const RtpExtensionIds& ids, Random& random);

  // A packet with this much payload; its reference is empty at the pool's limit.
  [[nodiscard]] EgressPacket Make(size_t payload_bytes, RtpPacketPool& packets, Timestamp now);

  // How the keys know it; nothing: they do not, and it cannot be sent.
  void SetSrtpStream(std::optional<SrtpStream> stream) { srtp_stream_ = stream; }
  [[nodiscard]] std::optional<SrtpStream> srtp_stream() const { return srtp_stream_; }
  [[nodiscard]] const EgressHeader& header() const { return header_; }

 private:
  EgressHeader header_;
  std::optional<SrtpStream> srtp_stream_;
  uint16_t next_sequence_;
};

}  // namespace millrace
