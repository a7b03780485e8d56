#include "media/audio_level.h"

#include <gtest/gtest.h>

namespace millrace {
namespace {

using Volume = AudioLevelRanking::Volume;
using Volumes = std::vector<Volume>;

Timestamp At(int64_t ms) { return Timestamp::Millis(ms); }

void Speak(AudioLevelRanking& ranking, uint32_t slot, uint8_t level, int packets = 50) {
  for (int i = 0; i < packets; ++i) ranking.Receive(slot, level);
}

TEST(AudioLevelMeanTest, RoundsTheMeanOfItsPackets) {
  AudioLevelMean mean;
  for (int i = 0; i < 10; ++i) mean.Add(i < 5 ? 20 : 31);
  EXPECT_EQ(mean.TakeMean(), -26);
  EXPECT_FALSE(mean.TakeMean());
}

TEST(AudioLevelMeanTest, SaysNothingOfAFewPackets) {
  AudioLevelMean mean;
  for (int i = 0; i < 9; ++i) mean.Add(0);
  EXPECT_FALSE(mean.TakeMean());
}

TEST(AudioLevelMeanTest, ReachesFromNoLossToSilence) {
  AudioLevelMean mean;
  for (int i = 0; i < 10; ++i) mean.Add(0);
  EXPECT_EQ(mean.TakeMean(), 0);
  for (int i = 0; i < 10; ++i) mean.Add(255);
  EXPECT_EQ(mean.TakeMean(), -127);
}

TEST(AudioLevelRankingTest, TellsTheLoudestFirst) {
  AudioLevelRanking ranking({.max_entries = 2, .threshold = -60}, At(0));
  uint32_t quiet = ranking.AddSource();
  uint32_t loud = ranking.AddSource();
  uint32_t middle = ranking.AddSource();
  uint32_t silent = ranking.AddSource();
  Speak(ranking, quiet, 55);
  Speak(ranking, loud, 10);
  Speak(ranking, middle, 30);
  Speak(ranking, silent, 61);
  EXPECT_FALSE(ranking.OnDeadline(At(999)));
  EXPECT_EQ(ranking.OnDeadline(At(1000)), (Volumes{{loud, -10}, {middle, -30}}));
  EXPECT_EQ(ranking.deadline(), At(2000));
}

TEST(AudioLevelRankingTest, TellsSilenceOnceWhenItBegins) {
  AudioLevelRanking ranking({}, At(0));
  uint32_t slot = ranking.AddSource();
  EXPECT_FALSE(ranking.OnDeadline(At(1000)));
  Speak(ranking, slot, 20);
  EXPECT_EQ(ranking.OnDeadline(At(2000)), (Volumes{{slot, -20}}));
  EXPECT_EQ(ranking.OnDeadline(At(3000)), Volumes());
  EXPECT_FALSE(ranking.OnDeadline(At(4000)));
  Speak(ranking, slot, 80);
  EXPECT_EQ(ranking.OnDeadline(At(5000)), (Volumes{{slot, -80}}));
}

TEST(AudioLevelRankingTest, KeepsTheIntervalWithinBounds) {
  AudioLevelRanking fast({.interval = Duration::Millis(1)}, At(0));
  EXPECT_EQ(fast.deadline(), At(250));
  AudioLevelRanking slow({.interval = Duration::Seconds(60)}, At(0));
  EXPECT_EQ(slow.deadline(), At(5000));
}

TEST(AudioLevelRankingTest, ForgetsARemovedSourceAndUsesItsSlotAgain) {
  AudioLevelRanking ranking({}, At(0));
  uint32_t first = ranking.AddSource();
  Speak(ranking, first, 20);
  ranking.RemoveSource(first);
  Speak(ranking, first, 20);
  EXPECT_EQ(ranking.AddSource(), first);
  EXPECT_FALSE(ranking.OnDeadline(At(1000)));
  ranking.RemoveSource(1000);
  ranking.Receive(1000, 0);
}

TEST(AudioLevelRankingTest, PausesInSilence) {
  AudioLevelRanking ranking({}, At(0));
  uint32_t slot = ranking.AddSource();
  EXPECT_FALSE(ranking.Pause());
  ranking.Resume(At(0));
  Speak(ranking, slot, 20);
  ASSERT_TRUE(ranking.OnDeadline(At(1000)));
  EXPECT_TRUE(ranking.Pause());
  EXPECT_EQ(ranking.deadline(), Timestamp::Never());
  Speak(ranking, slot, 20);
  EXPECT_FALSE(ranking.OnDeadline(At(2000)));
  ranking.Resume(At(3000));
  EXPECT_EQ(ranking.deadline(), At(4000));
  EXPECT_FALSE(ranking.OnDeadline(At(4000)));
}

}  // namespace
}  // namespace millrace
