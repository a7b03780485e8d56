#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "base/byte_writer.h"
#include "base/strong.h"
#include "wire/rtp_view.h"

namespace millrace {

// Makes the original packet of a retransmission (RFC 4588 section 4), in place: `bytes` hold the
// packet that `rtx` is a view of. Answers the original's size (its padding is left out), or nothing
// for a packet that carries no original: bandwidth probes have an empty payload.
[[nodiscard]] std::optional<size_t> UnwrapRtx(const RtpView& rtx, Ssrc original_ssrc,
                                              uint8_t original_payload_type, MutableBytes bytes);

}  // namespace millrace
