// A stranger beside a browser, and a browser that does not behave: each harms its own transport
// alone.
#include <gtest/gtest.h>
#include <malloc.h>

#include <cstdio>

#include "model_browser.h"
#include "protocol/dtls_clock.h"
#include "protocol/dtls_handshakes.h"
#include "routing_world.h"
#include "wire/rtcp/bye.h"

namespace millrace {
namespace {

// RFC 6347 section 4.2.2: a ClientHello that offers this cipher suite alone and no extensions.
std::vector<uint8_t> ClientHello(uint16_t cipher_suite, const std::vector<uint8_t>& random) {
  std::vector<uint8_t> body = {0xfe, 0xfd};
  body.insert(body.end(), random.begin(), random.end());
  for (int byte : {0, 0, 0, 2, cipher_suite >> 8, cipher_suite & 0xff, 1, 0}) {
    body.push_back(static_cast<uint8_t>(byte));
  }
  std::vector<uint8_t> bytes(13 + 12 + body.size());
  ByteWriter writer(bytes);
  writer.WriteU8(22);
  writer.WriteU16(0xfefd);
  writer.WriteU32(0);  // epoch, and the begin of the record's number
  writer.WriteU32(7);
  writer.WriteU16(static_cast<uint16_t>(12 + body.size()));
  writer.WriteU8(1);
  writer.WriteU24(static_cast<uint32_t>(body.size()));
  writer.WriteU16(0);
  writer.WriteU24(0);
  writer.WriteU24(static_cast<uint32_t>(body.size()));
  writer.WriteBytes(body);
  return bytes;
}

// TLS_ECDHE_ECDSA_WITH_NULL_SHA (RFC 8422 section 6).
constexpr uint16_t kNullCipher = 0xC006;

class HostileBrowserTest : public testing::Test {
 protected:
  Transport& Add(const std::string& id) {
    WebRtcTransportOptions options;
    options.listen = ListenIndividual{{{.ip = "127.0.0.1"}}};
    Turn turn = world_.Now();
    return *world_.control.CreateWebRtcTransport(world_.router, id, options, nullptr, turn).value();
  }
  static WebRtcTransportDump DumpOf(const Transport& transport) {
    return std::get<WebRtcTransportDump>(transport.Dump());
  }
  void Check(Transport& transport, const Path& path) {
    world_.Receive(transport, path, Browser::Check(DumpOf(transport).ice_parameters, true));
  }
  void Begin(Transport& transport, Browser& browser) {
    Check(transport, browser.PathTo(transport.sockets().front()));
    Turn turn = world_.Now();
    ASSERT_TRUE(transport.ConnectWebRtc(browser.Parameters(DtlsRoleName::kClient), turn).ok());
    browser.Start(DumpOf(transport), DtlsRole::kClient, world_.now);
  }
  // Carries DTLS to and fro, and lets `between` happen before each datagram of the browser.
  template <typename F>
  void Shake(Transport& transport, Browser& browser, F&& between) {
    Path path = browser.PathTo(transport.sockets().front());
    for (int round = 0; round < 20; ++round) {
      std::vector<std::vector<uint8_t>> up = browser.TakePending();
      std::vector<SentDatagram> down = world_.Drain();
      if (up.empty() && down.empty()) return;
      for (const std::vector<uint8_t>& datagram : up) {
        between();
        world_.Receive(transport, path, datagram);
      }
      for (const SentDatagram& datagram : down) {
        if (Classify(datagram.bytes) != DatagramKind::kDtls || datagram.path != path) continue;
        browser.Receive(datagram.bytes, world_.now);
      }
    }
  }
  void Connect(Transport& transport, Browser& browser) {
    Begin(transport, browser);
    Shake(transport, browser, [] {});
    ASSERT_TRUE(browser.connected());
    ASSERT_TRUE(transport.link().ready());
  }
  DtlsStateName StateOf(const Transport& transport) { return DumpOf(transport).dtls_state; }

  RoutingWorld world_;
};

TEST_F(HostileBrowserTest, AGenuineHandshakeCompletesBesideASprayOfHellos) {
  Transport& transport = Add("t");
  Browser browser(4000);
  Path stranger = browser.PathTo(transport.sockets().front());
  stranger.remote.port = 666;
  Begin(transport, browser);
  std::vector<std::vector<uint8_t>> first = browser.TakePending();
  ASSERT_FALSE(first.empty());
  // Byte for byte the browser's own, one with its random and no encryption, one with another.
  constexpr size_t kRandomAt = 13 + 12 + 2;
  std::vector<uint8_t> random(first[0].begin() + kRandomAt, first[0].begin() + kRandomAt + 32);
  std::vector<std::vector<uint8_t>> hellos = {
      first[0], ClientHello(kNullCipher, random),
      ClientHello(kNullCipher, {random.rbegin(), random.rend()})};
  size_t sprayed = 0;
  auto spray = [&] {
    for (const std::vector<uint8_t>& hello : hellos) {
      world_.Receive(transport, stranger, hello);
      ++sprayed;
    }
  };
  for (int i = 0; i < 1000; ++i) spray();
  EXPECT_FALSE(std::ranges::any_of(world_.Drain(), [](const SentDatagram& sent) {
    return Classify(sent.bytes) == DatagramKind::kDtls;
  }));
  for (const std::vector<uint8_t>& datagram : first) {
    world_.Receive(transport, browser.PathTo(transport.sockets().front()), datagram);
  }
  Shake(transport, browser, spray);
  EXPECT_TRUE(browser.connected());
  EXPECT_EQ(StateOf(transport), DtlsStateName::kConnected);
  for (int i = 0; i < 1000; ++i) spray();
  EXPECT_EQ(StateOf(transport), DtlsStateName::kConnected);
  EXPECT_TRUE(world_.Drain().empty());
  EXPECT_EQ(world_.out.drops(DropReason::kPathNotValidated), sprayed);
}

TEST_F(HostileBrowserTest, ACipherThatHidesNothingFailsItsOwnTransportAlone) {
  Transport& good = Add("good");
  Browser browser(4000);
  Connect(good, browser);
  Transport& bad = Add("bad");
  Browser lazy(4001);
  Begin(bad, lazy);
  (void)lazy.TakePending();
  (void)world_.Drain();
  (void)world_.TakeEvents<DtlsStateChanged>();
  world_.Receive(bad, lazy.PathTo(bad.sockets().front()),
                 ClientHello(kNullCipher, std::vector<uint8_t>(32, 5)));
  std::vector<DtlsStateChanged> told = world_.TakeEvents<DtlsStateChanged>();
  ASSERT_EQ(told.size(), 1u);
  EXPECT_EQ(told[0].id, "bad");
  EXPECT_EQ(told[0].state, DtlsStateName::kFailed);
  // RFC 5246 section 7.2: an alert has content type 21.
  std::vector<SentDatagram> sent = world_.Drain();
  ASSERT_EQ(sent.size(), 1u);
  EXPECT_EQ(sent[0].bytes[0], 21);
  EXPECT_TRUE(good.link().ready());
}

TEST_F(HostileBrowserTest, HalfOpenHandshakesAreCappedAndGivenBack) {
  constexpr size_t kPeers = 10'000;
  Browser browser(4000);
  std::vector<Transport*> transports;
  for (size_t i = 0; i < kPeers; ++i) {
    Transport& transport = Add("t" + std::to_string(i));
    Turn turn = world_.Now();
    ASSERT_TRUE(transport.ConnectWebRtc(browser.Parameters(DtlsRoleName::kServer), turn).ok());
    transports.push_back(&transport);
    if (i % 100 == 0) (void)world_.Drain();
  }
  size_t before = mallinfo2().uordblks;
  // As client the worker has said its hello; nobody answers any of them.
  for (Transport* transport : transports) {
    Check(*transport, browser.PathTo(transport->sockets().front()));
    (void)world_.Drain();
  }
  size_t begun = 0;
  for (Transport* transport : transports) {
    begun += StateOf(*transport) == DtlsStateName::kConnecting ? 1u : 0u;
  }
  size_t bytes = mallinfo2().uordblks - before;
  std::printf("%zu of %zu handshakes begun, %zu bytes each, %zu MB in all\n", begun, kPeers,
              bytes / begun, bytes / 1'000'000);
  EXPECT_EQ(begun, DtlsHandshakes::kHandshakesMax);
  EXPECT_EQ(world_.out.drops(DropReason::kBufferLimit), kPeers - begun);
  EXPECT_LE(bytes, 100'000'000u);

  // After 30 s they are given up, and there is room for an honest one.
  DtlsClock::AdvanceTo(world_.now + Duration::Seconds(31));
  for (int second = 0; second < 31; ++second) {
    world_.now = world_.now + Duration::Seconds(1);
    Turn turn = world_.Now();
    for (Transport* transport : transports) {
      if (transport->deadline() <= world_.now) world_.router.OnTransportDeadline(*transport, turn);
    }
    (void)world_.Drain();
  }
  EXPECT_EQ(StateOf(*transports[0]), DtlsStateName::kFailed);
  Transport& late = Add("late");
  Browser honest(4001);
  Connect(late, honest);
}

TEST_F(HostileBrowserTest, AGoodbyeForSomebodyElsesStreamIsIgnored) {
  Transport& first = world_.AddPlain("first", 5000);
  Transport& second = world_.AddPlain("second", 5001);
  Transport& out = world_.AddPlain("out", 6000);
  world_.Produce(first, VideoProducer("video", 1111));
  world_.Consume(out, VideoConsumer("c", "video", 100));
  auto forward = [&](uint16_t sequence) {
    world_.Receive(first, RoutingWorld::PeerPath(first, 5000),
                   RtpMaker(1111).Seq(sequence).KeyFrame().Make());
    return world_.DrainRtp().size();
  };
  ASSERT_EQ(forward(1), 1u);
  std::array<Ssrc, 1> others = {Ssrc(1111)};
  std::vector<uint8_t> bye =
      MakeRtcp([&](ByteWriter& writer) { (void)Bye::Write(writer, others); });
  ASSERT_FALSE(bye.empty());
  for (int i = 0; i < 20; ++i) {
    world_.Receive(second, RoutingWorld::PeerPath(second, 5001), bye);
  }
  EXPECT_EQ(forward(2), 1u);
  // Nor does the owner's end it: closing is the controller's.
  world_.Receive(first, RoutingWorld::PeerPath(first, 5000), bye);
  EXPECT_EQ(forward(3), 1u);
}

TEST_F(HostileBrowserTest, ACallWithoutAnyRtcpLivesAsLongAsConsent) {
  Transport& in = Add("in");
  Transport& out = Add("out");
  Browser publisher(4000);
  Browser viewer(4001);
  Connect(in, publisher);
  Connect(out, viewer);
  world_.Produce(in, VideoProducer("video", 1111));
  world_.Consume(out, VideoConsumer("c", "video", 100));
  size_t arrived = 0;
  constexpr uint16_t kPackets = 60 * 20;
  for (uint16_t i = 1; i <= kPackets; ++i) {
    world_.Advance(Duration::Millis(50));
    DtlsClock::AdvanceTo(world_.now);
    // RFC 7675 section 5.1: a check about every five seconds.
    if (i % 100 == 0) {
      Check(in, publisher.PathTo(in.sockets().front()));
      Check(out, viewer.PathTo(out.sockets().front()));
    }
    std::vector<uint8_t> packet = RtpMaker(1111).Seq(i).Time(i * 4500u).KeyFrame().Make();
    world_.Receive(in, publisher.PathTo(in.sockets().front()), publisher.Seal(packet));
    for (const SentDatagram& sent : world_.DrainRtp())
      arrived += viewer.Opens(sent.bytes) ? 1u : 0u;
  }
  EXPECT_TRUE(in.link().ready());
  EXPECT_TRUE(out.link().ready());
  EXPECT_EQ(arrived, kPackets);
}

}  // namespace
}  // namespace millrace
