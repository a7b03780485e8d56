#include "base/power_histogram.h"

#include <gtest/gtest.h>

namespace millrace {
namespace {

using Histogram = PowerHistogram<4>;
using Buckets = std::array<uint64_t, 4>;

TEST(PowerHistogramTest, PutsAPowerOfTwoIntoItsOwnBucket) {
  Histogram histogram;
  histogram.Add(0);
  histogram.Add(1);
  histogram.Add(2);
  histogram.Add(3);
  histogram.Add(4);
  EXPECT_EQ(histogram.buckets(), (Buckets{2, 1, 2, 0}));
  EXPECT_EQ(histogram.sum(), 10u);
}

TEST(PowerHistogramTest, KeepsEverythingBeyondInTheLastBucket) {
  Histogram histogram;
  histogram.Add(5);
  histogram.Add(9);
  histogram.Add(UINT32_MAX);
  EXPECT_EQ(histogram.buckets(), (Buckets{0, 0, 0, 3}));
  EXPECT_EQ(histogram.sum(), uint64_t{UINT32_MAX} + 14);
}

}  // namespace
}  // namespace millrace
