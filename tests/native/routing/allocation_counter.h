#pragma once

#include <cstddef>

namespace millrace {

// What the whole test program takes from the heap by operator new, counted while it runs.
struct AllocationCounter {
  // How many times memory was taken since the start of the program.
  [[nodiscard]] static size_t count();
  // What is taken now and was not given back, the allocator's rounding and a word for each piece
  // included.
  [[nodiscard]] static size_t live_bytes();
};

}  // namespace millrace
