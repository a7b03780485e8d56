// A run is what its seed makes it.
#include <gtest/gtest.h>

#include "simulation/call.h"
#include "simulation/seeds.h"

namespace millrace {
namespace {

uint64_t DigestOf(uint64_t seed) {
  LinkConditions wild{.loss = 0.1,
                      .burst_length = 3,
                      .jitter = Duration::Millis(10),
                      .reorder = 0.1,
                      .duplicate = 0.02};
  Call call(seed, wild, wild);
  Simulation& simulation = call.simulation;
  simulation.Run(Duration::Seconds(5));
  simulation.SetConsumerPaused(call.seen, true);
  simulation.Run(Duration::Seconds(1));
  simulation.SetConsumerPaused(call.seen, false);
  simulation.Run(Duration::Seconds(4));
  ExpectLawful(simulation);
  return simulation.digest();
}

TEST(RepeatTest, TheSameSeedGivesTheSameDigest) {
  ForEachSeed([](uint64_t seed) { EXPECT_EQ(DigestOf(seed), DigestOf(seed)); });
}

TEST(RepeatTest, AnotherSeedGivesAnotherDigest) {
  ForEachSeed([](uint64_t seed) { EXPECT_NE(DigestOf(seed), DigestOf(seed + 1000)); });
}

}  // namespace
}  // namespace millrace
