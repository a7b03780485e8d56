#include "protocol/dtls_session.h"

#include <gtest/gtest.h>
#include <malloc.h>

#include <set>

#include "base/byte_writer.h"
#include "base/random.h"
#include "protocol/dtls_pair.h"

namespace millrace {
namespace {

bool SameKeys(const SrtpKeyMaterial& left, const SrtpKeyMaterial& right) {
  return left.suite() == right.suite() && std::ranges::equal(left.key(), right.key()) &&
         std::ranges::equal(left.salt(), right.salt());
}

class DtlsSessionTest : public testing::Test {
 protected:
  void Connect() {
    link_.Run(client_, server_);
    ASSERT_TRUE(client_.connected());
    ASSERT_TRUE(server_.connected());
  }
  // Carries what each end has to say, without letting time pass.
  void Exchange() { link_.Run(client_, server_, Duration()); }

  std::unique_ptr<DtlsContext> client_context_ = MakeContext();
  std::unique_ptr<DtlsContext> server_context_ = MakeContext();
  OurDtlsEnd client_{*client_context_, DtlsRole::kClient, server_context_->fingerprints()};
  OurDtlsEnd server_{*server_context_, DtlsRole::kServer, client_context_->fingerprints()};
  DtlsLink link_;
};

TEST_F(DtlsSessionTest, GivesBothEndsTheSameKeys) {
  Connect();
  EXPECT_EQ(client_.states, (std::vector{DtlsState::kConnecting, DtlsState::kConnected}));
  auto client_keys = client_.session.TakeSrtpKeys();
  auto server_keys = server_.session.TakeSrtpKeys();
  ASSERT_TRUE(client_keys && server_keys);
  EXPECT_EQ(client_keys->sending.suite(), SrtpSuite::kAeadAes128Gcm);
  EXPECT_TRUE(SameKeys(client_keys->sending, server_keys->receiving));
  EXPECT_TRUE(SameKeys(client_keys->receiving, server_keys->sending));
  EXPECT_FALSE(SameKeys(client_keys->sending, client_keys->receiving));
  EXPECT_EQ(client_.session.TakeSrtpKeys(), std::nullopt);
  EXPECT_TRUE(server_.session.remote_certificate().starts_with("-----BEGIN CERTIFICATE-----"));
  EXPECT_EQ(server_.session.deadline(), Timestamp::Never());
}

TEST_F(DtlsSessionTest, HasNewKeysInEverySession) {
  Connect();
  OurDtlsEnd client(*client_context_, DtlsRole::kClient, server_context_->fingerprints());
  OurDtlsEnd server(*server_context_, DtlsRole::kServer, client_context_->fingerprints());
  link_.Run(client, server);
  ASSERT_TRUE(client.connected());
  EXPECT_FALSE(
      SameKeys(client.session.TakeSrtpKeys()->sending, client_.session.TakeSrtpKeys()->sending));
}

// SRTP counts packets from the beginning in each session, so that a key that came back would be
// used twice for one index.
TEST_F(DtlsSessionTest, HasNewKeysInAThousandReconnects) {
  std::set<std::vector<uint8_t>> keys;
  for (int i = 0; i < 1000; ++i) {
    OurDtlsEnd client(*client_context_, DtlsRole::kClient, server_context_->fingerprints());
    OurDtlsEnd server(*server_context_, DtlsRole::kServer, client_context_->fingerprints());
    link_.Run(client, server);
    std::optional<DtlsSrtpKeys> taken = client.session.TakeSrtpKeys();
    ASSERT_TRUE(taken.has_value()) << i;
    for (const SrtpKeyMaterial* material : {&taken->sending, &taken->receiving}) {
      std::vector<uint8_t> bytes(material->key().begin(), material->key().end());
      bytes.insert(bytes.end(), material->salt().begin(), material->salt().end());
      EXPECT_TRUE(keys.insert(bytes).second) << i;
    }
  }
  EXPECT_EQ(keys.size(), 2000u);
}

TEST_F(DtlsSessionTest, SendsNothingLongerThanItsMtu) {
  size_t longest = 0;
  link_.arrives = [&longest](size_t, Bytes datagram) {
    longest = std::max(longest, datagram.size());
    return true;
  };
  Connect();
  EXPECT_LE(longest, 1200u);
}

TEST_F(DtlsSessionTest, SurvivesTheLossOfAnyOneDatagram) {
  for (size_t lost = 0; lost < 12; ++lost) {
    OurDtlsEnd client(*client_context_, DtlsRole::kClient, server_context_->fingerprints());
    OurDtlsEnd server(*server_context_, DtlsRole::kServer, client_context_->fingerprints());
    DtlsLink link;
    link.arrives = [lost](size_t number, Bytes) { return number != lost; };
    Duration took = link.Run(client, server);
    EXPECT_TRUE(client.connected() && server.connected()) << lost;
    EXPECT_LE(took, Duration::Seconds(1)) << lost;
  }
}

TEST_F(DtlsSessionTest, ConnectsWithinTenSecondsThroughThirtyPercentLoss) {
  for (uint64_t seed = 0; seed < 30; ++seed) {
    OurDtlsEnd client(*client_context_, DtlsRole::kClient, server_context_->fingerprints());
    OurDtlsEnd server(*server_context_, DtlsRole::kServer, client_context_->fingerprints());
    Random random(seed);
    DtlsLink link;
    link.arrives = [&random](size_t, Bytes) { return random.Below(10) >= 3; };
    Duration took = link.Run(client, server);
    EXPECT_TRUE(client.connected() && server.connected()) << seed;
    EXPECT_LE(took, Duration::Seconds(10)) << seed;
  }
}

TEST_F(DtlsSessionTest, ConnectsOverAPathThatCarriesOnlySmallDatagrams) {
  link_.arrives = [](size_t, Bytes datagram) { return datagram.size() <= 500 - 28; };
  Duration took = link_.Run(client_, server_);
  EXPECT_TRUE(client_.connected() && server_.connected());
  EXPECT_LE(took, Duration::Seconds(10));
}

TEST_F(DtlsSessionTest, ConnectsWhenEveryFlightArrivesInReverse) {
  link_.reverse = true;
  Connect();
}

TEST_F(DtlsSessionTest, ConnectsWhenRecordsArriveOneByOneInReverse) {
  // The Finished message then stands before the ChangeCipherSpec that makes it readable.
  while (!(client_.connected() && server_.connected())) {
    DtlsEnd& from = client_.sent.empty() ? static_cast<DtlsEnd&>(server_) : client_;
    DtlsEnd& to = client_.sent.empty() ? static_cast<DtlsEnd&>(client_) : server_;
    ASSERT_FALSE(from.sent.empty());
    std::vector<std::vector<uint8_t>> records;
    for (const auto& datagram : std::exchange(from.sent, {})) {
      for (auto& record : SplitRecords(datagram)) records.push_back(std::move(record));
    }
    for (size_t i = 0; i < records.size(); ++i) {
      // The last two, ChangeCipherSpec and Finished, change places.
      size_t at = records.size() < 2 || i + 2 < records.size() ? i : 2 * records.size() - 3 - i;
      to.Receive(records[at]);
    }
  }
}

TEST_F(DtlsSessionTest, SurvivesADatagramThatArrivesTwice) {
  for (int i = 0; i < 20 && !(client_.connected() && server_.connected()); ++i) {
    for (const auto& datagram : std::exchange(client_.sent, {})) {
      server_.Receive(datagram);
      server_.Receive(datagram);
    }
    for (const auto& datagram : std::exchange(server_.sent, {})) {
      client_.Receive(datagram);
      client_.Receive(datagram);
    }
  }
  EXPECT_TRUE(client_.connected() && server_.connected());
}

TEST_F(DtlsSessionTest, FailsWhenNobodyAnswersForThirtySeconds) {
  link_.arrives = [](size_t, Bytes) { return false; };
  Duration took = link_.Run(client_, server_);
  EXPECT_EQ(client_.session.state(), DtlsState::kFailed);
  EXPECT_EQ(server_.session.state(), DtlsState::kFailed);
  EXPECT_LE(took, Duration::Seconds(31));
  EXPECT_EQ(client_.session.deadline(), Timestamp::Never());
  EXPECT_EQ(server_.failure, "the handshake took too long");
}

TEST_F(DtlsSessionTest, DoesNothingAtADeadlineThatHasNotCome) {
  client_.sent.clear();
  client_.OnDeadline();
  EXPECT_TRUE(client_.sent.empty());
  EXPECT_GT(client_.deadline(), DtlsClock::now());
  EXPECT_LE(client_.deadline(), DtlsClock::now() + Duration::Millis(100));
}

TEST_F(DtlsSessionTest, RefusesAServerWithAnotherFingerprint) {
  OurDtlsEnd client(*client_context_, DtlsRole::kClient, client_context_->fingerprints());
  link_.Run(client, server_);
  EXPECT_EQ(client.session.state(), DtlsState::kFailed);
  EXPECT_EQ(server_.session.state(), DtlsState::kFailed);
  EXPECT_EQ(client.session.TakeSrtpKeys(), std::nullopt);
  EXPECT_EQ(server_.session.TakeSrtpKeys(), std::nullopt);
  EXPECT_NE(client.failure.find("fingerprint"), std::string::npos);
}

TEST_F(DtlsSessionTest, RefusesAClientWithAnotherFingerprint) {
  OurDtlsEnd server(*server_context_, DtlsRole::kServer, server_context_->fingerprints());
  link_.Run(client_, server);
  EXPECT_EQ(server.session.state(), DtlsState::kFailed);
  EXPECT_EQ(client_.session.state(), DtlsState::kFailed);
  EXPECT_EQ(server.session.TakeSrtpKeys(), std::nullopt);
}

TEST_F(DtlsSessionTest, AcceptsAnyOneOfTheFingerprints) {
  for (const DtlsFingerprint& right : client_context_->fingerprints()) {
    DtlsFingerprint wrong = server_context_->fingerprints()[0];
    OurDtlsEnd client(*client_context_, DtlsRole::kClient, server_context_->fingerprints());
    OurDtlsEnd server(*server_context_, DtlsRole::kServer, {wrong, right});
    link_.Run(client, server);
    EXPECT_TRUE(server.connected());
  }
}

TEST_F(DtlsSessionTest, FailsWithoutAFingerprintAndSendsNothing) {
  OurDtlsEnd client(*client_context_, DtlsRole::kClient, {});
  EXPECT_EQ(client.session.state(), DtlsState::kFailed);
  EXPECT_TRUE(client.sent.empty());
  OurDtlsEnd server(*server_context_, DtlsRole::kServer, {});
  EXPECT_EQ(server.session.state(), DtlsState::kFailed);
}

TEST_F(DtlsSessionTest, TakesNothingBeforeItIsStarted) {
  DtlsSession session(*server_context_);
  DtlsOutput out;
  session.Receive(MakeValidatedPath(), client_.sent[0], DtlsClock::now(), out);
  EXPECT_EQ(out.drop, DropReason::kNotConnected);
  EXPECT_TRUE(out.datagrams.empty());
  EXPECT_EQ(session.state(), DtlsState::kNew);
  session.OnDeadline(DtlsClock::now(), out);
  EXPECT_EQ(session.deadline(), Timestamp::Never());
}

TEST_F(DtlsSessionTest, CarriesMessagesBothWays) {
  EXPECT_FALSE(client_.Send("too early"));
  Connect();
  EXPECT_TRUE(client_.Send("hello"));
  EXPECT_TRUE(client_.Send("again"));
  EXPECT_TRUE(server_.Send("to you too"));
  Exchange();
  EXPECT_EQ(server_.messages, (std::vector<std::string>{"hello", "again"}));
  EXPECT_EQ(client_.messages, (std::vector<std::string>{"to you too"}));
  EXPECT_TRUE(client_.Send(std::string(DtlsSession::kMessageBytesMax, 'x')));
  ASSERT_EQ(client_.sent.size(), 1u);
  EXPECT_LE(client_.sent[0].size(), 1200u);
  EXPECT_FALSE(client_.Send(std::string(DtlsSession::kMessageBytesMax + 1, 'x')));
}

TEST_F(DtlsSessionTest, ClosesBothEndsWhoeverBegins) {
  Connect();
  client_.Close();
  EXPECT_EQ(client_.session.state(), DtlsState::kClosed);
  Exchange();
  EXPECT_EQ(server_.session.state(), DtlsState::kClosed);
  EXPECT_EQ(server_.states.back(), DtlsState::kClosed);
  EXPECT_FALSE(server_.Send("anybody there?"));
}

TEST_F(DtlsSessionTest, AnswersACloseNotifyWithItsOwn) {
  Connect();
  server_.Close();
  ASSERT_EQ(server_.sent.size(), 1u);
  client_.Receive(server_.sent[0]);
  EXPECT_EQ(client_.session.state(), DtlsState::kClosed);
  ASSERT_EQ(client_.sent.size(), 1u);
  EXPECT_EQ(client_.sent[0][0], 21);
}

TEST_F(DtlsSessionTest, IgnoresEverythingInTheClearAfterTheHandshake) {
  std::vector<uint8_t> client_hello = client_.sent[0];
  Connect();
  const std::vector<uint8_t> alert = {21, 0xfe, 0xfd, 0, 0, 0, 0, 0, 0, 0, 99, 0, 2, 2, 40};
  const std::vector<uint8_t> cipher_change = {20, 0xfe, 0xfd, 0, 0, 0, 0, 0, 0, 0, 99, 0, 1, 1};
  for (const auto& datagram : {alert, cipher_change, client_hello}) {
    server_.Receive(datagram);
    EXPECT_EQ(server_.drop, DropReason::kMalformed);
    EXPECT_TRUE(server_.sent.empty());
  }
  EXPECT_TRUE(client_.Send("still here"));
  Exchange();
  EXPECT_EQ(server_.messages, std::vector<std::string>{"still here"});
}

TEST_F(DtlsSessionTest, IgnoresForgedRecordsOfTheSealedEpoch) {
  Connect();
  Random random(1);
  for (int i = 0; i < 1000; ++i) {
    std::vector<uint8_t> forged(13 + 40);
    random.Fill(forged);
    forged[0] = static_cast<uint8_t>(21 + random.Below(3));
    forged[1] = 0xfe, forged[2] = 0xfd, forged[3] = 0, forged[4] = 1;
    forged[11] = 0, forged[12] = 40;
    server_.Receive(forged);
    ASSERT_TRUE(server_.connected());
    ASSERT_TRUE(server_.sent.empty());
  }
}

TEST_F(DtlsSessionTest, CompletesItsHandshakeAmongGarbage) {
  Random random(2);
  auto garble = [&random](DtlsEnd& end) {
    for (int i = 0; i < 50; ++i) {
      std::vector<uint8_t> garbage(random.Below(200));
      random.Fill(garbage);
      if (i % 2 == 0 && garbage.size() > 20) {
        // Looks like a record, but for the version or the length.
        garbage[0] = static_cast<uint8_t>(20 + random.Below(5));
        garbage[1] = 0xfe;
      }
      end.Receive(garbage);
    }
  };
  for (int i = 0; i < 20 && !(client_.connected() && server_.connected()); ++i) {
    garble(server_);
    for (const auto& datagram : std::exchange(client_.sent, {})) server_.Receive(datagram);
    garble(client_);
    for (const auto& datagram : std::exchange(server_.sent, {})) client_.Receive(datagram);
  }
  EXPECT_TRUE(client_.connected() && server_.connected());
}

// A handshake record in the clear with one fragment of a message.
std::vector<uint8_t> Fragment(uint16_t sequence, uint32_t length, uint32_t offset, uint32_t count,
                              uint32_t record_number) {
  std::vector<uint8_t> bytes(13 + 12 + count);
  ByteWriter writer(bytes);
  writer.WriteU8(22);
  writer.WriteU16(0xfefd);
  writer.WriteU16(0);
  writer.WriteU16(0);
  writer.WriteU32(record_number);
  writer.WriteU16(static_cast<uint16_t>(12 + count));
  writer.WriteU8(11);
  writer.WriteU24(length);
  writer.WriteU16(sequence);
  writer.WriteU24(offset);
  writer.WriteU24(count);
  return bytes;
}

size_t HeapInUse() { return mallinfo2().uordblks; }

TEST_F(DtlsSessionTest, StaysSmallUnderAFloodOfFragments) {
  server_.Receive(client_.sent[0]);
  client_.sent.clear();
  server_.sent.clear();
  size_t before = HeapInUse();
  size_t most = 0;
  for (uint32_t i = 0; i < 100'000 && server_.session.state() == DtlsState::kConnecting; ++i) {
    uint32_t length = i % 3 == 0 ? 60'000 : static_cast<uint32_t>(kDtlsHandshakeMessageMax);
    server_.Receive(Fragment(static_cast<uint16_t>(1 + i % 30), length, i % 5000, i % 7, 10 + i));
    server_.sent.clear();
    most = std::max(most, HeapInUse());
  }
  EXPECT_LE(most - std::min(before, most), 64u * 1024);
}

TEST_F(DtlsSessionTest, StaysSmallUnderAFloodOfTheNextEpoch) {
  server_.Receive(client_.sent[0]);
  server_.sent.clear();
  size_t before = HeapInUse();
  size_t most = 0;
  for (uint32_t i = 0; i < 10'000; ++i) {
    std::vector<uint8_t> record = Fragment(5, 40, 0, 40, i);
    record[0] = static_cast<uint8_t>(20 + i % 4);
    record[4] = static_cast<uint8_t>(1 + i / 8 % 3);
    server_.Receive(record);
    ASSERT_EQ(server_.session.state(), DtlsState::kConnecting);
    most = std::max(most, HeapInUse());
  }
  EXPECT_LE(most - std::min(before, most), 16u * 1024);
}

TEST_F(DtlsSessionTest, CostsNextToNothingBeforeItIsStarted) {
  size_t before = HeapInUse();
  std::vector<DtlsSession> sessions;
  sessions.reserve(1000);
  for (int i = 0; i < 1000; ++i) sessions.emplace_back(*server_context_);
  EXPECT_LE((HeapInUse() - before) / 1000, 1024u);
}

TEST_F(DtlsSessionTest, GivesItsMemoryBackWhenItFails) {
  size_t before = HeapInUse();
  std::vector<std::unique_ptr<OurDtlsEnd>> ends;
  for (int i = 0; i < 50; ++i) {
    ends.push_back(std::make_unique<OurDtlsEnd>(*client_context_, DtlsRole::kClient,
                                                server_context_->fingerprints()));
    ends.back()->sent.clear();
  }
  size_t connecting = HeapInUse() - before;
  for (int i = 0; i < 40; ++i) {
    DtlsClock::AdvanceTo(DtlsClock::now() + Duration::Seconds(1));
    for (auto& end : ends) end->OnDeadline(), end->sent.clear();
  }
  EXPECT_EQ(ends[0]->session.state(), DtlsState::kFailed);
  EXPECT_LE(HeapInUse() - before, connecting / 4);
}

}  // namespace
}  // namespace millrace
