#include "wire/payload/opus.h"

namespace millrace {

namespace {

// A TOC byte (RFC 6716 section 3.1) and at most one more: no frame of sound is that short, and
// encoders send just that when discontinuous transmission has nothing to say.
constexpr size_t kSilentBytesMax = 2;

}  // namespace

bool IsOpusSilence(Bytes payload) { return payload.size() <= kSilentBytesMax; }

}  // namespace millrace
