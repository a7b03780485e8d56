#include <gtest/gtest.h>

#include "protocol/sctp/chunk_maker.h"
#include "protocol/sctp/congestion_window.h"
#include "protocol/sctp/heartbeat.h"
#include "protocol/sctp/retransmission_timeout.h"

namespace millrace {
namespace {

TEST(RetransmissionTimeoutTest, FollowsTheRoundTripWithinItsBounds) {
  RetransmissionTimeout timeout;
  EXPECT_EQ(timeout.value(), RetransmissionTimeout::kInitial);
  timeout.Measure(Duration::Millis(20));
  EXPECT_EQ(timeout.value(), RetransmissionTimeout::kMin);
  RetransmissionTimeout slow;
  slow.Measure(Duration::Millis(1000));
  EXPECT_EQ(slow.value(), Duration::Millis(3000));
  slow.Measure(Duration::Millis(1000));
  EXPECT_EQ(slow.value(), Duration::Millis(2500));
  slow.Measure(Duration::Millis(-5));
  EXPECT_EQ(slow.value(), Duration::Millis(2500));
}

TEST(RetransmissionTimeoutTest, DoublesUpToItsBound) {
  RetransmissionTimeout timeout;
  timeout.BackOff();
  EXPECT_EQ(timeout.value(), Duration::Millis(1000));
  for (int i = 0; i < 10; ++i) timeout.BackOff();
  EXPECT_EQ(timeout.value(), RetransmissionTimeout::kMax);
  timeout.Measure(Duration::Millis(10));
  EXPECT_EQ(timeout.value(), RetransmissionTimeout::kMin);
}

CongestionWindow::Acknowledged Full(const CongestionWindow& window, size_t bytes, int64_t tsn) {
  return {.bytes = bytes, .in_flight = window.bytes(), .cumulative = true, .tsn = tsn};
}

TEST(CongestionWindowTest, DoublesEachRoundTripAtFirst) {
  CongestionWindow window(1000);
  EXPECT_EQ(window.bytes(), 10000u);
  for (int i = 0; i < 5; ++i) window.OnAcknowledged(Full(window, 2000, i));
  EXPECT_EQ(window.bytes(), 20000u);
}

TEST(CongestionWindowTest, GrowsOnlyWhenItIsUsed) {
  CongestionWindow window(1000);
  window.OnAcknowledged({.bytes = 2000, .in_flight = 3000, .cumulative = true, .tsn = 1});
  window.OnAcknowledged({.bytes = 2000, .in_flight = 10000, .cumulative = false, .tsn = 1});
  EXPECT_EQ(window.bytes(), 10000u);
}

TEST(CongestionWindowTest, HalvesOnceALossAndThenGrowsByOnePacketARoundTrip) {
  CongestionWindow window(1000);
  for (int i = 0; i < 5; ++i) window.OnAcknowledged(Full(window, 2000, i));
  window.OnLoss(100);
  window.OnLoss(100);
  EXPECT_EQ(window.bytes(), 10000u);
  EXPECT_TRUE(window.in_fast_recovery());
  window.OnAcknowledged(Full(window, 2000, 50));
  EXPECT_EQ(window.bytes(), 10000u);
  window.OnAcknowledged(Full(window, 2000, 100));
  EXPECT_FALSE(window.in_fast_recovery());
  window.OnLoss(200);
  EXPECT_EQ(window.bytes(), 5000u);
  window.OnAcknowledged(Full(window, 1000, 200));
  for (int i = 0; i < 3; ++i) window.OnAcknowledged(Full(window, 2000, 201 + i));
  // At the threshold it is still slow start, then one packet for each whole window.
  EXPECT_EQ(window.bytes(), 7000u);
  for (int i = 0; i < 3; ++i) window.OnAcknowledged(Full(window, 2000, 210 + i));
  EXPECT_EQ(window.bytes(), 8000u);
}

TEST(CongestionWindowTest, StartsOverFromOnePacketAfterATimeout) {
  CongestionWindow window(1000);
  window.OnTimeout();
  EXPECT_EQ(window.bytes(), 1000u);
  window.OnIdle();
  EXPECT_EQ(window.bytes(), 4000u);
}

TEST(HeartbeatTest, AsksAfterSilenceAndKnowsItsOwnAnswer) {
  Timestamp now = Timestamp::Millis(0);
  Heartbeat heartbeat(55, now);
  EXPECT_EQ(heartbeat.deadline(), now + Heartbeat::kInterval);
  now = now + Heartbeat::kInterval;
  EXPECT_FALSE(heartbeat.OnDeadline(now));
  ASSERT_TRUE(heartbeat.due());
  MadeChunk made([&](PacketWriter& p) { heartbeat.Write(Duration::Seconds(1), now, p); });
  EXPECT_FALSE(heartbeat.due());
  EXPECT_EQ(heartbeat.deadline(), now + Duration::Seconds(1));
  ByteVector forged(made.view.value.begin(), made.view.value.end());
  forged.back() ^= 1;
  now = now + Duration::Millis(30);
  EXPECT_FALSE(heartbeat.OnAnswer(forged, now));
  EXPECT_EQ(heartbeat.OnAnswer(made.view.value, now), Duration::Millis(30));
  EXPECT_FALSE(heartbeat.OnAnswer(made.view.value, now));
  EXPECT_EQ(heartbeat.deadline(), now + Heartbeat::kInterval);
}

TEST(HeartbeatTest, CountsAQuestionWithoutAnswer) {
  Heartbeat heartbeat(55, Timestamp::Millis(0));
  Timestamp now = heartbeat.deadline();
  EXPECT_FALSE(heartbeat.OnDeadline(now));
  MadeChunk made([&](PacketWriter& p) { heartbeat.Write(Duration::Seconds(1), now, p); });
  EXPECT_FALSE(heartbeat.OnDeadline(now + Duration::Millis(999)));
  EXPECT_TRUE(heartbeat.OnDeadline(now + Duration::Millis(1000)));
}

}  // namespace
}  // namespace millrace
