#pragma once

#include <cstdint>

#include "base/byte_reader.h"

namespace millrace {

// The codecs whose payload the worker looks into; every other one is forwarded unseen.
enum class Codec : uint8_t { kOther, kOpus, kVp8, kVp9, kH264, kH265, kAv1 };

// Whether a decoder that saw nothing before can begin with this packet. True for codecs that have
// no key frames; false for a payload that does not parse.
[[nodiscard]] bool StartsKeyFrame(Codec codec, Bytes payload);

// Whether the codec has key frames, so that asking for one makes sense.
[[nodiscard]] bool HasKeyFrames(Codec codec);

}  // namespace millrace
