#include <gtest/gtest.h>

#include "model_browser.h"
#include "protocol/crypto.h"
#include "routing_world.h"
#include "wire/stun.h"

namespace millrace {
namespace {

Path PeerAt(Path path, uint16_t port) {
  path.remote.port = port;
  return path;
}

class WebRtcTransportTest : public testing::Test {
 protected:
  Transport& Add(const std::string& id, WebRtcServer* server = nullptr) {
    WebRtcTransportOptions options;
    if (server) {
      options.listen = ListenServer{server->id()};
    } else {
      options.listen = ListenIndividual{{{.ip = "0.0.0.0", .announced_address = "203.0.113.5"}}};
    }
    Turn turn = world_.Now();
    return *world_.control.CreateWebRtcTransport(world_.router, id, options, server, turn).value();
  }
  static WebRtcTransportDump DumpOf(const Transport& transport) {
    return std::get<WebRtcTransportDump>(transport.Dump());
  }
  void Check(Transport& transport, const Path& path, bool nominate) {
    world_.Receive(transport, path, Browser::Check(DumpOf(transport).ice_parameters, nominate));
  }
  // Carries DTLS datagrams to and fro until nobody has anything to say.
  void Shake(Transport& transport, Browser& browser, const Path& path) {
    for (int i = 0; i < 20; ++i) {
      std::vector<std::vector<uint8_t>> up = browser.TakePending();
      std::vector<SentDatagram> down = world_.Drain();
      if (up.empty() && down.empty()) return;
      for (std::vector<uint8_t>& datagram : up) {
        world_.Receive(transport, path, std::move(datagram));
      }
      for (const SentDatagram& datagram : down) {
        if (Classify(datagram.bytes) == DatagramKind::kDtls) {
          browser.Receive(datagram.bytes, world_.now);
        }
      }
    }
  }
  void Connect(Transport& transport, Browser& browser, const Path& path, DtlsRoleName role) {
    Check(transport, path, true);
    Turn turn = world_.Now();
    ASSERT_TRUE(transport.ConnectWebRtc(browser.Parameters(role), turn).ok());
    browser.Start(DumpOf(transport),
                  role == DtlsRoleName::kClient ? DtlsRole::kClient : DtlsRole::kServer,
                  world_.now);
    Shake(transport, browser, path);
    ASSERT_TRUE(browser.connected());
    ASSERT_TRUE(transport.link().ready());
  }

  RoutingWorld world_;
};

TEST_F(WebRtcTransportTest, ConnectsInBothRolesAndCarriesMedia) {
  Transport& in = Add("in");
  Transport& out = Add("out");
  Browser publisher(4000);
  Browser viewer(4001);
  Path publisher_path = publisher.PathTo(in.sockets().front());
  Path viewer_path = viewer.PathTo(out.sockets().front());
  world_.Produce(in, VideoProducer("video", 1111));
  Connect(in, publisher, publisher_path, DtlsRoleName::kClient);
  // Consumed before there is a connection: it begins when there is one.
  Consumer& consumer = world_.Consume(out, VideoConsumer("c", "video", 100));
  EXPECT_FALSE(consumer.active());
  Connect(out, viewer, viewer_path, DtlsRoleName::kServer);
  EXPECT_TRUE(consumer.active());

  world_.Receive(in, publisher_path, publisher.Seal(RtpMaker(1111).Seq(1).KeyFrame().Make()));
  std::vector<SentDatagram> sent = world_.DrainRtp();
  ASSERT_EQ(sent.size(), 1u);
  EXPECT_EQ(sent[0].path, viewer_path);
  EXPECT_TRUE(viewer.Opens(sent[0].bytes));

  std::vector<IceStateName> ice;
  for (const IceStateChanged& event : world_.TakeEvents<IceStateChanged>()) {
    if (event.id == "in") ice.push_back(event.state);
  }
  EXPECT_EQ(ice.back(), IceStateName::kCompleted);
  std::vector<DtlsStateName> dtls;
  for (const DtlsStateChanged& event : world_.TakeEvents<DtlsStateChanged>()) {
    if (event.id != "in") continue;
    dtls.push_back(event.state);
    EXPECT_EQ(event.remote_certificate.empty(), event.state != DtlsStateName::kConnected);
  }
  EXPECT_EQ(dtls,
            (std::vector<DtlsStateName>{DtlsStateName::kConnecting, DtlsStateName::kConnected}));
  IceSelectedTupleChanged selected = world_.TakeEvents<IceSelectedTupleChanged>().front();
  EXPECT_EQ(selected.tuple.local_address, "203.0.113.5");
  EXPECT_EQ(selected.tuple.remote_port, 4000);
}

TEST_F(WebRtcTransportTest, NothingIsAcceptedFromOrSentToAStranger) {
  Transport& transport = Add("t");
  Browser browser(4000);
  Path path = browser.PathTo(transport.sockets().front());
  Turn turn = world_.Now();
  // The worker is to be the DTLS client, and no pair is valid: not a byte leaves (SI-16).
  ASSERT_TRUE(transport.ConnectWebRtc(browser.Parameters(DtlsRoleName::kServer), turn).ok());
  EXPECT_TRUE(world_.Drain().empty());
  world_.Receive(transport, path, {22, 254, 253, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0});
  world_.Receive(transport, path, RtpMaker(1).Make());
  EXPECT_EQ(world_.out.drops(DropReason::kPathNotValidated), 2u);
  EXPECT_TRUE(world_.Drain().empty());

  Check(transport, path, true);
  bool says_hello = false;
  for (const SentDatagram& datagram : world_.Drain()) {
    says_hello |= Classify(datagram.bytes) == DatagramKind::kDtls;
  }
  EXPECT_TRUE(says_hello);
  // Media before the keys is dropped, not kept (SR-11).
  world_.Receive(transport, path, RtpMaker(1).Make());
  EXPECT_EQ(world_.out.drops(DropReason::kNoSrtpKeys), 1u);
}

TEST_F(WebRtcTransportTest, AWrongFingerprintFailsTheTransport) {
  Transport& transport = Add("t");
  Browser browser(4000);
  Browser stranger(4001);
  Path path = browser.PathTo(transport.sockets().front());
  Check(transport, path, true);
  Turn turn = world_.Now();
  ASSERT_TRUE(transport.ConnectWebRtc(stranger.Parameters(DtlsRoleName::kClient), turn).ok());
  browser.Start(DumpOf(transport), DtlsRole::kClient, world_.now);
  Shake(transport, browser, path);
  EXPECT_EQ(world_.TakeEvents<DtlsStateChanged>().back().state, DtlsStateName::kFailed);
  EXPECT_FALSE(transport.link().ready());
}

TEST_F(WebRtcTransportTest, MediaStopsWhenConsentRunsOutAndGoesOnWhenThePeerIsBack) {
  Transport& in = world_.AddPlain("in", 5000);
  world_.Produce(in, VideoProducer("video", 1111));
  Transport& out = Add("out");
  Browser viewer(4001);
  Path path = viewer.PathTo(out.sockets().front());
  Consumer& consumer = world_.Consume(out, VideoConsumer("c", "video", 100));
  Connect(out, viewer, path, DtlsRoleName::kClient);
  world_.Advance(Duration::Seconds(31));
  (void)world_.Drain();
  EXPECT_EQ(world_.TakeEvents<IceStateChanged>().back().state, IceStateName::kDisconnected);
  EXPECT_FALSE(consumer.active());
  world_.Receive(in, RoutingWorld::PeerPath(in, 5000), RtpMaker(1111).Seq(1).KeyFrame().Make());
  EXPECT_TRUE(world_.DrainRtp().empty());
  EXPECT_EQ(world_.out.drops(DropReason::kNotConnected), 1u);

  Check(out, path, true);
  (void)world_.Drain();
  EXPECT_TRUE(consumer.active());
  world_.Receive(in, RoutingWorld::PeerPath(in, 5000), RtpMaker(1111).Seq(2).KeyFrame().Make());
  std::vector<SentDatagram> sent = world_.DrainRtp();
  ASSERT_EQ(sent.size(), 1u);
  EXPECT_TRUE(viewer.Opens(sent[0].bytes));
}

TEST_F(WebRtcTransportTest, ANominatedStrangerGetsNoMediaBeforeAnAuthenticPacket) {
  Transport& in = world_.AddPlain("in", 5000);
  world_.Produce(in, VideoProducer("video", 1111));
  Transport& out = Add("out");
  Browser viewer(4001);
  Path path = viewer.PathTo(out.sockets().front());
  Path victim{out.sockets().front(), {*IpAddress::Parse("192.0.2.66"), 9}};
  world_.Consume(out, VideoConsumer("c", "video", 100));
  Connect(out, viewer, path, DtlsRoleName::kClient);
  Check(out, victim, true);
  (void)world_.Drain();
  world_.Receive(in, RoutingWorld::PeerPath(in, 5000), RtpMaker(1111).Seq(1).KeyFrame().Make());
  std::vector<SentDatagram> sent = world_.DrainRtp();
  ASSERT_EQ(sent.size(), 1u);
  EXPECT_EQ(sent[0].path, path);
  // The peer really moves: its first authentic packet from there takes the media along.
  world_.Advance(Duration::Millis(200));
  world_.Receive(out, victim, viewer.Seal(RtpMaker(5).Seq(1).Make()));
  world_.Receive(in, RoutingWorld::PeerPath(in, 5000), RtpMaker(1111).Seq(2).DeltaFrame().Make());
  sent = world_.DrainRtp();
  ASSERT_EQ(sent.size(), 1u);
  EXPECT_EQ(sent[0].path, victim);
}

TEST_F(WebRtcTransportTest, AnEndedConnectionIsNoPathAndMediaGoesOnOverTheOneBefore) {
  Transport& transport = Add("browser");
  Browser browser(5000);
  Path udp = browser.PathTo(transport.sockets()[0]);
  Connect(transport, browser, udp, DtlsRoleName::kClient);
  Path tcp{SocketId(900), udp.remote};
  world_.Advance(Duration::Seconds(1));
  Check(transport, tcp, true);
  world_.Receive(transport, tcp, browser.Seal(RtpMaker(4000).Make()));
  ASSERT_EQ(transport.link().rtp_path(), tcp);
  (void)world_.TakeEvents<IceSelectedTupleChanged>();

  Turn turn = world_.Now();
  world_.router.OnPathEnded(transport, tcp, turn);

  EXPECT_TRUE(transport.link().ready());
  EXPECT_EQ(transport.link().rtp_path(), udp);
  ASSERT_EQ(world_.TakeEvents<IceSelectedTupleChanged>().size(), 1u);
  EXPECT_EQ(transport.link().Admit(tcp, false), DropReason::kPathNotValidated);
  (void)world_.TakeEvents<IceStateChanged>();

  world_.router.OnPathEnded(transport, udp, turn);
  EXPECT_FALSE(transport.link().ready());
  std::vector<IceStateChanged> states = world_.TakeEvents<IceStateChanged>();
  ASSERT_EQ(states.size(), 1u);
  EXPECT_EQ(states[0].state, IceStateName::kDisconnected);
}

TEST_F(WebRtcTransportTest, ClosingTellsThePeerAndAPeerThatClosesIsNoticed) {
  Transport& transport = Add("t");
  Browser browser(4000);
  Path path = browser.PathTo(transport.sockets().front());
  Connect(transport, browser, path, DtlsRoleName::kClient);
  Turn turn = world_.Now();
  world_.control.CloseTransport(transport, turn);
  for (const SentDatagram& datagram : world_.Drain()) browser.Receive(datagram.bytes, world_.now);
  EXPECT_EQ(browser.session().state(), DtlsState::kClosed);

  Transport& second = Add("t");
  Browser leaver(4002);
  Path leaver_path = leaver.PathTo(second.sockets().front());
  Connect(second, leaver, leaver_path, DtlsRoleName::kClient);
  DtlsOutput goodbye;
  leaver.session().Close(goodbye);
  ASSERT_EQ(goodbye.datagrams.size(), 1u);
  world_.Receive(second, leaver_path, {goodbye.datagrams[0].begin(), goodbye.datagrams[0].end()});
  EXPECT_EQ(world_.TakeEvents<DtlsStateChanged>().back().state, DtlsStateName::kClosed);
  EXPECT_FALSE(second.link().ready());
}

TEST_F(WebRtcTransportTest, ConnectRefusesBadFingerprintsAndASecondCall) {
  Transport& transport = Add("t");
  Browser browser(4000);
  Turn turn = world_.Now();
  EXPECT_FALSE(transport.ConnectWebRtc({}, turn).ok());
  EXPECT_FALSE(
      transport.ConnectWebRtc({.fingerprints = {{FingerprintAlgorithm::kSha256, "AA:BB"}}}, turn)
          .ok());
  Result<DtlsRoleName> role =
      transport.ConnectWebRtc(browser.Parameters(DtlsRoleName::kAuto), turn);
  ASSERT_TRUE(role.ok());
  EXPECT_EQ(role.value(), DtlsRoleName::kClient);
  EXPECT_FALSE(transport.ConnectWebRtc(browser.Parameters(DtlsRoleName::kAuto), turn).ok());
  EXPECT_FALSE(transport.ConnectPlain({}, turn).ok());
}

TEST_F(WebRtcTransportTest, TransportsOnAServerAreFoundByNameAndThenByPath) {
  Turn turn = world_.Now();
  std::vector<ListenInfo> infos = {
      {.ip = "127.0.0.1", .port = 44444},
      {.protocol = TransportProtocol::kTcp, .ip = "127.0.0.1", .port = 44444}};
  WebRtcServer server("server", OpenListeners(world_.edge, infos, 1, 2, world_.out).value());
  Transport& first = Add("first", &server);
  Transport& second = Add("second", &server);
  EXPECT_TRUE(first.sockets().empty());
  EXPECT_EQ(DumpOf(first).ice_candidates.size(), 2u);
  EXPECT_GT(DumpOf(first).ice_candidates[0].priority, DumpOf(first).ice_candidates[1].priority);
  Path path{server.listeners().front().socket, {*IpAddress::Parse("10.0.0.9"), 4000}};
  std::vector<uint8_t> check = Browser::Check(DumpOf(second).ice_parameters, true);
  EXPECT_EQ(server.Find(path, RtpMaker(1).Make()), nullptr);
  ASSERT_EQ(server.Find(path, check), &second);
  world_.Receive(second, path, check);
  EXPECT_EQ(server.Find(path, RtpMaker(1).Make()), &second);
  EXPECT_EQ(server.Dump().ufrag_transport_ids.size(), 2u);

  // Both names are known after a restart, until the peer uses the new one.
  IceParameters renewed = second.RestartIce(turn).value();
  EXPECT_EQ(server.Dump().ufrag_transport_ids.size(), 3u);
  EXPECT_EQ(server.Find(PeerAt(path, 4001), check), &second);
  world_.Receive(second, path, Browser::Check(renewed, true));
  EXPECT_EQ(server.Dump().ufrag_transport_ids.size(), 2u);
  EXPECT_EQ(server.Find(PeerAt(path, 4001), check), nullptr);

  world_.control.CloseServer(server, turn);
  EXPECT_EQ(server.Find(path, RtpMaker(1).Make()), nullptr);
  EXPECT_TRUE(world_.Transports().empty());
  EXPECT_EQ(world_.out.closed_sockets().size(), 2u);
}

}  // namespace
}  // namespace millrace
