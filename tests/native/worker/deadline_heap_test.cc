#include "worker/deadline_heap.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <vector>

#include "base/random.h"

namespace millrace {
namespace {

struct Clocked {
  int number = 0;
};

Timestamp At(int64_t ms) { return Timestamp::Millis(ms); }

TEST(DeadlineHeapTest, WaitsForNothingWhenEmpty) {
  DeadlineHeap<Clocked> heap;
  EXPECT_EQ(heap.earliest(), Timestamp::Never());
  Clocked stranger;
  heap.Update(stranger, At(1));
  heap.Remove(stranger);
  EXPECT_EQ(heap.size(), 0u);
}

TEST(DeadlineHeapTest, GivesTheEarliestFirst) {
  DeadlineHeap<Clocked> heap;
  Clocked a{1};
  Clocked b{2};
  heap.Add(a, At(20));
  heap.Add(b, At(10));
  EXPECT_EQ(&heap.first(), &b);
  heap.Update(b, At(30));
  EXPECT_EQ(&heap.first(), &a);
  heap.Remove(a);
  EXPECT_EQ(heap.earliest(), At(30));
}

TEST(DeadlineHeapTest, BreaksTiesByEntry) {
  DeadlineHeap<Clocked> heap;
  std::vector<Clocked> all(20);
  for (Clocked& one : all) heap.Add(one, At(5));
  for (Clocked& one : all) {
    EXPECT_EQ(&heap.first(), &one);
    heap.Remove(one);
  }
}

TEST(DeadlineHeapTest, AgreesWithASortedListWhateverHappens) {
  Random random(7);
  DeadlineHeap<Clocked> heap;
  std::vector<Clocked> all(50);
  std::map<Clocked*, Timestamp> model;
  for (int step = 0; step < 5000; ++step) {
    Clocked* one = &all[random.Below(50)];
    Timestamp at = At(random.Below(1000));
    if (random.Below(4) == 0) {
      heap.Remove(*one);
      model.erase(one);
    } else {
      heap.Add(*one, at);
      model[one] = at;
    }
    Timestamp earliest = Timestamp::Never();
    for (const auto& [owner, time] : model) earliest = std::min(earliest, time);
    ASSERT_EQ(heap.earliest(), earliest);
    ASSERT_EQ(heap.size(), model.size());
    if (!model.empty()) {
      ASSERT_EQ(model[&heap.first()], earliest);
    }
  }
}

}  // namespace
}  // namespace millrace
