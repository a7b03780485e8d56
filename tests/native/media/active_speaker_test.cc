#include "media/active_speaker.h"

#include <gtest/gtest.h>

#include <vector>

#include "base/random.h"

namespace millrace {
namespace {

constexpr uint8_t kSpeech = 30;  // -dBov
constexpr uint8_t kNoise = 85;
constexpr uint8_t kSilence = 127;

// A room whose people have microphones; what each of them says is given in levels.
class Floor : public testing::Test {
 protected:
  void Join(size_t count) {
    for (size_t i = 0; i < count; ++i) slots_.push_back(speaker_.AddSource());
  }
  // Everybody's level for so long; gathers who took the floor.
  void Hear(const std::vector<uint8_t>& levels, Duration time) {
    Timestamp end = now_ + time;
    for (; now_ < end; now_ = now_ + Duration::Millis(20)) {
      for (size_t i = 0; i < levels.size(); ++i) {
        // A voice goes up and down with its syllables.
        uint8_t swing = levels[i] == kSpeech ? static_cast<uint8_t>(random_.Below(12)) : 0;
        speaker_.Receive(slots_[i], static_cast<uint8_t>(levels[i] + swing), now_);
      }
      Turn();
    }
  }
  void Turn() {
    if (now_ < speaker_.deadline()) return;
    if (std::optional<uint32_t> slot = speaker_.OnDeadline(now_)) told_.push_back(*slot);
  }

  Random random_{3};
  Timestamp now_ = Timestamp::Millis(1000);
  ActiveSpeaker speaker_{ActiveSpeaker::kInterval, now_};
  std::vector<uint32_t> slots_;
  std::vector<uint32_t> told_;
};

using ActiveSpeakerTest = Floor;

TEST_F(ActiveSpeakerTest, TellsNobodyWhileNobodySpeaks) {
  Join(3);
  Hear({kSilence, kSilence, kSilence}, Duration::Seconds(5));
  Hear({kNoise, kNoise, kNoise}, Duration::Seconds(30));
  EXPECT_EQ(told_, std::vector<uint32_t>());
}

TEST_F(ActiveSpeakerTest, GivesTheFloorToWhoSpeaksAndTellsItOnce) {
  Join(3);
  Hear({kNoise, kNoise, kNoise}, Duration::Seconds(3));
  Hear({kNoise, kSpeech, kNoise}, Duration::Seconds(5));
  EXPECT_EQ(told_, std::vector<uint32_t>{1});
  EXPECT_EQ(speaker_.dominant(), 1u);
}

TEST_F(ActiveSpeakerTest, PassesTheFloorOnWithinASecondOrTwo) {
  Join(3);
  Hear({kNoise, kSpeech, kNoise}, Duration::Seconds(4));
  Timestamp passed = now_;
  while (speaker_.dominant() != 2u) {
    Hear({kNoise, kNoise, kSpeech}, Duration::Millis(100));
    ASSERT_LT(now_ - passed, Duration::Seconds(2));
  }
  EXPECT_EQ(told_, (std::vector<uint32_t>{1, 2}));
}

TEST_F(ActiveSpeakerTest, KeepsTheFloorThroughAPauseInWhichNobodySpeaks) {
  Join(2);
  Hear({kSpeech, kNoise}, Duration::Seconds(4));
  Hear({kNoise, kNoise}, Duration::Seconds(20));
  Hear({kSpeech, kNoise}, Duration::Seconds(4));
  EXPECT_EQ(told_, std::vector<uint32_t>{0});
}

// Decisions fall anywhere between two packets, and packets of 60 ms are far apart.
TEST_F(ActiveSpeakerTest, HearsASpeakerWhoseNextPacketIsStillOnItsWay) {
  Join(2);
  for (int i = 0; i < 100; ++i) {
    if (i % 3 == 0) {
      speaker_.Receive(slots_[0], static_cast<uint8_t>(kSpeech + random_.Below(12)), now_);
      speaker_.Receive(slots_[1], kNoise, now_);
    }
    now_ = now_ + Duration::Millis(20);
    // The decision is due just before the packet of the same moment.
    Turn();
    EXPECT_TRUE(i < 60 || speaker_.dominant() == 0u) << i;
  }
  EXPECT_EQ(told_, std::vector<uint32_t>{0});
}

TEST_F(ActiveSpeakerTest, DoesNotPassItForACough) {
  Join(2);
  Hear({kSpeech, kNoise}, Duration::Seconds(4));
  for (int i = 0; i < 20; ++i) {
    Hear({kNoise, 10}, Duration::Millis(60));
    Hear({kSpeech, kNoise}, Duration::Millis(900));
  }
  EXPECT_EQ(told_, std::vector<uint32_t>{0});
}

TEST_F(ActiveSpeakerTest, DoesNotPassItToWhoSpeaksAtTheSameTime) {
  Join(2);
  Hear({kSpeech, kNoise}, Duration::Seconds(4));
  Hear({kSpeech, kSpeech}, Duration::Seconds(3));
  EXPECT_EQ(told_, std::vector<uint32_t>{0});
}

TEST_F(ActiveSpeakerTest, HearsASpeakerOverASteadyNoise) {
  Join(2);
  // A fan of 40 dBov is loud, but it is no speech.
  Hear({kNoise, 40}, Duration::Seconds(60));
  told_.clear();
  Hear({kSpeech, 40}, Duration::Seconds(4));
  EXPECT_EQ(told_, std::vector<uint32_t>{0});
}

TEST_F(ActiveSpeakerTest, TakesTheFloorFromASpeakerWhoseSourceFallsSilent) {
  Join(2);
  Hear({kSpeech}, Duration::Seconds(3));
  // Its packets stop (DTX, or the mute button); the other one's go on.
  Timestamp end = now_ + Duration::Seconds(3);
  for (; now_ < end; now_ = now_ + Duration::Millis(20)) {
    speaker_.Receive(slots_[1], kSpeech, now_);
    Turn();
  }
  EXPECT_EQ(told_, (std::vector<uint32_t>{0, 1}));
}

TEST_F(ActiveSpeakerTest, TakesTheFloorBackFromASpeakerWhoLeaves) {
  Join(2);
  Hear({kSpeech, kNoise}, Duration::Seconds(3));
  speaker_.RemoveSource(slots_[0]);
  EXPECT_EQ(speaker_.dominant(), std::nullopt);
  Hear({kSpeech, kNoise}, Duration::Seconds(3));
  EXPECT_EQ(told_, std::vector<uint32_t>{0}) << "a source that has left is not heard";
  EXPECT_EQ(speaker_.AddSource(), slots_[0]);
  speaker_.RemoveSource(77);
}

TEST_F(ActiveSpeakerTest, HearsPacketsOfAnyLength) {
  Join(2);
  for (int i = 0; i < 60; ++i, now_ = now_ + Duration::Millis(60)) {
    speaker_.Receive(slots_[0], kNoise, now_);
    speaker_.Receive(slots_[1], kSpeech, now_);
    Turn();
  }
  EXPECT_EQ(told_, std::vector<uint32_t>{1});
}

TEST_F(ActiveSpeakerTest, TellsNothingWhilePaused) {
  Join(1);
  speaker_.Pause();
  EXPECT_EQ(speaker_.deadline(), Timestamp::Never());
  Hear({kSpeech}, Duration::Seconds(3));
  EXPECT_EQ(speaker_.OnDeadline(now_), std::nullopt);
  speaker_.Resume(now_);
  EXPECT_EQ(speaker_.OnDeadline(now_ + Duration::Millis(400)), std::nullopt);
  Hear({kSpeech}, Duration::Seconds(3));
  EXPECT_EQ(told_, std::vector<uint32_t>{0});
}

TEST_F(ActiveSpeakerTest, HoldsItsIntervalWithinBounds) {
  EXPECT_EQ(ActiveSpeaker(Duration::Millis(0), Timestamp()).deadline(), Timestamp::Millis(100));
  EXPECT_EQ(ActiveSpeaker(Duration::Seconds(60), Timestamp()).deadline(), Timestamp::Millis(5000));
}

// RT-15: levels are a peer's claim. Whatever it claims, the floor changes at most once an interval,
// and hours may pass.
TEST_F(ActiveSpeakerTest, StaysBoundedUnderForgedLevels) {
  Join(5);
  for (int i = 0; i < 20'000; ++i) {
    now_ = now_ + Duration::Micros(static_cast<int64_t>(random_.Below(30'000)));
    if (i % 5000 == 4999) now_ = now_ + Duration::Seconds(7200);
    speaker_.Receive(random_.Below(7), static_cast<uint8_t>(random_.Below(256)), now_);
    size_t before = told_.size();
    Turn();
    ASSERT_LE(told_.size(), before + 1);
  }
  int64_t intervals = (now_ - Timestamp::Millis(1000)).ms() / ActiveSpeaker::kInterval.ms();
  EXPECT_LE(static_cast<int64_t>(told_.size()), intervals);
  for (size_t i = 1; i < told_.size(); ++i) EXPECT_NE(told_[i], told_[i - 1]);
}

// Turns of talk in a room of eight: whoever speaks for five seconds has the floor for most of it.
TEST_F(ActiveSpeakerTest, FollowsAConversation) {
  Join(8);
  Hear(std::vector<uint8_t>(8, kNoise), Duration::Seconds(3));
  int followed = 0;
  size_t last = 8;
  for (int turn = 0; turn < 100; ++turn) {
    size_t who = random_.Below(8);
    if (who == last) who = (who + 1) % 8;
    last = who;
    std::vector<uint8_t> levels(8, kNoise);
    levels[who] = kSpeech;
    Hear(levels, Duration::Seconds(2));
    followed += speaker_.dominant() == slots_[who];
    Hear(levels, Duration::Seconds(3));
  }
  EXPECT_EQ(followed, 100);
  EXPECT_EQ(told_.size(), 100u);
}

TEST(SpeechActivityTest, ScoresMoreSpeechHigher) {
  SpeechActivity silent;
  SpeechActivity speaking;
  for (int64_t ms = 0; ms < 2000; ms += 20) {
    silent.Receive(kSilence, Timestamp::Millis(ms));
    speaking.Receive(kSpeech, Timestamp::Millis(ms));
  }
  for (SpeechActivity::Length length :
       {SpeechActivity::Length::kImmediate, SpeechActivity::Length::kMedium,
        SpeechActivity::Length::kLong}) {
    EXPECT_EQ(silent.Score(length), SpeechActivity::kScoreMin);
    EXPECT_GT(speaking.Score(length), 1);
  }
  speaking.Advance(Timestamp::Millis(2400));
  EXPECT_EQ(speaking.Score(SpeechActivity::Length::kImmediate), SpeechActivity::kScoreMin);
  EXPECT_GT(speaking.Score(SpeechActivity::Length::kLong), 1);
  speaking.Advance(Timestamp::Millis(9'000'000));
  EXPECT_EQ(speaking.Score(SpeechActivity::Length::kLong), SpeechActivity::kScoreMin);
}

}  // namespace
}  // namespace millrace
