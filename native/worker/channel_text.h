#pragma once

#include <cstddef>
#include <string_view>

namespace millrace {

// The longest id that a controller may give to anything. Ids are UUIDs in practice; the bound keeps
// tables and answers small whatever arrives.
inline constexpr size_t kMaxIdBytes = 256;

// The longest other text of a request (a parameter, a label, a key). Certificates come as files.
inline constexpr size_t kMaxTextBytes = 16 * 1024;

// Well-formed UTF-8 (RFC 3629) without NUL: what a text of the channel must be, so that no later
// reader can see another text than the one that was checked.
[[nodiscard]] bool IsCleanText(std::string_view text);

// A text fit for the id of a router, transport, producer and so on: clean, not empty, not too long.
[[nodiscard]] bool IsCleanId(std::string_view text);

}  // namespace millrace
