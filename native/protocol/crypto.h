#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/byte_reader.h"
#include "base/byte_writer.h"

namespace millrace {

// The few general primitives that rooms above need without seeing a crypto library.

using Sha256Digest = std::array<uint8_t, 32>;

// RFC 2104 over SHA-1. Fits wire/stun.h's HmacSha1Function.
[[nodiscard]] std::array<uint8_t, 20> HmacSha1(Bytes key, Bytes text);

[[nodiscard]] Sha256Digest Sha256(Bytes bytes);

// RFC 4648 section 4, with padding.
[[nodiscard]] std::string Base64Encode(Bytes bytes);
// Nothing for other letters, line breaks, missing padding, or bits after the last byte.
[[nodiscard]] std::optional<std::vector<uint8_t>> Base64Decode(std::string_view text);

// Takes the same time whichever byte differs; only the sizes may leak.
[[nodiscard]] bool EqualsInConstantTime(Bytes left, Bytes right);

// Overwrites key material in a way that the compiler does not leave out.
void Wipe(MutableBytes secret);

}  // namespace millrace
