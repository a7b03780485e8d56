// Datagrams through the whole worker: demultiplexing, forwarding, deadlines.
#include <gtest/gtest.h>

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "base/byte_reader.h"
#include "worker/worker_call.h"

namespace millrace {
namespace {

using Method = ChannelFrames::Method;

class WorkerMediaTest : public WorkerCallTest {
 protected:
  // A router whose plain transport "in" hears 192.0.2.1:5000 and whose "out" speaks to
  // 192.0.2.2:6000.
  void SetUp() override {
    ASSERT_TRUE(harness_.Ask(harness_.frames.CreateRouter("router")).accepted());
    in_ = AddTransport("in", "192.0.2.1", 5000);
    out_ = AddTransport("out", "192.0.2.2", 6000);
    ASSERT_TRUE(harness_.Ask(harness_.frames.ProduceAudio("in", "audio", 1000)).accepted());
    ASSERT_TRUE(
        harness_.Ask(harness_.frames.ConsumeAudio("out", "consumer", "audio", 3000)).accepted());
  }

  SocketId AddTransport(const std::string& id, const char* address, uint16_t port) {
    SentFrame answer = harness_.Ask(harness_.frames.CreatePlainTransport("router", id));
    EXPECT_TRUE(answer.accepted()) << answer.error();
    uint16_t local =
        answer.response()->body_as_PlainTransport_DumpResponse()->tuple()->local_port();
    EXPECT_TRUE(harness_.Ask(harness_.frames.ConnectPlain(id, address, port)).accepted());
    return harness_.edge().Find(SocketRequest::Protocol::kUdp, local).value_or(SocketId(0));
  }

  SocketId in_;
  SocketId out_;
};

TEST_F(WorkerMediaTest, ForwardsToTheConsumersTransport) {
  Deliver({in_, At("192.0.2.1", 5000)}, RtpPacket(100, 1, 1000));
  Deliver({in_, At("192.0.2.1", 5000)}, RtpPacket(100, 2, 1000));
  ASSERT_EQ(sent_.size(), 2u);
  for (const Sent& sent : sent_) {
    EXPECT_EQ(sent.path, (Path{out_, At("192.0.2.2", 6000)}));
    ByteReader reader(sent.bytes);
    EXPECT_EQ(reader.ReadU8() >> 6, 2);
    EXPECT_EQ(reader.ReadU8() & 0x7f, 100);
    reader.Skip(6);
    EXPECT_EQ(reader.ReadU32(), 3000u);
  }
}

TEST_F(WorkerMediaTest, DropsWhatNobodyKnows) {
  Deliver({SocketId(999), At("192.0.2.1", 5000)}, RtpPacket(100, 1, 1000));
  EXPECT_TRUE(sent_.empty());
  EXPECT_EQ(harness_.out().drops(DropReason::kUnknownPath), 1u);
  Deliver({in_, At("192.0.2.9", 5000)}, RtpPacket(100, 1, 1000));
  EXPECT_TRUE(sent_.empty());
}

TEST_F(WorkerMediaTest, ForwardsNothingAfterTheClose) {
  ASSERT_TRUE(harness_.Ask(harness_.frames.CloseTransport("router", "in")).accepted());
  Deliver({in_, At("192.0.2.1", 5000)}, RtpPacket(100, 1, 1000));
  EXPECT_TRUE(sent_.empty());
  EXPECT_EQ(harness_.edge().socket(in_), nullptr);
}

TEST_F(WorkerMediaTest, SpeaksRtcpByItsOwnDeadlines) {
  for (uint16_t i = 0; i < 200; ++i) {
    Deliver({in_, At("192.0.2.1", 5000)}, RtpPacket(100, i, 1000));
    Run(Duration::Millis(20));
  }
  size_t reports_to_sender = 0;
  size_t reports_to_viewer = 0;
  for (const Sent& sent : sent_) {
    // RFC 5761 section 4: packet types 192 to 223 are RTCP.
    bool rtcp = sent.bytes.size() > 1 && sent.bytes[1] >= 192 && sent.bytes[1] <= 223;
    if (rtcp && sent.path.socket == in_) ++reports_to_sender;
    if (rtcp && sent.path.socket == out_) ++reports_to_viewer;
  }
  EXPECT_GE(reports_to_sender, 2u);
  EXPECT_GE(reports_to_viewer, 2u);
  SentFrame answer = harness_.Ask(harness_.frames.Request(Method::PRODUCER_GET_STATS, "audio"));
  const auto* stats = answer.response()->body_as_Producer_GetStatsResponse();
  ASSERT_NE(stats, nullptr);
  ASSERT_EQ(stats->stats()->size(), 1u);
  const auto* received = stats->stats()->Get(0)->data_as_RecvStats();
  ASSERT_NE(received, nullptr);
  EXPECT_EQ(received->packet_count(), 200u);
  EXPECT_EQ(received->base()->data_as_BaseStats()->ssrc(), 1000u);
}

TEST_F(WorkerMediaTest, ClosesConnectionsThatNobodyListensFor) {
  SocketId connection = harness_.edge().NewConnection();
  harness_.worker().OnConnectionOpened(harness_.now(), SocketId(999),
                                       {connection, At("192.0.2.7", 7)}, harness_.out());
  ASSERT_EQ(harness_.out().closed_sockets().size(), 1u);
  EXPECT_EQ(harness_.out().closed_sockets()[0], connection);
}

TEST_F(WorkerMediaTest, ClosesTheConnectionsOfAClosedServer) {
  ASSERT_TRUE(harness_.Ask(harness_.frames.CreateServer("server", 40000)).accepted());
  SocketId listener = *harness_.edge().Find(SocketRequest::Protocol::kUdp, 40000);
  SocketId kept = harness_.edge().NewConnection();
  SocketId lost = harness_.edge().NewConnection();
  harness_.worker().OnConnectionOpened(harness_.now(), listener, {kept, At("192.0.2.7", 7)},
                                       harness_.out());
  harness_.worker().OnConnectionOpened(harness_.now(), listener, {lost, At("192.0.2.7", 8)},
                                       harness_.out());
  EXPECT_TRUE(harness_.out().closed_sockets().empty());
  harness_.worker().OnConnectionClosed(harness_.now(), lost, harness_.out());
  harness_.worker().OnFrame(harness_.now(), harness_.frames.CloseServer("server"), harness_.out());
  std::vector<SocketId> closed = harness_.out().closed_sockets();
  EXPECT_EQ(std::count(closed.begin(), closed.end(), kept), 1);
  EXPECT_EQ(std::count(closed.begin(), closed.end(), lost), 0);
  EXPECT_EQ(std::count(closed.begin(), closed.end(), listener), 1);
}

}  // namespace
}  // namespace millrace
