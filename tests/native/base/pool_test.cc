#include "base/pool.h"

#include <gtest/gtest.h>

#include <utility>
#include <vector>

namespace millrace {
namespace {

struct Item {
  int value = 0;
};

TEST(PoolTest, TheLastReferenceGivesTheObjectBack) {
  Pool<Item> pool(10);
  Ref<Item> first = pool.Take();
  ASSERT_TRUE(first);
  EXPECT_EQ(pool.in_use(), 1u);
  {
    Ref<Item> second = first;
    first = {};
    EXPECT_FALSE(first);
    EXPECT_EQ(pool.in_use(), 1u);
    second->value = 5;
  }
  EXPECT_EQ(pool.in_use(), 0u);
}

TEST(PoolTest, UsesObjectsAgainInTheirLastState) {
  Pool<Item> pool(10);
  Item* object = nullptr;
  {
    Ref<Item> ref = pool.Take();
    ref->value = 7;
    object = ref.get();
  }
  Ref<Item> again = pool.Take();
  EXPECT_EQ(again.get(), object);
  EXPECT_EQ(again->value, 7);
}

TEST(PoolTest, GivesNothingAtItsLimit) {
  Pool<Item> pool(100);
  std::vector<Ref<Item>> refs;
  for (int i = 0; i < 100; ++i) {
    refs.push_back(pool.Take());
    ASSERT_TRUE(refs.back()) << i;
  }
  EXPECT_FALSE(pool.Take());
  EXPECT_EQ(pool.in_use(), pool.limit());
  refs.pop_back();
  EXPECT_TRUE(pool.Take());
}

TEST(PoolTest, NoTwoObjectsAreTheSame) {
  Pool<Item> pool(200);
  std::vector<Ref<Item>> refs;
  for (int i = 0; i < 200; ++i) {
    refs.push_back(pool.Take());
    refs.back()->value = i;
  }
  for (int i = 0; i < 200; ++i) EXPECT_EQ(refs[static_cast<size_t>(i)]->value, i);
}

TEST(PoolTest, MovingAndSelfAssignmentKeepTheCount) {
  Pool<Item> pool(10);
  Ref<Item> ref = pool.Take();
  Ref<Item> moved = std::move(ref);
  EXPECT_EQ(pool.in_use(), 1u);
  Ref<Item>& alias = moved;
  moved = alias;
  EXPECT_TRUE(moved);
  EXPECT_EQ(pool.in_use(), 1u);
  moved = pool.Take();
  EXPECT_EQ(pool.in_use(), 1u);
}

TEST(PoolDeathTest, APoolMustNotDieBeforeItsReferences) {
  EXPECT_DEATH(
      {
        Ref<Item> survivor;
        {
          Pool<Item> pool(1);
          survivor = pool.Take();
        }
      },
      "outlives the references");
}

}  // namespace
}  // namespace millrace
