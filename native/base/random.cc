#include "base/random.h"

#include <bit>
#include <cstring>

#include "base/check.h"

namespace millrace {

namespace {

// RFC 8439 section 2.3: the constants are "expand 32-byte k".
constexpr std::array<uint32_t, 4> kConstants = {0x61707865, 0x3320646e, 0x79622d32, 0x6b206574};

void QuarterRound(std::array<uint32_t, 16>& x, size_t a, size_t b, size_t c, size_t d) {
  x[a] += x[b], x[d] = std::rotl(x[d] ^ x[a], 16);
  x[c] += x[d], x[b] = std::rotl(x[b] ^ x[c], 12);
  x[a] += x[b], x[d] = std::rotl(x[d] ^ x[a], 8);
  x[c] += x[d], x[b] = std::rotl(x[b] ^ x[c], 7);
}

Random::Seed Spread(uint64_t number) {
  Random::Seed seed{};
  for (size_t i = 0; i < 8; ++i) seed[i] = static_cast<uint8_t>(number >> (8 * i));
  return seed;
}

}  // namespace

Random::Random(uint64_t seed) : Random(Spread(seed)) {}

Random::Random(const Seed& seed) : state_{}, block_{} {
  for (size_t i = 0; i < 4; ++i) state_[i] = kConstants[i];
  for (size_t i = 0; i < 32; ++i) {
    state_[4 + i / 4] |= static_cast<uint32_t>(seed[i]) << (8 * (i % 4));
  }
}

uint32_t Random::NextU32() {
  if (used_ == block_.size()) Refill();
  return block_[used_++];
}

uint64_t Random::NextU64() {
  uint64_t high = NextU32();
  return (high << 32) | NextU32();
}

uint32_t Random::Below(uint32_t bound) {
  CHECK(bound > 0, "a range needs at least one number");
  // Numbers under this remainder would make the first values of the range likelier.
  uint32_t unfair = (0u - bound) % bound;
  uint32_t value = NextU32();
  while (value < unfair) value = NextU32();
  return value % bound;
}

double Random::NextDouble() { return static_cast<double>(NextU64() >> 11) * 0x1.0p-53; }

void Random::Fill(MutableBytes target) {
  for (uint8_t& byte : target) byte = static_cast<uint8_t>(NextU32());
}

std::string Random::Letters(size_t length) {
  constexpr char kAlphabet[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
  std::string result(length, ' ');
  for (char& letter : result) letter = kAlphabet[Below(sizeof(kAlphabet) - 1)];
  return result;
}

void Random::Refill() {
  block_ = state_;
  for (int round = 0; round < 10; ++round) {
    QuarterRound(block_, 0, 4, 8, 12);
    QuarterRound(block_, 1, 5, 9, 13);
    QuarterRound(block_, 2, 6, 10, 14);
    QuarterRound(block_, 3, 7, 11, 15);
    QuarterRound(block_, 0, 5, 10, 15);
    QuarterRound(block_, 1, 6, 11, 12);
    QuarterRound(block_, 2, 7, 8, 13);
    QuarterRound(block_, 3, 4, 9, 14);
  }
  for (size_t i = 0; i < block_.size(); ++i) block_[i] += state_[i];
  if (++state_[12] == 0) ++state_[13];
  used_ = 0;
}

}  // namespace millrace
