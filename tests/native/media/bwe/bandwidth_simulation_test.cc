#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "media/bwe/bandwidth_world.h"

namespace millrace {
namespace {

Timestamp S(int64_t seconds) { return Timestamp::Millis(seconds * 1000); }

constexpr uint64_t kLink = 2'000'000;
constexpr uint64_t kRamped = kLink * 9 / 10;

struct Path {
  uint64_t seed = 0;
  int rtt_ms = 0;
};

// The judge of the whole: estimator, pacer, probes and real feedback bytes on a simulated
// bottleneck, for three seeds at a short and a long round trip. docs/BANDWIDTH.md has the curves.
class BandwidthSimulationTest : public testing::TestWithParam<Path> {
 protected:
  [[nodiscard]] static Scenario OnLink(std::vector<RateStep> rates = {{.bps = kLink}}) {
    Scenario scenario;
    scenario.bottleneck.rates = std::move(rates);
    scenario.bottleneck.one_way = Duration::Millis(GetParam().rtt_ms / 2);
    return scenario;
  }
  [[nodiscard]] static BandwidthRun Run(const Scenario& scenario) {
    return {scenario, GetParam().seed};
  }
};

TEST_P(BandwidthSimulationTest, FillsALinkWithinASecondAndKeepsItsQueueShort) {
  BandwidthRun run = Run(OnLink());
  ASSERT_TRUE(run.TimeToReach(kRamped, S(0)));
  EXPECT_LE(*run.TimeToReach(kRamped, S(0)), Duration::Seconds(1));
  EXPECT_GE(run.Utilisation(S(5), S(60)), 0.85);
  EXPECT_LE(run.QueueUsual(S(5), S(60)), Duration::Millis(100));
  EXPECT_EQ(run.flow(0).waited_max(), Duration());
}

TEST_P(BandwidthSimulationTest, FillsAWideLinkWithinSeconds) {
  BandwidthRun run = Run(OnLink({{.bps = 20'000'000}}));
  ASSERT_TRUE(run.TimeToReach(18'000'000, S(0)));
  EXPECT_LE(*run.TimeToReach(18'000'000, S(0)), Duration::Seconds(10));
  EXPECT_GE(run.Utilisation(S(10), S(60)), 0.85);
}

TEST_P(BandwidthSimulationTest, FitsAThinLinkAtOnce) {
  BandwidthRun run = Run(OnLink({{.bps = 300'000}}));
  ASSERT_TRUE(run.TimeToFall(300'000, S(0)));
  EXPECT_LE(*run.TimeToFall(300'000, S(0)), Duration::Seconds(1));
  EXPECT_LE(run.QueueMax(S(0), S(60)), Duration::Millis(400));
  EXPECT_LE(run.QueueUsual(S(5), S(60)), Duration::Millis(150));
  EXPECT_GE(run.Utilisation(S(5), S(60)), 0.85);
}

TEST_P(BandwidthSimulationTest, FollowsALinkThatGetsThinAndWideAgain) {
  Scenario scenario = OnLink({{S(0), kLink}, {S(20), 300'000}, {S(40), kLink}});
  scenario.length = Duration::Seconds(70);
  BandwidthRun run = Run(scenario);
  ASSERT_TRUE(run.TimeToFall(300'000, S(20)));
  EXPECT_LE(*run.TimeToFall(300'000, S(20)), Duration::Seconds(3));
  EXPECT_LE(run.QueueMax(S(20), S(40)), Duration::Millis(500));
  EXPECT_LE(run.QueueMax(S(23), S(40)), Duration::Millis(250));
  EXPECT_GE(run.Utilisation(S(25), S(40)), 0.85);
  ASSERT_TRUE(run.TimeToReach(kRamped, S(40)));
  EXPECT_LE(*run.TimeToReach(kRamped, S(40)), Duration::Seconds(15));
  EXPECT_GE(run.Utilisation(S(50), S(70)), 0.85);
}

TEST_P(BandwidthSimulationTest, RareLossCostsNothing) {
  Scenario scenario = OnLink();
  scenario.bottleneck.loss = 0.02;
  BandwidthRun run = Run(scenario);
  EXPECT_GE(run.Utilisation(S(10), S(60)), 0.85);
}

TEST_P(BandwidthSimulationTest, TenPercentOfLossIsNoCollapse) {
  Scenario scenario = OnLink();
  scenario.bottleneck.loss = 0.10;
  BandwidthRun run = Run(scenario);
  EXPECT_GE(run.Utilisation(S(10), S(60)), 0.85);
  EXPECT_GE(run.TargetMin(S(10), S(60)), kLink / 2);
}

TEST_P(BandwidthSimulationTest, LeavesARivalItsShareAndTakesItBackAfterwards) {
  Scenario scenario = OnLink();
  scenario.rivals = {{.bps = 1'000'000, .begins = S(20), .ends = S(50)}};
  scenario.length = Duration::Seconds(90);
  BandwidthRun run = Run(scenario);
  EXPECT_LE(run.QueueMax(S(20), S(50)), Duration::Millis(500));
  // More than one: it pushed the rival aside.
  EXPECT_GE(run.Utilisation(S(25), S(50)), 0.85);
  EXPECT_LE(run.Utilisation(S(25), S(50)), 1.1);
  ASSERT_TRUE(run.TimeToReach(kRamped, S(50)));
  EXPECT_LE(*run.TimeToReach(kRamped, S(50)), Duration::Seconds(15));
  EXPECT_GE(run.Utilisation(S(65), S(90)), 0.85);
}

TEST_P(BandwidthSimulationTest, ARadiosJitterIsNoQueue) {
  Scenario scenario = OnLink();
  scenario.bottleneck.jitter = Duration::Millis(15);
  scenario.bottleneck.stall = 0.01;
  BandwidthRun run = Run(scenario);
  ASSERT_TRUE(run.TimeToReach(kRamped, S(0)));
  EXPECT_LE(*run.TimeToReach(kRamped, S(0)), Duration::Seconds(10));
  EXPECT_GE(run.Utilisation(S(10), S(60)), 0.85);
}

TEST_P(BandwidthSimulationTest, TwoFlowsShareALinkFairly) {
  Scenario scenario = OnLink();
  scenario.flows = {FlowSettings{}, FlowSettings{.starts = S(20)}};
  scenario.length = Duration::Seconds(180);
  BandwidthRun run = Run(scenario);
  double first = static_cast<double>(run.ArrivedMean(0, S(60), S(180)));
  double second = static_cast<double>(run.ArrivedMean(1, S(60), S(180)));
  // Jain's index: 1 when both have the same, 0.5 when one has all.
  double fairness = (first + second) * (first + second) / (2 * (first * first + second * second));
  EXPECT_GE(fairness, 0.85) << first << " and " << second;
  EXPECT_GE(run.Utilisation(S(60), S(180)), 0.8);
}

TEST_P(BandwidthSimulationTest, LayersFollowTheLinkWithoutFlapping) {
  Scenario scenario = OnLink({{S(0), 3'000'000}, {S(20), 500'000}, {S(40), 3'000'000}});
  scenario.flows = {FlowSettings{.layers = {150'000, 500'000, 1'500'000}}};
  scenario.length = Duration::Seconds(70);
  BandwidthRun run = Run(scenario);
  auto layers_at = [&](size_t second) { return run.samples()[second * 10 - 1].flows[0].layers; };
  EXPECT_EQ(layers_at(2), 3);
  EXPECT_EQ(layers_at(19), 3);
  EXPECT_EQ(layers_at(23), 1);
  EXPECT_EQ(layers_at(39), 1);
  EXPECT_EQ(layers_at(50), 3);
  EXPECT_EQ(layers_at(69), 3);
  EXPECT_LE(run.flow(0).layer_changes(), 10u);
  EXPECT_EQ(run.flow(0).waited_max(), Duration());
  // Finding that out takes little padding.
  EXPECT_LT(run.flow(0).padding_bytes() * 50, run.flow(0).sent_bytes());
}

TEST_P(BandwidthSimulationTest, FindsTheLinkWithoutPaddingToo) {
  Scenario scenario = OnLink();
  scenario.flows = {FlowSettings{.can_pad = false}};
  BandwidthRun run = Run(scenario);
  ASSERT_TRUE(run.TimeToReach(kRamped, S(0)));
  EXPECT_LE(*run.TimeToReach(kRamped, S(0)), Duration::Seconds(20));
}

TEST_P(BandwidthSimulationTest, NeitherShallowNorDeepQueuesDeceiveIt) {
  for (int queue_ms : {20, 1000}) {
    Scenario scenario = OnLink();
    scenario.bottleneck.queue = Duration::Millis(queue_ms);
    BandwidthRun run = Run(scenario);
    EXPECT_GE(run.Utilisation(S(10), S(60)), 0.85) << queue_ms;
    EXPECT_LE(run.QueueUsual(S(10), S(60)), Duration::Millis(100)) << queue_ms;
  }
}

std::string NameOf(const testing::TestParamInfo<Path>& path) {
  return "Seed" + std::to_string(path.param.seed) + "Rtt" + std::to_string(path.param.rtt_ms);
}

INSTANTIATE_TEST_SUITE_P(Paths, BandwidthSimulationTest,
                         testing::Values(Path{1, 50}, Path{2, 50}, Path{3, 50}, Path{1, 200},
                                         Path{2, 200}, Path{3, 200}),
                         NameOf);

TEST(BandwidthRunTest, TheSameSeedGivesTheSameRun) {
  Scenario scenario;
  scenario.bottleneck.loss = 0.05;
  EXPECT_EQ(CurveCsv({scenario, 7}), CurveCsv({scenario, 7}));
  EXPECT_NE(CurveCsv({scenario, 7}), CurveCsv({scenario, 8}));
}

}  // namespace
}  // namespace millrace
