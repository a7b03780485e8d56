// Runs the simulation. --seed=N repeats scenarios with one seed in place of their fixed ones.
#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "simulation/seeds.h"

int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  constexpr char kSeed[] = "--seed=";
  for (int i = 1; i < argc; ++i) {
    if (std::strncmp(argv[i], kSeed, sizeof(kSeed) - 1) != 0) {
      std::fprintf(stderr, "%s is no option; --seed=N is, and those of GoogleTest\n", argv[i]);
      return 2;
    }
    millrace::ChooseSeed(std::strtoull(argv[i] + sizeof(kSeed) - 1, nullptr, 10));
  }
  return RUN_ALL_TESTS();
}
