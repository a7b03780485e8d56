#include "media/bwe/bandwidth_estimator.h"

#include <gtest/gtest.h>

#include <array>
#include <limits>
#include <vector>

#include "base/random.h"
#include "media/bwe/feedback_maker.h"

namespace millrace {
namespace {

Timestamp At(int64_t ms) { return Timestamp::Millis(ms); }

// A path that carries whatever is sent, and answers each tenth of a second.
class WidePath {
 public:
  explicit WidePath(BandwidthEstimator& estimator) : estimator_(estimator) {}

  void Run(int64_t ms_count) {
    for (int64_t end = ms_ + ms_count; ms_ < end; ms_ += 100) {
      FeedbackMaker maker;
      uint64_t bytes =
          static_cast<uint64_t>(BytesIn(Duration::Millis(100), estimator_.target_bps()));
      for (int i = 0; i < 10; ++i) {
        int64_t sent_ms = ms_ + i * 10;
        estimator_.OnSent({.sequence_number = number_,
                           .bytes = static_cast<uint32_t>(bytes / 10),
                           .sent = At(sent_ms)});
        maker.Arrived(number_++, sent_ms + 20);
      }
      (void)estimator_.OnFeedback(maker.Make(), At(ms_ + 140));
    }
  }
  [[nodiscard]] int64_t ms() const { return ms_; }
  [[nodiscard]] uint16_t number() const { return number_; }

 private:
  BandwidthEstimator& estimator_;
  int64_t ms_ = 1'000;
  uint16_t number_ = 65'000;
};

TEST(BandwidthEstimatorTest, BeginsWithTheInitialRateAndProbesWhenReady) {
  BandwidthEstimator estimator(BandwidthSettings{});
  EXPECT_EQ(estimator.target_bps(), 600'000u);
  EXPECT_EQ(estimator.deadline(), Timestamp::Never());
  BandwidthUpdate update = estimator.OnReady(At(0));
  EXPECT_EQ(update.probes.count, 2u);
  EXPECT_FALSE(update.changed);
  EXPECT_LT(estimator.deadline(), At(1'000));
}

TEST(BandwidthEstimatorTest, GrowsOnAWidePath) {
  BandwidthEstimator estimator(BandwidthSettings{});
  WidePath path(estimator);
  path.Run(20'000);
  EXPECT_GT(estimator.target_bps(), 1'500'000u);
  EXPECT_EQ(estimator.stats().rtt, Duration::Millis(50));
  EXPECT_EQ(estimator.stats().loss, 0);
  EXPECT_EQ(estimator.stats().usage, DelayUsage::kNormal);
}

TEST(BandwidthEstimatorTest, StaysBetweenTheControllersBounds) {
  BandwidthEstimator estimator(BandwidthSettings{.min_bps = 500'000, .max_bps = 700'000});
  WidePath path(estimator);
  path.Run(20'000);
  EXPECT_EQ(estimator.target_bps(), 700'000u);
  BandwidthUpdate update = estimator.OnBounds(0, 200'000);
  EXPECT_TRUE(update.changed);
  EXPECT_EQ(update.target_bps, 200'000u);
  update = estimator.OnBounds(900'000, 0);
  EXPECT_EQ(update.target_bps, 900'000u);
}

TEST(BandwidthEstimatorTest, ObeysThePeersOwnEstimate) {
  BandwidthEstimator estimator(BandwidthSettings{});
  BandwidthUpdate update = estimator.OnRemb(250'000, At(0));
  EXPECT_TRUE(update.changed);
  EXPECT_EQ(update.target_bps, 250'000u);
  update = estimator.OnRemb(std::numeric_limits<uint64_t>::max(), At(1));
  EXPECT_EQ(update.target_bps, 600'000u);
}

TEST(BandwidthEstimatorTest, FollowsRembWhereThatIsAllThereIs) {
  BandwidthEstimator estimator(
      BandwidthSettings{.source = BandwidthSource::kRemb, .max_bps = 5'000'000});
  EXPECT_EQ(estimator.OnReady(At(0)).probes.count, 0u);
  EXPECT_EQ(estimator.OnRemb(2'000'000, At(1)).target_bps, 2'000'000u);
  EXPECT_EQ(estimator.OnRemb(0, At(2)).target_bps, kBitrateMin);
  EXPECT_EQ(estimator.OnRemb(std::numeric_limits<uint64_t>::max(), At(3)).target_bps, 5'000'000u);
}

TEST(BandwidthEstimatorTest, SendsLessWhenNobodyAnswersAnyMore) {
  BandwidthEstimator estimator(BandwidthSettings{});
  (void)estimator.OnReady(At(900));
  WidePath path(estimator);
  path.Run(5'000);
  uint64_t before = estimator.target_bps();
  uint16_t number = path.number();
  for (int64_t ms = path.ms(); ms < path.ms() + 20'000; ms += 20) {
    estimator.OnSent({.sequence_number = number++, .bytes = 1200, .sent = At(ms)});
    if (estimator.deadline() <= At(ms)) (void)estimator.OnDeadline(At(ms));
  }
  EXPECT_LT(estimator.target_bps(), before / 4);
  EXPECT_GE(estimator.target_bps(), kBitrateMin);
}

TEST(BandwidthEstimatorTest, ASilentSenderKeepsItsEstimate) {
  BandwidthEstimator estimator(BandwidthSettings{});
  (void)estimator.OnReady(At(900));
  WidePath path(estimator);
  path.Run(5'000);
  uint64_t before = estimator.target_bps();
  for (int64_t ms = path.ms(); ms < path.ms() + 60'000; ms += 100) {
    (void)estimator.OnDeadline(At(ms));
  }
  EXPECT_EQ(estimator.target_bps(), before);
}

// RT-15: whatever numbers and times a peer makes up, the target stays within its bounds, no figure
// is undefined, and an honest path afterwards is estimated again.
class HostileFeedbackTest : public testing::TestWithParam<uint64_t> {};

TEST_P(HostileFeedbackTest, NeverLeavesTheBounds) {
  Random random(GetParam());
  BandwidthEstimator estimator(BandwidthSettings{.max_bps = 50'000'000});
  (void)estimator.OnReady(At(0));
  uint16_t number = 0;
  std::vector<uint8_t> bytes;
  int parsed = 0;
  int64_t ms = 0;
  for (int round = 0; round < 4'000; ++round) {
    ms += random.Below(3) == 0 ? random.Below(20'000) : random.Below(100);
    for (uint32_t i = random.Below(30); i > 0; --i) {
      estimator.OnSent({.sequence_number = number++,
                        .bytes = random.Below(70'000),
                        .sent = At(ms),
                        .probe = random.Below(4)});
    }
    // A header, a base near what was sent, and chance for the rest.
    bytes.resize(20 + 4 * random.Below(100));
    random.Fill(bytes);
    bytes[0] = 0x8F;
    bytes[1] = 205;
    bytes[2] = static_cast<uint8_t>((bytes.size() / 4 - 1) >> 8);
    bytes[3] = static_cast<uint8_t>(bytes.size() / 4 - 1);
    uint16_t base = static_cast<uint16_t>(number - random.Below(60));
    bytes[12] = static_cast<uint8_t>(base >> 8);
    bytes[13] = static_cast<uint8_t>(base);
    bytes[14] = 0;
    bytes[15] = static_cast<uint8_t>(1 + random.Below(80));
    if (bytes.size() > 20) bytes[20] = static_cast<uint8_t>(random.Below(4) << 5);
    RtcpReader reader(bytes);
    std::optional<RtcpBlock> block = reader.Next();
    ASSERT_TRUE(block);
    std::optional<TransportFeedback> feedback = TransportFeedback::Parse(*block);
    if (feedback) {
      ++parsed;
      (void)estimator.OnFeedback(*feedback, At(ms));
    }
    if (random.Below(10) == 0) (void)estimator.OnRemb(random.NextU64() >> random.Below(64), At(ms));
    (void)estimator.OnDeadline(At(ms));
    BandwidthStats stats = estimator.stats();
    ASSERT_GE(stats.target_bps, kBitrateMin);
    ASSERT_LE(stats.target_bps, 50'000'000u);
    ASSERT_GE(stats.loss, 0);
    ASSERT_LE(stats.loss, 1);
    ASSERT_GT(stats.rtt.us(), 0);
    ASSERT_LE(stats.rtt, FeedbackReader::kRttMax);
  }
  EXPECT_GT(parsed, 1'000);
}

INSTANTIATE_TEST_SUITE_P(Seeds, HostileFeedbackTest, testing::Values(1, 2, 3));

}  // namespace
}  // namespace millrace
