#include "routing/rtp_listener.h"

#include <gtest/gtest.h>

#include "routing_world.h"

namespace millrace {
namespace {

constexpr uint16_t kPort = 5000;

class RtpListenerTest : public testing::Test {
 protected:
  void Send(std::vector<uint8_t> packet) {
    world_.Receive(transport_, RoutingWorld::PeerPath(transport_, kPort), std::move(packet));
  }
  Result<Producer*> TryProduce(const ProduceOptions& options) {
    Turn turn = world_.Now();
    return world_.control.Produce(transport_, options, turn);
  }

  RoutingWorld world_;
  Transport& transport_ = world_.AddPlain("t", kPort);
};

TEST_F(RtpListenerTest, LearnsSimulcastStreamsByMidAndRid) {
  Producer& producer = world_.Produce(transport_, SimulcastProducer("cam"));
  EXPECT_EQ(producer.type(), RtpType::kSimulcast);
  Send(RtpMaker(71).Seq(1).Text(4, "cam").Text(10, "l").KeyFrame().Make());
  Send(RtpMaker(72).Seq(1).Text(4, "cam").Text(10, "h").KeyFrame().Make());
  // Once the SSRC is known, no name is needed.
  Send(RtpMaker(72).Seq(3).DeltaFrame().Make());
  // The retransmission stream names the stream it repairs.
  std::vector<uint8_t> second = {0, 2, 0x10, 1, 5};
  Send(RtpMaker(73).Seq(1).Type(102).Text(4, "cam").Text(11, "h").Payload(second).Make());

  std::vector<RtpStreamStats> stats = producer.Stats(world_.now);
  ASSERT_EQ(stats.size(), 2u);
  EXPECT_EQ(stats[0].ssrc, 71u);
  EXPECT_EQ(stats[0].rid, "l");
  EXPECT_EQ(stats[1].ssrc, 72u);
  EXPECT_EQ(stats[1].rtx_ssrc, 73u);
  EXPECT_EQ(stats[1].packet_count, 3u);
  EXPECT_EQ(stats[1].packets_retransmitted, 1u);
  EXPECT_EQ(transport_.listener().Dump().ssrcs.size(), 3u);
}

TEST_F(RtpListenerTest, ASecondSsrcUnderOneRidIsNotBelieved) {
  world_.Produce(transport_, SimulcastProducer("cam"));
  Send(RtpMaker(71).Text(4, "cam").Text(10, "l").Make());
  Send(RtpMaker(99).Text(4, "cam").Text(10, "l").Make());
  Send(RtpMaker(98).Text(4, "cam").Text(10, "nobody").Make());
  Send(RtpMaker(97).Text(4, "cam").Make());
  EXPECT_EQ(world_.out.drops(DropReason::kUnknownStream), 3u);
}

TEST_F(RtpListenerTest, AStreamWithoutSsrcIsLearnedByItsMid) {
  ProduceOptions options = VideoProducer("cam", 0);
  options.rtp_parameters.encodings.assign(1, {});
  Producer& producer = world_.Produce(transport_, options);
  Send(RtpMaker(500).Text(4, "cam").KeyFrame().Make());
  ASSERT_EQ(producer.Stats(world_.now).size(), 1u);
  EXPECT_EQ(producer.Stats(world_.now).front().ssrc, 500u);
}

TEST_F(RtpListenerTest, OneSsrcBelongsToOneProducer) {
  world_.Produce(transport_, VideoProducer("a", 100, 101));
  EXPECT_FALSE(TryProduce(VideoProducer("b", 101)).ok());
  ProduceOptions same_mid = VideoProducer("c", 300);
  same_mid.rtp_parameters.mid = "a";
  EXPECT_FALSE(TryProduce(same_mid).ok());
  // Nothing of the refused ones stays.
  EXPECT_FALSE(world_.commons.registry.Contains("b"));
  EXPECT_TRUE(TryProduce(VideoProducer("b", 300)).ok());
}

TEST_F(RtpListenerTest, AClosedProducersSsrcCanBeUsedAgain) {
  Producer& first = world_.Produce(transport_, VideoProducer("a", 100));
  Send(RtpMaker(100).Seq(5000).KeyFrame().Make());
  Turn turn = world_.Now();
  world_.control.CloseProducer(first, turn);
  Producer& second = world_.Produce(transport_, VideoProducer("a", 100));
  Send(RtpMaker(100).Seq(5).KeyFrame().Make());
  EXPECT_EQ(second.Stats(world_.now).front().packet_count, 1u);
}

TEST_F(RtpListenerTest, ATransportKnowsSixtyFourStreams) {
  for (uint32_t i = 0; i < 63; ++i) {
    world_.Produce(transport_, VideoProducer("p" + std::to_string(i), 1000 + i));
  }
  world_.Produce(transport_, SimulcastProducer("cam"));
  Send(RtpMaker(71).Text(4, "cam").Text(10, "l").Make());
  Send(RtpMaker(72).Text(4, "cam").Text(10, "h").Make());
  EXPECT_EQ(world_.out.drops(DropReason::kStreamLimit), 1u);
  EXPECT_FALSE(TryProduce(VideoProducer("one too many", 5000)).ok());
  EXPECT_EQ(transport_.listener().Dump().ssrcs.size(), 64u);
}

TEST_F(RtpListenerTest, ContradictoryParametersAreRefused) {
  ProduceOptions options = VideoProducer("a", 1);
  options.rtp_mapping.codecs = {{102, 97}};
  EXPECT_FALSE(TryProduce(options).ok());
  options = VideoProducer("a", 1);
  options.rtp_mapping.encodings.clear();
  EXPECT_FALSE(TryProduce(options).ok());
  options = VideoProducer("a", 1);
  options.rtp_parameters.encodings.clear();
  EXPECT_FALSE(TryProduce(options).ok());
  options = VideoProducer("a", 1);
  options.rtp_parameters.header_extensions.front().id = 0;
  EXPECT_FALSE(TryProduce(options).ok());
  options = VideoProducer("a", 1);
  options.rtp_parameters.codecs.front().clock_rate = 0;
  EXPECT_FALSE(TryProduce(options).ok());
}

TEST_F(RtpListenerTest, AConsumerOfSimulcastGetsTheHighestActiveEncoding) {
  world_.Produce(transport_, SimulcastProducer("cam"));
  Transport& viewer = world_.AddPlain("viewer", 6000);
  Consumer& consumer = world_.Consume(viewer, VideoConsumer("c", "cam", 100));
  Send(RtpMaker(71).Seq(1).Text(4, "cam").Text(10, "l").KeyFrame().Make());
  ASSERT_EQ(world_.DrainRtp().size(), 1u);
  Send(RtpMaker(72).Seq(1).Text(4, "cam").Text(10, "h").DeltaFrame().Make());
  // The higher one has come to life, but has not shown a key frame.
  EXPECT_TRUE(world_.DrainRtp().empty());
  EXPECT_EQ(consumer.source_stream(), 1);
  Send(RtpMaker(71).Seq(2).DeltaFrame().Make());
  std::vector<SentDatagram> low = world_.DrainRtp();
  ASSERT_EQ(low.size(), 1u);
  Send(RtpMaker(72).Seq(2).KeyFrame().Make());
  Send(RtpMaker(71).Seq(3).DeltaFrame().Make());
  std::vector<SentDatagram> high = world_.DrainRtp();
  ASSERT_EQ(high.size(), 1u);
  EXPECT_EQ(RtpView::Parse(high[0].bytes)->sequence_number(),
            RtpView::Parse(low[0].bytes)->sequence_number() + 1);

  // The higher one stops; the lower one goes on.
  for (uint16_t i = 4; i < 24; ++i) {
    world_.Advance(Duration::Millis(100));
    Send(RtpMaker(71).Seq(i).DeltaFrame().Make());
  }
  EXPECT_EQ(consumer.source_stream(), 0);
  (void)world_.Drain();
  Send(RtpMaker(71).Seq(24).KeyFrame().Make());
  EXPECT_EQ(world_.DrainRtp().size(), 1u);
}

}  // namespace
}  // namespace millrace
