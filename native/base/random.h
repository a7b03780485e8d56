#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>

#include "base/byte_reader.h"

namespace millrace {

// The only source of chance below io/: the ChaCha20 key stream (RFC 8439) of a 256-bit seed. The
// edge seeds it from the operating system, which makes it fit for ICE passwords; a simulation seeds
// it with a number, which makes every run repeatable.
class Random {
 public:
  using Seed = std::array<uint8_t, 32>;

  explicit Random(const Seed& seed);
  explicit Random(uint64_t seed);

  uint32_t NextU32();
  uint64_t NextU64();
  // Uniform in [0, bound); bound must not be zero.
  uint32_t Below(uint32_t bound);
  // Uniform in [0, 1).
  double NextDouble();
  void Fill(MutableBytes target);
  // `length` letters and digits, as ICE's ice-char allows (RFC 8839 section 5.4).
  std::string Letters(size_t length);

 private:
  void Refill();

  std::array<uint32_t, 16> state_;
  std::array<uint32_t, 16> block_;
  size_t used_ = 16;
};

}  // namespace millrace
