#pragma once

#include <optional>
#include <span>

#include "base/byte_writer.h"
#include "base/strong.h"
#include "wire/rtcp/rtcp_reader.h"
#include "wire/rtcp/ssrc_list.h"

namespace millrace {

// Sources that end (RFC 3550 section 6.6). The reason that may follow them is skipped.
struct Bye {
  SsrcList ssrcs;

  [[nodiscard]] static std::optional<Bye> Parse(const RtcpBlock& block);
  // At most 31 sources. False, and nothing written, when the packet does not fit.
  [[nodiscard]] static bool Write(ByteWriter& writer, std::span<const Ssrc> ssrcs);
};

}  // namespace millrace
