#include "media/send_stream.h"

#include <gtest/gtest.h>

#include <cmath>
#include <map>

#include "base/random.h"
#include "media/rtp_maker.h"

namespace millrace {
namespace {

Timestamp At(int64_t ms) { return Timestamp::Millis(ms); }

constexpr SendStreamSettings kWithRtx = {.ssrc = Ssrc(10),
                                         .history = RetransmissionBuffer::kVideoHistory,
                                         .rtx_ssrc = Ssrc(11),
                                         .rtx_payload_type = 102,
                                         .rtx_initial_sequence = 65'535};

class SendStreamTest : public testing::Test {
 protected:
  void Send(uint16_t sequence, uint32_t timestamp, Timestamp now, size_t payload_size = 1000) {
    RtpPacketRef packet = RtpMaker().Size(payload_size).Make(pool_);
    stream_.Sent(
        packet,
        {.ssrc = Ssrc(10), .timestamp = timestamp, .sequence = sequence, .payload_type = 101}, now);
  }

  RtpPacketPool pool_{10'000};
  SendStream stream_{kWithRtx};
};

TEST_F(SendStreamTest, ReportsWhatItSent) {
  EXPECT_FALSE(stream_.MakeReport(At(0)));
  Send(1, 90'000, At(1000));
  Send(2, 93'000, At(1033), 500);
  SenderReport report = *stream_.MakeReport(At(1533));
  EXPECT_EQ(report.sender, Ssrc(10));
  EXPECT_EQ(report.ntp, ToNtp(At(1533)));
  EXPECT_EQ(report.rtp_timestamp, 93'000u + 45'000u);
  EXPECT_EQ(report.packet_count, 2u);
  EXPECT_EQ(report.octet_count, 1500u);
}

TEST_F(SendStreamTest, ALatePacketDoesNotTurnTheReportsClockBack) {
  Send(2, 93'000, At(1000));
  Send(1, 90'000, At(1500));
  EXPECT_EQ(stream_.MakeReport(At(2000))->rtp_timestamp, 93'000u + 90'000u);
}

TEST_F(SendStreamTest, ResendsOnTheRtxStream) {
  Send(500, 90'000, At(0));
  stream_.CountNack(1);
  std::optional<SendStream::Resend> resend = stream_.TakeResend(500, At(50));
  ASSERT_TRUE(resend);
  EXPECT_EQ(resend->rewrite, (RtpRewrite{.ssrc = Ssrc(11),
                                         .timestamp = 90'000,
                                         .sequence = 65'535,
                                         .original_sequence = 500,
                                         .payload_type = 102,
                                         .marker = false,
                                         .rtx = true,
                                         .patch = {}}));
  EXPECT_FALSE(stream_.TakeResend(500, At(60)));
  EXPECT_FALSE(stream_.TakeResend(501, At(60)));
  Send(501, 93'000, At(60));
  // Retransmission numbers are their own and never used twice.
  EXPECT_EQ(stream_.TakeResend(501, At(100))->rewrite.sequence, 0);
  SendStreamStats stats = stream_.stats(At(100));
  EXPECT_EQ(stats.packets_retransmitted, 2u);
  EXPECT_EQ(stats.packets_repaired, 2u);
  EXPECT_EQ(stats.nack_count, 1u);
  EXPECT_EQ(stats.packet_count, 4u);
  EXPECT_EQ(stream_.MakeReport(At(100))->packet_count, 2u);
}

TEST_F(SendStreamTest, WithoutRtxTheFirstRewriteGoesOutAgain) {
  stream_ = SendStream({.ssrc = Ssrc(10), .history = RetransmissionBuffer::kAudioHistory});
  Send(500, 90'000, At(0));
  std::optional<SendStream::Resend> resend = stream_.TakeResend(500, At(50));
  ASSERT_TRUE(resend);
  EXPECT_FALSE(resend->rewrite.rtx);
  EXPECT_EQ(resend->rewrite.sequence, 500);
  EXPECT_EQ(resend->rewrite.ssrc, Ssrc(10));
  EXPECT_EQ(stream_.MakeReport(At(60))->packet_count, 2u);
}

TEST_F(SendStreamTest, KeepsNothingWithoutAHistory) {
  stream_ = SendStream({.ssrc = Ssrc(10)});
  Send(500, 90'000, At(0));
  EXPECT_FALSE(stream_.TakeResend(500, At(10)));
  EXPECT_EQ(pool_.in_use(), 0u);
}

TEST_F(SendStreamTest, ReportIntervalsLetGoOfOldPackets) {
  Send(1, 0, At(0));
  EXPECT_EQ(pool_.in_use(), 1u);
  (void)stream_.MakeReport(At(2500));
  EXPECT_EQ(pool_.in_use(), 0u);
  Send(2, 0, At(3000));
  stream_.Pause();
  EXPECT_EQ(pool_.in_use(), 0u);
}

// RT-14: a receiver asks for everything, all the time.
TEST_F(SendStreamTest, ANackFloodTakesNoMoreThanTheMediaItself) {
  uint64_t media = 0;
  uint64_t resent = 0;
  std::map<uint16_t, Timestamp> last;
  for (int64_t ms = 0; ms < 10'000; ++ms) {
    if (ms % 5 == 0) {
      Send(static_cast<uint16_t>(ms / 5), 0, At(ms));
      media += 1012;
    }
    for (uint16_t back = 0; back < 5; ++back) {
      uint16_t wanted = static_cast<uint16_t>(ms / 5 - back * 7);
      std::optional<SendStream::Resend> resend = stream_.TakeResend(wanted, At(ms));
      if (!resend) continue;
      if (last.contains(wanted)) {
        ASSERT_GE(At(ms) - last[wanted], kRttUnknown);
      }
      last[wanted] = At(ms);
      resent += resend->packet->size;
    }
  }
  EXPECT_LE(resent, media);
  EXPECT_GT(resent, media / 2);
}

TEST_F(SendStreamTest, MeasuresTheRoundTripFromReports) {
  Send(1, 0, At(1000));
  EXPECT_EQ(stream_.rtt(), kRttUnknown);
  uint64_t ntp = stream_.MakeReport(At(1000))->ntp;
  ReportBlock block{.ssrc = Ssrc(10),
                    .jitter = 42,
                    .last_sender_report = CompactNtp(ntp),
                    .delay_since_last_sender_report = 65'536 / 2};
  (void)stream_.ReceiveReport(block, At(1580));
  EXPECT_NEAR(stream_.stats(At(1580)).round_trip_time_ms, 80, 0.1);
  EXPECT_EQ(stream_.stats(At(1580)).jitter, 42u);
  // A forged one changes nothing.
  block.delay_since_last_sender_report = UINT32_MAX / 2;
  (void)stream_.ReceiveReport(block, At(1600));
  EXPECT_NEAR(stream_.stats(At(1600)).round_trip_time_ms, 80, 0.1);
}

TEST_F(SendStreamTest, TheScoreFollowsTheReceiversLoss) {
  uint16_t sequence = 0;
  int32_t lost = 0;
  for (int report = 0; report < 24; ++report) {
    for (int i = 0; i < 100; ++i) Send(sequence++, 0, At(report * 1000 + i * 10));
    lost += 30;
    (void)stream_.ReceiveReport({.ssrc = Ssrc(10), .fraction_lost = 77, .cumulative_lost = lost},
                                At(report * 1000 + 999));
  }
  EXPECT_EQ(stream_.score(), 2);
  EXPECT_EQ(stream_.stats(At(24'000)).packets_lost, 720);
  EXPECT_EQ(stream_.stats(At(24'000)).fraction_lost, 77);
}

TEST_F(SendStreamTest, AnIntervalWithoutPacketsSaysNothing) {
  EXPECT_FALSE(stream_.ReceiveReport({.ssrc = Ssrc(10), .cumulative_lost = 5}, At(0)));
  EXPECT_EQ(stream_.score(), 10);
}

// RC-03: reports of all ones, from the future, or random.
TEST_F(SendStreamTest, ClampsForgedReportsForAnySeed) {
  Random random(9);
  for (int i = 0; i < 20'000; ++i) {
    Timestamp now = At(1'000'000 + i);
    if (random.Below(2) == 0) Send(static_cast<uint16_t>(i), random.NextU32(), now);
    bool ones = random.Below(4) == 0;
    ReportBlock block{
        .ssrc = Ssrc(10),
        .fraction_lost = static_cast<uint8_t>(random.NextU32()),
        .cumulative_lost = ones ? -1 : static_cast<int32_t>(random.Below(1 << 24)) - 0x800000,
        .highest_sequence_number = random.NextU32(),
        .jitter = random.NextU32(),
        .last_sender_report = ones ? UINT32_MAX : random.NextU32(),
        .delay_since_last_sender_report = ones ? UINT32_MAX : random.NextU32()};
    (void)stream_.ReceiveReport(block, now);
    ASSERT_LE(stream_.score(), 10);
    ASSERT_GT(stream_.rtt(), Duration());
    ASSERT_LE(stream_.rtt(), kRttMax);
    ASSERT_TRUE(std::isfinite(stream_.stats(now).round_trip_time_ms));
  }
}

TEST_F(SendStreamTest, AnswersTheReceiversClock) {
  EXPECT_FALSE(stream_.MakeDlrr(Ssrc(99), At(0)));
  stream_.ReceiveReferenceTime(0x0001'0002'0003'0004, At(100));
  std::optional<DlrrItem> item = stream_.MakeDlrr(Ssrc(99), At(350));
  EXPECT_EQ(item, (DlrrItem{.ssrc = Ssrc(99),
                            .last_receiver_report = 0x0002'0003,
                            .delay_since_last_receiver_report = 16'384}));
}

}  // namespace
}  // namespace millrace
