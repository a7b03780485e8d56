#pragma once

#include <cstdint>

#include "base/time.h"

namespace millrace {

// Lets a rate pass, with a burst above it, and refuses the rest: the police for what a peer may
// send (bytes, RTCP packets). Starts full.
class TokenBucket {
 public:
  // A rate of zero lets everything pass.
  TokenBucket(uint64_t per_second, uint64_t burst);

  [[nodiscard]] bool Take(uint64_t cost, Timestamp now);
  void SetRate(uint64_t per_second, uint64_t burst);

 private:
  void Fill(Timestamp now);

  uint64_t per_second_;
  uint64_t burst_;
  uint64_t tokens_;
  uint64_t remainder_ = 0;  // millionths of a token
  Timestamp filled_at_;
  bool used_ = false;
};

}  // namespace millrace
