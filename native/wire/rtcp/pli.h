#pragma once

#include <optional>

#include "base/byte_writer.h"
#include "base/strong.h"
#include "wire/rtcp/rtcp_reader.h"

namespace millrace {

// "Picture loss indication": the receiver needs a key frame (RFC 4585 section 6.3.1).
struct Pli {
  Ssrc sender;
  Ssrc media;

  [[nodiscard]] static std::optional<Pli> Parse(const RtcpBlock& block);
  // False, and nothing written, when the packet does not fit.
  [[nodiscard]] bool Write(ByteWriter& writer) const;
};

}  // namespace millrace
