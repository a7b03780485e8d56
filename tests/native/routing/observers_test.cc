#include "routing/observers.h"

#include <gtest/gtest.h>

#include "routing_world.h"

namespace millrace {
namespace {

class AudioLevelObserverTest : public testing::Test {
 protected:
  AudioLevelObserverTest() {
    Turn turn = world_.Now();
    observer_ = world_.control
                    .CreateAudioLevelObserver(
                        world_.router, "levels",
                        {.max_entries = 2, .threshold = -60, .interval_ms = 500}, turn)
                    .value();
  }
  // Sound at this level for the given time, a packet every 20 ms.
  void Speak(uint32_t ssrc, uint8_t level, int packets) {
    for (int i = 0; i < packets; ++i) {
      world_.Receive(transport_, RoutingWorld::PeerPath(transport_, 5000),
                     RtpMaker(ssrc)
                         .Type(111)
                         .Seq(sequence_++)
                         .Extension(1, {level})
                         .Payload({1, 2, 3, 4})
                         .Make());
      world_.Advance(Duration::Millis(20));
    }
  }

  RoutingWorld world_;
  Transport& transport_ = world_.AddPlain("t", 5000);
  Producer& first_ = world_.Produce(transport_, AudioProducer("first", 1));
  Producer& second_ = world_.Produce(transport_, AudioProducer("second", 2));
  AudioLevelObserver* observer_ = nullptr;
  uint16_t sequence_ = 1;
};

TEST_F(AudioLevelObserverTest, TellsTheLoudestAndThenSilence) {
  ASSERT_TRUE(observer_->AddProducer(first_).ok());
  ASSERT_TRUE(observer_->AddProducer(second_).ok());
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
  ASSERT_TRUE(observer_->AddProducer(first_).ok());
  EXPECT_FALSE(observer_->AddProducer(first_).ok());
  EXPECT_FALSE(observer_->RemoveProducer(second_).ok());
  EXPECT_EQ(world_.router.Dump().producer_observer_ids.front(), (NameList{"first", {"levels"}}));
  Turn turn = world_.Now();
  world_.control.CloseProducer(first_, turn);
  EXPECT_TRUE(world_.router.Dump().producer_observer_ids.empty());
  Speak(2, 10, 60);
  EXPECT_TRUE(world_.TakeEvents<AudioLevelVolumes>().empty());
}

TEST_F(AudioLevelObserverTest, VideoHasNoLevel) {
  Producer& video = world_.Produce(transport_, VideoProducer("video", 3));
  EXPECT_FALSE(observer_->AddProducer(video).ok());
}

TEST_F(AudioLevelObserverTest, AnObserverThatClosesIsForgottenByItsProducers) {
  ASSERT_TRUE(observer_->AddProducer(first_).ok());
  Turn turn = world_.Now();
  world_.control.CloseObserver(world_.router, *observer_, turn);
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

}  // namespace
}  // namespace millrace
