#pragma once

#include "base/byte_reader.h"

namespace millrace {

// Whether this AV1 packet ("RTP Payload Format For AV1", section 4.4) is the first one of a coded
// video sequence, which always begins with a key frame.
[[nodiscard]] bool StartsAv1KeyFrame(Bytes payload);

}  // namespace millrace
