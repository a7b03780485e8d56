#include "protocol/replay_window.h"

#include <gtest/gtest.h>

#include <set>

#include "base/random.h"

namespace millrace {
namespace {

using Verdict = ReplayWindow::Verdict;

TEST(ReplayWindowTest, TakesAnythingFirst) {
  for (uint64_t index : {uint64_t{0}, uint64_t{1}, uint64_t{1} << 47}) {
    ReplayWindow window;
    EXPECT_EQ(window.Check(index), Verdict::kFresh);
    window.Use(index);
    EXPECT_EQ(window.Check(index), Verdict::kUsed);
    EXPECT_EQ(window.newest(), index);
  }
}

TEST(ReplayWindowTest, ForgetsEverythingAfterALongJump) {
  ReplayWindow window;
  for (uint64_t index = 0; index < 2000; ++index) window.Use(index);
  window.Use(2000 + 5 * ReplayWindow::kSize);
  EXPECT_EQ(window.Check(1999 + 5 * ReplayWindow::kSize), Verdict::kFresh);
  EXPECT_EQ(window.Check(1999), Verdict::kTooOld);
}

TEST(ReplayWindowTest, AgreesWithASetThatForgetsNothing) {
  Random random(5);
  for (uint32_t spread : {3u, 100u, 1500u, 5000u}) {
    ReplayWindow window;
    std::set<uint64_t> used;
    uint64_t base = 100000;
    for (int i = 0; i < 20000; ++i) {
      base += random.Below(spread) / 2;
      uint64_t index = base - random.Below(2 * spread);
      Verdict verdict = window.Check(index);
      if (!used.empty() && *used.rbegin() >= index + ReplayWindow::kSize) {
        ASSERT_EQ(verdict, Verdict::kTooOld);
        continue;
      }
      ASSERT_EQ(verdict, used.contains(index) ? Verdict::kUsed : Verdict::kFresh);
      if (verdict == Verdict::kFresh) window.Use(index);
      used.insert(index);
    }
  }
}

}  // namespace
}  // namespace millrace
