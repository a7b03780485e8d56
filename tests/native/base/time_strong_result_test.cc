#include <gtest/gtest.h>

#include <string>
#include <unordered_map>

#include "base/result.h"
#include "base/strong.h"
#include "base/time.h"

namespace millrace {
namespace {

TEST(TimeTest, TimesAndSpansCalculate) {
  Timestamp start = Timestamp::Millis(1000);
  EXPECT_EQ(start + Duration::Seconds(2), Timestamp::Millis(3000));
  EXPECT_EQ(start - Duration::Millis(1), Timestamp::Micros(999'000));
  EXPECT_EQ((start + Duration::Micros(1500)) - start, Duration::Micros(1500));
  EXPECT_EQ(Duration::Micros(1500).ms(), 1);
  EXPECT_EQ(Duration::Millis(3) * 2 / 3, Duration::Millis(2));
  EXPECT_DOUBLE_EQ(Duration::Millis(2500).seconds(), 2.5);
  EXPECT_LT(start, Timestamp::Never());
}

TEST(TimeTest, ClocksBeyondThirtyTwoBitsOfMillisecondsGoOn) {
  Timestamp late = Timestamp::Millis((int64_t{1} << 32) - 1);
  EXPECT_EQ((late + Duration::Millis(2)) - late, Duration::Millis(2));
  EXPECT_GT(late + Duration::Millis(2), late);
}

TEST(StrongTest, ComparesAndHashesLikeItsNumber) {
  EXPECT_EQ(Ssrc(5), Ssrc(5));
  EXPECT_LT(Ssrc(5), Ssrc(6));
  EXPECT_EQ(Ssrc().value(), 0u);
  std::unordered_map<Ssrc, int> map = {{Ssrc(1), 10}};
  EXPECT_EQ(map[Ssrc(1)], 10);
}

TEST(ResultTest, HoldsAValueOrAnError) {
  Result<int> value = 7;
  ASSERT_TRUE(value.ok());
  EXPECT_EQ(value.value(), 7);
  Result<int> error = Error::NotFound("no such thing");
  ASSERT_FALSE(error.ok());
  EXPECT_EQ(error.error().kind, Error::Kind::kNotFound);
  EXPECT_EQ(error.error().reason, "no such thing");
  EXPECT_EQ(Error::Of("x").kind, Error::Kind::kError);
  EXPECT_EQ(Error::Type("x").kind, Error::Kind::kTypeError);
}

TEST(ResultDeathTest, AValueIsThereOnlyAfterSuccess) {
  Result<int> error = Error::Of("x");
  EXPECT_DEATH((void)error.value(), "only after ok");
  Result<int> value = 1;
  EXPECT_DEATH((void)value.error(), "only when it has one");
}

}  // namespace
}  // namespace millrace
