#include "media/bwe/overuse_detector.h"

#include <gtest/gtest.h>

namespace millrace {
namespace {

// Feeds groups ten milliseconds apart and keeps the time.
class Feeder {
 public:
  DelayUsage Add(double slope, int times = 1) {
    DelayUsage usage = DelayUsage::kNormal;
    for (int i = 0; i < times; ++i) {
      arrived_ = arrived_ + Duration::Millis(10);
      usage = detector.Add({.slope = slope,
                            .groups = ++groups_,
                            .send_delta = Duration::Millis(10),
                            .arrived = arrived_});
    }
    return usage;
  }
  OveruseDetector detector;

 private:
  Timestamp arrived_;
  size_t groups_ = 0;
};

TEST(OveruseDetectorTest, NeedsATrendThatLastsAndDoesNotFall) {
  Feeder feeder;
  EXPECT_EQ(feeder.Add(0, 100), DelayUsage::kNormal);
  EXPECT_EQ(feeder.Add(0.08), DelayUsage::kNormal);
  EXPECT_EQ(feeder.Add(0.09), DelayUsage::kOveruse);
  EXPECT_EQ(feeder.Add(0), DelayUsage::kNormal);
  EXPECT_EQ(feeder.Add(0.09), DelayUsage::kNormal);
  // High still, but falling.
  EXPECT_EQ(feeder.Add(0.08), DelayUsage::kNormal);
}

TEST(OveruseDetectorTest, SeesAQueueDrain) {
  Feeder feeder;
  EXPECT_EQ(feeder.Add(0, 100), DelayUsage::kNormal);
  EXPECT_EQ(feeder.Add(-0.1), DelayUsage::kUnderuse);
}

TEST(OveruseDetectorTest, OpensItsThresholdToNoiseAndClosesItInPeace) {
  Feeder feeder;
  (void)feeder.Add(0, 1000);
  EXPECT_DOUBLE_EQ(feeder.detector.threshold(), OveruseDetector::kThresholdMin);
  for (int i = 0; i < 300; ++i) (void)feeder.Add(i % 2 == 0 ? 0.05 : -0.05);
  EXPECT_GT(feeder.detector.threshold(), 10);
  (void)feeder.Add(0, 1000);
  EXPECT_DOUBLE_EQ(feeder.detector.threshold(), OveruseDetector::kThresholdMin);
}

TEST(OveruseDetectorTest, ASuddenPeakLeavesTheThresholdAlone) {
  Feeder feeder;
  (void)feeder.Add(0, 1000);
  (void)feeder.Add(5, 10);
  EXPECT_DOUBLE_EQ(feeder.detector.threshold(), OveruseDetector::kThresholdMin);
}

}  // namespace
}  // namespace millrace
