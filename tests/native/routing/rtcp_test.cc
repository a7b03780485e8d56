#include <gtest/gtest.h>

#include "media/ntp_time.h"
#include "routing_world.h"
#include "wire/rtcp/extended_report.h"
#include "wire/rtcp/fir.h"
#include "wire/rtcp/nack.h"
#include "wire/rtcp/pli.h"
#include "wire/rtcp/receiver_report.h"
#include "wire/rtcp/remb.h"
#include "wire/rtcp/sdes.h"
#include "wire/rtcp/sender_report.h"
#include "wire/rtcp/transport_feedback.h"

namespace millrace {
namespace {

constexpr uint32_t kSource = 1111;

class RtcpTest : public testing::Test {
 protected:
  void Send(std::vector<uint8_t> packet) {
    world_.Receive(publisher_, RoutingWorld::PeerPath(publisher_, 5000), std::move(packet));
  }
  void Answer(std::vector<uint8_t> rtcp) {
    world_.Receive(viewer_, RoutingWorld::PeerPath(viewer_, 6000), std::move(rtcp));
  }
  void SendFrames(uint16_t first, uint16_t count) {
    for (uint16_t i = first; i < first + count; ++i) {
      RtpMaker maker(kSource);
      maker.Seq(i).Time(i * 3000u);
      Send(i == 1 ? maker.KeyFrame().Make() : maker.DeltaFrame().Make());
    }
  }

  RoutingWorld world_;
  Transport& publisher_ = world_.AddPlain("publisher", 5000);
  Transport& viewer_ = world_.AddPlain("viewer", 6000);
  Producer& producer_ = world_.Produce(publisher_, VideoProducer("video", kSource));
  Consumer& consumer_ = world_.Consume(viewer_, VideoConsumer("c", "video", 100));
};

TEST_F(RtcpTest, ReportsGoOutEverySecondToSecondAndAHalf) {
  SendFrames(1, 5);
  (void)world_.Drain();
  Timestamp last = world_.now;
  for (int i = 0; i < 5; ++i) {
    std::vector<SentDatagram> sent;
    while (BlocksOf(sent, RtcpKind::kSenderReport).empty()) {
      ASSERT_LT((world_.now - last).ms(), 1600);
      world_.Advance(Duration::Millis(10));
      sent = world_.Drain();
    }
    EXPECT_GE((world_.now - last).ms(), 1000);
    last = world_.now;
    std::optional<SenderReport> report =
        SenderReport::Parse(BlocksOf(sent, RtcpKind::kSenderReport)[0]);
    ASSERT_TRUE(report.has_value());
    EXPECT_EQ(report->sender, Ssrc(100));
    EXPECT_EQ(report->packet_count, 5u);
    EXPECT_EQ(report->octet_count, 50u);
    std::vector<RtcpBlock> names = BlocksOf(sent, RtcpKind::kSdes);
    ASSERT_EQ(names.size(), 1u);
    Sdes::Parse(names[0])->ForEach(
        [](const SdesChunk& chunk) { EXPECT_EQ(chunk.cname, "millrace"); });
  }
}

TEST_F(RtcpTest, ReceiverReportsTellOfLossAndTheSendersClock) {
  SendFrames(1, 4);
  Send(RtpMaker(kSource).Seq(8).Time(24000).DeltaFrame().Make());
  SenderReport report;
  report.sender = Ssrc(kSource);
  report.ntp = 0x1122334455667788;
  Send(MakeRtcp([&](ByteWriter& writer) { EXPECT_TRUE(report.Write(writer)); }));
  world_.Advance(Duration::Millis(1500));
  std::vector<SentDatagram> sent = world_.Drain();
  std::vector<RtcpBlock> reports = BlocksOf(sent, RtcpKind::kReceiverReport);
  ASSERT_FALSE(reports.empty());
  std::optional<ReceiverReport> receiver = ReceiverReport::Parse(reports.back());
  ASSERT_EQ(receiver->report_blocks.size(), 1u);
  ReportBlock block = receiver->report_blocks[0];
  EXPECT_EQ(block.ssrc, Ssrc(kSource));
  EXPECT_EQ(block.cumulative_lost, 3);
  EXPECT_EQ(block.last_sender_report, 0x33445566u);
  EXPECT_EQ(block.highest_sequence_number & 0xFFFFu, 8u);
  EXPECT_FALSE(BlocksOf(sent, RtcpKind::kExtendedReport).empty());
}

TEST_F(RtcpTest, AReportOfTheViewerGivesRoundTripAndScore) {
  SendFrames(1, 20);
  (void)world_.Drain();
  uint32_t last_report = CompactNtp(ToNtp(world_.now));
  world_.Advance(Duration::Millis(80));
  ReportBlock block{.ssrc = Ssrc(100), .cumulative_lost = 10, .last_sender_report = last_report};
  Answer(MakeRtcp([&](ByteWriter& writer) {
    ReceiverReport report{.sender = Ssrc(1), .report_blocks = {}};
    EXPECT_TRUE(report.Write(writer, std::span(&block, 1)));
  }));
  RtpStreamStats stats = consumer_.Stats(world_.now).front();
  EXPECT_NEAR(stats.round_trip_time_ms, 80, 1);
  EXPECT_EQ(stats.packets_lost, 10);
  EXPECT_LT(stats.score, 10);
  EXPECT_EQ(world_.TakeEvents<ConsumerScoreChanged>().back().score.score, stats.score);
}

TEST_F(RtcpTest, TheViewersClockIsAnsweredAndOursGivesTheRoundTripOfTheSource) {
  SendFrames(1, 3);
  Answer(MakeRtcp([](ByteWriter& writer) {
    EXPECT_TRUE(ExtendedReport::WriteReferenceTime(writer, Ssrc(77), 0x0000123456780000));
  }));
  world_.Advance(Duration::Millis(1500));
  std::vector<SentDatagram> sent = world_.Drain();
  bool answered = false;
  std::optional<uint64_t> our_time;
  Ssrc ours;
  for (const RtcpBlock& block : BlocksOf(sent, RtcpKind::kExtendedReport)) {
    std::optional<ExtendedReport> report = ExtendedReport::Parse(block);
    report->ForEachDlrr([&](const DlrrItem& item) {
      answered |= item.ssrc == Ssrc(77) && item.last_receiver_report == 0x12345678;
    });
    if (report->reference_time()) {
      our_time = report->reference_time();
      ours = report->sender();
    }
  }
  EXPECT_TRUE(answered);
  ASSERT_TRUE(our_time.has_value());

  Timestamp told = world_.now;
  world_.Advance(Duration::Millis(60));
  DlrrItem item{.ssrc = ours, .last_receiver_report = CompactNtp(ToNtp(told))};
  Send(MakeRtcp([&](ByteWriter& writer) {
    EXPECT_TRUE(ExtendedReport::WriteDlrr(writer, Ssrc(kSource), std::span(&item, 1)));
  }));
  EXPECT_NEAR(producer_.Stats(world_.now).front().round_trip_time_ms, 60, 1);
}

TEST_F(RtcpTest, ArrivalTimesAreFedBackAfterAHundredMilliseconds) {
  for (uint8_t i = 0; i < 3; ++i) {
    Send(RtpMaker(kSource).Seq(i).Extension(5, {0, static_cast<uint8_t>(10 + i)}).Make());
  }
  world_.Advance(Duration::Millis(110));
  std::vector<SentDatagram> sent = world_.Drain();
  std::vector<RtcpBlock> blocks = BlocksOf(sent, RtcpKind::kTransportFeedback);
  ASSERT_EQ(blocks.size(), 1u);
  std::optional<TransportFeedback> feedback = TransportFeedback::Parse(blocks[0]);
  EXPECT_EQ(feedback->base_sequence_number(), 10);
  EXPECT_EQ(feedback->status_count(), 3);
}

TEST_F(RtcpTest, TheIncomingLimitIsToldByRemb) {
  SendFrames(1, 1);
  Turn turn = world_.Now();
  ASSERT_TRUE(publisher_.SetMaxIncomingBitrate(500'000, turn).ok());
  world_.Advance(Duration::Millis(1));
  std::vector<SentDatagram> sent = world_.Drain();
  std::vector<RtcpBlock> blocks = BlocksOf(sent, RtcpKind::kRemb);
  ASSERT_EQ(blocks.size(), 1u);
  std::optional<Remb> remb = Remb::Parse(blocks[0]);
  EXPECT_NEAR(static_cast<double>(remb->bitrate_bps), 500'000, 2000);
  EXPECT_EQ(remb->ssrcs[0], Ssrc(kSource));
}

TEST_F(RtcpTest, AFirOfAViewerBecomesAKeyFrameRequest) {
  SendFrames(1, 2);
  (void)world_.Drain();
  Answer(MakeRtcp([](ByteWriter& writer) {
    EXPECT_TRUE(Fir::Write(writer, Ssrc(1), {.media = Ssrc(100), .sequence_number = 1}));
  }));
  EXPECT_EQ(BlocksOf(world_.Drain(), RtcpKind::kPli).size(), 1u);
  EXPECT_EQ(consumer_.Stats(world_.now).front().fir_count, 1u);
}

TEST_F(RtcpTest, AFloodOfRtcpIsPoliced) {
  for (int i = 0; i < 3000; ++i) {
    Answer(MakeRtcp([](ByteWriter& writer) {
      ReceiverReport report{.sender = Ssrc(1), .report_blocks = {}};
      EXPECT_TRUE(report.Write(writer));
    }));
  }
  EXPECT_EQ(world_.out.drops(DropReason::kRateLimit), 2000u);
}

TEST_F(RtcpTest, ManyReportsAreSplitIntoCompoundsThatFitADatagram) {
  for (uint32_t i = 0; i < 60; ++i) {
    world_.Consume(viewer_, VideoConsumer("more" + std::to_string(i), "video", 200 + i));
  }
  SendFrames(1, 2);
  (void)world_.Drain();
  world_.Advance(Duration::Millis(1500));
  std::vector<SentDatagram> sent = world_.DrainRtcp();
  for (const SentDatagram& datagram : sent) EXPECT_LE(datagram.bytes.size(), 1292u);
  EXPECT_EQ(BlocksOf(sent, RtcpKind::kSenderReport).size(), 61u);
  EXPECT_EQ(BlocksOf(sent, RtcpKind::kSdes).size(), 61u);
}

TEST_F(RtcpTest, ScoresAreToldWhenAStreamBeginsAndWhenItFallsSilent) {
  SendFrames(1, 3);
  std::vector<ProducerScoreChanged> born = world_.TakeEvents<ProducerScoreChanged>();
  ASSERT_EQ(born.size(), 1u);
  EXPECT_EQ(born[0].scores.front().score, 10);
  EXPECT_EQ(born[0].scores.front().ssrc, kSource);
  EXPECT_EQ(world_.TakeEvents<ConsumerScoreChanged>().back().score.producer_score, 10);

  world_.Advance(Duration::Millis(1600));
  std::vector<ProducerScoreChanged> silent = world_.TakeEvents<ProducerScoreChanged>();
  ASSERT_EQ(silent.size(), 1u);
  EXPECT_EQ(silent[0].scores.front().score, 0);
  EXPECT_EQ(world_.TakeEvents<ConsumerScoreChanged>().back().score.producer_scores,
            (std::vector<uint8_t>{0}));
}

TEST_F(RtcpTest, TracesTellWhatHappens) {
  producer_.EnableTrace({RtpTraceType::kRtp, RtpTraceType::kKeyFrame, RtpTraceType::kPli,
                         RtpTraceType::kNack, RtpTraceType::kSenderReport});
  consumer_.EnableTrace({RtpTraceType::kRtp, RtpTraceType::kPli, RtpTraceType::kNack});
  SendFrames(1, 2);
  Send(RtpMaker(kSource).Seq(4).DeltaFrame().Make());
  world_.Advance(Duration::Millis(20));
  SenderReport report;
  report.sender = Ssrc(kSource);
  report.packet_count = 3;
  Send(MakeRtcp([&](ByteWriter& writer) { EXPECT_TRUE(report.Write(writer)); }));
  Answer(MakeRtcp([&](ByteWriter& writer) {
    uint16_t number = 1;
    EXPECT_TRUE((Pli{.sender = Ssrc(1), .media = Ssrc(100)}.Write(writer)));
    EXPECT_EQ(Nack::Write(writer, Ssrc(1), Ssrc(100), std::span(&number, 1)), 1u);
  }));

  std::vector<RtpTraceType> seen;
  for (const ProducerTraced& event : world_.TakeEvents<ProducerTraced>()) {
    EXPECT_EQ(event.id, "video");
    seen.push_back(event.type);
  }
  EXPECT_EQ(seen, (std::vector<RtpTraceType>{RtpTraceType::kKeyFrame, RtpTraceType::kRtp,
                                             RtpTraceType::kRtp, RtpTraceType::kNack,
                                             RtpTraceType::kSenderReport, RtpTraceType::kPli}));
  std::vector<RtpTraceType> at_consumer;
  for (const ConsumerTraced& event : world_.TakeEvents<ConsumerTraced>()) {
    at_consumer.push_back(event.type);
    if (event.type == RtpTraceType::kRtp) {
      EXPECT_EQ(std::get<PacketTrace>(event.detail).packet.ssrc, 100u);
    }
  }
  EXPECT_EQ(at_consumer,
            (std::vector<RtpTraceType>{RtpTraceType::kRtp, RtpTraceType::kRtp, RtpTraceType::kRtp,
                                       RtpTraceType::kPli, RtpTraceType::kNack}));
  producer_.EnableTrace({});
  SendFrames(5, 1);
  EXPECT_TRUE(world_.TakeEvents<ProducerTraced>().empty());
}

TEST_F(RtcpTest, ATurnedCameraIsToldOnce) {
  Send(RtpMaker(kSource).Seq(1).Extension(13, {0x01}).Make());
  Send(RtpMaker(kSource).Seq(2).Extension(13, {0x01}).Make());
  Send(RtpMaker(kSource).Seq(3).Extension(13, {0x00}).Make());
  std::vector<ProducerVideoOrientationChanged> events =
      world_.TakeEvents<ProducerVideoOrientationChanged>();
  ASSERT_EQ(events.size(), 2u);
  EXPECT_EQ(events[0].rotation, 90);
  EXPECT_EQ(events[1].rotation, 0);
}

TEST_F(RtcpTest, DumpsAndStatsSayWhatWasNegotiatedAndCounted) {
  SendFrames(1, 4);
  (void)world_.Drain();
  auto dump = std::get<PlainTransportDump>(publisher_.Dump());
  EXPECT_EQ(dump.base.mid_extension, 4);
  EXPECT_EQ(dump.base.transport_wide_cc_extension, 5);
  EXPECT_EQ(dump.base.producer_ids, (std::vector<std::string>{"video"}));
  EXPECT_EQ(dump.tuple.remote_ip, "10.0.0.1");
  auto viewer = std::get<PlainTransportDump>(viewer_.Dump());
  EXPECT_EQ(viewer.base.ssrc_consumer_ids.front(), (SsrcName{100, "c"}));
  auto stats = std::get<PlainTransportStats>(viewer_.Stats(world_.now));
  EXPECT_EQ(stats.base.rtp_bytes_sent, stats.base.bytes_sent);
  EXPECT_GT(stats.base.rtp_bytes_sent, 4u * 22);
  ConsumerDump consumer = consumer_.Dump();
  EXPECT_EQ(consumer.supported_payload_types, (std::vector<uint8_t>{96}));
  EXPECT_EQ(consumer.rtp_streams.front().parameters.cname, "millrace");
  EXPECT_EQ(consumer_.Stats(world_.now).size(), 2u);
  EXPECT_EQ(consumer_.Stats(world_.now)[0].packet_count, 4u);
  RouterDump router = world_.router.Dump();
  EXPECT_EQ(router.producer_consumer_ids.front(), (NameList{"video", {"c"}}));
  EXPECT_EQ(router.consumer_producer_ids.front(), (NamePair{"c", "video"}));
}

}  // namespace
}  // namespace millrace
