#include "media/token_bucket.h"

#include <gtest/gtest.h>

namespace millrace {
namespace {

TEST(TokenBucketTest, LetsABurstPassAndThenTheRate) {
  TokenBucket bucket(100, 10);
  int passed = 0;
  for (int i = 0; i < 50; ++i) passed += bucket.Take(1, Timestamp::Millis(0)) ? 1 : 0;
  EXPECT_EQ(passed, 10);
  for (int64_t us = 0; us < 10'000'000; us += 333) {
    passed += bucket.Take(1, Timestamp::Micros(us)) ? 1 : 0;
  }
  EXPECT_NEAR(passed, 10 + 1000, 1);
}

TEST(TokenBucketTest, FillsNoHigherThanItsBurst) {
  TokenBucket bucket(1'000'000'000, 5);
  EXPECT_TRUE(bucket.Take(5, Timestamp::Millis(0)));
  EXPECT_FALSE(bucket.Take(6, Timestamp::Micros(int64_t{1} << 60)));
  EXPECT_TRUE(bucket.Take(5, Timestamp::Micros(int64_t{1} << 60)));
}

TEST(TokenBucketTest, LetsEverythingPassWithoutARate) {
  TokenBucket bucket(0, 0);
  EXPECT_TRUE(bucket.Take(UINT64_MAX, Timestamp()));
}

TEST(TokenBucketTest, SurvivesTheGreatestNumbers) {
  TokenBucket bucket(UINT64_MAX, UINT64_MAX);
  EXPECT_TRUE(bucket.Take(UINT64_MAX, Timestamp()));
  EXPECT_FALSE(bucket.Take(UINT64_MAX, Timestamp::Millis(1)));
  bucket.SetRate(1, 2);
  EXPECT_TRUE(bucket.Take(2, Timestamp::Millis(5000)));
  EXPECT_FALSE(bucket.Take(1, Timestamp::Millis(5999)));
  EXPECT_TRUE(bucket.Take(1, Timestamp::Millis(6000)));
}

TEST(TokenBucketTest, IgnoresATimeThatGoesBack) {
  TokenBucket bucket(1000, 1);
  EXPECT_TRUE(bucket.Take(1, Timestamp::Millis(100)));
  EXPECT_FALSE(bucket.Take(1, Timestamp::Millis(50)));
  EXPECT_TRUE(bucket.Take(1, Timestamp::Millis(101)));
}

}  // namespace
}  // namespace millrace
