#include "media/transport_feedback_sender.h"

#include <gtest/gtest.h>

#include <map>
#include <set>
#include <vector>

#include "base/check.h"
#include "base/random.h"

namespace millrace {
namespace {

Timestamp At(int64_t ms) { return Timestamp::Millis(ms); }

struct Feedback {
  uint16_t base = 0;
  uint8_t count = 0;
  std::vector<PacketStatus> statuses = {};
};

class TransportFeedbackSenderTest : public testing::Test {
 protected:
  void Receive(uint16_t sequence, Timestamp now) { sender_.Receive(sequence, Ssrc(7), now, now); }
  std::vector<Feedback> Write(Timestamp now, size_t room = 1292) {
    std::vector<Feedback> all;
    std::vector<uint8_t> bytes(room);
    for (;;) {
      ByteWriter writer(bytes);
      if (!sender_.Write(writer, Ssrc(1), now)) return all;
      RtcpReader reader(writer.written());
      std::optional<TransportFeedback> parsed = TransportFeedback::Parse(*reader.Next());
      CHECK(parsed, "our own feedback parses");
      Feedback feedback{.base = parsed->base_sequence_number(), .count = parsed->feedback_count()};
      parsed->ForEach([&](const PacketStatus& status) { feedback.statuses.push_back(status); });
      all.push_back(feedback);
    }
  }
  static std::vector<int> Numbers(const Feedback& feedback) {
    std::vector<int> numbers;
    for (const PacketStatus& status : feedback.statuses) {
      numbers.push_back(status.received ? status.sequence_number : -1);
    }
    return numbers;
  }

  TransportFeedbackSender sender_;
};

TEST_F(TransportFeedbackSenderTest, TellsArrivalsEveryHundredMilliseconds) {
  EXPECT_EQ(sender_.deadline(), Timestamp::Never());
  Receive(65'534, At(1000));
  EXPECT_EQ(sender_.deadline(), At(1100));
  Receive(65'535, At(1010));
  Receive(1, At(1030));
  EXPECT_TRUE(Write(At(1099)).empty());
  std::vector<Feedback> feedback = Write(At(1100));
  ASSERT_EQ(feedback.size(), 1u);
  EXPECT_EQ(Numbers(feedback[0]), (std::vector<int>{65'534, 65'535, -1, 1}));
  EXPECT_EQ(feedback[0].statuses[3].arrival - feedback[0].statuses[0].arrival,
            Duration::Millis(30));
  EXPECT_EQ(sender_.deadline(), Timestamp::Never());
  Receive(2, At(1200));
  EXPECT_EQ(Write(At(1300))[0].count, 1);
}

TEST_F(TransportFeedbackSenderTest, SortsReorderedPackets) {
  Receive(3, At(0));
  Receive(1, At(1));
  Receive(2, At(2));
  Receive(2, At(3));
  // The first packet of all begins the count; the ones it overtook are told, too.
  EXPECT_EQ(Numbers(Write(At(100))[0]), (std::vector<int>{1, 2, 3}));
}

TEST_F(TransportFeedbackSenderTest, TellsALossBetweenTwoFeedbackPackets) {
  Receive(1, At(0));
  (void)Write(At(100));
  Receive(4, At(150));
  EXPECT_EQ(Numbers(Write(At(250))[0]), (std::vector<int>{1, -1, -1, 4}));
}

TEST_F(TransportFeedbackSenderTest, TellsALatePacketWithoutTakingBackOthers) {
  for (uint16_t i = 1; i <= 9; ++i) {
    if (i != 3 && i != 6) Receive(i, At(i));
  }
  (void)Write(At(101));
  Receive(6, At(110));
  Receive(3, At(111));
  Receive(10, At(112));
  std::vector<Feedback> feedback = Write(At(210));
  ASSERT_EQ(feedback.size(), 3u);
  EXPECT_EQ(Numbers(feedback[0]), (std::vector<int>{3}));
  EXPECT_EQ(Numbers(feedback[1]), (std::vector<int>{6}));
  EXPECT_EQ(Numbers(feedback[2]), (std::vector<int>{10}));
}

TEST_F(TransportFeedbackSenderTest, IsDueAtOnceWhenManyPacketsCame) {
  for (uint16_t i = 0; i < TransportFeedbackSender::kArrivalsMax; ++i) Receive(i, At(5));
  EXPECT_EQ(sender_.deadline(), At(5));
  std::vector<Feedback> feedback = Write(At(5));
  ASSERT_EQ(feedback.size(), 1u);
  EXPECT_EQ(feedback[0].statuses.size(), TransportFeedbackSender::kArrivalsMax);
}

TEST_F(TransportFeedbackSenderTest, SplitsWhatOnePacketCannotTell) {
  for (uint16_t i = 0; i < 300; ++i) Receive(i, At(i));
  std::vector<Feedback> feedback = Write(At(300), 200);
  ASSERT_GT(feedback.size(), 1u);
  uint16_t next = 0;
  uint8_t count = 0;
  for (const Feedback& part : feedback) {
    EXPECT_EQ(part.count, count++);
    for (const PacketStatus& status : part.statuses) {
      EXPECT_TRUE(status.received);
      EXPECT_EQ(status.sequence_number, next++);
    }
  }
  EXPECT_EQ(next, 300);
}

TEST_F(TransportFeedbackSenderTest, WritesNothingWithoutRoom) {
  Receive(1, At(0));
  EXPECT_TRUE(Write(At(100), 16).empty());
  EXPECT_EQ(Write(At(100)).size(), 1u);
}

TEST_F(TransportFeedbackSenderTest, DoesNotRepeatAnArrivalOfLongAgo) {
  Receive(1, At(0));
  (void)Write(At(100));
  Receive(5, At(60'000));
  EXPECT_EQ(Numbers(Write(At(60'100))[0]), std::vector<int>{5});
}

TEST_F(TransportFeedbackSenderTest, BelievesAJumpWhenTheNextNumberFollows) {
  Receive(1, At(0));
  Receive(30'000, At(1));
  Receive(2, At(2));
  EXPECT_EQ(Numbers(Write(At(100))[0]), (std::vector<int>{1, 2}));
  Receive(30'000, At(101));
  Receive(30'001, At(102));
  Receive(30'002, At(103));
  EXPECT_EQ(Numbers(Write(At(300))[0]), (std::vector<int>{30'001, 30'002}));
}

// RT-15: random numbers keep neither memory nor output.
TEST_F(TransportFeedbackSenderTest, StaysBoundedUnderRandomNumbers) {
  Random random(4);
  size_t packets = 0;
  for (int i = 0; i < 100'000; ++i) {
    Receive(static_cast<uint16_t>(random.NextU32()), At(i / 100));
    if (i % 100 == 0) packets += Write(At(i / 100)).size();
  }
  // Ten intervals.
  EXPECT_LE(packets, 10u * TransportFeedbackSender::kWritesMax);
}

// Every packet that arrived within the limit of lateness is told as received, with its time, and no
// packet that never came is; under loss, reordering and duplicates.
TEST_F(TransportFeedbackSenderTest, TellsTheTruthForAnySeed) {
  for (uint64_t seed = 1; seed <= 10; ++seed) {
    Random random(seed);
    sender_ = TransportFeedbackSender();
    std::map<uint16_t, Timestamp> arrived;
    std::set<uint16_t> told;
    std::set<uint16_t> told_lost;
    std::multimap<int64_t, uint16_t> in_flight;
    uint16_t base = static_cast<uint16_t>(random.NextU32());
    std::optional<Duration> clock_offset;
    uint16_t never = 0;
    for (int64_t ms = 0; ms < 20'000; ++ms) {
      uint16_t sequence = static_cast<uint16_t>(base + ms);
      if (random.Below(10) > 0)
        in_flight.emplace(ms + random.Below(30), sequence);
      else
        ++never;
      while (!in_flight.empty() && in_flight.begin()->first <= ms) {
        uint16_t number = in_flight.begin()->second;
        in_flight.erase(in_flight.begin());
        Receive(number, At(ms));
        arrived.emplace(number, At(ms));
      }
      for (const Feedback& feedback : Write(At(ms))) {
        for (const PacketStatus& status : feedback.statuses) {
          if (!status.received) {
            told_lost.insert(status.sequence_number);
            ASSERT_FALSE(told.contains(status.sequence_number)) << "seed " << seed;
            continue;
          }
          ASSERT_TRUE(arrived.contains(status.sequence_number)) << "seed " << seed;
          told.insert(status.sequence_number);
          Duration offset = arrived[status.sequence_number] - (Timestamp() + status.arrival);
          if (!clock_offset) clock_offset = offset;
          ASSERT_EQ(offset, *clock_offset) << "seed " << seed;
        }
      }
    }
    EXPECT_GE(told.size() + 200, arrived.size()) << "seed " << seed;
    EXPECT_GE(told_lost.size() + 20, never) << "seed " << seed;
  }
}

}  // namespace
}  // namespace millrace
