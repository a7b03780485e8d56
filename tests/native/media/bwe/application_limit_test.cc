#include "media/bwe/application_limit.h"

#include <gtest/gtest.h>

namespace millrace {
namespace {

constexpr uint64_t kEstimate = 1'000'000;

// Sends `bps` in packets of ten milliseconds.
int64_t Send(ApplicationLimit& limit, uint64_t bps, int64_t from_ms, int64_t to_ms) {
  for (int64_t ms = from_ms; ms < to_ms; ms += 10) {
    limit.Sent(static_cast<uint32_t>(bps / 800), kEstimate, Timestamp::Millis(ms));
  }
  return to_ms;
}

TEST(ApplicationLimitTest, IsLimitedBelowTwoThirdsOfTheEstimate) {
  ApplicationLimit limit;
  int64_t ms = Send(limit, 1'000'000, 0, 2'000);
  EXPECT_FALSE(limit.limited());
  ms = Send(limit, 200'000, ms, ms + 2'000);
  EXPECT_TRUE(limit.limited());
  ms = Send(limit, 1'000'000, ms, ms + 2'000);
  EXPECT_FALSE(limit.limited());
  Send(limit, 700'000, ms, ms + 10'000);
  EXPECT_FALSE(limit.limited());
}

TEST(ApplicationLimitTest, SilenceIsALimitToo) {
  ApplicationLimit limit;
  Send(limit, 1'000'000, 0, 1'000);
  limit.Pass(kEstimate, Timestamp::Millis(2'000));
  limit.Pass(kEstimate, Timestamp::Millis(2'500));
  EXPECT_TRUE(limit.limited());
}

}  // namespace
}  // namespace millrace
