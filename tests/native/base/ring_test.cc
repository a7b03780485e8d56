#include "base/ring.h"

#include <gtest/gtest.h>

#include <memory>

namespace millrace {
namespace {

TEST(RingTest, KeepsTheOrderAndForgetsTheOldest) {
  Ring<int, 3> ring;
  EXPECT_TRUE(ring.empty());
  for (int i = 1; i <= 5; ++i) ring.Push(i);
  EXPECT_TRUE(ring.full());
  EXPECT_EQ(ring.size(), 3u);
  EXPECT_EQ(ring[0], 3);
  EXPECT_EQ(ring[1], 4);
  EXPECT_EQ(ring.back(), 5);
}

TEST(RingTest, PopsFromTheFront) {
  Ring<int, 2> ring;
  ring.Push(1);
  ring.Push(2);
  ring.Pop();
  EXPECT_EQ(ring.size(), 1u);
  EXPECT_EQ(ring[0], 2);
  ring.Push(3);
  EXPECT_EQ(ring[1], 3);
}

TEST(RingTest, LetsGoOfWhatItForgets) {
  Ring<std::shared_ptr<int>, 2> ring;
  auto first = std::make_shared<int>(1);
  auto second = std::make_shared<int>(2);
  ring.Push(first);
  ring.Push(second);
  ring.Push(std::make_shared<int>(3));
  EXPECT_EQ(first.use_count(), 1);
  ring.Pop();
  EXPECT_EQ(second.use_count(), 1);
}

TEST(RingDeathTest, AnEmptyRingHasNothingToGive) {
  Ring<int, 2> ring;
  EXPECT_DEATH(ring.Pop(), "only a ring with values");
}

}  // namespace
}  // namespace millrace
