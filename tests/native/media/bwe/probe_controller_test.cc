#include "media/bwe/probe_controller.h"

#include <gtest/gtest.h>

namespace millrace {
namespace {

Timestamp At(int64_t ms) { return Timestamp::Millis(ms); }

ProbeController::Input Estimate(uint64_t bps, int64_t ms) {
  return {.now = At(ms), .estimate_bps = bps};
}

// When, from `from_ms` on, the next probe is due.
std::optional<int64_t> NextProbe(ProbeController& probes, ProbeController::Input input,
                                 int64_t from_ms, int64_t to_ms, ProbePlan* plan = nullptr) {
  for (int64_t ms = from_ms; ms < to_ms; ms += 100) {
    input.now = At(ms);
    ProbePlan next = probes.Check(input);
    if (next.count == 0) continue;
    if (plan != nullptr) *plan = next;
    return ms;
  }
  return std::nullopt;
}

TEST(ProbeControllerTest, BeginsWithThreeAndSixTimesTheGuess) {
  ProbeController probes;
  ProbePlan plan = probes.Begin(600'000, At(0));
  ASSERT_EQ(plan.count, 2u);
  EXPECT_EQ(plan.clusters[0].bps, 1'800'000u);
  EXPECT_EQ(plan.clusters[1].bps, 3'600'000u);
  EXPECT_EQ(plan.clusters[1].bytes_min, 6'750u);
  EXPECT_TRUE(probes.beginning());
}

TEST(ProbeControllerTest, GoesOnWhileThePathCarriesItsProbes) {
  ProbeController probes;
  ProbePlan plan = probes.Begin(600'000, At(0));
  // Only the newest probe's result counts.
  EXPECT_EQ(probes.Measured(plan.clusters[0].id, 1'800'000, Estimate(1'800'000, 100)).count, 0u);
  plan = probes.Measured(plan.clusters[1].id, 3'500'000, Estimate(3'500'000, 120));
  ASSERT_EQ(plan.count, 1u);
  EXPECT_EQ(plan.clusters[0].bps, 7'000'000u);
  plan = probes.Measured(plan.clusters[0].id, 4'000'000, Estimate(4'000'000, 220));
  EXPECT_EQ(plan.count, 0u);
  EXPECT_FALSE(probes.beginning());
}

TEST(ProbeControllerTest, TriesAgainWhenTheFirstProbesWereLost) {
  ProbeController probes;
  (void)probes.Begin(600'000, At(0));
  ProbePlan plan;
  EXPECT_EQ(NextProbe(probes, Estimate(600'000, 0), 100, 10'000, &plan), 2'000);
  EXPECT_EQ(plan.clusters[0].bps, 1'200'000u);
}

TEST(ProbeControllerTest, StopsWhenNobodyAnswersAndGoesOnWhenSomebodyDoes) {
  ProbeController probes;
  (void)probes.Begin(600'000, At(0));
  int count = 1;
  std::optional<int64_t> last = 0;
  while (std::optional<int64_t> next = NextProbe(probes, Estimate(600'000, 0), *last, 120'000)) {
    last = *next + 100;
    ++count;
  }
  EXPECT_EQ(count, ProbeController::kUnansweredMax);
  probes.Heard();
  EXPECT_EQ(NextProbe(probes, Estimate(600'000, 0), 120'000, 130'000), 120'000);
}

TEST(ProbeControllerTest, ProbesAfterAFallAgainAndAgain) {
  ProbeController probes;
  (void)probes.Begin(600'000, At(0));
  probes.Fell(2'000'000, Estimate(300'000, 5'000));
  std::optional<int64_t> first = NextProbe(probes, Estimate(300'000, 0), 5'100, 60'000);
  ASSERT_TRUE(first);
  EXPECT_EQ(*first, 7'000);
  std::optional<int64_t> second = NextProbe(probes, Estimate(300'000, 0), *first + 100, 60'000);
  std::optional<int64_t> third = NextProbe(probes, Estimate(300'000, 0), *second + 100, 60'000);
  ASSERT_TRUE(third);
  EXPECT_GE(*third - *second, ProbeController::kAfterFall.ms());
  EXPECT_LE(*third - *second, ProbeController::kPauseMax.ms());
}

TEST(ProbeControllerTest, LeavesARecoveredPathAlone) {
  ProbeController probes;
  (void)probes.Begin(600'000, At(0));
  probes.Fell(2'000'000, Estimate(300'000, 5'000));
  EXPECT_FALSE(NextProbe(probes, Estimate(1'900'000, 0), 5'100, 60'000));
  EXPECT_FALSE(NextProbe(probes, Estimate(1'500'000, 0), 60'000, 90'000));
}

TEST(ProbeControllerTest, ProbesForASenderThatHasTooLittleToSend) {
  ProbeController probes;
  (void)probes.Begin(600'000, At(0));
  probes.Fell(700'000, Estimate(690'000, 1'000));
  ProbeController::Input input = Estimate(690'000, 0);
  EXPECT_FALSE(NextProbe(probes, input, 1'100, 60'000));
  input.application_limited = true;
  std::optional<int64_t> first = NextProbe(probes, input, 60'000, 90'000);
  ASSERT_TRUE(first);
  std::optional<int64_t> second = NextProbe(probes, input, *first + 100, 90'000);
  ASSERT_TRUE(second);
  EXPECT_EQ(*second - *first, ProbeController::kLimitedPause.ms());
}

TEST(ProbeControllerTest, NeverProbesForWhatNobodyWants) {
  ProbeController probes;
  probes.SetWanted(0);
  EXPECT_EQ(probes.Begin(600'000, At(0)).count, 0u);
  ProbeController::Input input = Estimate(600'000, 0);
  input.application_limited = true;
  EXPECT_FALSE(NextProbe(probes, input, 100, 60'000));
  probes.SetWanted(1'000'000);
  ProbePlan plan;
  // More is wanted than before: no need to wait.
  EXPECT_EQ(NextProbe(probes, input, 60'000, 60'300, &plan), 60'000);
  EXPECT_EQ(plan.clusters[0].bps, 1'200'000u);
}

TEST(ProbeControllerTest, DoesNotProbeIntoAQueue) {
  ProbeController probes;
  (void)probes.Begin(600'000, At(0));
  probes.Fell(2'000'000, Estimate(300'000, 1'000));
  ProbeController::Input input = Estimate(300'000, 0);
  input.queue_fills = true;
  EXPECT_FALSE(NextProbe(probes, input, 1'100, 60'000));
}

TEST(ProbeControllerTest, StaysBelowTheMaximum) {
  ProbeController probes;
  probes.SetBounds(BitrateBounds::Of(0, 1'500'000));
  ProbePlan plan = probes.Begin(600'000, At(0));
  ASSERT_EQ(plan.count, 1u);
  EXPECT_EQ(plan.clusters[0].bps, 1'500'000u);
}

}  // namespace
}  // namespace millrace
