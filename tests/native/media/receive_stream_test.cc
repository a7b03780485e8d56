#include "media/receive_stream.h"

#include <gtest/gtest.h>

#include <cmath>
#include <memory>

#include "base/check.h"
#include "base/random.h"
#include "media/rtp_maker.h"

namespace millrace {
namespace {

Timestamp At(int64_t ms) { return Timestamp::Millis(ms); }

constexpr ReceiveStreamSettings kVideo = {
    .ssrc = Ssrc(1), .payload_type = 96, .rtx_ssrc = Ssrc(2), .use_nack = true};

class ReceiveStreamTest : public testing::Test {
 protected:
  ReceiveStream::Received Receive(const RtpMaker& maker, Timestamp now) {
    RtpMaker(maker).At(now).Fill(*packet_);
    return stream_.Receive(*packet_, now);
  }
  ReceiveStream::Received Receive(uint16_t sequence, Timestamp now) {
    return Receive(RtpMaker().Seq(sequence).Time(static_cast<uint32_t>(now.ms() * 90)), now);
  }
  // The original with this number comes by RTX.
  ReceiveStream::Received Recover(uint16_t sequence, Timestamp now) {
    uint8_t high = static_cast<uint8_t>(sequence >> 8);
    uint8_t low = static_cast<uint8_t>(sequence);
    RtpMaker()
        .From(2)
        .Type(97)
        .Seq(rtx_sequence_++)
        .Payload({high, low, 0x10, 1, 0})
        .Fill(*packet_);
    std::optional<size_t> size = stream_.ReceiveRtx(packet_->view, *packet_);
    CHECK(size, "the retransmission has an original");
    CHECK(packet_->Parse(*size, RtpExtensionIds(), Codec::kVp8, 101), "the original parses");
    packet_->recovered = true;
    return stream_.Receive(*packet_, now);
  }
  std::vector<uint16_t> Nacks(Timestamp now) {
    std::span<const uint16_t> nacks = stream_.OnDeadline(now).nacks;
    return {nacks.begin(), nacks.end()};
  }
  void Use(const ReceiveStreamSettings& settings) { stream_ = ReceiveStream(settings); }

  ReceiveStream stream_{kVideo};
  std::unique_ptr<RtpPacket> packet_ = std::make_unique<RtpPacket>();
  uint16_t rtx_sequence_ = 65'530;
};

TEST_F(ReceiveStreamTest, NumbersPacketsWithoutEnd) {
  EXPECT_FALSE(Receive(65'535, At(0)).drop);
  EXPECT_EQ(packet_->sequence, 65'535);
  EXPECT_FALSE(Receive(0, At(1)).drop);
  EXPECT_EQ(packet_->sequence, 65'536);
}

TEST_F(ReceiveStreamTest, DropsDuplicatesAndCountsThem) {
  (void)Receive(1, At(0));
  EXPECT_EQ(Receive(1, At(1)).drop, DropReason::kDuplicate);
  EXPECT_EQ(stream_.stats(At(1)).packets_discarded, 1u);
  EXPECT_EQ(stream_.stats(At(1)).packet_count, 1u);
}

TEST_F(ReceiveStreamTest, ComesToLifeAndFallsSilent) {
  EXPECT_EQ(stream_.score(), 0);
  EXPECT_EQ(stream_.deadline(), Timestamp::Never());
  EXPECT_EQ(Receive(1, At(0)).score_change, 10);
  EXPECT_FALSE(Receive(2, At(1000)).score_change);
  EXPECT_EQ(stream_.deadline(), At(2500));
  EXPECT_FALSE(stream_.OnDeadline(At(2499)).score_change);
  EXPECT_EQ(stream_.OnDeadline(At(2500)).score_change, 0);
  EXPECT_FALSE(stream_.active());
  EXPECT_EQ(stream_.deadline(), Timestamp::Never());
  EXPECT_EQ(Receive(3, At(9000)).score_change, 10);
}

TEST_F(ReceiveStreamTest, WaitsLongerForAStreamWithDtx) {
  Use({.ssrc = Ssrc(1), .clock_rate = 48'000, .use_dtx = true});
  (void)Receive(1, At(0));
  EXPECT_EQ(stream_.deadline(), At(5000));
}

TEST_F(ReceiveStreamTest, AsksForMissingPacketsAndTakesThemFromTheRtxStream) {
  (void)Receive(10, At(0));
  (void)Receive(13, At(0));
  EXPECT_EQ(stream_.deadline(), At(10));
  EXPECT_EQ(Nacks(At(10)), (std::vector<uint16_t>{11, 12}));
  EXPECT_FALSE(Recover(11, At(60)).drop);
  EXPECT_EQ(packet_->sequence, 11);
  EXPECT_TRUE(packet_->recovered);
  EXPECT_EQ(Nacks(At(123)), (std::vector<uint16_t>{12}));
  ReceiveStreamStats stats = stream_.stats(At(123));
  EXPECT_EQ(stats.packets_retransmitted, 1u);
  EXPECT_EQ(stats.packets_repaired, 1u);
  EXPECT_EQ(stats.nack_count, 2u);
  EXPECT_EQ(stats.nack_packet_count, 3u);
}

TEST_F(ReceiveStreamTest, AsksAtTheMeasuredRoundTrip) {
  (void)Receive(10, At(0));
  (void)Receive(12, At(0));
  stream_.SetRoundTripTime(Duration::Millis(400));
  EXPECT_FALSE(Nacks(At(10)).empty());
  EXPECT_TRUE(Nacks(At(459)).empty());
  EXPECT_FALSE(Nacks(At(460)).empty());
}

TEST_F(ReceiveStreamTest, ARetransmissionOfWhatIsThereIsADuplicate) {
  (void)Receive(10, At(0));
  EXPECT_EQ(Recover(10, At(1)).drop, DropReason::kDuplicate);
  EXPECT_EQ(stream_.stats(At(1)).rtx_packets_discarded, 1u);
}

TEST_F(ReceiveStreamTest, CountsAnEmptyRetransmission) {
  RtpMaker().From(2).Payload({}).Padding(100).Fill(*packet_);
  EXPECT_FALSE(stream_.ReceiveRtx(packet_->view, *packet_));
  EXPECT_EQ(stream_.stats(At(0)).rtx_packets_discarded, 1u);
}

TEST_F(ReceiveStreamTest, WithoutRtxWhatWasAskedForIsRepaired) {
  Use({.ssrc = Ssrc(1), .use_nack = true});
  (void)Receive(10, At(0));
  (void)Receive(12, At(0));
  (void)Nacks(At(10));
  (void)Receive(11, At(60));
  EXPECT_EQ(stream_.stats(At(60)).packets_repaired, 1u);
  EXPECT_EQ(stream_.MakeReport(At(60)).block->cumulative_lost, 1);
}

TEST_F(ReceiveStreamTest, AsksForNothingWithoutNack) {
  Use({.ssrc = Ssrc(1)});
  (void)Receive(10, At(0));
  (void)Receive(2000, At(0));
  EXPECT_TRUE(Nacks(At(100)).empty());
}

TEST_F(ReceiveStreamTest, AsksForAKeyFrameWhenTooMuchIsMissing) {
  (void)Receive(10, At(0));
  EXPECT_TRUE(Receive(1500, At(0)).ask_key_frame);
}

TEST_F(ReceiveStreamTest, BelievesARestartAndAsksForAKeyFrame) {
  (void)Receive(10, At(0));
  EXPECT_EQ(Receive(30'000, At(1)).drop, DropReason::kTooOld);
  ReceiveStream::Received received = Receive(30'001, At(2));
  EXPECT_FALSE(received.drop);
  EXPECT_TRUE(received.ask_key_frame);
  EXPECT_EQ(packet_->sequence, 30'001);
  // What lies between the two is not lost.
  EXPECT_EQ(stream_.MakeReport(At(3)).block->cumulative_lost, 0);
}

TEST_F(ReceiveStreamTest, MakesTheReportOfAppendixA3) {
  EXPECT_FALSE(stream_.MakeReport(At(0)).block);
  for (uint16_t i = 0; i < 100; ++i) {
    if (i % 4 != 1) (void)Receive(static_cast<uint16_t>(65'500 + i), At(i * 10));
  }
  ReportBlock block = *stream_.MakeReport(At(1000)).block;
  EXPECT_EQ(block.ssrc, Ssrc(1));
  EXPECT_EQ(block.cumulative_lost, 25);
  EXPECT_EQ(block.fraction_lost, 64);  // a quarter
  EXPECT_EQ(block.highest_sequence_number, 65'599u);
  EXPECT_EQ(block.last_sender_report, 0u);
  // An interval without a packet lost nothing.
  block = *stream_.MakeReport(At(2000)).block;
  EXPECT_EQ(block.cumulative_lost, 25);
  EXPECT_EQ(block.fraction_lost, 0);
}

TEST_F(ReceiveStreamTest, ALateFirstPacketIsNoNegativeLoss) {
  (void)Receive(10, At(0));
  (void)Receive(9, At(1));
  (void)Receive(7, At(1));
  EXPECT_EQ(stream_.MakeReport(At(2)).block->cumulative_lost, 1);
}

TEST_F(ReceiveStreamTest, AnswersTheSenderReport) {
  (void)Receive(10, At(0));
  SenderReport report;
  report.ntp = 0x1122'3344'5566'7788;
  report.rtp_timestamp = 4711;
  stream_.ReceiveSenderReport(report, At(100));
  ReportBlock block = *stream_.MakeReport(At(600)).block;
  EXPECT_EQ(block.last_sender_report, 0x3344'5566u);
  EXPECT_EQ(block.delay_since_last_sender_report, 32'768u);
  EXPECT_EQ(stream_.sender_clock()->rtp_timestamp, 4711u);
  // RC-04: a report that goes back in time, or names none, is only another one.
  stream_.ReceiveSenderReport(SenderReport(), At(700));
  EXPECT_EQ(stream_.MakeReport(At(800)).block->last_sender_report, 0u);
}

TEST_F(ReceiveStreamTest, MeasuresTheJitterOfAppendixA8) {
  // Each second packet is 10 ms late: the transit changes by 900 ticks each time.
  for (int i = 0; i < 400; ++i) {
    Timestamp arrival = At(i * 20 + (i % 2) * 10);
    (void)Receive(RtpMaker().Seq(static_cast<uint16_t>(i)).Time(static_cast<uint32_t>(i) * 1800),
                  arrival);
  }
  EXPECT_NEAR(stream_.stats(At(8000)).jitter, 900, 10);
}

TEST_F(ReceiveStreamTest, ATimestampJumpIsNotJitter) {
  for (int i = 0; i < 100; ++i) {
    uint32_t jump = i < 50 ? 0 : 0x7000'0000;
    (void)Receive(
        RtpMaker().Seq(static_cast<uint16_t>(i)).Time(static_cast<uint32_t>(i) * 1800 + jump),
        At(i * 20));
  }
  EXPECT_EQ(stream_.stats(At(2000)).jitter, 0u);
}

TEST_F(ReceiveStreamTest, TheScoreFallsWithLossAndRises) {
  uint16_t sequence = 0;
  for (int second = 0; second < 24; ++second) {
    for (int i = 0; i < 100; ++i) {
      if (i % 2 == 0) (void)Receive(sequence, At(second * 1000 + i * 10));
      ++sequence;
    }
    (void)stream_.MakeReport(At(second * 1000 + 999));
  }
  EXPECT_LE(stream_.score(), 1);
  for (int second = 24; second < 50; ++second) {
    for (int i = 0; i < 100; ++i) (void)Receive(sequence++, At(second * 1000 + i * 10));
    (void)stream_.MakeReport(At(second * 1000 + 999));
  }
  EXPECT_EQ(stream_.score(), 10);
}

TEST_F(ReceiveStreamTest, APausedStreamIsNeitherMissedNorAskedForAnything) {
  (void)Receive(10, At(0));
  (void)Receive(12, At(0));
  stream_.Pause();
  EXPECT_EQ(stream_.deadline(), Timestamp::Never());
  EXPECT_FALSE(stream_.OnDeadline(At(60'000)).score_change);
  EXPECT_EQ(stream_.score(), 10);
  stream_.Resume(At(100'000));
  EXPECT_EQ(stream_.deadline(), At(101'500));
  (void)Receive(13, At(100'001));
  EXPECT_TRUE(Nacks(At(100'100)).empty());
}

TEST_F(ReceiveStreamTest, ALatePacketAfterAPauseMakesNothingMissing) {
  (void)Receive(10, At(0));
  stream_.Pause();
  (void)Receive(12, At(100));
  (void)Receive(13, At(101));
  stream_.Resume(At(200));
  (void)Receive(11, At(201));
  (void)Receive(14, At(202));
  EXPECT_TRUE(Nacks(At(300)).empty());
  (void)Receive(16, At(301));
  EXPECT_EQ(Nacks(At(320)), std::vector<uint16_t>{15});
}

TEST_F(ReceiveStreamTest, TellsTheBitrateOfEachLayerWithWhatItBuildsOn) {
  Use({.ssrc = Ssrc(1), .temporal_layers = 2});
  uint16_t sequence = 0;
  for (int i = 0; i < 100; ++i) {
    RtpMaker().Seq(sequence++).Size(1000 - 12).At(At(i * 10)).Fill(*packet_);
    packet_->temporal_layer = i % 4 == 0 ? 0 : 1;
    (void)stream_.Receive(*packet_, At(i * 10));
  }
  ReceiveStreamStats stats = stream_.stats(At(999));
  ASSERT_EQ(stats.layer_bitrates.size(), 2u);
  EXPECT_EQ(stats.layer_bitrates[0].bitrate, 200'000u);
  EXPECT_EQ(stats.layer_bitrates[1].bitrate, 800'000u);
  EXPECT_EQ(stats.bitrate, 800'000u);
  EXPECT_EQ(stats.byte_count, 100'000u);
}

// RT-04 and RT-15: whatever numbers and times an authenticated peer makes up, nothing grows beyond
// its limit and every number told stays one that can be.
TEST_F(ReceiveStreamTest, StaysBoundedUnderNonsenseForAnySeed) {
  for (uint64_t seed = 1; seed <= 6; ++seed) {
    Random random(seed);
    Use({.ssrc = Ssrc(1), .clock_rate = random.NextU32(), .use_nack = true});
    Timestamp now = At(static_cast<int64_t>(random.NextU64() >> 24));
    uint16_t sequence = static_cast<uint16_t>(random.NextU32());
    for (int i = 0; i < 20'000; ++i) {
      now = now + Duration::Micros(random.Below(random.Below(500) == 0 ? 4'000'000'000u : 3000));
      uint16_t step = random.Below(20) == 0 ? static_cast<uint16_t>(random.NextU32()) : uint16_t{1};
      sequence = static_cast<uint16_t>(sequence + step);
      (void)Receive(RtpMaker().Seq(sequence).Time(random.NextU32()), now);
      ReceiveStream::Due due = stream_.OnDeadline(now);
      ASSERT_LE(due.nacks.size(), NackGenerator::kMissingMax);
      if (random.Below(100) == 0) {
        ReportBlock block = *stream_.MakeReport(now).block;
        ASSERT_GE(block.cumulative_lost, -0x800000);
        ASSERT_LE(block.cumulative_lost, 0x7FFFFF);
      }
      ASSERT_LE(stream_.score(), 10);
    }
  }
}

}  // namespace
}  // namespace millrace
