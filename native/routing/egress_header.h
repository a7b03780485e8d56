#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "base/byte_writer.h"
#include "media/rtp_packet.h"
#include "media/rtp_rewrite.h"
#include "wire/rtp_extensions.h"

namespace millrace {

// What is known only when a packet leaves.
struct EgressStamps {
  uint32_t abs_send_time = 0;
  uint16_t transport_sequence_number = 0;
};

// Writes the RTP headers of one consumer's packets. What never changes (the MID, room for the
// stamps) stands ready as a template; what the source packet carried and the consumer negotiated is
// written behind it with the consumer's ids.
class EgressHeader {
 public:
  // No header is longer: fixed header, 15 CSRCs, and an extension block of 255-byte elements is cut
  // by what a packet of 1,500 bytes can bring in, plus a MID.
  static constexpr size_t kBytesMax = 1024;

  // What of it Write reads.
  static constexpr size_t kHotBytes = 128;

  EgressHeader(const RtpExtensionIds& ids, std::string_view mid);

  // The header of one copy; zero when it does not fit into `target`.
  [[nodiscard]] size_t Write(MutableBytes target, const RtpPacket& packet,
                             const RtpRewrite& rewrite, const EgressStamps& stamps) const;
  // Told to the receiver with each packet whose source says nothing of it; a min of 0 takes an
  // earlier word back.
  void SetPlayoutDelay(PlayoutDelay delay) { playout_delay_ = delay; }
  [[nodiscard]] bool has_playout_delay() const {
    return ids_.IdOf(RtpExtension::kPlayoutDelay) != 0;
  }
  [[nodiscard]] bool has_transport_sequence_number() const { return sequence_offset_ != 0; }

 private:
  static constexpr size_t kTemplateMax = 48;

  [[nodiscard]] size_t AppendCarried(uint8_t* end, const RtpExtensions& extensions,
                                     Bytes descriptor) const;
  [[nodiscard]] size_t WriteGeneral(MutableBytes target, const RtpPacket& packet,
                                    const RtpRewrite& rewrite, Bytes descriptor,
                                    const EgressStamps& stamps) const;

  RtpExtensionIds ids_;
  std::optional<PlayoutDelay> playout_delay_;
  std::array<uint8_t, kTemplateMax> template_{};
  uint8_t mid_size_ = 0;
  uint8_t template_size_ = 0;    // fixed header, extension head, MID and stamps
  uint8_t time_offset_ = 0;      // of the abs-send-time value; 0: not negotiated
  uint8_t sequence_offset_ = 0;  // of the transport-wide sequence number; 0: not negotiated
  bool one_byte_form_ = true;    // all ids and the MID allow it
  std::array<char, 255> mid_{};
};

}  // namespace millrace
