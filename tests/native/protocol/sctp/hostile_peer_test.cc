// What a peer may send that no honest one does: everything stays bounded, and nothing crashes.
#include <gtest/gtest.h>

#include <algorithm>

#include "protocol/sctp/chunk_maker.h"
#include "protocol/sctp/sctp_association.h"
#include "protocol/sctp/sctp_pair.h"

namespace millrace {
namespace {

constexpr uint32_t kPeerTag = 0xABCDEF01;
constexpr uint32_t kPeerTsn = 1000;

// One association of ours, connected to a peer that is this test.
class HostilePeerTest : public ::testing::Test {
 protected:
  explicit HostilePeerTest(const SctpSettings& settings = {}) : ours_(settings, random_) {}

  void Receive(const ByteVector& packet) {
    SctpOutput out;
    ours_.association.Receive(packet, now_, out);
    ours_.Gather(out);
    drop_ = out.drop;
    answers_.clear();
    for (size_t i = 0; i < out.packets.size(); ++i) {
      answers_.emplace_back(out.packets[i].begin(), out.packets[i].end());
    }
  }
  void Receive(ChunkType type, uint8_t flags, const ByteVector& value) {
    Receive(MakeChunkPacket(own_tag_, type, flags, value));
  }
  void Receive(const std::function<void(PacketWriter&)>& write) {
    Receive(MakePacket(own_tag_, write));
  }
  // The types of the chunks in all answers to the last packet.
  [[nodiscard]] std::vector<ChunkType> AnswerTypes() const {
    std::vector<ChunkType> types;
    for (const ByteVector& answer : answers_) {
      for (const ChunkView& chunk : ChunksOf(answer)) types.push_back(chunk.type);
    }
    return types;
  }

  static InitChunk PeerInit() {
    InitChunk init;
    init.initiate_tag = kPeerTag;
    init.window = 1 << 20;
    init.outbound_streams = 65535;
    init.inbound_streams = 65535;
    init.initial_tsn = kPeerTsn;
    init.partial_reliability = true;
    init.stream_reset = true;
    return init;
  }
  // The answer to an INIT of the peer.
  InitChunk Begin() {
    InitChunk init = PeerInit();
    Receive(MakePacket(0, [&](PacketWriter& p) { init.Write(ChunkType::kInit, p); }));
    EXPECT_EQ(answers_.size(), 1u);
    init_ack_ = answers_.at(0);
    return InitChunk::Parse(ChunksOf(init_ack_).at(0)).value();
  }
  void Connect() {
    InitChunk ack = Begin();
    own_tag_ = ack.initiate_tag;
    own_tsn_ = ack.initial_tsn;
    cookie_.assign(ack.cookie.begin(), ack.cookie.end());
    Receive(ChunkType::kCookieEcho, 0, cookie_);
    ASSERT_EQ(ours_.association.state(), SctpState::kConnected);
  }
  static DataChunk Data(uint32_t number, Bytes payload) {
    return {.tsn = kPeerTsn + number,
            .stream = SctpStreamId(1),
            .sequence = number,
            .begin = true,
            .end = true,
            .payload = payload};
  }
  void Expect(SctpState state) { EXPECT_EQ(ours_.association.state(), state); }

  Random random_{1};
  SctpSide ours_;
  Timestamp now_ = Timestamp::Millis(1000);
  uint32_t own_tag_ = 0;
  uint32_t own_tsn_ = 0;
  ByteVector cookie_;
  ByteVector init_ack_;
  std::vector<ByteVector> answers_;
  std::optional<DropReason> drop_;
};

TEST_F(HostilePeerTest, GetsNoMoreStreamsThanWeHave) {
  Connect();
  EXPECT_EQ(ours_.negotiated->inbound_streams, 1024);
  EXPECT_EQ(ours_.negotiated->outbound_streams, 1024);
  ByteVector payload(10, 1);
  DataChunk data = Data(0, payload);
  data.stream = SctpStreamId(1024);
  Receive([&](PacketWriter& p) { data.Write(p); });
  EXPECT_EQ(drop_, DropReason::kUnknownStream);
  EXPECT_EQ(AnswerTypes(), (std::vector{ChunkType::kError, ChunkType::kSack}));
  EXPECT_TRUE(ours_.messages.empty());
  Expect(SctpState::kConnected);
}

TEST_F(HostilePeerTest, MayClipItsInitAnywhere) {
  InitChunk init = PeerInit();
  ByteVector whole = MakePacket(0, [&](PacketWriter& p) { init.Write(ChunkType::kInit, p); });
  Bytes value = ChunksOf(whole).at(0).value;
  for (size_t size = 0; size < value.size(); ++size) {
    Receive(MakeChunkPacket(0, ChunkType::kInit, 0, {value.begin(), value.begin() + size}));
    EXPECT_LE(answers_.size(), 1u);
    Expect(SctpState::kNew);
  }
  EXPECT_EQ(ours_.association.deadline(), Timestamp::Never());
}

TEST_F(HostilePeerTest, CostsNothingBeforeItReturnsTheCookie) {
  for (int i = 0; i < 1000; ++i) (void)Begin();
  Expect(SctpState::kNew);
  EXPECT_EQ(ours_.association.deadline(), Timestamp::Never());
}

TEST_F(HostilePeerTest, CannotForgeACookie) {
  (void)Begin();
  ByteVector forged(StateCookie::kBytes, 0);
  Receive(ChunkType::kCookieEcho, 0, forged);
  EXPECT_TRUE(answers_.empty());
  InitChunk ack = Begin();
  forged.assign(ack.cookie.begin(), ack.cookie.end());
  own_tag_ = ack.initiate_tag;
  forged[20] ^= 1;
  Receive(ChunkType::kCookieEcho, 0, forged);
  EXPECT_TRUE(answers_.empty());
  Expect(SctpState::kNew);
}

TEST_F(HostilePeerTest, IsToldThatItsCookieIsStale) {
  InitChunk ack = Begin();
  own_tag_ = ack.initiate_tag;
  ByteVector cookie(ack.cookie.begin(), ack.cookie.end());
  now_ = now_ + StateCookie::kLife + Duration::Millis(1);
  Receive(ChunkType::kCookieEcho, 0, cookie);
  ASSERT_EQ(AnswerTypes(), std::vector{ChunkType::kError});
  EXPECT_TRUE(HasCause(ChunksOf(answers_[0]).at(0), ErrorCause::kStaleCookie));
  Expect(SctpState::kNew);
}

TEST_F(HostilePeerTest, MayRepeatItsCookieWithoutEffect) {
  Connect();
  ByteVector payload(10, 1);
  Receive([&](PacketWriter& p) { Data(0, payload).Write(p); });
  now_ = now_ + Duration::Seconds(100);
  Receive(ChunkType::kCookieEcho, 0, cookie_);
  EXPECT_EQ(AnswerTypes(), std::vector{ChunkType::kCookieAck});
  EXPECT_FALSE(ours_.restarted);
  Receive([&](PacketWriter& p) { Data(0, payload).Write(p); });
  EXPECT_EQ(ours_.messages.size(), 1u);
}

TEST_F(HostilePeerTest, IsIgnoredWithTheWrongTag) {
  Connect();
  ++own_tag_;
  ByteVector payload(10, 1);
  Receive([&](PacketWriter& p) { Data(0, payload).Write(p); });
  EXPECT_TRUE(answers_.empty());
  Receive(ChunkType::kAbort, 0, {});
  Expect(SctpState::kConnected);
  // With the T bit the tag must be the peer's.
  Receive(ChunkType::kAbort, 1, {});
  Expect(SctpState::kConnected);
  own_tag_ = kPeerTag;
  Receive(ChunkType::kAbort, 1, {});
  Expect(SctpState::kClosed);
}

TEST_F(HostilePeerTest, SendsAddressChangesInVain) {
  Connect();
  constexpr auto kAsconf = static_cast<ChunkType>(0xC1);
  Receive(kAsconf, 0, ByteVector(40, 1));
  EXPECT_EQ(AnswerTypes(), std::vector{ChunkType::kError});
  Expect(SctpState::kConnected);
  // Many in one packet draw one report.
  Receive([&](PacketWriter& p) {
    for (int i = 0; i < 100; ++i) p.AddChunk(kAsconf, 0, ByteVector(4, 1));
  });
  EXPECT_EQ(answers_.size(), 1u);
  Expect(SctpState::kConnected);
}

TEST_F(HostilePeerTest, ReadsNoFurtherThanAnUnknownChunkThatStopsIt) {
  Connect();
  ByteVector payload(10, 1);
  Receive([&](PacketWriter& p) {
    p.AddChunk(static_cast<ChunkType>(0x3F), 0, {});
    Data(0, payload).Write(p);
  });
  EXPECT_TRUE(ours_.messages.empty());
  Receive([&](PacketWriter& p) {
    p.AddChunk(static_cast<ChunkType>(0xBF), 0, {});
    Data(0, payload).Write(p);
  });
  EXPECT_EQ(ours_.messages.size(), 1u);
}

TEST_F(HostilePeerTest, IsAbortedForDataWithoutPayload) {
  Connect();
  Receive([&](PacketWriter& p) { Data(0, {}).Write(p); });
  ASSERT_EQ(AnswerTypes(), std::vector{ChunkType::kAbort});
  EXPECT_TRUE(HasCause(ChunksOf(answers_[0]).at(0), ErrorCause::kNoUserData));
  Expect(SctpState::kFailed);
}

TEST_F(HostilePeerTest, LosesAMessageWithoutEndAndMayGoOn) {
  Connect();
  ByteVector payload(1000, 1);
  size_t most = 0;
  constexpr uint32_t kParts = 2000;
  for (uint32_t sent = 0; sent < kParts; ++sent) {
    DataChunk data = Data(sent, payload);
    data.sequence = 0;
    data.begin = sent == 0;
    data.end = sent == kParts - 1;
    Receive([&](PacketWriter& p) { data.Write(p); });
    most = std::max(most, ours_.association.reassembly_bytes());
  }
  Expect(SctpState::kConnected);
  // No more than the longest message that is allowed, and the part that was too much.
  EXPECT_LE(most, 262144u + 1200u);
  EXPECT_EQ(ours_.association.reassembly_bytes(), 0u);
  EXPECT_EQ(drop_, DropReason::kTooLarge);
  EXPECT_TRUE(ours_.messages.empty());
  DataChunk next = Data(kParts, payload);
  next.sequence = 1;
  Receive([&](PacketWriter& p) { next.Write(p); });
  EXPECT_EQ(ours_.messages.size(), 1u);
}

TEST_F(HostilePeerTest, FillsTheReassemblyQueueNoFurtherThanItsLimit) {
  Connect();
  ByteVector payload(1000, 1);
  // Message 0 never comes, so the others wait for it, whatever window was announced.
  for (uint32_t i = 1; i < 3000; ++i) {
    Receive([&](PacketWriter& p) { Data(i, payload).Write(p); });
    ASSERT_LE(ours_.association.reassembly_bytes(), SctpLimits::kReassemblyBytesMax);
  }
  Expect(SctpState::kConnected);
  EXPECT_EQ(drop_, DropReason::kBufferLimit);
  // And when it does come, everything goes on.
  Receive([&](PacketWriter& p) { Data(0, payload).Write(p); });
  EXPECT_GT(ours_.messages.size(), 500u);
  EXPECT_EQ(ours_.association.reassembly_bytes(), 0u);
}

TEST_F(HostilePeerTest, FillsItWithTinyFragmentsNoFurther) {
  Connect();
  ByteVector payload(1, 1);
  for (uint32_t i = 0; i < 60000; i += 50) {
    Receive([&](PacketWriter& p) {
      for (uint32_t k = 0; k < 50; ++k) {
        DataChunk data = Data(2 * (i + k) + 1, payload);
        data.begin = false;
        data.end = false;
        data.Write(p);
      }
    });
  }
  EXPECT_LE(ours_.association.reassembly_bytes(), SctpLimits::kReassemblyBytesMax);
  Expect(SctpState::kConnected);
}

TEST_F(HostilePeerTest, FloodsWithResetsInVain) {
  Connect();
  for (uint32_t i = 0; i < 5000; ++i) {
    OutgoingResetRequest request{.request_sequence = kPeerTsn + i,
                                 .last_tsn = kPeerTsn - 1,
                                 .streams = {SctpStreamId(static_cast<uint16_t>(i % 1024))}};
    Receive([&](PacketWriter& p) { request.Write(p); });
    ASSERT_EQ(AnswerTypes(), std::vector{ChunkType::kReconfig});
  }
  EXPECT_EQ(ours_.incoming_resets.size(), 50u);
  // Many chunks in one packet draw no more answers than one packet needs.
  Receive([&](PacketWriter& p) {
    for (int i = 0; i < 30; ++i) OutgoingResetRequest{.streams = {}}.Write(p);
  });
  EXPECT_LE(answers_.size(), 4u);
  Expect(SctpState::kConnected);
}

TEST_F(HostilePeerTest, DrawsFewAnswersWithManyHeartbeats) {
  Connect();
  Receive([&](PacketWriter& p) {
    for (int i = 0; i < 100; ++i) p.AddChunk(ChunkType::kHeartbeat, 0, ByteVector(8, 1));
  });
  EXPECT_EQ(answers_.size(), 4u);
  EXPECT_EQ(ChunksOf(answers_[0]).at(0).type, ChunkType::kHeartbeatAck);
  EXPECT_EQ(ChunksOf(answers_[0]).at(0).value.size(), 8u);
}

TEST_F(HostilePeerTest, AcknowledgesInVainWhatWasNeverSent) {
  Connect();
  SctpOutput out;
  ByteVector payload(100, 1);
  ASSERT_EQ(ours_.association.Send(
                {.stream = SctpStreamId(1), .ppid = Ppid(51), .payload = payload}, now_, out),
            SctpSendResult::kQueued);
  for (uint32_t ahead : {1u, 1000u, 0x7FFFFFFFu, 0x80000000u}) {
    ByteVector sack(12);
    ByteWriter writer(sack);
    writer.WriteU32(own_tsn_ + ahead);
    writer.WriteU32(100000);
    Receive(ChunkType::kSack, 0, sack);
  }
  // It is still waited for.
  now_ = ours_.association.deadline();
  out.Clear();
  ours_.association.OnDeadline(now_, out);
  EXPECT_EQ(out.packets.size(), 1u);
  Expect(SctpState::kConnected);
}

TEST_F(HostilePeerTest, ClosesItsWindowAndIsProbed) {
  Connect();
  ByteVector sack(12);
  ByteWriter writer(sack);
  writer.WriteU32(own_tsn_ - 1);
  writer.WriteU32(0);
  Receive(ChunkType::kSack, 0, sack);
  SctpOutput out;
  ByteVector payload(50000, 1);
  ASSERT_EQ(ours_.association.Send(
                {.stream = SctpStreamId(1), .ppid = Ppid(51), .payload = payload}, now_, out),
            SctpSendResult::kQueued);
  EXPECT_EQ(out.packets.size(), 1u);
  EXPECT_GT(ours_.association.buffered_amount(), 40000u);
}

TEST_F(HostilePeerTest, SkipsFarAheadInVain) {
  Connect();
  ForwardTsnChunk forward{.new_cumulative_tsn = kPeerTsn + 70000,
                          .skipped = {{SctpStreamId(60000), 5, false}}};
  Receive([&](PacketWriter& p) { forward.Write(p); });
  ByteVector payload(10, 1);
  Receive([&](PacketWriter& p) { Data(0, payload).Write(p); });
  EXPECT_EQ(ours_.messages.size(), 1u);
}

TEST_F(HostilePeerTest, LearnsOfAnAssociationThatIsNoMore) {
  Connect();
  SctpOutput out;
  ours_.association.Abort(out);
  ByteVector payload(10, 1);
  Receive([&](PacketWriter& p) { Data(0, payload).Write(p); });
  EXPECT_EQ(AnswerTypes(), std::vector{ChunkType::kAbort});
  // An ABORT is never answered, and what was closed by us stays closed.
  Receive(ChunkType::kAbort, 0, {});
  EXPECT_TRUE(answers_.empty());
  InitChunk init = PeerInit();
  Receive(MakePacket(0, [&](PacketWriter& p) { init.Write(ChunkType::kInit, p); }));
  EXPECT_TRUE(answers_.empty());
}

// Each new association costs us one and tells the controller two things: once a second is enough.
TEST_F(HostilePeerTest, BeginsAnewOnceASecondAtMost) {
  Connect();
  auto begin_anew = [&] {
    InitChunk ack = Begin();
    own_tag_ = ack.initiate_tag;
    cookie_.assign(ack.cookie.begin(), ack.cookie.end());
    ours_.restarted = false;
    Receive(ChunkType::kCookieEcho, 0, cookie_);
    return ours_.restarted;
  };
  int restarts = 0;
  for (int i = 0; i < 5000; ++i) {
    now_ = now_ + Duration::Millis(1);
    uint32_t tag = own_tag_;
    if (begin_anew()) {
      ++restarts;
    } else {
      EXPECT_EQ(drop_, DropReason::kRateLimit);
      own_tag_ = tag;
    }
  }
  EXPECT_EQ(restarts, 5);
  Expect(SctpState::kConnected);
  // Nor does it help to abort first.
  int returns = 0;
  for (int i = 0; i < 5000; ++i) {
    now_ = now_ + Duration::Millis(1);
    Receive(ChunkType::kAbort, 0, {});
    uint32_t tag = own_tag_;
    (void)begin_anew();
    bool connected = ours_.association.state() == SctpState::kConnected;
    returns += connected ? 1 : 0;
    if (!connected) own_tag_ = tag;
  }
  EXPECT_LE(returns, 5);
  EXPECT_GE(returns, 4);
}

TEST_F(HostilePeerTest, SeesNoAddressOfOurMemory) {
  // Two workers at other places of memory, from the same seed, put the same bytes on the wire.
  auto first = std::make_unique<ByteVector>(12345);
  Random random(1);
  auto elsewhere = std::make_unique<SctpAssociation>(SctpSettings{}, random);
  InitChunk init = PeerInit();
  ByteVector packet = MakePacket(0, [&](PacketWriter& p) { init.Write(ChunkType::kInit, p); });
  SctpOutput out;
  elsewhere->Receive(packet, now_, out);
  (void)Begin();
  ASSERT_EQ(out.packets.size(), 1u);
  EXPECT_EQ(ByteVector(out.packets[0].begin(), out.packets[0].end()), init_ack_);
}

}  // namespace
}  // namespace millrace
