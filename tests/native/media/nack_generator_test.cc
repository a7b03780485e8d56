#include "media/nack_generator.h"

#include <gtest/gtest.h>

#include <map>
#include <vector>

#include "base/random.h"

namespace millrace {
namespace {

constexpr Duration kRtt = Duration::Millis(50);

Timestamp At(int64_t ms) { return Timestamp::Millis(ms); }

std::vector<uint16_t> Due(NackGenerator& nack, Timestamp now, Duration rtt = kRtt) {
  std::span<const uint16_t> due = nack.TakeDue(rtt, now).numbers;
  return {due.begin(), due.end()};
}

using Numbers = std::vector<uint16_t>;

TEST(NackGeneratorTest, AsksTenMillisecondsAfterTheGap) {
  NackGenerator nack;
  EXPECT_FALSE(nack.Receive(65'534, false, At(0)).ask_key_frame);
  EXPECT_EQ(nack.deadline(), Timestamp::Never());
  EXPECT_FALSE(nack.Receive(65'537, false, At(0)).ask_key_frame);
  EXPECT_EQ(nack.deadline(), At(10));
  EXPECT_EQ(Due(nack, At(9)), Numbers());
  EXPECT_EQ(Due(nack, At(10)), (Numbers{65'535, 0}));
}

TEST(NackGeneratorTest, LeavesAReorderedPacketAlone) {
  NackGenerator nack;
  (void)nack.Receive(1, false, At(0));
  (void)nack.Receive(3, false, At(1));
  NackGenerator::Arrival late = nack.Receive(2, false, At(5));
  EXPECT_TRUE(late.was_missing);
  EXPECT_FALSE(late.was_asked);
  EXPECT_EQ(nack.deadline(), Timestamp::Never());
  EXPECT_EQ(Due(nack, At(20)), Numbers());
}

TEST(NackGeneratorTest, AsksAgainAfterOneRoundTripAndTenTimesInAll) {
  NackGenerator nack;
  (void)nack.Receive(1, false, At(0));
  (void)nack.Receive(3, false, At(0));
  int requests = 0;
  for (int64_t ms = 0; ms < 2000; ++ms) {
    Numbers due = Due(nack, At(ms));
    if (due.empty()) continue;
    EXPECT_EQ(due, Numbers{2});
    // A round trip and an eighth, at the next millisecond.
    EXPECT_EQ(ms, 10 + 57 * requests);
    ++requests;
  }
  EXPECT_EQ(requests, NackGenerator::kRequestsMax);
  EXPECT_EQ(nack.missing(), 0u);
  EXPECT_EQ(nack.deadline(), Timestamp::Never());
}

TEST(NackGeneratorTest, KeepsAskingForLongerThanALongRoundTrip) {
  NackGenerator nack;
  (void)nack.Receive(1, false, At(0));
  (void)nack.Receive(3, false, At(0));
  constexpr Duration kLong = Duration::Millis(400);
  Timestamp last;
  for (int i = 0; i < 10; ++i) {
    last = nack.deadline();
    ASSERT_EQ(Due(nack, last, kLong), Numbers{2});
  }
  EXPECT_EQ(last, At(10 + 9 * 450));
}

TEST(NackGeneratorTest, WaitsForThePeerOnAShortPath) {
  NackGenerator nack;
  (void)nack.Receive(1, false, At(0));
  (void)nack.Receive(3, false, At(0));
  EXPECT_EQ(Due(nack, At(10), Duration::Micros(200)), Numbers{2});
  EXPECT_EQ(nack.deadline(), At(10) + NackGenerator::kRepeatMin);
}

TEST(NackGeneratorTest, SaysWhetherAnArrivalWasAskedFor) {
  NackGenerator nack;
  (void)nack.Receive(1, false, At(0));
  (void)nack.Receive(4, false, At(0));
  (void)nack.TakeDue(kRtt, At(10));
  EXPECT_TRUE(nack.Receive(2, false, At(60)).was_asked);
  EXPECT_EQ(Due(nack, At(67)), Numbers{3});
  // A packet from before the start was never missing.
  EXPECT_FALSE(nack.Receive(0, false, At(60)).was_missing);
}

TEST(NackGeneratorTest, AsksForAKeyFrameWhenMoreThanAThousandAreMissing) {
  NackGenerator nack;
  (void)nack.Receive(0, false, At(0));
  EXPECT_FALSE(nack.Receive(1001, false, At(0)).ask_key_frame);
  EXPECT_EQ(nack.missing(), 1000u);
  EXPECT_TRUE(nack.Receive(1003, false, At(1)).ask_key_frame);
  EXPECT_EQ(nack.missing(), 0u);
  EXPECT_EQ(nack.deadline(), Timestamp::Never());
  // It goes on with the next gap.
  EXPECT_FALSE(nack.Receive(1005, false, At(2)).ask_key_frame);
  EXPECT_EQ(Due(nack, At(12)), Numbers{1004});
}

TEST(NackGeneratorTest, ForgetsWhatStandsBeforeAKeyFrameWhenTooMuchIsMissing) {
  NackGenerator nack;
  (void)nack.Receive(0, false, At(0));
  (void)nack.Receive(900, true, At(0));
  EXPECT_EQ(nack.missing(), 899u);
  EXPECT_FALSE(nack.Receive(1100, false, At(0)).ask_key_frame);
  EXPECT_EQ(nack.missing(), 199u);
  EXPECT_EQ(Due(nack, At(10)).front(), 901);
}

TEST(NackGeneratorTest, NeedsNothingBeforeAKeyFrameThatEndsALongGap) {
  NackGenerator nack;
  (void)nack.Receive(0, false, At(0));
  EXPECT_FALSE(nack.Receive(2500, true, At(0)).ask_key_frame);
  EXPECT_EQ(nack.missing(), 0u);
}

TEST(NackGeneratorTest, ForgetsWhatIsTooOldToBeTaken) {
  NackGenerator nack;
  (void)nack.Receive(0, false, At(0));
  (void)nack.Receive(2, false, At(0));
  for (int64_t i = 3; i < 2048; ++i) (void)nack.Receive(i, false, At(0));
  EXPECT_EQ(nack.missing(), 1u);
  (void)nack.Receive(2048, false, At(0));
  EXPECT_EQ(nack.missing(), 1u);
  (void)nack.Receive(2049, false, At(0));
  EXPECT_EQ(nack.missing(), 0u);
}

TEST(NackGeneratorTest, ResetForgetsAll) {
  NackGenerator nack;
  (void)nack.Receive(0, false, At(0));
  (void)nack.Receive(5, false, At(0));
  nack.Reset();
  EXPECT_EQ(nack.missing(), 0u);
  EXPECT_EQ(nack.deadline(), Timestamp::Never());
  EXPECT_FALSE(nack.Receive(70'000, false, At(0)).ask_key_frame);
  EXPECT_EQ(nack.missing(), 0u);
}

TEST(NackGeneratorTest, AsksForAKeyFrameWhenAPacketDoesNotCome) {
  for (bool key_frame_follows : {false, true}) {
    NackGenerator nack;
    (void)nack.Receive(1, true, At(0));
    (void)nack.Receive(3, false, At(0));
    if (key_frame_follows) (void)nack.Receive(4, true, At(1));
    for (int i = 0; i < NackGenerator::kRequestsMax; ++i) {
      EXPECT_FALSE(nack.TakeDue(kRtt, nack.deadline()).ask_key_frame);
    }
    NackGenerator::Due last = nack.TakeDue(kRtt, nack.deadline());
    EXPECT_TRUE(last.numbers.empty());
    EXPECT_EQ(last.ask_key_frame, !key_frame_follows);
    EXPECT_EQ(nack.deadline(), Timestamp::Never());
  }
}

// LI-05: every fourth packet is overtaken by ten others, on a path whose delay wavers by 100 ms.
TEST(NackGeneratorTest, LearnsNotToAskForWhatComesByItself) {
  for (bool has_rtx : {false, true}) {
    for (int64_t rtt_ms : {2, 50, 200}) {
      Random random(5);
      NackGenerator nack;
      std::multimap<int64_t, std::pair<int64_t, bool>> arrivals;  // at: sequence, repair
      std::map<int64_t, bool> arrived;
      size_t asked = 0;
      for (int64_t ms = 0; ms < 40'000; ++ms) {
        if (ms % 5 == 0) {
          int64_t late = random.Below(4) == 0 ? 10 + random.Below(90) : 0;
          arrivals.insert({ms + late, {ms / 5, false}});
        }
        while (!arrivals.empty() && arrivals.begin()->first <= ms) {
          auto [sequence, repair] = arrivals.begin()->second;
          arrivals.erase(arrivals.begin());
          using Origin = NackGenerator::Origin;
          Origin origin = !has_rtx ? Origin::kUnknown : repair ? Origin::kRepair : Origin::kFirst;
          if (arrived[sequence]) {
            if (!repair || !has_rtx) nack.ReceiveAgain(sequence, At(ms));
          } else {
            (void)nack.Receive(sequence, false, At(ms), origin);
          }
          arrived[sequence] = true;
        }
        for (uint16_t number : nack.TakeDue(Duration::Millis(rtt_ms), At(ms)).numbers) {
          asked += ms > 10'000;
          arrivals.insert({ms + rtt_ms, {number, true}});
        }
      }
      // Of the 6,000 packets of the last thirty seconds.
      EXPECT_LE(asked, 6'000u / 20) << "rtt " << rtt_ms << (has_rtx ? " RTX" : "");
    }
  }
}

// Laws under random loss, reordering and delay: only missing packets are asked for, none more
// often than ten times or sooner than a round trip, and the list stays below its limit.
TEST(NackGeneratorTest, KeepsItsLawsForAnySeed) {
  for (uint64_t seed = 1; seed <= 8; ++seed) {
    Random random(seed);
    NackGenerator nack;
    std::map<int64_t, bool> arrived;
    std::map<uint16_t, std::pair<int, Timestamp>> asked;
    int64_t base = 60'000 + random.Below(5536);
    int64_t head = base;
    (void)nack.Receive(head, false, At(0));
    std::vector<int64_t> lost;
    for (int64_t ms = 1; ms < 20'000; ++ms) {
      ++head;
      if (random.Below(100) < 30) {
        lost.push_back(head);
        arrived[head] = false;
      } else {
        (void)nack.Receive(head, random.Below(100) == 0, At(ms));
        arrived[head] = true;
      }
      if (!lost.empty() && random.Below(4) == 0) {
        size_t pick = random.Below(static_cast<uint32_t>(lost.size()));
        if (head - lost[pick] < SequenceWindow::kWindow) {
          (void)nack.Receive(lost[pick], false, At(ms));
          arrived[lost[pick]] = true;
        }
        lost.erase(lost.begin() + pick);
      }
      ASSERT_LE(nack.missing(), NackGenerator::kMissingMax);
      for (uint16_t number : nack.TakeDue(kRtt, At(ms)).numbers) {
        int64_t sequence = head - static_cast<uint16_t>(static_cast<uint16_t>(head) - number);
        ASSERT_FALSE(arrived[sequence]) << "seed " << seed;
        auto& [count, last] = asked[number];
        if (count > 0) {
          ASSERT_GE(At(ms) - last, kRtt) << "seed " << seed;
        }
        last = At(ms);
        ASSERT_LE(++count, NackGenerator::kRequestsMax) << "seed " << seed;
      }
    }
    EXPECT_GT(asked.size(), 4000u);
  }
}

}  // namespace
}  // namespace millrace
