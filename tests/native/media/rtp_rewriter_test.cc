#include "media/rtp_rewriter.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <set>
#include <vector>

#include "base/sequence.h"

namespace millrace {
namespace {

constexpr uint32_t kClock = 90'000;

// A packet as the rewriter reads it; its bytes do not matter.
class Source {
 public:
  const RtpPacket& Packet(int64_t sequence, uint32_t timestamp = 0) {
    packet_->sequence = sequence;
    packet_->timestamp = timestamp;
    packet_->payload_type = 101;
    packet_->marker = sequence % 2 == 0;
    return *packet_;
  }

 private:
  std::unique_ptr<RtpPacket> packet_ = std::make_unique<RtpPacket>();
};

class RtpRewriterTest : public testing::Test {
 protected:
  int Out(int64_t sequence, uint32_t timestamp = 0, Timestamp now = Timestamp()) {
    std::optional<RtpRewrite> rewrite = rewriter_.Forward(source_.Packet(sequence, timestamp), now);
    return rewrite ? rewrite->sequence : -1;
  }
  uint32_t OutTime(int64_t sequence, uint32_t timestamp, Timestamp now = Timestamp()) {
    return rewriter_.Forward(source_.Packet(sequence, timestamp), now)->timestamp;
  }

  Source source_;
  RtpRewriter rewriter_{Ssrc(77), kClock, 1000};
};

TEST_F(RtpRewriterTest, StartsAtItsInitialNumberWithTheSourcesTime) {
  std::optional<RtpRewrite> rewrite = rewriter_.Forward(source_.Packet(65'540, 123), Timestamp());
  ASSERT_TRUE(rewrite);
  EXPECT_EQ(*rewrite, (RtpRewrite{.ssrc = Ssrc(77),
                                  .timestamp = 123,
                                  .sequence = 1000,
                                  .original_sequence = 0,
                                  .payload_type = 101,
                                  .marker = true,
                                  .rtx = false,
                                  .patch = {}}));
}

TEST_F(RtpRewriterTest, LeavesALossAsAGapSoThatALatePacketFits) {
  EXPECT_EQ(Out(10), 1000);
  EXPECT_EQ(Out(13), 1003);
  EXPECT_EQ(Out(12), 1002);
  EXPECT_EQ(Out(11), 1001);
  EXPECT_EQ(Out(14), 1004);
  EXPECT_EQ(Out(9), -1);
}

TEST_F(RtpRewriterTest, ClosesRanksBehindADroppedPacket) {
  EXPECT_EQ(Out(10), 1000);
  rewriter_.Drop(11);
  rewriter_.Drop(12);
  EXPECT_EQ(Out(13), 1001);
  EXPECT_EQ(Out(14), 1002);
}

TEST_F(RtpRewriterTest, PlacesLatePacketsAroundDroppedOnes) {
  EXPECT_EQ(Out(10), 1000);
  rewriter_.Drop(12);  // 11 is late
  EXPECT_EQ(Out(14), 1003);
  rewriter_.Drop(15);
  EXPECT_EQ(Out(16), 1004);
  EXPECT_EQ(Out(11), 1001);
  EXPECT_EQ(Out(13), 1002);
}

TEST_F(RtpRewriterTest, ALateDropLeavesItsPlaceEmpty) {
  EXPECT_EQ(Out(10), 1000);
  EXPECT_EQ(Out(12), 1002);
  rewriter_.Drop(11);
  EXPECT_EQ(Out(13), 1003);
}

TEST_F(RtpRewriterTest, WrapsItsNumbers) {
  RtpRewriter rewriter(Ssrc(1), kClock, 32'767);
  for (int64_t i = 0; i < 100'000; ++i) {
    std::optional<RtpRewrite> rewrite = rewriter.Forward(source_.Packet(i), Timestamp());
    ASSERT_TRUE(rewrite);
    ASSERT_EQ(rewrite->sequence, static_cast<uint16_t>(32'767 + i));
  }
}

TEST_F(RtpRewriterTest, ResumesWithoutASeamAndWithTheSourcesClock) {
  EXPECT_EQ(OutTime(10, 1000), 1000u);
  rewriter_.Resume(500);
  EXPECT_EQ(OutTime(500, 900'000), 900'000u);
  EXPECT_EQ(rewriter_.last_sequence(), 1001);
  EXPECT_EQ(Out(499), -1);
  EXPECT_EQ(Out(501), 1002);
}

TEST_F(RtpRewriterTest, ADropBeforeTheStartHasNoPlaceToClose) {
  rewriter_.Drop(9);
  EXPECT_EQ(Out(10), 1000);
}

TEST_F(RtpRewriterTest, AnotherSourceGoesOnInNumberAndTime) {
  EXPECT_EQ(OutTime(10, 5000, Timestamp::Millis(100)), 5000u);
  rewriter_.SwitchSource(7'000'000, 0xFFFF'FFF0, Timestamp::Millis(200));
  EXPECT_EQ(OutTime(7'000'000, 0xFFFF'FFF0, Timestamp::Millis(200)), 5000u + 9000u);
  EXPECT_EQ(rewriter_.last_sequence(), 1001);
  EXPECT_EQ(OutTime(7'000'001, 0xFFFF'FFF0 + 3000, Timestamp::Millis(233)), 5000u + 12'000u);
}

TEST_F(RtpRewriterTest, AnotherSourceIsNeverAtTheSameInstant) {
  EXPECT_EQ(OutTime(10, 5000, Timestamp::Millis(100)), 5000u);
  rewriter_.SwitchSource(20, 1, Timestamp::Millis(100));
  EXPECT_EQ(OutTime(20, 1, Timestamp::Millis(100)), 5001u);
}

TEST_F(RtpRewriterTest, AnAlignedSwitchMapsTheClockButNeverBackwards) {
  EXPECT_EQ(OutTime(10, 5000), 5000u);
  rewriter_.SwitchSourceAligned(30, 100, 8000);
  EXPECT_EQ(OutTime(30, 100), 8000u);
  EXPECT_EQ(rewriter_.timestamp_offset(), 7900u);
  rewriter_.SwitchSourceAligned(50, 9000, 7000);
  EXPECT_EQ(OutTime(50, 9000), 8001u);
}

TEST_F(RtpRewriterTest, AFirstSourceKeepsItsTimestamps) {
  rewriter_.SwitchSource(30, 4711, Timestamp::Millis(1));
  EXPECT_EQ(OutTime(30, 4711), 4711u);
}

TEST_F(RtpRewriterTest, ASourceThatRestartedItsNumbersLeavesNoGap) {
  EXPECT_EQ(OutTime(100, 5000, Timestamp::Millis(100)), 5000u);
  // The same clock: 200 ms later.
  EXPECT_EQ(OutTime(60'000, 23'000, Timestamp::Millis(300)), 23'000u);
  EXPECT_EQ(rewriter_.last_sequence(), 1001);
  // Another clock: time goes on by the 100 ms that have passed.
  EXPECT_EQ(OutTime(99'000, 7, Timestamp::Millis(400)), 32'000u);
  EXPECT_EQ(rewriter_.last_sequence(), 1002);
}

TEST_F(RtpRewriterTest, ForgetsOldDropsRatherThanMisplaceAPacket) {
  EXPECT_EQ(Out(0), 1000);
  // Each second packet is left out: 100 runs, of which 64 are remembered.
  for (int64_t i = 1; i <= 200; i += 2) {
    rewriter_.Drop(i);
    if (i != 101 && i != 19) {
      EXPECT_EQ(Out(i + 1), 1000 + (i + 1) / 2);
    }
  }
  EXPECT_EQ(Out(102), 1051);
  EXPECT_EQ(Out(20), -1);
}

TEST_F(RtpRewriterTest, InitialNumbersStayInTheirRange) {
  Random random(1);
  uint16_t least = 65'535;
  uint16_t most = 0;
  for (int i = 0; i < 100'000; ++i) {
    uint16_t sequence = RandomInitialSequence(random);
    least = std::min(least, sequence);
    most = std::max(most, sequence);
  }
  EXPECT_EQ(least, kInitialSequenceMin);
  EXPECT_EQ(most, kInitialSequenceMax);
}

// What a receiver must see, under random loss, reordering, drops, pauses and source switches: no
// number twice, an order that follows the source's, and as many gaps as packets were lost before
// us.
TEST_F(RtpRewriterTest, KeepsItsLawsForAnySeed) {
  for (uint64_t seed = 1; seed <= 30; ++seed) {
    Random random(seed);
    RtpRewriter rewriter(Ssrc(1), kClock, RandomInitialSequence(random));
    SequenceUnwrapper<uint16_t> unwrapper;
    std::set<int64_t> numbers;
    int64_t lost = 0;
    int64_t next_source = 0;
    Timestamp now = Timestamp::Millis(0);
    for (int episode = 0; episode < 20; ++episode) {
      int64_t first = next_source + random.Below(100'000);
      uint32_t timestamp = random.NextU32();
      int64_t last_of_before = numbers.empty() ? -1 : *numbers.rbegin();
      rewriter.SwitchSource(first, timestamp, now);
      struct Sent {
        int64_t sequence;
        bool drop;
      };
      std::vector<Sent> packets;
      for (int64_t i = 0; i < 500; ++i) {
        // The first and the last arrive, so that all losses lie between arrivals.
        bool edge = i == 0 || i == 499;
        if (!edge && random.Below(10) == 0) {
          ++lost;
          continue;
        }
        packets.push_back({first + i, !edge && random.Below(5) == 0});
      }
      for (size_t i = 1; i + 9 < packets.size(); ++i) {
        if (random.Below(4) == 0) std::swap(packets[i], packets[i + 1 + random.Below(6)]);
      }
      std::vector<std::pair<int64_t, int64_t>> placed;
      int64_t newest = first - 1;
      for (const Sent& packet : packets) {
        now = now + Duration::Millis(1);
        if (packet.drop) {
          // A dropped packet that comes late leaves a gap, like a lost one.
          if (packet.sequence < newest) ++lost;
          rewriter.Drop(packet.sequence);
          newest = std::max(newest, packet.sequence);
          continue;
        }
        newest = std::max(newest, packet.sequence);
        std::optional<RtpRewrite> rewrite =
            rewriter.Forward(source_.Packet(packet.sequence, timestamp), now);
        ASSERT_TRUE(rewrite) << "seed " << seed;
        int64_t number = unwrapper.Unwrap(rewrite->sequence);
        ASSERT_TRUE(numbers.insert(number).second) << "seed " << seed;
        ASSERT_GT(number, last_of_before) << "seed " << seed;
        placed.emplace_back(packet.sequence, number);
      }
      std::sort(placed.begin(), placed.end());
      for (size_t i = 1; i < placed.size(); ++i) {
        ASSERT_LT(placed[i - 1].second, placed[i].second) << "seed " << seed;
      }
      next_source = first + 500;
    }
    int64_t span = *numbers.rbegin() - *numbers.begin() + 1;
    EXPECT_EQ(span - static_cast<int64_t>(numbers.size()), lost) << "seed " << seed;
  }
}

}  // namespace
}  // namespace millrace
