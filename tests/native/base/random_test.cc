#include "base/random.h"

#include <gtest/gtest.h>

#include <array>
#include <set>
#include <vector>

namespace millrace {
namespace {

TEST(RandomTest, IsTheChaCha20KeyStream) {
  // RFC 8439 appendix A.1, test vector 1: key, nonce and block counter are zero.
  Random random(Random::Seed{});
  constexpr std::array<uint32_t, 16> kFirstBlock = {0xade0b876, 0x903df1a0, 0xe56a5d40, 0x28bd8653,
                                                    0xb819d2bd, 0x1aed8da0, 0xccef36a8, 0xc70d778b,
                                                    0x7c5941da, 0x8d485751, 0x3fe02477, 0x374ad8b8,
                                                    0xf4b8436a, 0x1ca11815, 0x69b687c3, 0x8665eeb2};
  for (uint32_t word : kFirstBlock) EXPECT_EQ(random.NextU32(), word);
  // Test vector 2: the same with a block counter of one.
  EXPECT_EQ(random.NextU32(), 0xbee7079fu);
  EXPECT_EQ(random.NextU32(), 0x7a385155u);
}

TEST(RandomTest, TheKeyStandsInTheStateInLittleEndianOrder) {
  // RFC 8439 appendix A.1, test vector 3: the key's last byte is one, the block counter is one.
  Random::Seed seed{};
  seed[31] = 1;
  Random random(seed);
  for (int i = 0; i < 16; ++i) (void)random.NextU32();
  EXPECT_EQ(random.NextU32(), 0x2452eb3au);
  EXPECT_EQ(random.NextU32(), 0x9249f8ecu);
}

TEST(RandomTest, TheSameSeedTellsTheSameStory) {
  Random first(42);
  Random second(42);
  Random other(43);
  bool differs = false;
  for (int i = 0; i < 100; ++i) {
    uint64_t value = first.NextU64();
    EXPECT_EQ(value, second.NextU64());
    differs |= value != other.NextU64();
  }
  EXPECT_TRUE(differs);
}

TEST(RandomTest, BelowStaysBelowAndReachesEveryNumber) {
  Random random(1);
  std::set<uint32_t> seen;
  for (int i = 0; i < 1000; ++i) {
    uint32_t value = random.Below(7);
    ASSERT_LT(value, 7u);
    seen.insert(value);
  }
  EXPECT_EQ(seen.size(), 7u);
  EXPECT_EQ(random.Below(1), 0u);
  for (int i = 0; i < 100; ++i) EXPECT_LT(random.Below(0xffffffff), 0xffffffffu);
}

TEST(RandomTest, BelowFavoursNoNumber) {
  Random random(2);
  std::array<int, 3> counts{};
  for (int i = 0; i < 30000; ++i) ++counts[random.Below(3)];
  for (int count : counts) EXPECT_NEAR(count, 10000, 400);
}

TEST(RandomTest, DoublesLieBetweenZeroAndOne) {
  Random random(3);
  double sum = 0;
  for (int i = 0; i < 10000; ++i) {
    double value = random.NextDouble();
    ASSERT_GE(value, 0.0);
    ASSERT_LT(value, 1.0);
    sum += value;
  }
  EXPECT_NEAR(sum / 10000, 0.5, 0.02);
}

TEST(RandomTest, LettersAreIceCharacters) {
  Random random(4);
  std::string text = random.Letters(500);
  EXPECT_EQ(text.size(), 500u);
  for (char letter : text) {
    bool digit = letter >= '0' && letter <= '9';
    bool small = letter >= 'a' && letter <= 'z';
    bool capital = letter >= 'A' && letter <= 'Z';
    EXPECT_TRUE(digit || small || capital) << letter;
  }
  EXPECT_EQ(random.Letters(0), "");
}

TEST(RandomTest, FillsEveryByte) {
  Random random(5);
  std::vector<uint8_t> bytes(1000);
  random.Fill(bytes);
  std::set<uint8_t> seen(bytes.begin(), bytes.end());
  EXPECT_GT(seen.size(), 230u);
}

}  // namespace
}  // namespace millrace
