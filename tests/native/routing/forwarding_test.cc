#include <gtest/gtest.h>

#include "routing_world.h"
#include "wire/rtcp/bye.h"
#include "wire/rtcp/nack.h"
#include "wire/rtcp/pli.h"

namespace millrace {
namespace {

constexpr uint32_t kSource = 1111;
constexpr uint16_t kPublisherPort = 5000;
constexpr uint16_t kViewerPort = 6000;

// One publisher of video on a plain transport, and a second transport for viewers.
class ForwardingTest : public testing::Test {
 protected:
  void Send(std::vector<uint8_t> packet) {
    world_.Receive(publisher_, RoutingWorld::PeerPath(publisher_, kPublisherPort),
                   std::move(packet));
  }
  void Answer(std::vector<uint8_t> rtcp) {
    world_.Receive(viewer_, RoutingWorld::PeerPath(viewer_, kViewerPort), std::move(rtcp));
  }
  static std::vector<uint8_t> NackFor(uint32_t media, std::vector<uint16_t> numbers) {
    return MakeRtcp([&](ByteWriter& writer) {
      EXPECT_NE(Nack::Write(writer, Ssrc(1), Ssrc(media), numbers), 0u);
    });
  }
  static std::vector<uint8_t> PliFor(uint32_t media) {
    return MakeRtcp([&](ByteWriter& writer) {
      EXPECT_TRUE((Pli{.sender = Ssrc(1), .media = Ssrc(media)}.Write(writer)));
    });
  }
  static RtpMaker Packet(uint16_t sequence) {
    return RtpMaker(kSource).Seq(sequence).Time(sequence * 3000u);
  }

  RoutingWorld world_;
  Transport& publisher_ = world_.AddPlain("publisher", kPublisherPort);
  Transport& viewer_ = world_.AddPlain("viewer", kViewerPort);
  Producer& producer_ = world_.Produce(publisher_, VideoProducer("video", kSource));
};

TEST_F(ForwardingTest, EveryConsumerGetsEachPacketWithNumbersOfItsOwn) {
  for (uint32_t i = 0; i < 3; ++i) {
    world_.Consume(viewer_, VideoConsumer("c" + std::to_string(i), "video", 100 + i));
  }
  Send(Packet(65534).KeyFrame().Make());
  Send(Packet(65535).DeltaFrame().Make());
  Send(Packet(0).DeltaFrame().Marker().Make());
  std::vector<SentDatagram> sent = world_.DrainRtp();

  ASSERT_EQ(sent.size(), 9u);
  for (uint32_t i = 0; i < 3; ++i) {
    std::vector<RtpView> views;
    for (const SentDatagram& datagram : sent) {
      EXPECT_EQ(datagram.path, RoutingWorld::PeerPath(viewer_, kViewerPort));
      RtpView view = *RtpView::Parse(datagram.bytes);
      if (view.ssrc() == Ssrc(100 + i)) views.push_back(view);
    }
    ASSERT_EQ(views.size(), 3u);
    EXPECT_GE(views[0].sequence_number(), 1000);
    EXPECT_LE(views[0].sequence_number(), 32767);
    EXPECT_EQ(views[1].sequence_number(), views[0].sequence_number() + 1);
    EXPECT_EQ(views[2].sequence_number(), views[0].sequence_number() + 2);
    EXPECT_EQ(views[1].timestamp() - views[0].timestamp(), 3000u);
    EXPECT_EQ(views[0].payload_type(), 96);
    EXPECT_FALSE(views[1].marker());
    EXPECT_TRUE(views[2].marker());
    EXPECT_EQ(views[0].payload()[1], 0x00);
  }
}

TEST_F(ForwardingTest, UpstreamLossStaysAGapAndDuplicatesGoNoFurther) {
  world_.Consume(viewer_, VideoConsumer("c", "video", 100));
  Send(Packet(10).KeyFrame().Make());
  Send(Packet(12).DeltaFrame().Make());
  Send(Packet(12).DeltaFrame().Make());
  Send(Packet(11).DeltaFrame().Make());
  std::vector<SentDatagram> sent = world_.DrainRtp();

  ASSERT_EQ(sent.size(), 3u);
  uint16_t first = RtpView::Parse(sent[0].bytes)->sequence_number();
  EXPECT_EQ(RtpView::Parse(sent[1].bytes)->sequence_number(), first + 2);
  EXPECT_EQ(RtpView::Parse(sent[2].bytes)->sequence_number(), first + 1);
  EXPECT_EQ(world_.out.drops(DropReason::kDuplicate), 1u);
}

TEST_F(ForwardingTest, HeaderExtensionsCarryTheConsumersIdsMidAndStamps) {
  world_.Consume(viewer_, VideoConsumer("c", "video", 100));
  world_.Consume(viewer_, VideoConsumer("d", "video", 200));
  Send(Packet(1).KeyFrame().Text(4, "video").Extension(13, {0x02}).Make());
  std::vector<SentDatagram> sent = world_.DrainRtp();

  ASSERT_EQ(sent.size(), 2u);
  RtpView first = *RtpView::Parse(sent[0].bytes);
  RtpView second = *RtpView::Parse(sent[1].bytes);
  RtpExtensions values = ReadRtpExtensions(first, RtpExtensionIds::Internal());
  EXPECT_EQ(values.mid, "mc");
  EXPECT_EQ(ReadRtpExtensions(second, RtpExtensionIds::Internal()).mid, "md");
  EXPECT_EQ(values.abs_send_time, ToAbsSendTime(world_.now));
  ASSERT_TRUE(values.video_orientation.has_value());
  EXPECT_EQ(values.video_orientation->rotation_degrees, 180);
  ASSERT_TRUE(values.transport_sequence_number.has_value());
  // Numbers of the transport, not of the stream.
  EXPECT_EQ(ReadRtpExtensions(second, RtpExtensionIds::Internal()).transport_sequence_number,
            *values.transport_sequence_number + 1);
}

TEST_F(ForwardingTest, AViewerBeginsWithAKeyFrame) {
  Send(Packet(1).KeyFrame().Make());
  world_.Consume(viewer_, VideoConsumer("c", "video", 100));
  Send(Packet(2).DeltaFrame().Make());
  EXPECT_TRUE(world_.DrainRtp().empty());
  // It may have overtaken the key frame's first packet, until that has come.
  EXPECT_EQ(world_.out.drops(DropReason::kWaitingForKeyFrame), 0u);

  Send(Packet(3).KeyFrame().Make());
  EXPECT_EQ(world_.out.drops(DropReason::kWaitingForKeyFrame), 1u);
  Send(Packet(4).DeltaFrame().Make());
  EXPECT_EQ(world_.DrainRtp().size(), 2u);
}

TEST_F(ForwardingTest, ManyViewersWhoWantAKeyFrameMakeOneRequest) {
  Send(Packet(1).KeyFrame().Make());
  (void)world_.Drain();
  for (uint32_t i = 0; i < 50; ++i) {
    world_.Consume(viewer_, VideoConsumer("c" + std::to_string(i), "video", 100 + i));
  }
  std::vector<SentDatagram> sent = world_.Drain();
  std::vector<RtcpBlock> asked = BlocksOf(sent, RtcpKind::kPli);
  ASSERT_EQ(asked.size(), 1u);
  EXPECT_EQ(Pli::Parse(asked[0])->media, Ssrc(kSource));

  Answer(PliFor(100));
  Answer(PliFor(101));
  EXPECT_TRUE(BlocksOf(world_.Drain(), RtcpKind::kPli).empty());
  world_.Advance(Duration::Millis(1100));
  std::vector<SentDatagram> later = world_.Drain();
  EXPECT_EQ(BlocksOf(later, RtcpKind::kPli).size(), 1u);
  EXPECT_EQ(producer_.Stats(world_.now).front().pli_count, 2u);
}

TEST_F(ForwardingTest, ALostPacketIsAnsweredOnTheRtxStreamOnceInARoundTrip) {
  world_.Consume(viewer_, VideoConsumer("c", "video", 100, 101));
  Send(Packet(7).KeyFrame().Make());
  // Retransmissions may not take more than the media itself.
  for (uint16_t i = 8; i < 12; ++i) Send(Packet(i).DeltaFrame().Make());
  std::vector<SentDatagram> sent = world_.DrainRtp();
  ASSERT_EQ(sent.size(), 5u);
  RtpView original = *RtpView::Parse(sent[0].bytes);

  Answer(NackFor(100, {original.sequence_number()}));
  Answer(NackFor(100, {original.sequence_number()}));
  std::vector<SentDatagram> resent = world_.DrainRtp();
  ASSERT_EQ(resent.size(), 1u);
  RtpView rtx = *RtpView::Parse(resent[0].bytes);
  EXPECT_EQ(rtx.ssrc(), Ssrc(101));
  EXPECT_EQ(rtx.payload_type(), 97);
  EXPECT_EQ(rtx.timestamp(), original.timestamp());
  ASSERT_EQ(rtx.payload().size(), original.payload().size() + 2);
  // RFC 4588 section 4: the original sequence number stands before the original payload.
  EXPECT_EQ((rtx.payload()[0] << 8) | rtx.payload()[1], original.sequence_number());
  EXPECT_TRUE(std::ranges::equal(rtx.payload().subspan(2), original.payload()));

  world_.Advance(Duration::Millis(200));
  (void)world_.Drain();
  Answer(NackFor(100, {original.sequence_number()}));
  std::vector<SentDatagram> again = world_.DrainRtp();
  ASSERT_EQ(again.size(), 1u);
  EXPECT_EQ(RtpView::Parse(again[0].bytes)->sequence_number(),
            static_cast<uint16_t>(rtx.sequence_number() + 1));
}

TEST_F(ForwardingTest, ALostPacketComesInFromTheRtxStreamAndGoesOutInItsPlace) {
  Producer& producer = world_.Produce(publisher_, VideoProducer("repaired", 3000, 3001));
  ConsumeOptions options = VideoConsumer("c", "repaired", 100);
  world_.Consume(viewer_, options);
  Send(RtpMaker(3000).Seq(1).KeyFrame().Make());
  Send(RtpMaker(3000).Seq(3).DeltaFrame().Make());
  Send(RtpMaker(3001).Type(102).Seq(900).Payload({0, 2, 0x10, 0x01, 9, 9}).Make());
  std::vector<SentDatagram> sent = world_.DrainRtp();

  ASSERT_EQ(sent.size(), 3u);
  uint16_t first = RtpView::Parse(sent[0].bytes)->sequence_number();
  EXPECT_EQ(RtpView::Parse(sent[2].bytes)->sequence_number(), first + 1);
  EXPECT_EQ(RtpView::Parse(sent[2].bytes)->payload()[2], 9);
  RtpStreamStats stats = producer.Stats(world_.now).front();
  EXPECT_EQ(stats.packets_retransmitted, 1u);
  EXPECT_EQ(stats.packets_repaired, 1u);
  EXPECT_NE(std::get<PlainTransportStats>(publisher_.Stats(world_.now)).base.rtx_bytes_received,
            0u);
}

TEST_F(ForwardingTest, GapsAreAskedForAfterTenMilliseconds) {
  Send(Packet(1).KeyFrame().Make());
  Send(Packet(4).DeltaFrame().Make());
  world_.Advance(Duration::Millis(9));
  EXPECT_TRUE(BlocksOf(world_.Drain(), RtcpKind::kNack).empty());
  world_.Advance(Duration::Millis(2));
  std::vector<SentDatagram> sent = world_.Drain();
  std::vector<RtcpBlock> nacks = BlocksOf(sent, RtcpKind::kNack);
  ASSERT_EQ(nacks.size(), 1u);
  std::vector<uint16_t> numbers;
  Nack::Parse(nacks[0])->ForEach([&](uint16_t number) { numbers.push_back(number); });
  EXPECT_EQ(numbers, (std::vector<uint16_t>{2, 3}));
}

TEST_F(ForwardingTest, APausedConsumerGetsNothingAndGoesOnWithoutASeam) {
  Consumer& consumer = world_.Consume(viewer_, VideoConsumer("c", "video", 100));
  Send(Packet(1).KeyFrame().Make());
  uint16_t last = RtpView::Parse(world_.DrainRtp().front().bytes)->sequence_number();
  Turn turn = world_.Now();
  world_.router.SetPaused(consumer, true, turn);
  Send(Packet(2).DeltaFrame().Make());
  Send(Packet(3).KeyFrame().Make());
  EXPECT_TRUE(world_.DrainRtp().empty());
  EXPECT_EQ(world_.out.drops(DropReason::kConsumerPaused), 2u);

  world_.Advance(Duration::Millis(500));
  (void)world_.Drain();
  world_.router.SetPaused(consumer, false, turn);
  Send(Packet(4).DeltaFrame().Make());
  Send(Packet(5).KeyFrame().Make());
  std::vector<SentDatagram> sent = world_.DrainRtp();
  ASSERT_EQ(sent.size(), 1u);
  EXPECT_EQ(RtpView::Parse(sent[0].bytes)->sequence_number(), last + 1);
}

TEST_F(ForwardingTest, APausedProducerTellsItsConsumers) {
  world_.Consume(viewer_, VideoConsumer("c", "video", 100));
  Send(Packet(1).KeyFrame().Make());
  (void)world_.Drain();
  Turn turn = world_.Now();
  world_.router.SetPaused(producer_, true, turn);
  world_.router.SetPaused(producer_, true, turn);
  ASSERT_EQ(world_.TakeEvents<ConsumerProducerPaused>().size(), 1u);
  Send(Packet(2).KeyFrame().Make());
  EXPECT_TRUE(world_.DrainRtp().empty());
  EXPECT_EQ(world_.out.drops(DropReason::kProducerPaused), 1u);
  EXPECT_TRUE(producer_.Dump().paused);

  world_.Advance(Duration::Millis(1200));
  (void)world_.Drain();
  turn.now = world_.now;
  world_.router.SetPaused(producer_, false, turn);
  EXPECT_EQ(world_.TakeEvents<ConsumerProducerResumed>().front().id, "c");
  EXPECT_EQ(BlocksOf(world_.Drain(), RtcpKind::kPli).size(), 1u);
  Send(Packet(3).KeyFrame().Make());
  EXPECT_EQ(world_.DrainRtp().size(), 1u);
}

TEST_F(ForwardingTest, AClosedProducerTakesItsConsumersWithIt) {
  world_.Consume(viewer_, VideoConsumer("c", "video", 100));
  Send(Packet(1).KeyFrame().Make());
  Turn turn = world_.Now();
  world_.control.CloseProducer(producer_, turn);

  EXPECT_EQ(world_.TakeEvents<ConsumerProducerClosed>().front().id, "c");
  EXPECT_FALSE(world_.commons.registry.Contains("c"));
  EXPECT_FALSE(world_.commons.registry.Contains("video"));
  EXPECT_TRUE(viewer_.consumers().empty());
  // What waited to leave is gone with the consumer.
  EXPECT_TRUE(world_.DrainRtp().empty());
  Send(Packet(2).KeyFrame().Make());
  EXPECT_EQ(world_.out.drops(DropReason::kUnknownStream), 1u);
  EXPECT_TRUE(world_.router.Dump().producer_consumer_ids.empty());
}

TEST_F(ForwardingTest, AConsumerThatWasHeardSaysGoodbye) {
  Consumer& consumer = world_.Consume(viewer_, VideoConsumer("c", "video", 100, 101));
  Send(Packet(1).KeyFrame().Make());
  (void)world_.Drain();
  Turn turn = world_.Now();
  world_.control.CloseConsumer(consumer, turn);
  std::vector<SentDatagram> sent = world_.Drain();
  std::vector<RtcpBlock> byes = BlocksOf(sent, RtcpKind::kBye);
  ASSERT_EQ(byes.size(), 1u);
  ASSERT_EQ(Bye::Parse(byes[0])->ssrcs.size(), 2u);
  EXPECT_EQ(Bye::Parse(byes[0])->ssrcs[0], Ssrc(100));
  EXPECT_TRUE(producer_.consumers().empty());
}

TEST_F(ForwardingTest, AClosedTransportGivesItsSocketsBackAndLeavesNoPointer) {
  world_.Consume(viewer_, VideoConsumer("c", "video", 100));
  Send(Packet(1).KeyFrame().Make());
  SocketId socket = viewer_.sockets().front();
  Turn turn = world_.Now();
  world_.control.CloseTransport(viewer_, turn);
  EXPECT_TRUE(world_.TakeEvents<ConsumerProducerClosed>().empty());
  EXPECT_EQ(world_.out.closed_sockets(), (std::vector<SocketId>{socket}));
  EXPECT_TRUE(producer_.consumers().empty());
  EXPECT_TRUE(world_.DrainRtp().empty());
  EXPECT_EQ(world_.router.Dump().transport_ids, (std::vector<std::string>{"publisher"}));
}

TEST_F(ForwardingTest, PacketsNobodyProducesAreCounted) {
  Send(RtpMaker(9999).Seq(1).Make());
  Send({0x80, 0x60, 0x00});
  std::vector<uint8_t> large(1501, 0);
  large[0] = 0x80;
  large[1] = 0x60;
  Send(large);
  world_.Receive(publisher_, RoutingWorld::PeerPath(publisher_, 5999), Packet(1).Make());
  Send(Packet(1).Type(77).Make());
  EXPECT_EQ(world_.out.drops(DropReason::kUnknownStream), 1u);
  EXPECT_EQ(world_.out.drops(DropReason::kTooLarge), 1u);
  EXPECT_EQ(world_.out.drops(DropReason::kUnknownPath), 1u);
  EXPECT_EQ(world_.out.drops(DropReason::kUnsupportedPayload), 1u);
}

TEST_F(ForwardingTest, SealingStopsAfterSixteenTransportsAndGoesOn) {
  for (uint32_t i = 0; i < 20; ++i) {
    std::string name = std::to_string(i);
    Transport& transport = world_.AddPlain("v" + name, static_cast<uint16_t>(7000 + i));
    world_.Consume(transport, VideoConsumer("c" + name, "video", 100 + i));
  }
  Send(Packet(1).KeyFrame().Make());
  Turn turn = world_.Now();
  EXPECT_TRUE(world_.commons.dirty.Seal(turn));
  EXPECT_EQ(world_.out.datagrams().size(), 16u);
  world_.out.ClearDatagrams();
  EXPECT_FALSE(world_.commons.dirty.Seal(turn));
  EXPECT_EQ(world_.out.datagrams().size(), 4u);
}

TEST_F(ForwardingTest, AFullSlabKeepsTheRestForTheNextCall) {
  world_.Consume(viewer_, VideoConsumer("c", "video", 100));
  std::vector<uint8_t> payload(1200, 0x55);
  payload[0] = 0x10;
  payload[1] = 0x00;
  for (uint16_t i = 1; i <= 500; ++i) Send(Packet(i).Payload(payload).Make());
  Turn turn = world_.Now();
  EXPECT_TRUE(world_.commons.dirty.Seal(turn));
  EXPECT_LT(world_.out.datagrams().size(), 500u);
  size_t before = world_.out.datagrams().size();
  world_.out.ClearDatagrams();
  EXPECT_EQ(before + world_.DrainRtp().size(), 500u);
}

}  // namespace
}  // namespace millrace
