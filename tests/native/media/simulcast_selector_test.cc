#include "media/simulcast_selector.h"

#include <gtest/gtest.h>

#include <memory>

namespace millrace {
namespace {

constexpr Duration kFrame = Duration::Millis(33);

// H.264 without temporal layers: one packet a picture, three streams with clocks of their own.
class SimulcastSelectorTest : public testing::Test {
 protected:
  Selection Send(uint8_t stream, bool key = false) {
    packet_->stream_index = stream;
    packet_->sequence = next_[stream]++;
    packet_->timestamp = ClockOf(stream);
    packet_->key_frame = key;
    packet_->marker = true;
    packet_->payload_size = 100;
    return selector_.OnPacket(*packet_, nullptr, now_, rewriter_);
  }
  Selection SendKey(uint8_t stream) { return Send(stream, true); }
  uint32_t ClockOf(uint8_t stream) const {
    return 1'000'000u * stream + static_cast<uint32_t>(now_.ms() * 90);
  }
  void Report(uint8_t stream) {
    uint64_t ntp = (static_cast<uint64_t>(now_.ms()) << 32) / 1000;
    selector_.OnSenderReport(stream, ntp, ClockOf(stream));
  }
  void Wait(Duration time = kFrame) { now_ = now_ + time; }
  // Runs until the highest stream is forwarded.
  void StartHigh() {
    (void)selector_.Start(0b111, now_);
    for (uint8_t stream = 0; stream < 3; ++stream) {
      Wait();
      (void)SendKey(stream);
    }
    ASSERT_EQ(selector_.current_stream(), 2);
  }

  std::unique_ptr<RtpPacket> packet_ = std::make_unique<RtpPacket>();
  std::array<int64_t, 3> next_ = {100, 20'000, 65'530};
  Timestamp now_ = Timestamp::Millis(5000);
  RtpRewriter rewriter_{Ssrc(7), 90'000, 1000};
  SimulcastSelector selector_{{.counts = {.spatial = 3, .temporal = 1}}};
};

TEST_F(SimulcastSelectorTest, AsksForTheTargetAndBeginsWithWhatComesFirst) {
  EXPECT_EQ(selector_.Start(0b111, now_).ask_key_frame, 2);
  EXPECT_EQ(Send(0).reason, DropReason::kLayerNotSelected);
  EXPECT_EQ(Send(2).reason, DropReason::kWaitingForKeyFrame);
  Selection low = SendKey(0);
  ASSERT_TRUE(low.rewrite);
  EXPECT_TRUE(low.began);
  EXPECT_TRUE(low.update.layers_changed);
  EXPECT_EQ(selector_.choice().current(), (Layers{0, 0}));
  Wait();
  Selection high = SendKey(2);
  ASSERT_TRUE(high.rewrite);
  EXPECT_EQ(high.rewrite->sequence, 1001);
  EXPECT_EQ(selector_.choice().current(), (Layers{2, 0}));
  EXPECT_EQ(Send(0).reason, DropReason::kLayerNotSelected);
}

TEST_F(SimulcastSelectorTest, LearnsByItselfWhichStreamsArrive) {
  EXPECT_EQ(Send(0).update.ask_key_frame, 0);
  EXPECT_EQ(Send(1).update.ask_key_frame, 1);
  EXPECT_EQ(Send(1).update.ask_key_frame, std::nullopt);
  Selection begun = SendKey(2);
  EXPECT_TRUE(begun.rewrite);
  EXPECT_EQ(begun.update.ask_key_frame, std::nullopt) << "it is here";
}

TEST_F(SimulcastSelectorTest, KeepsTheCurrentStreamUntilTheTargetsKeyFrame) {
  StartHigh();
  LayersUpdate update = selector_.Prefer(0, std::nullopt, now_);
  EXPECT_EQ(update.ask_key_frame, 0);
  EXPECT_FALSE(update.layers_changed);
  for (int i = 0; i < 10; ++i) {
    Wait();
    EXPECT_FALSE(Send(0).rewrite);
    EXPECT_TRUE(Send(2).rewrite);
  }
  EXPECT_TRUE(SendKey(0).update.layers_changed);
  EXPECT_FALSE(Send(2).rewrite);
  EXPECT_EQ(selector_.choice().target(), (Layers{0, 0}));
}

TEST_F(SimulcastSelectorTest, AsksOnceASecondWhileTheKeyFrameDoesNotCome) {
  StartHigh();
  (void)selector_.Prefer(1, std::nullopt, now_);
  int asked = 0;
  for (int i = 0; i < 100; ++i) {
    Wait();
    asked += Send(1).update.ask_key_frame == 1;
    EXPECT_EQ(Send(2).update.ask_key_frame, std::nullopt);
  }
  EXPECT_EQ(asked, 3);
}

TEST_F(SimulcastSelectorTest, LeavesAStreamThatFallsSilentWithinTwoSeconds) {
  StartHigh();
  Timestamp silent = now_;
  bool asked = false;
  while (selector_.current_stream() == 2) {
    Wait();
    ASSERT_LT(now_ - silent, Duration::Seconds(2));
    // The source answers a request in the time of some pictures.
    if (asked) Wait(kFrame * 6);
    bool answers = asked;
    asked = Send(0).update.ask_key_frame == 1;
    asked |= Send(1, answers).update.ask_key_frame == 1;
  }
  EXPECT_EQ(selector_.choice().current(), (Layers{1, 0}));
}

TEST_F(SimulcastSelectorTest, LeavesAStreamThatIsToldToHaveStoppedAtOnce) {
  StartHigh();
  EXPECT_EQ(selector_.OnStreamStopped(2, now_).ask_key_frame, 1);
  Wait();
  // Nothing else arrives of the lost one, so the lowest stream's key frame is welcome, too.
  EXPECT_TRUE(SendKey(0).rewrite);
  EXPECT_TRUE(SendKey(1).rewrite);
  Wait();
  EXPECT_EQ(Send(2).update.ask_key_frame, 2) << "it is back";
  EXPECT_TRUE(Send(1).rewrite);
  EXPECT_TRUE(SendKey(2).rewrite);
}

TEST_F(SimulcastSelectorTest, TellsThatNothingIsCurrentWhenAllStreamsStop) {
  StartHigh();
  (void)selector_.OnStreamStopped(0, now_);
  (void)selector_.OnStreamStopped(1, now_);
  EXPECT_TRUE(selector_.OnStreamStopped(2, now_).layers_changed);
  EXPECT_EQ(selector_.choice().current(), std::nullopt);
  EXPECT_FALSE(Send(2).rewrite) << "only with a key frame";
}

TEST_F(SimulcastSelectorTest, SendsNothingWithoutBandwidthAndBeginsAnewWithIt) {
  StartHigh();
  EXPECT_TRUE(selector_.Allow(std::nullopt, now_).layers_changed);
  EXPECT_FALSE(Send(2).rewrite);
  EXPECT_FALSE(SendKey(2).rewrite);
  EXPECT_EQ(selector_.Allow(Layers{1, 0}, now_).ask_key_frame, 1);
  EXPECT_FALSE(SendKey(2).rewrite);
  EXPECT_TRUE(SendKey(1).rewrite);
}

TEST_F(SimulcastSelectorTest, StopsAndGoesOnWithTheSameNumbers) {
  StartHigh();
  Wait();
  uint16_t last = Send(2).rewrite->sequence;
  EXPECT_TRUE(selector_.Stop().layers_changed);
  EXPECT_FALSE(selector_.Stop().layers_changed);
  next_[2] += 500;
  Wait(Duration::Seconds(20));
  EXPECT_EQ(selector_.Start(0b111, now_).ask_key_frame, 2);
  EXPECT_FALSE(Send(2).rewrite);
  EXPECT_EQ(SendKey(2).rewrite->sequence, static_cast<uint16_t>(last + 1));
}

TEST_F(SimulcastSelectorTest, PutsAnotherStreamOnTheSameClockBySenderReports) {
  for (uint8_t stream = 0; stream < 3; ++stream) Report(stream);
  StartHigh();
  uint32_t start = Send(2).rewrite->timestamp;
  Timestamp started = now_;
  Wait();
  (void)selector_.Prefer(0, std::nullopt, now_);
  // The picture was captured now, and comes a long time later.
  packet_->stream_index = 0;
  packet_->sequence = next_[0]++;
  packet_->timestamp = ClockOf(0);
  packet_->key_frame = true;
  Selection low = selector_.OnPacket(*packet_, nullptr, now_ + Duration::Millis(300), rewriter_);
  ASSERT_TRUE(low.rewrite);
  EXPECT_EQ(low.rewrite->timestamp - start, (now_ - started).ms() * 90);
}

TEST_F(SimulcastSelectorTest, DoesNotBelieveSenderReportsThatMoveTimeBySeconds) {
  for (uint8_t stream = 0; stream < 3; ++stream) Report(stream);
  StartHigh();
  uint32_t start = Send(2).rewrite->timestamp;
  selector_.OnSenderReport(1, uint64_t{1} << 63, 12'345);
  Wait();
  (void)selector_.Prefer(1, std::nullopt, now_);
  EXPECT_EQ(SendKey(1).rewrite->timestamp - start, kFrame.ms() * 90);
}

TEST_F(SimulcastSelectorTest, DoesNotTakeOverWithAKeyFrameWhoseRestHasPassed) {
  StartHigh();
  (void)selector_.Prefer(1, std::nullopt, now_);
  next_[1] += 1;
  EXPECT_FALSE(Send(1).rewrite);
  next_[1] -= 2;
  EXPECT_FALSE(SendKey(1).rewrite);
  next_[1] += 1;
  EXPECT_TRUE(SendKey(1).rewrite);
}

TEST_F(SimulcastSelectorTest, TakesOverAndTakesTheRestAgainFromACallerThatKeptIt) {
  selector_ = SimulcastSelector({.counts = {.spatial = 2, .temporal = 1}, .early_packets_max = 8});
  (void)selector_.Start(0b11, now_);
  next_[1] = 501;
  EXPECT_FALSE(Send(1).rewrite);
  next_[1] = 500;
  Selection key = SendKey(1);
  ASSERT_TRUE(key.rewrite);
  EXPECT_TRUE(key.began);
  Selection again = Send(1);
  ASSERT_TRUE(again.rewrite);
  EXPECT_EQ(again.rewrite->sequence, key.rewrite->sequence + 1);
}

TEST_F(SimulcastSelectorTest, ClosesRanksBehindPacketsThatCarryNothing) {
  StartHigh();
  uint16_t last = Send(2).rewrite->sequence;
  packet_->stream_index = 2;
  packet_->sequence = next_[2]++;
  packet_->payload_size = 0;
  EXPECT_EQ(selector_.OnPacket(*packet_, nullptr, now_, rewriter_).reason, DropReason::kEmptyPayload);
  packet_->sequence = next_[2]++;
  selector_.Skip(*packet_, rewriter_);
  EXPECT_EQ(Send(2).rewrite->sequence, static_cast<uint16_t>(last + 1));
}

TEST_F(SimulcastSelectorTest, RefusesStreamsBeyondItsNumber) {
  StartHigh();
  packet_->stream_index = 3;
  EXPECT_EQ(selector_.OnPacket(*packet_, nullptr, now_, rewriter_).reason, DropReason::kStreamLimit);
  packet_->stream_index = 255;
  EXPECT_EQ(selector_.OnPacket(*packet_, nullptr, now_, rewriter_).reason, DropReason::kStreamLimit);
}

TEST_F(SimulcastSelectorTest, SendsTheLeastOfAStreamThatThereIsNoBandwidthFor) {
  selector_ = SimulcastSelector({.counts = {.spatial = 2, .temporal = 3}});
  auto send = [&](uint8_t stream, uint8_t temporal, bool key) {
    Wait();
    Vp8Descriptor descriptor;
    descriptor.temporal_layer = temporal;
    descriptor.start_of_partition = true;
    descriptor.key_frame = key;
    packet_->descriptor = descriptor;
    return Send(stream, key).rewrite.has_value();
  };
  EXPECT_FALSE(send(0, 0, false));
  EXPECT_TRUE(send(1, 0, true));
  EXPECT_TRUE(send(1, 2, false));
  (void)selector_.Allow(Layers{0, 2}, now_);
  EXPECT_FALSE(send(1, 2, false));
  EXPECT_TRUE(send(1, 0, false));
  EXPECT_EQ(selector_.choice().current(), (Layers{1, 0}));
  EXPECT_TRUE(send(0, 0, true));
  EXPECT_EQ(selector_.choice().current(), (Layers{0, 2}));
}

}  // namespace
}  // namespace millrace
