#pragma once

#include <bit>
#include <cstdint>
#include <cstring>

#include "base/byte_reader.h"

namespace millrace {

// A fingerprint of everything that happened in a run. Not for secrets: two runs that differ in one
// bit have different digests, and that is all that is asked of it.
class Digest {
 public:
  void Add(uint64_t number) {
    value_ = std::rotl((value_ ^ number) * 0x9E3779B97F4A7C15u, 29) + 0xBF58476D1CE4E5B9u;
  }

  void Add(Bytes bytes) {
    Add(bytes.size());
    while (bytes.size() >= 8) {
      uint64_t word = 0;
      std::memcpy(&word, bytes.data(), 8);
      Add(word);
      bytes = bytes.subspan(8);
    }
    for (uint8_t byte : bytes) Add(uint64_t{byte});
  }

  [[nodiscard]] uint64_t value() const { return value_; }

 private:
  uint64_t value_ = 0;
};

}  // namespace millrace
