#include "media/bwe/probe_bitrate.h"

#include <gtest/gtest.h>

#include <vector>

#include "media/bwe/feedback_maker.h"

namespace millrace {
namespace {

// Six packets of 1,250 bytes: ten thousand bits each.
std::vector<PacketResult> Packets(ProbeId probe, Duration send_gap, Duration arrival_gap) {
  std::vector<PacketResult> packets;
  for (int i = 0; i < 6; ++i) {
    packets.push_back({.bytes = 1250,
                       .sent = Timestamp::Millis(1'000) + send_gap * i,
                       .arrival = Timestamp::Millis(90'000) + arrival_gap * i,
                       .probe = probe});
  }
  return packets;
}

std::optional<ProbeBitrate::Measured> Measure(const std::vector<PacketResult>& packets,
                                              ProbeId probe = 3) {
  ProbeBitrate bitrate;
  bitrate.Begin({.id = probe, .bps = 2'000'000, .packets_min = 5, .bytes_min = 3'750});
  return bitrate.Add(ReportOf(packets, Timestamp::Millis(1'100)));
}

TEST(ProbeBitrateTest, IsTheRateSentWhenThePathCarriesIt) {
  auto measured = Measure(Packets(3, Duration::Millis(5), Duration::Millis(5)));
  ASSERT_TRUE(measured);
  EXPECT_EQ(measured->probe, 3u);
  EXPECT_EQ(measured->bps, 2'000'000u);
}

TEST(ProbeBitrateTest, IsALittleLessThanAThinnerPathsRate) {
  auto measured = Measure(Packets(3, Duration::Millis(5), Duration::Millis(10)));
  ASSERT_TRUE(measured);
  EXPECT_EQ(measured->bps, 950'000u);
}

TEST(ProbeBitrateTest, ABurstThatThePathHeldBackSaysNothing) {
  EXPECT_FALSE(Measure(Packets(3, Duration::Millis(5), Duration::Millis(1))));
}

TEST(ProbeBitrateTest, NeedsMostOfItsPackets) {
  std::vector<PacketResult> packets = Packets(3, Duration::Millis(5), Duration::Millis(5));
  packets[1].arrival.reset();
  packets[2].arrival.reset();
  EXPECT_TRUE(Measure(packets));
  packets[3].arrival.reset();
  EXPECT_FALSE(Measure(packets));
}

TEST(ProbeBitrateTest, TimesThatCannotBeAreNotMeasured) {
  EXPECT_FALSE(Measure(Packets(3, Duration(), Duration::Millis(5))));
  EXPECT_FALSE(Measure(Packets(3, Duration::Millis(5), Duration())));
  EXPECT_FALSE(Measure(Packets(3, Duration::Millis(5), Duration::Seconds(1))));
  EXPECT_FALSE(Measure(Packets(4, Duration::Millis(5), Duration::Millis(5))));
}

}  // namespace
}  // namespace millrace
