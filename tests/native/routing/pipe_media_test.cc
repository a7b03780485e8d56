// Media from a router of one worker to a router of another.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "pipe_worlds.h"

namespace millrace {
namespace {

constexpr uint32_t kPiped = 500;  // first SSRC on the pipe; its RTX is 100 above
constexpr uint32_t kFarMapped = 900;

// A camera of two streams on the near side, and a viewer on the far one.
class PipeMediaTest : public testing::Test {
 protected:
  struct Party {
    explicit Party(bool rtx = true, bool srtp = false) : worlds(rtx, srtp), camera(worlds, 2) {
      RtpParameters parameters = PipedVideo(2, kPiped, rtx);
      worlds.near.Consume(worlds.near_pipe,
                          PipeConsumer("pc", "cam", parameters, PipedCamera::kMapped));
      worlds.far.Produce(worlds.far_pipe, PipeProducer("piped", parameters, kFarMapped));
    }
    Consumer& Watch(uint8_t layer) {
      ConsumeOptions options = VideoConsumer("c", "piped", 100, 101);
      options.type = RtpType::kSimulcast;
      options.preferred_layers = ConsumerLayers{layer, std::nullopt};
      options.consumable_encodings = {{.ssrc = kFarMapped}, {.ssrc = kFarMapped + 1}};
      return worlds.far.Consume(worlds.far.AddPlain("viewer", 6000), options);
    }
    void Prefer(Consumer& consumer, uint8_t layer) {
      Turn turn = worlds.far.Now();
      worlds.far.router.Apply(consumer, consumer.Prefer({layer, std::nullopt}, worlds.far.now),
                              turn);
    }
    // What the viewer got since the last call: how many packets of each of the camera's streams.
    std::map<uint8_t, size_t> Seen() {
      std::map<uint8_t, size_t> seen;
      for (const SentDatagram& datagram : worlds.far_out) {
        if (Classify(datagram.bytes) != DatagramKind::kRtp) continue;
        RtpView view = *RtpView::Parse(datagram.bytes);
        if (view.ssrc() != Ssrc(100)) continue;
        EXPECT_TRUE(!last || view.sequence_number() == static_cast<uint16_t>(*last + 1));
        last = view.sequence_number();
        ++seen[view.payload()[2]];
      }
      worlds.far_out.clear();
      return seen;
    }

    PipeWorlds worlds;
    PipedCamera camera;
    std::optional<uint16_t> last;
  };
};

TEST_F(PipeMediaTest, EveryStreamArrivesWholeUnderItsOwnSsrc) {
  Party party;
  party.camera.Run(Duration::Seconds(2));
  std::map<uint32_t, std::vector<RtpView>> streams;
  for (const std::vector<uint8_t>& bytes : party.worlds.carried) {
    if (Classify(bytes) != DatagramKind::kRtp) continue;
    RtpView view = *RtpView::Parse(bytes);
    streams[view.ssrc().value()].push_back(view);
  }
  ASSERT_EQ(streams.size(), 2u);
  for (uint32_t i = 0; i < 2; ++i) {
    const std::vector<RtpView>& views = streams[kPiped + i];
    ASSERT_EQ(views.size(), party.camera.frames());
    for (size_t n = 0; n < views.size(); ++n) {
      EXPECT_EQ(views[n].payload()[2], i);
      EXPECT_EQ(views[n].payload_type(), 96);
      EXPECT_TRUE(views[n].marker());
      // The source's own clock, so that streams can be held against each other at the far end.
      EXPECT_EQ(views[n].timestamp(), (n + 1) * 3600);
      EXPECT_EQ(views[n].sequence_number(), static_cast<uint16_t>(views[0].sequence_number() + n));
      EXPECT_TRUE(
          ReadRtpExtensions(views[n], RtpExtensionIds::Internal()).video_orientation.has_value());
    }
  }
  const Producer& piped = *party.worlds.far.commons.registry.Find<Producer>("piped");
  EXPECT_EQ(piped.type(), RtpType::kSimulcast);
  EXPECT_EQ(piped.Stats(party.worlds.far.now).size(), 2u);
  EXPECT_EQ(piped.scores(), (std::vector<uint8_t>{10, 10}));
  // Sender reports go along, for each stream.
  for (const Producer::Stream& stream : piped.streams()) {
    EXPECT_TRUE(stream.receive->sender_clock().has_value());
  }
  // A pipe has no score of its own to tell.
  EXPECT_TRUE(party.worlds.near.TakeEvents<ConsumerScoreChanged>().empty());
}

TEST_F(PipeMediaTest, AViewerBehindThePipeSwitchesLayers) {
  Party party;
  Consumer& viewer = party.Watch(0);
  party.camera.Run(Duration::Seconds(3));
  std::map<uint8_t, size_t> seen = party.Seen();
  EXPECT_GT(seen[0], 50u);
  EXPECT_EQ(seen[1], 0u);

  party.camera.asked.clear();
  party.Prefer(viewer, 1);
  party.camera.Run(Duration::Seconds(3));
  // Only the stream that is wanted was asked for a key frame, through the pipe.
  ASSERT_FALSE(party.camera.asked.empty());
  EXPECT_TRUE(std::ranges::all_of(party.camera.asked,
                                  [](uint32_t ssrc) { return ssrc == PipedCamera::kSsrc + 1; }));
  seen = party.Seen();
  EXPECT_GT(seen[1], 50u);
  EXPECT_LT(seen[0], 10u);
  EXPECT_EQ(viewer.current_layers()->spatial_layer, 1);

  party.Prefer(viewer, 0);
  party.camera.Run(Duration::Seconds(3));
  seen = party.Seen();
  EXPECT_GT(seen[0], 50u);
  EXPECT_EQ(viewer.current_layers()->spatial_layer, 0);
}

TEST_F(PipeMediaTest, LossOnThePipeIsRepairedByRtx) {
  Party party;
  (void)party.Watch(1);
  party.camera.Run(Duration::Seconds(2));
  party.worlds.loss_percent = 10;
  party.camera.Run(Duration::Seconds(10));
  party.worlds.loss_percent = 0;
  party.camera.Run(Duration::Seconds(1));
  const Producer& piped = *party.worlds.far.commons.registry.Find<Producer>("piped");
  uint64_t repaired = 0;
  for (const RtpStreamStats& stats : piped.Stats(party.worlds.far.now)) {
    EXPECT_GT(stats.nack_count, 0u);
    repaired += stats.packets_repaired;
    EXPECT_EQ(stats.pli_count, 0u);
    // Both streams whole: all that the camera sent has come, once or again.
    EXPECT_GE(stats.packet_count, party.camera.frames());
  }
  EXPECT_GT(repaired, 20u);
  std::map<uint8_t, size_t> seen;
  for (const SentDatagram& datagram : party.worlds.far_out) {
    if (Classify(datagram.bytes) == DatagramKind::kRtp) {
      ++seen[RtpView::Parse(datagram.bytes)->payload()[2]];
    }
  }
  EXPECT_GE(seen[1] + 5, party.camera.frames());
}

TEST_F(PipeMediaTest, WithoutRtxLossStaysLossAndIsNotAskedFor) {
  Party party(false);
  party.camera.Run(Duration::Seconds(1));
  party.worlds.loss_percent = 10;
  party.camera.Run(Duration::Seconds(4));
  const Producer& piped = *party.worlds.far.commons.registry.Find<Producer>("piped");
  for (const RtpStreamStats& stats : piped.Stats(party.worlds.far.now)) {
    EXPECT_EQ(stats.nack_count, 0u);
    EXPECT_LT(stats.packet_count, party.camera.frames());
  }
}

TEST_F(PipeMediaTest, SealedPipesCarryTheSameAndShowNothing) {
  Party party(true, true);
  (void)party.Watch(1);
  party.worlds.loss_percent = 5;
  party.camera.Run(Duration::Seconds(4));
  EXPECT_GT(party.worlds.carried.size(), 150u);
  for (const std::vector<uint8_t>& bytes : party.worlds.carried) {
    if (Classify(bytes) != DatagramKind::kRtp) continue;
    RtpView view = *RtpView::Parse(bytes);
    // Payload of ten bytes and, with RTX, two more; and the tag of 16 (RFC 7714 section 5).
    EXPECT_GE(view.payload().size(), 26u);
    EXPECT_NE(Bytes(view.payload()).subspan(3, 4)[0] == 1 && view.payload()[4] == 2, true);
  }
  EXPECT_EQ(party.worlds.far.out.drops(DropReason::kSrtpAuthentication), 0u);
  EXPECT_EQ(party.worlds.near.out.drops(DropReason::kSrtpAuthentication), 0u);
  std::map<uint8_t, size_t> seen;
  for (const SentDatagram& datagram : party.worlds.far_out) {
    if (Classify(datagram.bytes) == DatagramKind::kRtp) {
      ++seen[RtpView::Parse(datagram.bytes)->payload()[2]];
    }
  }
  EXPECT_GT(seen[1], 80u);
}

TEST_F(PipeMediaTest, NothingFromElsewhereIsLookedAt) {
  Party party;
  party.camera.Run(Duration::Seconds(1));
  RoutingWorld& far = party.worlds.far;
  const Producer& piped = *far.commons.registry.Find<Producer>("piped");
  uint64_t before = piped.Stats(far.now)[0].packet_count;
  Path path = party.worlds.PathAtFar();
  path.remote.port = static_cast<uint16_t>(path.remote.port + 1);
  std::vector<uint8_t> packet = RtpMaker(kPiped).Type(96).Seq(30'000).KeyFrame().Make();
  far.Receive(party.worlds.far_pipe, path, packet);
  std::vector<uint8_t> pli = MakeRtcp([](ByteWriter& writer) {
    EXPECT_TRUE((Pli{.sender = Ssrc(1), .media = Ssrc(kPiped)}.Write(writer)));
  });
  far.Receive(party.worlds.far_pipe, path, pli);
  EXPECT_EQ(piped.Stats(far.now)[0].packet_count, before);
  EXPECT_EQ(far.out.drops(DropReason::kUnknownPath), 2u);
  // Nor is anything before the pipe is connected.
  Turn turn = far.Now();
  Transport& lonely =
      *far.control
           .CreatePipeTransport(far.router, "lonely", {.listen_info = {.ip = "127.0.0.1"}}, turn)
           .value();
  far.Receive(lonely, {lonely.sockets().front(), path.remote}, packet);
  EXPECT_EQ(far.out.drops(DropReason::kNotConnected), 1u);
  // STUN and DTLS are not spoken here.
  far.Receive(lonely, {lonely.sockets().front(), path.remote}, std::vector<uint8_t>(20, 0));
  far.Receive(lonely, {lonely.sockets().front(), path.remote}, std::vector<uint8_t>(20, 22));
  EXPECT_EQ(far.out.drops(DropReason::kUnknownProtocol), 2u);
}

TEST_F(PipeMediaTest, PausesAndClosesWithItsProducer) {
  Party party;
  RoutingWorld& near = party.worlds.near;
  Producer& camera = *near.commons.registry.Find<Producer>("cam");
  party.camera.Run(Duration::Seconds(1));
  Turn turn = near.Now();
  near.router.SetPaused(camera, true, turn);
  EXPECT_EQ(near.TakeEvents<ConsumerProducerPaused>().size(), 1u);
  party.worlds.carried.clear();
  party.camera.Run(Duration::Seconds(1));
  auto carried = [&] {
    return std::ranges::count_if(party.worlds.carried, [](const std::vector<uint8_t>& bytes) {
      return Classify(bytes) == DatagramKind::kRtp;
    });
  };
  EXPECT_EQ(carried(), 0);
  Turn later = near.Now();
  near.router.SetPaused(camera, false, later);
  party.camera.Run(Duration::Seconds(2));
  // Both streams came back with a key frame each.
  EXPECT_GT(carried(), 80);
  EXPECT_NE(std::ranges::count(party.camera.asked, PipedCamera::kSsrc), 0);
  EXPECT_NE(std::ranges::count(party.camera.asked, PipedCamera::kSsrc + 1), 0);

  party.worlds.carried.clear();
  Turn last = near.Now();
  near.control.CloseProducer(camera, last);
  EXPECT_EQ(near.TakeEvents<ConsumerProducerClosed>().size(), 1u);
  party.worlds.Exchange();
  EXPECT_EQ(BlocksOf({{{}, party.worlds.carried.at(0)}}, RtcpKind::kBye).size() +
                BlocksOf({{{}, party.worlds.carried.at(1)}}, RtcpKind::kBye).size(),
            2u);
}

TEST_F(PipeMediaTest, TwoRoutersOfOneWorkerArePipedAsWell) {
  RoutingWorld world;
  Router other("other", world.commons);
  Turn turn = world.Now();
  PipeTransportOptions options{.listen_info = {.ip = "127.0.0.1"}};
  Transport& from = *world.control.CreatePipeTransport(world.router, "a", options, turn).value();
  Transport& to = *world.control.CreatePipeTransport(other, "b", options, turn).value();
  uint16_t from_port = std::get<PipeTransportDump>(from.Dump()).tuple.local_port;
  uint16_t to_port = std::get<PipeTransportDump>(to.Dump()).tuple.local_port;
  ASSERT_TRUE(from.ConnectPipe({.ip = "127.0.0.1", .port = to_port}, turn).ok());
  ASSERT_TRUE(to.ConnectPipe({.ip = "127.0.0.1", .port = from_port}, turn).ok());
  Transport& publisher = world.AddPlain("publisher", 5000);
  world.Produce(publisher, VideoProducer("video", 1));
  RtpParameters parameters = PipedVideo(1, kPiped, false);
  world.Consume(from, PipeConsumer("pc", "video", parameters, 1'000'001));
  ProduceOptions piped = PipeProducer("piped", parameters, kFarMapped);
  Producer& producer = *world.control.Produce(to, piped, turn).value();
  world.Receive(publisher, RoutingWorld::PeerPath(publisher, 5000),
                RtpMaker(1).Seq(7).KeyFrame().Make());
  for (const SentDatagram& datagram : world.Drain()) {
    if (datagram.path.socket != from.sockets().front()) continue;
    EXPECT_EQ(datagram.path.remote.port, to_port);
    std::vector<uint8_t> bytes = datagram.bytes;
    other.OnDatagram(to, {to.sockets().front(), {*IpAddress::Parse("127.0.0.1"), from_port}}, bytes,
                     world.now, turn);
  }
  EXPECT_EQ(producer.type(), RtpType::kSimple);
  ASSERT_EQ(producer.Stats(world.now).size(), 1u);
  EXPECT_EQ(producer.Stats(world.now)[0].packet_count, 1u);
  world.control.CloseRouter(other, turn);
}

}  // namespace
}  // namespace millrace
