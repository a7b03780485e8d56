#pragma once

#include "base/byte_reader.h"

namespace millrace {

// Whether this H.264 packet (RFC 6184) begins with a sequence parameter set or with the first slice
// of an IDR picture, alone, aggregated or as the first fragment. Parameter sets that were told in
// the signaling need no packet of their own, so an IDR picture counts without them.
[[nodiscard]] bool StartsH264KeyFrame(Bytes payload);

}  // namespace millrace
