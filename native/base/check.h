#pragma once

#include <cstdio>
#include <cstdlib>

// Stops the program when our own code broke a rule of its own. Remote input never reaches it: bytes
// from a peer or a controller are refused with a value (std::optional, Result, DropReason). On in
// release builds too, because a worker with a broken invariant is worse than a restarted one.
#define CHECK(condition, sentence)                                                              \
  do {                                                                                          \
    if (!(condition)) [[unlikely]] {                                                            \
      std::fprintf(stderr, "%s:%d: CHECK(%s): %s\n", __FILE__, __LINE__, #condition, sentence); \
      std::abort();                                                                             \
    }                                                                                           \
  } while (false)
