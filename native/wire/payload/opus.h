#pragma once

#include "base/byte_reader.h"

namespace millrace {

// Whether this Opus packet (RFC 6716) carries no sound: the sender is silent and keeps the stream
// alive. An empty payload is such a packet too.
[[nodiscard]] bool IsOpusSilence(Bytes payload);

}  // namespace millrace
