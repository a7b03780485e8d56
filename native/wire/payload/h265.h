#pragma once

#include "base/byte_reader.h"

namespace millrace {

// Whether this H.265 packet (RFC 7798) begins with a parameter set or with the first slice segment
// of a picture at which decoding can start, alone, aggregated or as the first fragment.
[[nodiscard]] bool StartsH265KeyFrame(Bytes payload);

}  // namespace millrace
