#include "media/sequence_window.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <vector>

#include "base/random.h"

namespace millrace {
namespace {

using Verdict = SequenceWindow::Verdict;

TEST(SequenceWindowTest, FollowsTheNumbersOverTheWrap) {
  SequenceWindow window;
  for (uint32_t i = 0; i < 200'000; ++i) {
    SequenceWindow::Place place = window.Add(static_cast<uint16_t>(65'000 + i));
    ASSERT_EQ(place.verdict, Verdict::kNew);
    ASSERT_EQ(place.sequence, 65'000 + int64_t{i});
  }
}

TEST(SequenceWindowTest, KnowsADuplicateAtTheWrap) {
  SequenceWindow window;
  for (int number : {65533, 65535, 0, 1, 65534, 2}) {
    EXPECT_EQ(window.Add(static_cast<uint16_t>(number)).verdict, Verdict::kNew);
  }
  EXPECT_EQ(window.Add(65535).verdict, Verdict::kDuplicate);
  EXPECT_EQ(window.Add(2).verdict, Verdict::kDuplicate);
  EXPECT_EQ(window.newest(), 65538);
  EXPECT_EQ(window.oldest(), 65533);
}

TEST(SequenceWindowTest, TakesPacketsThatWereOvertakenByTheFirst) {
  SequenceWindow window;
  EXPECT_EQ(window.Add(3).sequence, 3);
  EXPECT_EQ(window.Add(1).sequence, 1);
  EXPECT_EQ(window.Add(65535).sequence, -1);
  EXPECT_EQ(window.oldest(), -1);
}

TEST(SequenceWindowTest, RefusesWhatIsOlderThanTheWindow) {
  SequenceWindow window;
  (void)window.Add(5000);
  EXPECT_EQ(window.Add(5000 - 2047).verdict, Verdict::kNew);
  EXPECT_EQ(window.Add(5000 - 2048).verdict, Verdict::kTooOld);
}

TEST(SequenceWindowTest, BelievesAJumpOnlyWhenTheNextNumberFollows) {
  SequenceWindow window;
  (void)window.Add(10);
  EXPECT_EQ(window.Add(10 + 3000).verdict, Verdict::kJump);
  EXPECT_EQ(window.Add(11).verdict, Verdict::kNew);
  EXPECT_EQ(window.Add(20'000).verdict, Verdict::kJump);
  EXPECT_EQ(window.Add(20'000).verdict, Verdict::kJump);
  SequenceWindow::Place place = window.Add(20'001);
  EXPECT_EQ(place.verdict, Verdict::kRestarted);
  EXPECT_EQ(place.sequence, 20'001);
  EXPECT_EQ(window.Add(20'002).verdict, Verdict::kNew);
}

TEST(SequenceWindowTest, NumbersARestartBackwardsOnwards) {
  SequenceWindow window;
  (void)window.Add(40'000);
  (void)window.Add(30'000);
  SequenceWindow::Place place = window.Add(30'001);
  EXPECT_EQ(place.verdict, Verdict::kRestarted);
  EXPECT_EQ(place.sequence, 65'536 + 30'001);
  EXPECT_EQ(window.oldest(), place.sequence);
}

TEST(SequenceWindowTest, ARecoveredPacketNeverRestartsTheSource) {
  SequenceWindow window;
  EXPECT_EQ(window.AddRecovered(7).verdict, Verdict::kTooOld);
  (void)window.Add(10'000);
  EXPECT_EQ(window.AddRecovered(5000).verdict, Verdict::kTooOld);
  EXPECT_EQ(window.AddRecovered(5001).verdict, Verdict::kTooOld);
  EXPECT_EQ(window.Add(5002).verdict, Verdict::kTooOld);
  EXPECT_EQ(window.AddRecovered(9999).verdict, Verdict::kNew);
  EXPECT_EQ(window.AddRecovered(9999).verdict, Verdict::kDuplicate);
}

// Loss, reordering and duplicates by seed, against a set that remembers everything.
TEST(SequenceWindowTest, AgreesWithASetForAnySeed) {
  for (uint64_t seed = 1; seed <= 8; ++seed) {
    Random random(seed);
    SequenceWindow window;
    std::set<int64_t> seen;
    int64_t base = random.Below(65'536);
    int64_t head = 0;
    (void)window.Add(static_cast<uint16_t>(base));
    seen.insert(base);
    for (int step = 0; step < 20'000; ++step) {
      if (random.Below(3) > 0) head += 1 + random.Below(random.Below(50) == 0 ? 900 : 3);
      int64_t behind = random.Below(4) == 0 ? random.Below(1500) : 0;
      int64_t sequence = base + std::max<int64_t>(head - behind, 0);
      SequenceWindow::Place place = window.Add(static_cast<uint16_t>(sequence));
      bool is_new = seen.insert(sequence).second;
      ASSERT_EQ(place.verdict, is_new ? Verdict::kNew : Verdict::kDuplicate) << "seed " << seed;
      ASSERT_EQ(place.sequence, sequence) << "seed " << seed;
    }
  }
}

}  // namespace
}  // namespace millrace
