#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "base/byte_writer.h"
#include "base/strong.h"
#include "wire/rtcp/rtcp_reader.h"
#include "wire/rtcp/ssrc_list.h"

namespace millrace {

// "Receiver estimated maximum bitrate" (draft-alvestrand-rmcat-remb-03): what the receiver believes
// it can take, all named streams together.
struct Remb {
  Ssrc sender;
  uint64_t bitrate_bps = 0;  // the greatest number there is when the packet says more
  SsrcList ssrcs;            // of a received packet; Write takes its own

  [[nodiscard]] static std::optional<Remb> Parse(const RtcpBlock& block);
  // At most 255 streams. The bitrate is rounded down to 18 significant bits. False, and nothing
  // written, when the packet does not fit.
  [[nodiscard]] bool Write(ByteWriter& writer, std::span<const Ssrc> streams) const;
};

}  // namespace millrace
