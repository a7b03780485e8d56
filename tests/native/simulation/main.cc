// Runs the simulation. --seed=N repeats scenarios with one seed in place of their fixed ones;
// --figures plays the scenarios of the table only, and prints their figures as a table at the end.
#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "simulation/scenario_report.h"
#include "simulation/seeds.h"

int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  bool figures = false;
  constexpr char kSeed[] = "--seed=";
  for (int i = 1; i < argc; ++i) {
    if (std::strcmp(argv[i], "--figures") == 0) {
      figures = true;
      continue;
    }
    if (std::strncmp(argv[i], kSeed, sizeof(kSeed) - 1) != 0) {
      std::fprintf(stderr, "%s is no option; --seed=N and --figures are, and those of GoogleTest\n",
                   argv[i]);
      return 2;
    }
    millrace::ChooseSeed(std::strtoull(argv[i] + sizeof(kSeed) - 1, nullptr, 10));
  }
  if (figures && testing::GTEST_FLAG(filter) == "*") {
    testing::GTEST_FLAG(filter) = "*ScenarioTest.*";
  }
  int result = RUN_ALL_TESTS();
  if (figures) millrace::ScenarioReport::Print();
  return result;
}
