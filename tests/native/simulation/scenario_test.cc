// All scenarios, each with its seeds: the laws hold, and the figures are as good as the goal says.
#include "simulation/scenario.h"

#include <gtest/gtest.h>

#include <cstdio>
#include <set>
#include <string>

#include "simulation/scenario_report.h"
#include "simulation/seeds.h"

namespace millrace {
namespace {

// gtest writes a Duration as bytes.
std::optional<double> Seconds(const std::optional<Duration>& duration) {
  if (!duration) return std::nullopt;
  return static_cast<double>(duration->us()) / 1e6;
}

void ExpectAtMost(const char* what, const std::optional<double>& figure,
                  const std::optional<double>& goal) {
  if (!goal) return;
  ASSERT_TRUE(figure) << what << " is not measured";
  EXPECT_LE(*figure, *goal) << what;
}

class ScenarioTest : public testing::TestWithParam<Scenario> {};

TEST_P(ScenarioTest, Holds) {
  const Scenario& scenario = GetParam();
  ForEachSeed([&](uint64_t seed) {
    Figures figures = scenario.play(seed);
    std::printf("  %s\n", ScenarioReport::Line(scenario, seed, figures).c_str());
    ScenarioReport::Add(scenario, seed, figures);
    EXPECT_GT(figures.packets, 0u);
    const Goal& goal = scenario.goal;
    ExpectAtMost("late at 500 ms", figures.late_500_ms, goal.late_500_ms);
    ExpectAtMost("late at 1.5 s", figures.late_1500_ms, goal.late_1500_ms);
    ExpectAtMost("longest freeze", Seconds(figures.freeze), Seconds(goal.freeze));
    ExpectAtMost("key frames asked", figures.key_frames, goal.key_frames);
    ExpectAtMost("asked again", figures.asked, goal.asked);
    ExpectAtMost("back after", Seconds(figures.recovery), Seconds(goal.recovery));
  });
}

INSTANTIATE_TEST_SUITE_P(All, ScenarioTest, testing::ValuesIn(Scenarios()),
                         [](const testing::TestParamInfo<Scenario>& info) {
                           return std::string(info.param.name);
                         });

TEST(ScenariosTest, AreFortyAtLeastAndEachHasAName) {
  std::set<std::string> names;
  for (const Scenario& scenario : Scenarios()) {
    EXPECT_TRUE(names.insert(scenario.name).second) << scenario.name;
    EXPECT_NE(std::string(scenario.story), "") << scenario.name;
  }
  EXPECT_GE(names.size(), 40u);
}

}  // namespace

void PrintTo(const Scenario& scenario, std::ostream* out) { *out << scenario.name; }

}  // namespace millrace
