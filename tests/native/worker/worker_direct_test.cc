// Direct transports through the whole worker: packets come and go in notifications.
#include <gtest/gtest.h>

#include "wire/rtcp/pli.h"
#include "wire/rtcp/rtcp_reader.h"
#include "wire/rtp_view.h"
#include "worker/worker_call.h"

namespace millrace {
namespace {

using Method = ChannelFrames::Method;
using Event = ChannelFrames::Event;

class WorkerDirectTest : public WorkerCallTest {
 protected:
  // A producer and a consumer of audio on one direct transport.
  void SetUp() override {
    ASSERT_TRUE(harness_.Ask(harness_.frames.CreateRouter("router")).accepted());
    ASSERT_TRUE(harness_.Ask(harness_.frames.CreateDirectTransport("router", "direct")).accepted());
    ASSERT_TRUE(harness_.Ask(harness_.frames.ProduceAudio("direct", "audio", 1000)).accepted());
    ASSERT_TRUE(
        harness_.Ask(harness_.frames.ConsumeAudio("direct", "consumer", "audio", 3000)).accepted());
    // What is ignored is logged.
    ASSERT_TRUE(harness_.Ask(harness_.frames.UpdateSettings("warn", {"message"})).accepted());
  }
  // The log lines that follow.
  size_t LinesAfter(const Frame& frame) {
    size_t lines = 0;
    for (const SentFrame& sent : harness_.Send(frame)) lines += sent.log().empty() ? 0u : 1u;
    return lines;
  }
};

TEST_F(WorkerDirectTest, CarriesRtpThroughTheChannel) {
  for (uint16_t sequence = 1; sequence <= 3; ++sequence) {
    EXPECT_EQ(LinesAfter(harness_.frames.SendRtp("audio", RtpPacket(100, sequence, 1000))), 0u);
  }
  Flush();
  EXPECT_TRUE(sent_.empty());
  std::vector<SentFrame> told = TakeEvents(Event::CONSUMER_RTP);
  ASSERT_EQ(told.size(), 3u);
  for (const SentFrame& frame : told) {
    EXPECT_EQ(frame.notification()->handler_id()->str(), "consumer");
    const auto* body = frame.notification()->body_as_Consumer_RtpNotification();
    ASSERT_NE(body, nullptr);
    std::optional<RtpView> view = RtpView::Parse(Bytes(body->data()->data(), body->data()->size()));
    ASSERT_TRUE(view.has_value());
    EXPECT_EQ(view->ssrc(), Ssrc(3000));
    EXPECT_EQ(view->payload().size(), 40u);
  }
}

TEST_F(WorkerDirectTest, TellsRtcpAndTakesIt) {
  harness_.Send(harness_.frames.SendRtp("audio", RtpPacket(100, 1, 1000)));
  Flush();
  Run(Duration::Seconds(3));
  size_t sender_reports = 0;
  size_t receiver_reports = 0;
  for (const SentFrame& frame : TakeEvents(Event::DIRECTTRANSPORT_RTCP)) {
    EXPECT_EQ(frame.notification()->handler_id()->str(), "direct");
    const auto* body = frame.notification()->body_as_DirectTransport_RtcpNotification();
    ASSERT_NE(body, nullptr);
    RtcpReader reader(Bytes(body->data()->data(), body->data()->size()));
    while (std::optional<RtcpBlock> block = reader.Next()) {
      sender_reports += block->kind == RtcpKind::kSenderReport;
      receiver_reports += block->kind == RtcpKind::kReceiverReport;
    }
    EXPECT_TRUE(reader.ok());
  }
  EXPECT_GE(sender_reports, 1u);
  EXPECT_GE(receiver_reports, 1u);

  std::vector<uint8_t> pli(64);
  ByteWriter writer(pli);
  ASSERT_TRUE((Pli{.sender = Ssrc(1), .media = Ssrc(3000)}.Write(writer)));
  pli.resize(writer.position());
  EXPECT_EQ(LinesAfter(harness_.frames.SendRtcp("direct", pli)), 0u);
  SentFrame stats = harness_.Ask(harness_.frames.Request(Method::CONSUMER_GET_STATS, "consumer"));
  const auto* body = stats.response()->body_as_Consumer_GetStatsResponse();
  ASSERT_NE(body, nullptr);
  EXPECT_EQ(body->stats()->Get(0)->data_as_SendStats()->base()->data_as_BaseStats()->pli_count(),
            1u);
}

TEST_F(WorkerDirectTest, LogsWhatItCannotTake) {
  std::vector<uint8_t> rtp = RtpPacket(100, 1, 1000);
  EXPECT_EQ(LinesAfter(harness_.frames.SendRtp("nobody", rtp)), 1u);
  EXPECT_EQ(LinesAfter(harness_.frames.SendRtp("consumer", rtp)), 1u);
  EXPECT_EQ(LinesAfter(harness_.frames.SendRtp("direct", rtp)), 1u);
  EXPECT_EQ(LinesAfter(harness_.frames.SendRtp("audio", {1, 2, 3})), 1u);
  EXPECT_EQ(LinesAfter(harness_.frames.SendRtp("audio", std::vector<uint8_t>(100'000, 0x80))), 1u);
  EXPECT_EQ(LinesAfter(harness_.frames.SendRtcp("direct", {})), 1u);
  EXPECT_EQ(LinesAfter(harness_.frames.SendRtcp("direct", rtp)), 1u);
  EXPECT_EQ(LinesAfter(harness_.frames.SendRtcp("audio", {})), 1u);
  EXPECT_EQ(LinesAfter(harness_.frames.Notification(Event::PRODUCER_SEND, "audio")), 1u);
  EXPECT_EQ(LinesAfter(harness_.frames.Notification(Event::TRANSPORT_SEND_RTCP, "direct")), 1u);
  // The body of another event, and an event that only the worker tells.
  std::vector<uint8_t> bytes = {1};
  auto body = Millrace::Schema::Transport::CreateSendRtcpNotificationDirect(
      harness_.frames.builder(), &bytes);
  EXPECT_EQ(LinesAfter(harness_.frames.Notification(Event::PRODUCER_SEND, "audio", body)), 1u);
  EXPECT_EQ(LinesAfter(harness_.frames.Notification(Event::WORKER_RUNNING, "audio")), 1u);
  EXPECT_TRUE(harness_.Ask(harness_.frames.Request(Method::WORKER_DUMP, "")).accepted());
}

TEST_F(WorkerDirectTest, DumpsItselfWithItsMessageSizes) {
  SentFrame answer = harness_.Ask(harness_.frames.Request(Method::TRANSPORT_DUMP, "direct"));
  const auto* dump = answer.response()->body_as_DirectTransport_DumpResponse();
  ASSERT_NE(dump, nullptr);
  EXPECT_TRUE(dump->base()->direct());
  EXPECT_EQ(dump->base()->id()->str(), "direct");
  EXPECT_EQ(dump->base()->max_send_message_size(), 262144u);
  EXPECT_EQ(dump->base()->max_receive_message_size(), 131072u);
  answer = harness_.Ask(harness_.frames.Request(Method::TRANSPORT_GET_STATS, "direct"));
  const auto* stats = answer.response()->body_as_DirectTransport_GetStatsResponse();
  ASSERT_NE(stats, nullptr);
  EXPECT_EQ(stats->base()->transport_id()->str(), "direct");
  answer = harness_.Ask(harness_.frames.Request(Method::WORKER_DUMP, ""));
  const auto* handlers = answer.response()->body_as_Worker_DumpResponse();
  ASSERT_NE(handlers, nullptr);
  // Who can be told something: the transport and the producer, not the consumer and the router.
  EXPECT_EQ(handlers->channel_message_handlers()->channel_notification_handlers()->size(), 2u);
  EXPECT_EQ(handlers->channel_message_handlers()->channel_request_handlers()->size(), 4u);
}

TEST_F(WorkerDirectTest, ClosesWithItsRouter) {
  ASSERT_TRUE(harness_.Ask(harness_.frames.CloseTransport("router", "direct")).accepted());
  EXPECT_EQ(LinesAfter(harness_.frames.SendRtp("audio", RtpPacket(100, 2, 1000))), 1u);
  ASSERT_TRUE(harness_.Ask(harness_.frames.CreateDirectTransport("router", "direct")).accepted());
  EXPECT_TRUE(harness_.Ask(harness_.frames.CloseRouter("router")).accepted());
  Run(Duration::Seconds(3));
  EXPECT_TRUE(TakeEvents(Event::DIRECTTRANSPORT_RTCP).empty());
}

}  // namespace
}  // namespace millrace
