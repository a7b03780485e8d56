#include "media/bwe/sent_packet_history.h"

#include <gtest/gtest.h>

#include "base/random.h"

namespace millrace {
namespace {

Timestamp At(int64_t ms) { return Timestamp::Millis(ms); }

void Send(SentPacketHistory& history, uint16_t number, int64_t ms) {
  history.Add({.sequence_number = number, .bytes = 1200, .sent = At(ms), .probe = 7});
}

TEST(SentPacketHistoryTest, AnswersOnceWithWhatWasSent) {
  SentPacketHistory history;
  Send(history, 65'535, 10);
  Send(history, 0, 20);
  std::optional<PacketResult> result = history.Take(65'535, At(5'000));
  ASSERT_TRUE(result);
  EXPECT_EQ(result->bytes, 1200u);
  EXPECT_EQ(result->sent, At(10));
  EXPECT_EQ(result->arrival, At(5'000));
  EXPECT_EQ(result->probe, 7u);
  EXPECT_FALSE(result->was_lost);
  EXPECT_FALSE(history.Take(65'535, At(5'000)));
  EXPECT_FALSE(history.Take(65'535, std::nullopt));
  EXPECT_TRUE(history.Take(0, std::nullopt));
}

TEST(SentPacketHistoryTest, TellsOfALostPacketThatArrivedAfterAll) {
  SentPacketHistory history;
  Send(history, 1, 10);
  EXPECT_TRUE(history.Take(1, std::nullopt));
  EXPECT_FALSE(history.Take(1, std::nullopt));
  std::optional<PacketResult> late = history.Take(1, At(5'000));
  ASSERT_TRUE(late);
  EXPECT_TRUE(late->was_lost);
  EXPECT_FALSE(history.Take(1, At(5'000)));
}

TEST(SentPacketHistoryTest, KnowsNothingOfWhatWasNeverSent) {
  SentPacketHistory history;
  EXPECT_FALSE(history.Take(1, At(0)));
  Send(history, 100, 0);
  Send(history, 105, 1);
  for (int number : {99, 101, 104, 106, 32'000, 40'000}) {
    EXPECT_FALSE(history.Take(static_cast<uint16_t>(number), At(0))) << number;
  }
}

TEST(SentPacketHistoryTest, GrowsWithTheRateAndKeepsWhatItHad) {
  SentPacketHistory history;
  for (int i = 0; i < 3000; ++i) Send(history, static_cast<uint16_t>(65'000 + i), i / 5);
  EXPECT_EQ(history.capacity(), 4096u);
  for (int i = 0; i < 3000; ++i) {
    std::optional<PacketResult> result = history.Take(static_cast<uint16_t>(65'000 + i), At(1'000));
    ASSERT_TRUE(result) << i;
    EXPECT_EQ(result->sent, At(i / 5));
  }
}

TEST(SentPacketHistoryTest, DoesNotGrowForPacketsThatNobodyWaitsFor) {
  SentPacketHistory history;
  for (int i = 0; i < 10'000; ++i) Send(history, static_cast<uint16_t>(i), i * 20);
  EXPECT_EQ(history.capacity(), SentPacketHistory::kPacketsAtFirst);
}

TEST(SentPacketHistoryTest, IsBoundedHoweverFastPacketsLeave) {
  SentPacketHistory history;
  for (int i = 0; i < 200'000; ++i) Send(history, static_cast<uint16_t>(i), i / 1000);
  EXPECT_EQ(history.capacity(), SentPacketHistory::kPacketsMax);
  EXPECT_FALSE(history.Take(static_cast<uint16_t>(200'000 - 1 - 8192), At(0)));
  EXPECT_TRUE(history.Take(static_cast<uint16_t>(200'000 - 8192), At(0)));
}

TEST(SentPacketHistoryTest, OldSlotsDoNotAnswerForSkippedNumbers) {
  SentPacketHistory history;
  for (uint16_t i = 0; i < 256; ++i) Send(history, i, i * 100);
  Send(history, 400, 60'000);
  for (uint16_t i = 256; i < 400; ++i) EXPECT_FALSE(history.Take(i, At(0))) << i;
  EXPECT_TRUE(history.Take(400, At(0)));
}

}  // namespace
}  // namespace millrace
