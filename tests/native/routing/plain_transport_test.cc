#include <gtest/gtest.h>

#include <map>

#include "protocol/crypto.h"
#include "protocol/srtp.h"
#include "routing_world.h"
#include "wire/rtcp/nack.h"
#include "wire/rtcp/receiver_report.h"

namespace millrace {
namespace {

constexpr uint16_t kPort = 5000;

// The other end of a plain transport with SRTP: keys, and the code that uses them.
class SrtpPeer {
 public:
  explicit SrtpPeer(uint8_t seed) : backend_(SrtpBackend::MakeEvp()) {
    for (size_t i = 0; i < key_.size(); ++i) key_[i] = static_cast<uint8_t>(seed + i);
  }
  [[nodiscard]] SrtpParameters Parameters() const {
    return {SrtpSuiteName::kAeadAes128Gcm, Base64Encode(key_)};
  }
  void Connect(const SrtpParameters& worker) {
    std::vector<uint8_t> theirs = *Base64Decode(worker.key_base64);
    sender_.emplace(*backend_, *SrtpKeyMaterial::FromBytes(SrtpSuite::kAeadAes128Gcm, key_));
    receiver_.emplace(*backend_, *SrtpKeyMaterial::FromBytes(SrtpSuite::kAeadAes128Gcm, theirs));
  }
  SrtpStream StreamOf(Ssrc ssrc) {
    auto known = streams_.find(ssrc);
    if (known == streams_.end()) known = streams_.emplace(ssrc, *sender_->AddStream(ssrc)).first;
    return known->second;
  }
  std::vector<uint8_t> Seal(const std::vector<uint8_t>& packet) {
    RtpView view = *RtpView::Parse(packet);
    std::vector<uint8_t> sealed = packet;
    sealed.resize(packet.size() + kSrtpRtpOverheadMax);
    SrtpResult result =
        sender_->SealRtp(StreamOf(view.ssrc()), sealed, view.header_size(), view.payload());
    EXPECT_TRUE(result.ok());
    sealed.resize(result.size());
    return sealed;
  }
  std::vector<uint8_t> SealRtcp(std::vector<uint8_t> compound) {
    size_t size = compound.size();
    compound.resize(size + kSrtpRtcpOverheadMax);
    SrtpResult result = sender_->SealRtcp(compound, size);
    EXPECT_TRUE(result.ok());
    compound.resize(result.size());
    return compound;
  }
  std::optional<std::vector<uint8_t>> Open(const std::vector<uint8_t>& sealed) {
    std::vector<uint8_t> plain(sealed.size());
    SrtpResult result = receiver_->OpenRtp(sealed, plain);
    if (!result.ok()) return std::nullopt;
    plain.resize(result.size());
    return plain;
  }

 private:
  std::unique_ptr<SrtpBackend> backend_;
  std::array<uint8_t, 28> key_;
  std::optional<SrtpSender> sender_;
  std::map<Ssrc, SrtpStream> streams_;
  std::optional<SrtpReceiver> receiver_;
};

class PlainTransportTest : public testing::Test {
 protected:
  Transport& AddSrtp(const std::string& id, uint16_t port, SrtpPeer& peer, bool comedia) {
    Transport& transport = world_.AddPlain(id, 0, {.comedia = comedia, .enable_srtp = true});
    PlainConnectOptions options{.srtp_parameters = peer.Parameters()};
    if (!comedia) {
      options.ip = "10.0.0.1";
      options.port = port;
    }
    Turn turn = world_.Now();
    Result<PlainConnectAnswer> answer = transport.ConnectPlain(options, turn);
    EXPECT_TRUE(answer.ok());
    peer.Connect(*answer.value().srtp_parameters);
    return transport;
  }

  RoutingWorld world_;
};

TEST_F(PlainTransportTest, MediaGoesThroughWithSrtpOnBothSides) {
  SrtpPeer publisher(1);
  SrtpPeer viewer(50);
  Transport& in = AddSrtp("in", kPort, publisher, false);
  Transport& out = AddSrtp("out", 6000, viewer, false);
  world_.Produce(in, VideoProducer("video", 1111));
  world_.Consume(out, VideoConsumer("c", "video", 100));
  world_.Receive(in, RoutingWorld::PeerPath(in, kPort),
                 publisher.Seal(RtpMaker(1111).Seq(1).KeyFrame().Make()));
  std::vector<SentDatagram> sent = world_.DrainRtp();
  ASSERT_EQ(sent.size(), 1u);
  std::optional<std::vector<uint8_t>> plain = viewer.Open(sent[0].bytes);
  ASSERT_TRUE(plain.has_value());
  EXPECT_EQ(RtpView::Parse(*plain)->payload().size(), 10u);
}

TEST_F(PlainTransportTest, WithoutRtxALostPacketLeavesAsTheVeryBytesSealedFirst) {
  SrtpPeer publisher(1);
  SrtpPeer viewer(50);
  Transport& in = AddSrtp("in", kPort, publisher, false);
  Transport& out = AddSrtp("out", 6000, viewer, false);
  world_.Produce(in, VideoProducer("video", 1111));
  world_.Consume(out, VideoConsumer("c", "video", 100));
  world_.Receive(in, RoutingWorld::PeerPath(in, kPort),
                 publisher.Seal(RtpMaker(1111).Seq(1).KeyFrame().Make()));
  std::vector<SentDatagram> first = world_.DrainRtp();
  ASSERT_EQ(first.size(), 1u);
  uint16_t number = RtpView::Parse(first[0].bytes)->sequence_number();
  // Later, when stamps would be others.
  world_.Advance(Duration::Millis(300));
  (void)world_.Drain();
  world_.Receive(out, RoutingWorld::PeerPath(out, 6000),
                 viewer.SealRtcp(MakeRtcp([&](ByteWriter& writer) {
                   EXPECT_EQ(Nack::Write(writer, Ssrc(1), Ssrc(100), std::span(&number, 1)), 1u);
                 })));
  std::vector<SentDatagram> second = world_.DrainRtp();
  ASSERT_EQ(second.size(), 1u);
  EXPECT_EQ(second[0].bytes, first[0].bytes);
}

TEST_F(PlainTransportTest, ComediaFollowsRtpOnceWhereRtcpCameFirstFromAnotherPort) {
  Transport& transport = world_.AddPlain("in", 0, {.comedia = true});
  world_.Produce(transport, VideoProducer("video", 1111));
  Path rtcp{transport.sockets()[0], {*IpAddress::Parse("10.0.0.1"), 4001}};
  Path rtp{transport.sockets()[0], {*IpAddress::Parse("10.0.0.1"), 4000}};
  Path other{transport.sockets()[0], {*IpAddress::Parse("10.0.0.2"), 4000}};
  world_.Receive(transport, rtcp, {0x80, 201, 0, 1, 0, 0, 0, 1});
  EXPECT_EQ(transport.link().rtp_path(), rtcp);
  world_.Receive(transport, rtp, RtpMaker(1111).Seq(1).KeyFrame().Make());
  EXPECT_EQ(transport.link().rtp_path(), rtp);
  world_.Receive(transport, other, RtpMaker(1111).Seq(2).Make());
  world_.Receive(transport, rtcp, {0x80, 201, 0, 1, 0, 0, 0, 1});
  EXPECT_EQ(transport.link().rtp_path(), rtp);
  std::vector<PlainTupleLearned> learned = world_.TakeEvents<PlainTupleLearned>();
  ASSERT_EQ(learned.size(), 2u);
  EXPECT_EQ(learned[0].tuple.remote_port, 4001);
  EXPECT_EQ(learned[1].tuple.remote_port, 4000);
}

TEST_F(PlainTransportTest, ComediaWithSrtpLearnsThePathFromAnAuthenticPacketOnly) {
  SrtpPeer peer(1);
  Transport& transport = AddSrtp("t", 0, peer, true);
  world_.Produce(transport, VideoProducer("video", 1111));
  std::vector<uint8_t> forged = RtpMaker(1111).Seq(1).Payload(std::vector<uint8_t>(64)).Make();
  world_.Receive(transport, RoutingWorld::PeerPath(transport, 6666), forged);
  EXPECT_TRUE(world_.TakeEvents<PlainTupleLearned>().empty());
  EXPECT_EQ(world_.out.drops(DropReason::kSrtpAuthentication), 1u);

  world_.Receive(transport, RoutingWorld::PeerPath(transport, kPort),
                 peer.Seal(RtpMaker(1111).Seq(1).KeyFrame().Make()));
  std::vector<PlainTupleLearned> learned = world_.TakeEvents<PlainTupleLearned>();
  ASSERT_EQ(learned.size(), 1u);
  EXPECT_EQ(learned[0].tuple.remote_port, kPort);
  EXPECT_FALSE(learned[0].rtcp);
  // Once learned, it stays.
  world_.Receive(transport, RoutingWorld::PeerPath(transport, 7777),
                 peer.Seal(RtpMaker(1111).Seq(2).DeltaFrame().Make()));
  EXPECT_EQ(world_.out.drops(DropReason::kUnknownPath), 1u);
}

TEST_F(PlainTransportTest, RtcpHasASocketOfItsOwnWithoutMux) {
  PlainTransportOptions options;
  options.listen_info.ip = "127.0.0.1";
  options.comedia = true;
  Turn turn = world_.Now();
  Transport& transport =
      *world_.control.CreatePlainTransport(world_.router, "t", options, turn).value();
  ASSERT_EQ(transport.sockets().size(), 2u);
  Path rtcp{transport.sockets()[1], {*IpAddress::Parse("10.0.0.1"), 5001}};
  world_.Produce(transport, VideoProducer("video", 1111));
  world_.Receive(transport, RoutingWorld::PeerPath(transport, kPort),
                 RtpMaker(1111).Seq(1).KeyFrame().Make());
  world_.Receive(
      transport, rtcp, MakeRtcp([](ByteWriter& writer) {
        EXPECT_TRUE((ReceiverReport{.sender = Ssrc(1), .report_blocks = {}}.Write(writer)));
      }));
  std::vector<PlainTupleLearned> learned = world_.TakeEvents<PlainTupleLearned>();
  ASSERT_EQ(learned.size(), 2u);
  EXPECT_TRUE(learned[1].rtcp);
  EXPECT_EQ(learned[1].tuple.remote_port, 5001);
  world_.Advance(Duration::Millis(1600));
  std::vector<SentDatagram> sent = world_.DrainRtcp();
  ASSERT_FALSE(sent.empty());
  for (const SentDatagram& datagram : sent) EXPECT_EQ(datagram.path, rtcp);
}

TEST_F(PlainTransportTest, ConnectRefusesWhatContradictsTheOptions) {
  Turn turn = world_.Now();
  Transport& plain = world_.AddPlain("plain", 0);
  EXPECT_FALSE(plain.ConnectPlain({.port = 5}, turn).ok());
  EXPECT_FALSE(plain.ConnectPlain({.ip = "no address", .port = 5}, turn).ok());
  EXPECT_FALSE(plain.ConnectPlain({.ip = "10.0.0.1"}, turn).ok());
  EXPECT_FALSE(plain.ConnectPlain({.ip = "10.0.0.1", .port = 5, .rtcp_port = 6}, turn).ok());
  EXPECT_FALSE(
      plain.ConnectPlain({.ip = "10.0.0.1", .port = 5, .srtp_parameters = SrtpParameters{}}, turn)
          .ok());
  EXPECT_TRUE(plain.ConnectPlain({.ip = "10.0.0.1", .port = 5}, turn).ok());
  EXPECT_FALSE(plain.ConnectPlain({.ip = "10.0.0.1", .port = 5}, turn).ok());

  Transport& srtp = world_.AddPlain("srtp", 0, {.enable_srtp = true});
  EXPECT_FALSE(srtp.ConnectPlain({.ip = "10.0.0.1", .port = 5}, turn).ok());
  for (const char* key : {"%%%", "AAAA", ""}) {
    PlainConnectOptions options{.ip = "10.0.0.1", .port = 5};
    options.srtp_parameters = SrtpParameters{SrtpSuiteName::kAeadAes128Gcm, key};
    EXPECT_FALSE(srtp.ConnectPlain(options, turn).ok()) << key;
  }
}

TEST_F(PlainTransportTest, NoPortLeftIsARefusalThatLeavesNothingBehind) {
  PlainTransportOptions options;
  options.listen_info.ip = "127.0.0.1";
  world_.edge.refuse_after = 1;
  Turn turn = world_.Now();
  EXPECT_FALSE(world_.control.CreatePlainTransport(world_.router, "t", options, turn).ok());
  EXPECT_EQ(world_.out.closed_sockets().size(), 1u);
  EXPECT_FALSE(world_.commons.registry.Contains("t"));
  world_.edge.refuse_after.reset();
  EXPECT_TRUE(world_.control.CreatePlainTransport(world_.router, "t", options, turn).ok());
  EXPECT_FALSE(world_.control.CreatePlainTransport(world_.router, "t", options, turn).ok());
}

TEST_F(PlainTransportTest, BitrateLimitsMustMakeSense) {
  Transport& transport = world_.AddPlain("t", kPort);
  Turn turn = world_.Now();
  EXPECT_FALSE(transport.SetMaxOutgoingBitrate(29'999, turn).ok());
  EXPECT_TRUE(transport.SetMaxOutgoingBitrate(100'000, turn).ok());
  EXPECT_FALSE(transport.SetMinOutgoingBitrate(200'000, turn).ok());
  EXPECT_TRUE(transport.SetMinOutgoingBitrate(50'000, turn).ok());
  EXPECT_FALSE(transport.SetMaxOutgoingBitrate(40'000, turn).ok());
  auto stats = std::get<PlainTransportStats>(transport.Stats(world_.now));
  EXPECT_EQ(stats.base.max_outgoing_bitrate, 100'000u);
  EXPECT_EQ(stats.base.min_outgoing_bitrate, 50'000u);
  EXPECT_TRUE(transport.SetMinOutgoingBitrate(0, turn).ok());
  EXPECT_TRUE(transport.SetMaxOutgoingBitrate(0, turn).ok());
}

}  // namespace
}  // namespace millrace
