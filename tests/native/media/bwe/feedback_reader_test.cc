#include "media/bwe/feedback_reader.h"

#include <gtest/gtest.h>

#include "media/bwe/feedback_maker.h"

namespace millrace {
namespace {

Timestamp At(int64_t ms) { return Timestamp::Millis(ms); }

void Send(SentPacketHistory& history, uint16_t number, int64_t ms) {
  history.Add({.sequence_number = number, .bytes = 1200, .sent = At(ms)});
}

TEST(FeedbackReaderTest, MakesResultsOfWhatWasSentAndTold) {
  SentPacketHistory history;
  for (uint16_t i = 0; i < 4; ++i) Send(history, i, 10 * i);
  FeedbackReader reader;
  FeedbackMaker maker;
  maker.Arrived(0, 7'000).Arrived(1, 7'010).Arrived(3, 7'035);
  FeedbackReport report = reader.Read(maker.Make(), history, At(100));
  EXPECT_EQ(report.received, 3u);
  EXPECT_EQ(report.lost, 1u);
  ASSERT_EQ(report.packets.size(), 4u);
  EXPECT_FALSE(report.packets[2].arrival);
  EXPECT_EQ(*report.packets[3].arrival - *report.packets[0].arrival, Duration::Millis(35));
  // Sent at 30, answered at 100, and no other one was faster.
  EXPECT_EQ(report.rtt, Duration::Millis(65));
  EXPECT_FALSE(report.clock_leapt);
}

TEST(FeedbackReaderTest, FollowsTheReceiversClockOverItsWrap) {
  constexpr int64_t kPeriodMs = (int64_t{1} << 24) * 64;
  SentPacketHistory history;
  FeedbackReader reader;
  std::optional<Timestamp> last;
  for (uint16_t i = 0; i < 100; ++i) {
    Send(history, i, i * 100);
    FeedbackMaker maker;
    maker.Arrived(i, kPeriodMs / 2 - 5'000 + i * 100);
    FeedbackReport report = reader.Read(maker.Make(), history, At(i * 100 + 50));
    ASSERT_EQ(report.received, 1u);
    EXPECT_FALSE(report.clock_leapt) << i;
    Timestamp arrival = *report.packets[0].arrival;
    EXPECT_EQ(arrival - last.value_or(arrival - Duration::Millis(100)), Duration::Millis(100)) << i;
    last = arrival;
  }
}

TEST(FeedbackReaderTest, MarksALeapOfTheClock) {
  SentPacketHistory history;
  for (uint16_t i = 0; i < 3; ++i) Send(history, i, i * 100);
  FeedbackReader reader;
  FeedbackMaker first;
  EXPECT_FALSE(reader.Read(first.Arrived(0, 1'000).Make(), history, At(50)).clock_leapt);
  FeedbackMaker second;
  EXPECT_TRUE(reader.Read(second.Arrived(1, 900'000).Make(), history, At(150)).clock_leapt);
  FeedbackMaker third;
  EXPECT_FALSE(reader.Read(third.Arrived(2, 900'100).Make(), history, At(250)).clock_leapt);
}

TEST(FeedbackReaderTest, IgnoresPacketsThatWereNeverSent) {
  SentPacketHistory history;
  Send(history, 5, 0);
  FeedbackReader reader;
  FeedbackMaker maker;
  for (uint16_t i = 100; i < 200; ++i) maker.Arrived(i, i);
  FeedbackReport report = reader.Read(maker.Make(), history, At(50));
  EXPECT_TRUE(report.packets.empty());
  EXPECT_FALSE(report.rtt);
}

}  // namespace
}  // namespace millrace
