#pragma once

#include "wire/stun.h"

namespace millrace {

// HMAC-SHA1 (RFC 2104, FIPS 180-4) for tests of a room that has no cryptography of its own.
HmacSha1Digest TestHmacSha1(Bytes key, Bytes text);

}  // namespace millrace
