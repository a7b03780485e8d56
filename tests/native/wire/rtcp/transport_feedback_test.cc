#include "wire/rtcp/transport_feedback.h"

#include <gtest/gtest.h>

#include <map>

#include "base/random.h"
#include "wire/rtcp/rtcp_maker.h"

namespace millrace {
namespace {

constexpr TransportFeedback::Route kRoute{.sender = Ssrc(1), .media = Ssrc(2), .feedback_count = 9};

std::vector<PacketStatus> StatusesOf(const TransportFeedback& feedback) {
  std::vector<PacketStatus> statuses;
  feedback.ForEach([&](const PacketStatus& status) { statuses.push_back(status); });
  return statuses;
}

PacketArrival At(uint16_t sequence_number, int64_t us) {
  return {.sequence_number = sequence_number, .time = Timestamp::Micros(us)};
}

// Writes one packet about all of `arrivals` and reads it again.
std::vector<PacketStatus> RoundTrip(const std::vector<PacketArrival>& arrivals) {
  RtcpBytes rtcp(Written([&](ByteWriter& w) {
    EXPECT_EQ(TransportFeedback::Write(w, kRoute, arrivals), arrivals.size());
  }));
  std::optional<TransportFeedback> feedback = rtcp.As<TransportFeedback>();
  EXPECT_TRUE(feedback);
  return feedback ? StatusesOf(*feedback) : std::vector<PacketStatus>();
}

TEST(TransportFeedbackTest, ReadsRunsAndVectorsOfBothKinds) {
  // Run of 3 small; one-bit vector; two-bit vector that tells of two packets only.
  RtcpBytes rtcp(
      "8fcd0008 00000001 00000002 fffe 0013 000002 05"
      "2003 a001 e400"
      "04 08 0c 10 14 8000 18 0000");
  std::optional<TransportFeedback> feedback = rtcp.As<TransportFeedback>();
  ASSERT_TRUE(feedback);
  EXPECT_EQ(feedback->sender(), Ssrc(1));
  EXPECT_EQ(feedback->media(), Ssrc(2));
  EXPECT_EQ(feedback->base_sequence_number(), 0xfffe);
  EXPECT_EQ(feedback->status_count(), 19);
  EXPECT_EQ(feedback->feedback_count(), 5);
  std::vector<PacketStatus> statuses = StatusesOf(*feedback);
  ASSERT_EQ(statuses.size(), 19u);
  int64_t base = 2 * 64'000;
  EXPECT_EQ(statuses[0], (PacketStatus{0xfffe, true, Duration::Micros(base + 1000)}));
  EXPECT_EQ(statuses[1], (PacketStatus{0xffff, true, Duration::Micros(base + 3000)}));
  EXPECT_EQ(statuses[2], (PacketStatus{0, true, Duration::Micros(base + 6000)}));
  EXPECT_EQ(statuses[3], (PacketStatus{1, true, Duration::Micros(base + 10000)}));
  EXPECT_EQ(statuses[4], (PacketStatus{2, false, Duration()}));
  EXPECT_EQ(statuses[16], (PacketStatus{14, true, Duration::Micros(base + 15000)}));
  EXPECT_EQ(statuses[17].sequence_number, 15);
  EXPECT_EQ(statuses[17].arrival, Duration::Micros(base + 15000 - 32768 * 250));
  EXPECT_EQ(statuses[18], (PacketStatus{16, true, Duration::Micros(base + 21000 - 32768 * 250)}));
}

TEST(TransportFeedbackTest, RefusesWhatIsMissingOrReserved) {
  EXPECT_FALSE(RtcpBytes("8fcd0003 00000001 00000002 00000001").As<TransportFeedback>());
  EXPECT_FALSE(RtcpBytes("8fcd0004 00000001 00000002 00000001 00000000").As<TransportFeedback>())
      << "no chunk";
  EXPECT_FALSE(
      RtcpBytes("8fcd0005 00000001 00000002 00000003 00000000 20030000").As<TransportFeedback>())
      << "one arrival missing";
  EXPECT_FALSE(
      RtcpBytes("8fcd0005 00000001 00000002 00000001 00000000 60010000").As<TransportFeedback>())
      << "reserved symbol in a run";
  EXPECT_FALSE(
      RtcpBytes("8fcd0005 00000001 00000002 00000001 00000000 f0000000").As<TransportFeedback>())
      << "reserved symbol in a vector";
  EXPECT_FALSE(
      RtcpBytes("8fcd0005 00000001 00000002 0000ffff 00000000 00000000").As<TransportFeedback>())
      << "runs of nothing";
}

TEST(TransportFeedbackTest, ARunMayTellOfMorePacketsThanThereAre) {
  RtcpBytes rtcp("8fcd0005 00000001 00000002 00000002 00000000 3fff 0101");
  std::optional<TransportFeedback> feedback = rtcp.As<TransportFeedback>();
  ASSERT_TRUE(feedback);
  EXPECT_EQ(StatusesOf(*feedback).size(), 2u);
}

TEST(TransportFeedbackTest, WritesTheShortestPacket) {
  std::vector<PacketArrival> arrivals = {At(7, 64'000 + 250)};
  EXPECT_EQ(
      Written([&](ByteWriter& w) { EXPECT_EQ(TransportFeedback::Write(w, kRoute, arrivals), 1u); }),
      Hex("8fcd0005 00000001 00000002 0007 0001 000001 09 2001 01 00"));
}

TEST(TransportFeedbackTest, WritesWhatItReadsWithLossAndReorderingAcrossTheWrap) {
  std::vector<PacketArrival> arrivals = {At(65533, 1'000'000), At(65535, 999'000), At(0, 1'000'250),
                                         At(5, 1'500'000), At(6, 1'500'100)};
  std::vector<PacketStatus> statuses = RoundTrip(arrivals);
  ASSERT_EQ(statuses.size(), 10u);
  EXPECT_EQ(statuses[0], (PacketStatus{65533, true, Duration::Micros(1'000'000)}));
  EXPECT_EQ(statuses[1], (PacketStatus{65534, false, Duration()}));
  EXPECT_EQ(statuses[2], (PacketStatus{65535, true, Duration::Micros(999'000)}));
  EXPECT_EQ(statuses[3], (PacketStatus{0, true, Duration::Micros(1'000'250)}));
  EXPECT_FALSE(statuses[4].received);
  EXPECT_EQ(statuses[8], (PacketStatus{5, true, Duration::Micros(1'500'000)}));
  EXPECT_EQ(statuses[9], (PacketStatus{6, true, Duration::Micros(1'500'000)}));
}

TEST(TransportFeedbackTest, EndsAPacketWhereADeltaOrAGapCannotBeTold) {
  std::vector<PacketArrival> late = {At(1, 0), At(2, 32767 * 250), At(3, 65535 * 250)};
  std::vector<PacketArrival> gap = {At(1, 0), At(2, 0), At(2 + 2047, 0)};
  std::vector<PacketArrival> twice = {At(1, 0), At(2, 0), At(2, 0)};
  for (const auto& arrivals : {late, gap, twice}) {
    Written([&](ByteWriter& w) { EXPECT_EQ(TransportFeedback::Write(w, kRoute, arrivals), 2u); });
  }
  std::vector<PacketArrival> widest = {At(1, 0), At(1 + 2047, 0)};
  EXPECT_EQ(RoundTrip(widest).size(), 2048u);
}

TEST(TransportFeedbackTest, TakesOnlyWhatFits) {
  std::vector<PacketArrival> arrivals;
  for (uint16_t i = 0; i < 1000; ++i) arrivals.push_back(At(i, i * 250));
  for (size_t room = 0; room < 400; ++room) {
    std::vector<uint8_t> bytes(room);
    ByteWriter writer(bytes);
    size_t taken = TransportFeedback::Write(writer, kRoute, arrivals);
    EXPECT_EQ(taken == 0, room < 24) << room;
    EXPECT_TRUE(writer.ok());
    if (taken == 0) continue;
    std::optional<TransportFeedback> feedback = RtcpBytes(writer.written()).As<TransportFeedback>();
    ASSERT_TRUE(feedback) << room;
    EXPECT_EQ(feedback->status_count(), taken);
  }
  EXPECT_TRUE(Written([&](ByteWriter& w) {
                EXPECT_EQ(TransportFeedback::Write(w, kRoute, {}), 0u);
              }).empty());
}

TEST(TransportFeedbackTest, AnyPatternOfLossAndDelaySurvivesTheRoundTrip) {
  Random random(7);
  for (int round = 0; round < 500; ++round) {
    std::vector<PacketArrival> arrivals;
    uint16_t sequence_number = static_cast<uint16_t>(random.NextU32());
    int64_t ticks = random.Below(1'000'000) + 100'000;
    uint32_t loss = random.Below(60);
    uint32_t jitter = 1 + random.Below(600);
    size_t count = 1 + random.Below(200);
    while (arrivals.size() < count) {
      if (arrivals.empty() || random.Below(100) >= loss) {
        arrivals.push_back(At(sequence_number, ticks * 250));
      }
      ++sequence_number;
      ticks += static_cast<int64_t>(random.Below(jitter)) - jitter / 4;
    }
    std::map<uint16_t, int64_t> expected;
    for (const PacketArrival& arrival : arrivals) {
      expected[arrival.sequence_number] = arrival.time.us();
    }
    size_t received = 0;
    for (const PacketStatus& status : RoundTrip(arrivals)) {
      auto found = expected.find(status.sequence_number);
      ASSERT_EQ(status.received, found != expected.end());
      if (!status.received) continue;
      ASSERT_EQ(status.arrival.us(), found->second);
      ++received;
    }
    ASSERT_EQ(received, arrivals.size());
  }
}

TEST(TransportFeedbackTest, TheReferenceTimeIsSigned) {
  RtcpBytes rtcp("8fcd0005 00000001 00000002 00000001 ffffff00 20010000");
  std::optional<TransportFeedback> feedback = rtcp.As<TransportFeedback>();
  ASSERT_TRUE(feedback);
  EXPECT_EQ(StatusesOf(*feedback)[0].arrival, Duration::Millis(-64));
}

}  // namespace
}  // namespace millrace
