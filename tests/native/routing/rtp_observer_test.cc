#include "routing/rtp_observer.h"

#include <gtest/gtest.h>

#include "routing_world.h"

namespace millrace {
namespace {

constexpr uint8_t kSilence = 127;  // -dBov
constexpr uint8_t kVoice = 30;

// Two audio producers on one transport, and observers for them.
class RtpObserverTest : public testing::Test {
 protected:
  RtpObserver& AddLevels() {
    Turn turn = world_.Now();
    return *world_.control
                .CreateAudioLevelObserver(world_.router, "levels",
                                          {.max_entries = 2, .threshold = -60, .interval_ms = 500},
                                          turn)
                .value();
  }
  RtpObserver& AddSpeaker() {
    Turn turn = world_.Now();
    return *world_.control
                .CreateActiveSpeakerObserver(world_.router, "speaker", {.interval_ms = 300}, turn)
                .value();
  }
  // How loud both are for so long. A voice goes up and down with its syllables.
  void Hear(uint8_t first, uint8_t second, Duration time) {
    for (Timestamp end = world_.now + time; world_.now < end;) {
      Packet(1, first == kSilence ? first : static_cast<uint8_t>(first + random_.Below(12)));
      Speak(2, second == kSilence ? second : static_cast<uint8_t>(second + random_.Below(12)), 1);
    }
  }
  void Packet(uint32_t ssrc, uint8_t level) {
    world_.Receive(transport_, RoutingWorld::PeerPath(transport_, 5000),
                   RtpMaker(ssrc)
                       .Type(111)
                       .Seq(sequence_++)
                       .Extension(1, {level})
                       .Payload({1, 2, 3, 4})
                       .Make());
  }
  // Who was told to have the floor since the last call.
  std::vector<std::string> Speakers() {
    std::vector<std::string> names;
    for (const DominantSpeakerChanged& event : world_.TakeEvents<DominantSpeakerChanged>()) {
      EXPECT_EQ(event.id, "speaker");
      names.push_back(event.producer_id);
    }
    return names;
  }
  // Sound at this level for the given time, a packet every 20 ms.
  void Speak(uint32_t ssrc, uint8_t level, int packets) {
    for (int i = 0; i < packets; ++i) {
      Packet(ssrc, level);
      world_.Advance(Duration::Millis(20));
    }
  }

  RoutingWorld world_;
  Transport& transport_ = world_.AddPlain("t", 5000);
  Producer& first_ = world_.Produce(transport_, AudioProducer("first", 1));
  Producer& second_ = world_.Produce(transport_, AudioProducer("second", 2));
  Random random_{3};
  uint16_t sequence_ = 1;
};

using AudioLevelObserverTest = RtpObserverTest;
using ActiveSpeakerObserverTest = RtpObserverTest;

TEST_F(AudioLevelObserverTest, TellsTheLoudestAndThenSilence) {
  RtpObserver& observer = AddLevels();
  ASSERT_TRUE(observer.AddProducer(first_).ok());
  ASSERT_TRUE(observer.AddProducer(second_).ok());
  for (int i = 0; i < 15; ++i) {
    Speak(1, 50, 1);
    Speak(2, 20, 1);
  }
  std::vector<AudioLevelVolumes> volumes = world_.TakeEvents<AudioLevelVolumes>();
  ASSERT_FALSE(volumes.empty());
  ASSERT_EQ(volumes[0].volumes.size(), 2u);
  EXPECT_EQ(volumes[0].volumes[0].producer_id, "second");
  EXPECT_EQ(volumes[0].volumes[0].volume, -20);
  EXPECT_EQ(volumes[0].volumes[1].producer_id, "first");

  Speak(1, 127, 60);
  EXPECT_EQ(world_.TakeEvents<AudioLevelSilence>().size(), 1u);
}

TEST_F(AudioLevelObserverTest, KnowsItsProducersUntilTheyAreClosed) {
  RtpObserver& observer = AddLevels();
  ASSERT_TRUE(observer.AddProducer(first_).ok());
  EXPECT_FALSE(observer.AddProducer(first_).ok());
  EXPECT_FALSE(observer.RemoveProducer(second_).ok());
  EXPECT_EQ(world_.router.Dump().producer_observer_ids.front(), (NameList{"first", {"levels"}}));
  Turn turn = world_.Now();
  world_.control.CloseProducer(first_, turn);
  EXPECT_TRUE(world_.router.Dump().producer_observer_ids.empty());
  Speak(2, 10, 60);
  EXPECT_TRUE(world_.TakeEvents<AudioLevelVolumes>().empty());
}

TEST_F(AudioLevelObserverTest, VideoHasNoLevel) {
  RtpObserver& observer = AddLevels();
  Producer& video = world_.Produce(transport_, VideoProducer("video", 3));
  EXPECT_FALSE(observer.AddProducer(video).ok());
}

TEST_F(AudioLevelObserverTest, AnObserverThatClosesIsForgottenByItsProducers) {
  RtpObserver& observer = AddLevels();
  ASSERT_TRUE(observer.AddProducer(first_).ok());
  Turn turn = world_.Now();
  world_.control.CloseObserver(world_.router, observer, turn);
  EXPECT_TRUE(first_.observed().empty());
  Speak(1, 10, 2);
  EXPECT_FALSE(world_.commons.registry.Contains("levels"));
}

TEST_F(AudioLevelObserverTest, AudioIsForwardedWithoutWaitingForAnything) {
  Transport& viewer = world_.AddPlain("viewer", 6000);
  world_.Consume(viewer, AudioConsumer("c", "first", 100));
  Speak(1, 30, 2);
  std::vector<SentDatagram> sent = world_.DrainRtp();
  ASSERT_EQ(sent.size(), 2u);
  RtpView view = *RtpView::Parse(sent[0].bytes);
  EXPECT_EQ(view.payload_type(), 100);
  // No extension was negotiated, so none is there.
  EXPECT_EQ(view.header_size(), 12u);
}

TEST_F(ActiveSpeakerObserverTest, TellsWhoHasTheFloorOnceAndWhenItPasses) {
  RtpObserver& observer = AddSpeaker();
  ASSERT_TRUE(observer.AddProducer(first_).ok());
  ASSERT_TRUE(observer.AddProducer(second_).ok());
  Hear(kSilence, kSilence, Duration::Seconds(2));
  EXPECT_EQ(Speakers(), std::vector<std::string>());
  Hear(kVoice, kSilence, Duration::Seconds(4));
  EXPECT_EQ(Speakers(), std::vector<std::string>{"first"});
  Hear(kSilence, kVoice, Duration::Seconds(4));
  EXPECT_EQ(Speakers(), std::vector<std::string>{"second"});
}

TEST_F(ActiveSpeakerObserverTest, AClosedOrPausedProducerLosesTheFloor) {
  RtpObserver& observer = AddSpeaker();
  ASSERT_TRUE(observer.AddProducer(first_).ok());
  ASSERT_TRUE(observer.AddProducer(second_).ok());
  Hear(kVoice, kSilence, Duration::Seconds(4));
  ASSERT_EQ(Speakers(), std::vector<std::string>{"first"});
  // What a paused producer says is not heard.
  Turn turn = world_.Now();
  world_.router.SetPaused(first_, true, turn);
  Hear(kVoice, kVoice, Duration::Seconds(4));
  EXPECT_EQ(Speakers(), std::vector<std::string>{"second"});
  Turn later = world_.Now();
  world_.router.SetPaused(first_, false, later);
  world_.control.CloseProducer(second_, later);
  Hear(kVoice, kVoice, Duration::Seconds(4));
  EXPECT_EQ(Speakers(), std::vector<std::string>{"first"});
}

TEST_F(ActiveSpeakerObserverTest, SaysNothingWhilePausedAndHasNoTimerThen) {
  RtpObserver& observer = AddSpeaker();
  ASSERT_TRUE(observer.AddProducer(first_).ok());
  EXPECT_EQ(world_.router.deadline(), observer.deadline());
  Turn turn = world_.Now();
  observer.Pause(turn);
  EXPECT_EQ(world_.router.deadline(), Timestamp::Never());
  Hear(kVoice, kSilence, Duration::Seconds(4));
  EXPECT_EQ(Speakers(), std::vector<std::string>());
  observer.Resume(world_.now);
  Hear(kVoice, kSilence, Duration::Seconds(4));
  EXPECT_EQ(Speakers(), std::vector<std::string>{"first"});
}

TEST_F(ActiveSpeakerObserverTest, BothKindsWatchOneProducer) {
  RtpObserver& levels = AddLevels();
  RtpObserver& speaker = AddSpeaker();
  ASSERT_TRUE(levels.AddProducer(first_).ok());
  ASSERT_TRUE(speaker.AddProducer(first_).ok());
  EXPECT_FALSE(speaker.AddProducer(first_).ok());
  EXPECT_FALSE(speaker.AddProducer(world_.Produce(transport_, VideoProducer("video", 3))).ok());
  EXPECT_EQ(world_.router.Dump().observer_ids, (std::vector<std::string>{"levels", "speaker"}));
  EXPECT_EQ(world_.router.Dump().producer_observer_ids.front(),
            (NameList{"first", {"levels", "speaker"}}));
  Hear(kVoice, kSilence, Duration::Seconds(4));
  EXPECT_FALSE(world_.TakeEvents<AudioLevelVolumes>().empty());
  EXPECT_EQ(Speakers(), std::vector<std::string>{"first"});
  ASSERT_TRUE(speaker.RemoveProducer(first_).ok());
  EXPECT_FALSE(speaker.RemoveProducer(first_).ok());
  Turn turn = world_.Now();
  EXPECT_FALSE(world_.control.CreateActiveSpeakerObserver(world_.router, "speaker", {}, turn).ok());
  world_.control.CloseObserver(world_.router, speaker, turn);
  EXPECT_EQ(first_.observed().size(), 1u);
}

}  // namespace
}  // namespace millrace
