#include "media/stream_score.h"

#include <gtest/gtest.h>

#include "base/random.h"

namespace millrace {
namespace {

TEST(StreamScoreTest, PutsANumberOnDelivery) {
  EXPECT_EQ(ScoreOf({.expected = 100, .lost = 0, .repaired = 0}), 10);
  EXPECT_EQ(ScoreOf({.expected = 100, .lost = 10, .repaired = 0}), 7);
  EXPECT_EQ(ScoreOf({.expected = 100, .lost = 30, .repaired = 0}), 2);
  EXPECT_EQ(ScoreOf({.expected = 100, .lost = 100, .repaired = 0}), 0);
}

TEST(StreamScoreTest, GivesRepairedPacketsPartOfTheirWorth) {
  EXPECT_EQ(ScoreOf({.expected = 100, .lost = 10, .repaired = 10}), 9);
  EXPECT_EQ(ScoreOf({.expected = 100, .lost = 30, .repaired = 30}), 4);
  EXPECT_EQ(ScoreOf({.expected = 1000, .lost = 10, .repaired = 10}), 10);
}

TEST(StreamScoreTest, ClampsNumbersThatCannotBe) {
  EXPECT_EQ(ScoreOf({.expected = 0, .lost = 7, .repaired = 7}), 10);
  EXPECT_EQ(ScoreOf({.expected = 10, .lost = UINT64_MAX, .repaired = 0}), 0);
  EXPECT_EQ(ScoreOf({.expected = 10, .lost = 0, .repaired = UINT64_MAX}), 10);
}

TEST(StreamScoreTest, TellsOnlyChanges) {
  StreamScore score;
  EXPECT_FALSE(score.Update({.expected = 100}));
  std::optional<uint8_t> change = score.Update({.expected = 100, .lost = 100});
  // Weights 1 for the good report and 2 for the bad one.
  ASSERT_TRUE(change);
  EXPECT_EQ(*change, 3);
  EXPECT_EQ(score.value(), 3);
}

TEST(StreamScoreTest, ForgetsReportsAfterTwentyFour) {
  StreamScore score;
  for (int i = 0; i < 24; ++i) (void)score.Update({.expected = 10, .lost = 10});
  EXPECT_EQ(score.value(), 0);
  for (int i = 0; i < 23; ++i) (void)score.Update({.expected = 10});
  EXPECT_EQ(score.value(), 10);  // the one bad report left weighs one part in three hundred
  (void)score.Update({.expected = 10});
  EXPECT_EQ(score.value(), 10);
}

TEST(StreamScoreTest, WeighsTheNewestMost) {
  StreamScore falling;
  StreamScore rising;
  for (int i = 0; i < 12; ++i) {
    (void)falling.Update({.expected = 10});
    (void)rising.Update({.expected = 10, .lost = 10});
  }
  for (int i = 0; i < 12; ++i) {
    (void)falling.Update({.expected = 10, .lost = 10});
    (void)rising.Update({.expected = 10});
  }
  EXPECT_EQ(falling.value(), 3);
  EXPECT_EQ(rising.value(), 7);
}

TEST(StreamScoreTest, ResetStartsAnew) {
  StreamScore score(0);
  EXPECT_EQ(score.Reset(10), 10);
  EXPECT_FALSE(score.Reset(10));
  (void)score.Update({.expected = 10, .lost = 10});
  EXPECT_EQ(score.value(), 0);
}

TEST(StreamScoreTest, StaysInItsRangeForAnySeed) {
  Random random(5);
  StreamScore score;
  for (int i = 0; i < 20'000; ++i) {
    StreamScore::Delivery delivery{
        .expected = random.Below(3) == 0 ? random.NextU64() : random.Below(50),
        .lost = random.Below(3) == 0 ? random.NextU64() : random.Below(50),
        .repaired = random.Below(3) == 0 ? random.NextU64() : random.Below(50)};
    (void)score.Update(delivery);
    ASSERT_LE(score.value(), 10);
  }
}

}  // namespace
}  // namespace millrace
