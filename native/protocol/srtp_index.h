#pragma once

#include <cstdint>

namespace millrace {

// RFC 3711 section 3.3.1: "i = 2^16 * ROC + SEQ", 48 bits.
inline constexpr uint64_t kSrtpIndexEnd = uint64_t{1} << 48;
inline constexpr uint64_t kSrtpRollover = uint64_t{1} << 16;

// The index with this sequence number that is nearest to the newest one (RFC 3711 appendix A).
// Below zero there is none, so that a number far ahead in the first round belongs to that round.
[[nodiscard]] constexpr uint64_t NearestSrtpIndex(uint64_t newest, uint16_t sequence_number) {
  constexpr uint32_t kHalf = 0x8000;
  uint64_t round = newest & ~(kSrtpRollover - 1);
  uint32_t last = static_cast<uint16_t>(newest);
  if (last < kHalf) {
    bool previous_round = sequence_number > last + kHalf && round != 0;
    return (previous_round ? round - kSrtpRollover : round) + sequence_number;
  }
  bool next_round = sequence_number < last - kHalf;
  return (next_round ? round + kSrtpRollover : round) + sequence_number;
}

}  // namespace millrace
