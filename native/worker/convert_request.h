#pragma once

#include "base/byte_reader.h"
#include "worker/channel_message.h"

namespace millrace {

// The longest frame of the channel, its size prefix included.
inline constexpr size_t kMaxFrameBytes = 8 * 1024 * 1024;

// Turns one frame, with its size prefix, into a checked message. The frame may hold anything: it is
// verified as a whole before a field is read, and then each text, enumeration, union and list is
// held against its bounds, which a FlatBuffers verifier does not do.
[[nodiscard]] ChannelMessage ReadFrame(Bytes frame);

}  // namespace millrace
