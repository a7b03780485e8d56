// The whole worker on a network where anybody sends anything.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <string>
#include <vector>

#include "protocol/crypto.h"
#include "wire/demux.h"
#include "wire/stun.h"
#include "worker/worker_call.h"

namespace millrace {
namespace {

class HostileNetworkTest : public WorkerCallTest {
 protected:
  // A WebRTC transport with a port of its own, one on a server's port, and a plain call from
  // 192.0.2.1:5000 to 192.0.2.2:6000.
  void SetUp() override {
    ChannelFrames& frames = harness_.frames;
    ASSERT_TRUE(harness_.Ask(frames.CreateRouter("router")).accepted());
    ASSERT_TRUE(harness_.Ask(frames.CreateServer("server", 40000)).accepted());
    ASSERT_TRUE(harness_.Ask(frames.CreateWebRtcTransportOn("server", "router", "on")).accepted());
    SentFrame own = harness_.Ask(frames.CreateWebRtcTransport("router", "own"));
    ASSERT_TRUE(own.accepted()) << own.error();
    const auto* dump = own.response()->body_as_WebRtcTransport_DumpResponse();
    fragment_ = dump->ice_parameters()->username_fragment()->str();
    password_ = dump->ice_parameters()->password()->str();
    own_ = Udp(dump->ice_candidates()->Get(0)->port());
    server_ = Udp(40000);
    in_ = Plain("in", "192.0.2.1", 5000);
    (void)Plain("out", "192.0.2.2", 6000);
    ASSERT_TRUE(harness_.Ask(frames.ProduceAudio("in", "audio", 1000)).accepted());
    ASSERT_TRUE(harness_.Ask(frames.ConsumeAudio("out", "consumer", "audio", 3000)).accepted());
  }
  SocketId Udp(uint16_t port) {
    return harness_.edge().Find(SocketRequest::Protocol::kUdp, port).value_or(SocketId(0));
  }
  SocketId Plain(const std::string& id, const char* address, uint16_t port) {
    SentFrame answer = harness_.Ask(harness_.frames.CreatePlainTransport("router", id));
    EXPECT_TRUE(answer.accepted()) << answer.error();
    uint16_t local =
        answer.response()->body_as_PlainTransport_DumpResponse()->tuple()->local_port();
    EXPECT_TRUE(harness_.Ask(harness_.frames.ConnectPlain(id, address, port)).accepted());
    return Udp(local);
  }
  [[nodiscard]] std::vector<uint8_t> Check(const std::string& password) const {
    std::vector<uint8_t> bytes(200);
    StunWriter writer(bytes, StunClass::kRequest, kStunBinding, {1, 2, 3});
    writer.AddUsername(fragment_ + ":peer");
    writer.AddPriority(1);
    writer.AddIceControlling(5);
    writer.AddUseCandidate();
    Bytes key(reinterpret_cast<const uint8_t*>(password.data()), password.size());
    writer.AddMessageIntegrity(key, &HmacSha1);
    writer.AddFingerprint();
    bytes.resize(writer.Finish().size());
    return bytes;
  }
  static Endpoint Stranger(uint32_t number) {
    return At("198.51.100.7", static_cast<uint16_t>(1024 + number % 60'000));
  }
  [[nodiscard]] uint64_t AllDrops() {
    uint64_t drops = 0;
    for (size_t i = 0; i < kDropReasonCount; ++i) {
      drops += harness_.out().drops(static_cast<DropReason>(i));
    }
    return drops;
  }
  // How many frames, of which log lines are one kind, the worker has written since the last call.
  [[nodiscard]] size_t FramesWritten() { return harness_.TakeFrames().size(); }

  SocketId own_;
  SocketId server_;
  SocketId in_;
  std::string fragment_;
  std::string password_;
};

TEST_F(HostileNetworkTest, RandomDatagramsDrawNoAnswer) {
  Random random(20261120);
  (void)FramesWritten();
  constexpr uint32_t kDatagrams = 20'000;
  for (uint32_t i = 0; i < kDatagrams; ++i) {
    std::vector<uint8_t> datagram(random.Below(2001));
    random.Fill(datagram);
    // Every second one at least begins as STUN, DTLS, RTP or RTCP does (RFC 7983).
    constexpr uint8_t kBegins[] = {0, 20, 22, 23, 0x80, 0x90, 0xA0, 0xB0};
    if (i % 2 == 0 && !datagram.empty()) datagram[0] = kBegins[random.Below(8)];
    SocketId target = i % 3 == 0 ? own_ : i % 3 == 1 ? server_ : in_;
    Deliver({target, Stranger(i)}, std::move(datagram));
  }
  EXPECT_TRUE(sent_.empty());
  EXPECT_EQ(AllDrops(), kDatagrams);
  EXPECT_LE(FramesWritten(), 10u);
}

// What a stranger sends costs a look at its first bytes, an HMAC at most, and nothing that stays; a
// call beside it loses nothing.
TEST_F(HostileNetworkTest, ACallGoesOnBesideFiftyThousandChecksAndJunkASecond) {
  Random random(7);
  std::vector<uint8_t> forged = Check("not the password");
  std::vector<uint8_t> junk(300);
  random.Fill(junk);
  junk[0] = 22;
  size_t forwarded = 0;
  size_t answers = 0;
  constexpr uint16_t kPackets = 50;  // one second of audio
  for (uint16_t packet = 0; packet < kPackets; ++packet) {
    for (uint32_t i = 0; i < 1000; ++i) {
      uint32_t number = packet * 1000u + i;
      bool is_check = number % 2 == 0;
      Deliver({number % 4 < 2 ? own_ : server_, Stranger(number)}, is_check ? forged : junk);
    }
    Deliver({in_, At("192.0.2.1", 5000)}, RtpPacket(100, packet, 1000));
    for (const Sent& sent : sent_) {
      forwarded += Classify(sent.bytes) == DatagramKind::kRtp ? 1u : 0u;
      answers += Classify(sent.bytes) == DatagramKind::kStun ? 1u : 0u;
    }
    sent_.clear();
    Run(Duration::Millis(20));
  }
  EXPECT_EQ(forwarded, kPackets);
  std::printf("%zu answers to 50,000 datagrams of strangers\n", answers);
  EXPECT_LE(answers, 100u);
  EXPECT_LE(FramesWritten() + events_.size(), 20u);
}

// The right credentials from ten thousand addresses, as who stole them would use them.
TEST_F(HostileNetworkTest, TenThousandPathsOfOneTransportAreEight) {
  std::vector<uint8_t> check = Check(password_);
  Path first{own_, At("192.0.2.50", 7000)};
  Deliver(first, check);
  for (uint32_t i = 0; i < 10'000; ++i) {
    if (i % 100 == 0) Deliver(first, check);
    Deliver({own_, Stranger(i)}, check);
    if (i % 50 == 0) Run(Duration::Millis(10));
  }
  sent_.clear();
  // Which paths are known is seen from outside: DTLS of a path that is not validated is dropped as
  // such. Connecting has not happened, so the others are dropped because of that.
  std::vector<uint8_t> record = {22, 0xfe, 0xfd, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0};
  uint64_t before = harness_.out().drops(DropReason::kNotConnected);
  for (uint32_t i = 0; i < 10'000; ++i) Deliver({own_, Stranger(i)}, record);
  Deliver(first, record);
  EXPECT_LE(harness_.out().drops(DropReason::kNotConnected) - before, 8u);
  EXPECT_GE(harness_.out().drops(DropReason::kNotConnected) - before, 1u);
}

}  // namespace
}  // namespace millrace
