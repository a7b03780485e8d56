// Transports whose other end is the controller.
#include <gtest/gtest.h>

#include "routing_world.h"
#include "wire/rtcp/nack.h"
#include "wire/rtcp/pli.h"

namespace millrace {
namespace {

constexpr uint32_t kSource = 1111;

class DirectTransportTest : public testing::Test {
 protected:
  bool Bring(Producer& producer, const std::vector<uint8_t>& packet) {
    Turn turn = world_.Now();
    return world_.router.ReceiveDirectRtp(producer, packet, turn).ok();
  }
  bool BringRtcp(Transport& transport, const std::vector<uint8_t>& compound) {
    Turn turn = world_.Now();
    return world_.router.ReceiveDirectRtcp(transport, compound, turn).ok();
  }
  // What the controller was given for one consumer.
  std::vector<std::vector<uint8_t>> Told(const std::string& consumer) {
    EXPECT_TRUE(world_.DrainRtp().empty() || consumer.empty());
    std::vector<std::vector<uint8_t>> packets;
    for (ConsumerRtpSent& event : world_.TakeEvents<ConsumerRtpSent>()) {
      if (event.id == consumer) packets.push_back(std::move(event.packet));
    }
    return packets;
  }
  // The RTCP packets of one kind that the controller was given for the transport.
  size_t ToldRtcp(const std::string& transport, RtcpKind kind) {
    size_t count = 0;
    for (const DirectRtcpSent& event : world_.TakeEvents<DirectRtcpSent>()) {
      EXPECT_EQ(event.id, transport);
      RtcpReader reader(event.compound);
      while (std::optional<RtcpBlock> block = reader.Next()) count += block->kind == kind;
    }
    return count;
  }
  static RtpMaker Packet(uint16_t sequence) {
    return RtpMaker(kSource).Seq(sequence).Time(sequence * 3000u);
  }

  RoutingWorld world_;
  Transport& direct_ = world_.AddDirect("direct");
};

TEST_F(DirectTransportTest, WhatTheControllerBringsReachesViewers) {
  Producer& producer = world_.Produce(direct_, VideoProducer("video", kSource));
  Transport& viewer = world_.AddPlain("viewer", 6000);
  world_.Consume(viewer, VideoConsumer("c", "video", 100));
  EXPECT_TRUE(Bring(producer, Packet(1).KeyFrame().Make()));
  EXPECT_TRUE(Bring(producer, Packet(2).DeltaFrame().Make()));
  std::vector<SentDatagram> sent = world_.DrainRtp();
  ASSERT_EQ(sent.size(), 2u);
  EXPECT_EQ(RtpView::Parse(sent[0].bytes)->ssrc(), Ssrc(100));
  EXPECT_EQ(sent[0].path, RoutingWorld::PeerPath(viewer, 6000));
}

TEST_F(DirectTransportTest, ItsConsumersPacketsAreToldToTheController) {
  Transport& publisher = world_.AddPlain("publisher", 5000);
  world_.Produce(publisher, VideoProducer("video", kSource));
  world_.Consume(direct_, VideoConsumer("c", "video", 100, 101));
  world_.Receive(publisher, RoutingWorld::PeerPath(publisher, 5000), Packet(7).KeyFrame().Make());
  world_.Receive(publisher, RoutingWorld::PeerPath(publisher, 5000), Packet(8).DeltaFrame().Make());
  std::vector<std::vector<uint8_t>> told = Told("c");
  ASSERT_EQ(told.size(), 2u);
  RtpView first = *RtpView::Parse(told[0]);
  RtpView second = *RtpView::Parse(told[1]);
  EXPECT_EQ(first.ssrc(), Ssrc(100));
  EXPECT_EQ(first.payload_type(), 96);
  EXPECT_EQ(second.sequence_number(), static_cast<uint16_t>(first.sequence_number() + 1));
  EXPECT_EQ(first.payload().size(), 10u);
  EXPECT_EQ(ReadRtpExtensions(first, RtpExtensionIds::Internal()).mid, "mc");

  // A lost packet is asked for and comes again, as RTX.
  std::vector<uint16_t> lost = {second.sequence_number()};
  EXPECT_TRUE(BringRtcp(direct_, MakeRtcp([&](ByteWriter& writer) {
                          EXPECT_NE(Nack::Write(writer, Ssrc(1), Ssrc(100), lost), 0u);
                        })));
  told = Told("c");
  ASSERT_EQ(told.size(), 1u);
  EXPECT_EQ(RtpView::Parse(told[0])->ssrc(), Ssrc(101));
  // A key-frame request goes on to the source.
  world_.Advance(Duration::Seconds(2));
  (void)world_.Drain();
  EXPECT_TRUE(BringRtcp(direct_, MakeRtcp([](ByteWriter& writer) {
                          EXPECT_TRUE((Pli{.sender = Ssrc(1), .media = Ssrc(100)}.Write(writer)));
                        })));
  EXPECT_EQ(BlocksOf(world_.Drain(), RtcpKind::kPli).size(), 1u);
}

TEST_F(DirectTransportTest, FeedbackForItsProducersAndReportsAreToldToTheController) {
  Producer& producer = world_.Produce(direct_, VideoProducer("video", kSource));
  Transport& viewer = world_.AddPlain("viewer", 6000);
  Consumer& consumer = world_.Consume(viewer, VideoConsumer("c", "video", 100));
  EXPECT_TRUE(Bring(producer, Packet(1).KeyFrame().Make()));
  EXPECT_TRUE(Bring(producer, Packet(3).DeltaFrame().Make()));
  world_.Advance(Duration::Millis(50));
  EXPECT_EQ(ToldRtcp("direct", RtcpKind::kNack), 1u);
  Turn turn = world_.Now();
  world_.router.RequestKeyFrame(consumer, turn);
  EXPECT_EQ(ToldRtcp("direct", RtcpKind::kPli), 1u);
  world_.Advance(Duration::Seconds(2));
  EXPECT_GE(ToldRtcp("direct", RtcpKind::kReceiverReport), 1u);
}

TEST_F(DirectTransportTest, SenderReportsOfItsConsumersAreToldToTheController) {
  Transport& publisher = world_.AddPlain("publisher", 5000);
  world_.Produce(publisher, AudioProducer("audio", kSource));
  world_.Consume(direct_, AudioConsumer("c", "audio", 100));
  world_.Receive(publisher, RoutingWorld::PeerPath(publisher, 5000),
                 RtpMaker(kSource).Type(111).Seq(1).Make());
  (void)world_.Drain();
  world_.Advance(Duration::Seconds(2));
  EXPECT_GE(ToldRtcp("direct", RtcpKind::kSenderReport), 1u);
}

TEST_F(DirectTransportTest, RefusesWhatIsNoPacketOrNotForIt) {
  Producer& producer = world_.Produce(direct_, VideoProducer("video", kSource));
  world_.Produce(direct_, VideoProducer("other", 2222));
  Transport& plain = world_.AddPlain("plain", 6000);
  Producer& on_plain = world_.Produce(plain, VideoProducer("third", 3333));
  EXPECT_FALSE(Bring(producer, {}));
  EXPECT_FALSE(Bring(producer, {0x80, 101, 0}));
  EXPECT_FALSE(Bring(producer, std::vector<uint8_t>(RtpPacket::kBytesMax + 1, 0x80)));
  EXPECT_FALSE(Bring(producer, RtpMaker(2222).Seq(1).Make()));
  EXPECT_FALSE(Bring(on_plain, RtpMaker(3333).Seq(1).Make()));
  EXPECT_FALSE(BringRtcp(direct_, {}));
  EXPECT_FALSE(BringRtcp(direct_, {1, 2, 3, 4}));
  EXPECT_FALSE(BringRtcp(direct_, std::vector<uint8_t>(RtpPacket::kBytesMax + 1, 0x81)));
  EXPECT_FALSE(BringRtcp(plain, MakeRtcp([](ByteWriter& writer) {
                           EXPECT_TRUE((Pli{.sender = Ssrc(1), .media = Ssrc(100)}.Write(writer)));
                         })));
  EXPECT_TRUE(producer.Stats(world_.now).empty());
  // A packet of the largest size still passes.
  std::vector<uint8_t> large = Packet(1).Payload(std::vector<uint8_t>(1488, 0x10)).Make();
  ASSERT_EQ(large.size(), RtpPacket::kBytesMax);
  EXPECT_TRUE(Bring(producer, large));
}

TEST_F(DirectTransportTest, DumpsAndCountsAndHasNoSocket) {
  Producer& producer = world_.Produce(direct_, VideoProducer("video", kSource));
  EXPECT_TRUE(direct_.sockets().empty());
  EXPECT_TRUE(world_.edge.requests.empty());
  EXPECT_TRUE(Bring(producer, Packet(1).KeyFrame().Make()));
  auto dump = std::get<DirectTransportDump>(direct_.Dump());
  EXPECT_TRUE(dump.base.direct);
  EXPECT_EQ(dump.base.producer_ids, std::vector<std::string>{"video"});
  auto stats = std::get<DirectTransportStats>(direct_.Stats(world_.now));
  EXPECT_EQ(stats.base.transport_id, "direct");
  EXPECT_EQ(stats.base.bytes_received, Packet(1).KeyFrame().Make().size());
  EXPECT_EQ(stats.base.rtp_bytes_received, stats.base.bytes_received);
  Turn turn = world_.Now();
  EXPECT_FALSE(world_.control.CreateDirectTransport(world_.router, "direct", {}, turn).ok());
  EXPECT_FALSE(
      world_.control
          .CreateDirectTransport(world_.router, "d2", {.base = {.enable_sctp = true}}, turn)
          .ok());
  EXPECT_FALSE(direct_.ConnectPlain({.ip = "10.0.0.1", .port = 1}, turn).ok());
}

}  // namespace
}  // namespace millrace
