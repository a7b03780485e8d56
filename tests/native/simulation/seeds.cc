#include "simulation/seeds.h"

#include <gtest/gtest.h>

#include <cinttypes>
#include <cstdio>
#include <optional>
#include <string>

namespace millrace {
namespace {

// The only state of its kind: what the command line asked for.
std::optional<uint64_t>& ChosenSeed() {
  static std::optional<uint64_t> seed;
  return seed;
}

}  // namespace

std::vector<uint64_t> Seeds() {
  if (ChosenSeed()) return {*ChosenSeed()};
  return {1, 2, 3};
}

void ChooseSeed(uint64_t seed) { ChosenSeed() = seed; }

void ForEachSeed(const std::function<void(uint64_t seed)>& scenario) {
  const testing::TestInfo* test = testing::UnitTest::GetInstance()->current_test_info();
  for (uint64_t seed : Seeds()) {
    SCOPED_TRACE("seed " + std::to_string(seed) + "; again: ./build.sh sim --gtest_filter=" +
                 test->test_suite_name() + "." + test->name() + " --seed=" + std::to_string(seed));
    scenario(seed);
  }
}

void ExpectLawful(const Simulation& simulation) {
  std::string verdict = simulation.Verdict();
  EXPECT_TRUE(verdict.empty()) << verdict;
  EXPECT_GT(simulation.laws().datagrams(), 0u);
}

void PrintQuality(const char* what, uint64_t seed, const Quality& quality) {
  std::printf("  %-34s seed %" PRIu64
              ": %6zu packets, %7.3f %% in 500 ms, %7.3f %% in 1.5 s, "
              "%7.3f %% at last, longest freeze %4" PRId64 " ms\n",
              what, seed, quality.expected, quality.share_500_ms() * 100,
              quality.share_1500_ms() * 100, quality.share_ever() * 100,
              quality.longest_freeze.ms());
}

}  // namespace millrace
