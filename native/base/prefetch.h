#pragma once

#include <cstddef>
#include <cstdint>

namespace millrace {

inline constexpr size_t kCacheLineBytes = 64;

// Has the first `size` bytes at `place` on their way into the cache. The packet path goes through
// many transports of which each is cold: what the next one needs travels while this one is served.
// Any address will do, a null one too.
inline void Prefetch(const void* place, size_t size = 1) {
  // Counted as a number: a pointer may not leave its object, and null has none.
  const auto at = reinterpret_cast<uintptr_t>(place);
  for (size_t offset = 0; offset < size; offset += kCacheLineBytes) {
    __builtin_prefetch(reinterpret_cast<const void*>(at + offset), 1);
  }
  // The last byte may stand in one line more.
  if (size > 1) __builtin_prefetch(reinterpret_cast<const void*>(at + size - 1), 1);
}

}  // namespace millrace
