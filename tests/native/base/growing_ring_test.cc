#include "base/growing_ring.h"

#include <gtest/gtest.h>

#include <memory>

namespace millrace {
namespace {

TEST(GrowingRingTest, KeepsTheOrderWhileItGrows) {
  GrowingRing<int> ring;
  int pushed = 0;
  int popped = 0;
  // Its beginning wanders through the array while it grows.
  for (int round = 1; round <= 20; ++round) {
    for (int i = 0; i < 2 * round; ++i) ring.Push(pushed++);
    for (int i = 0; i < round; ++i) {
      ASSERT_EQ(ring.front(), popped++);
      ring.Pop();
    }
  }
  EXPECT_EQ(ring.size(), static_cast<size_t>(pushed - popped));
  while (!ring.empty()) {
    ASSERT_EQ(ring.front(), popped++);
    ring.Pop();
  }
  EXPECT_EQ(popped, pushed);
}

TEST(GrowingRingTest, LetsGoOfWhatIsErasedAndPopped) {
  GrowingRing<std::shared_ptr<int>> ring;
  std::vector<std::shared_ptr<int>> values;
  for (int i = 0; i < 6; ++i) ring.Push(values.emplace_back(std::make_shared<int>(i)));
  ring.EraseIf([](const std::shared_ptr<int>& value) { return *value % 2 == 0; });
  ASSERT_EQ(ring.size(), 3u);
  EXPECT_EQ(*ring[0], 1);
  EXPECT_EQ(*ring[2], 5);
  EXPECT_EQ(values[0].use_count(), 1);
  ring.Pop();
  EXPECT_EQ(values[1].use_count(), 1);
  EXPECT_EQ(*ring.front(), 3);
}

}  // namespace
}  // namespace millrace
