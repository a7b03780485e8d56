#include "protocol/sctp/received_tsns.h"

#include <gtest/gtest.h>

#include "protocol/sctp/chunk_maker.h"
#include "protocol/sctp/sack_chunk.h"

namespace millrace {
namespace {

using Fit = ReceivedTsns::Fit;

struct Sack {
  uint32_t cumulative;
  std::vector<std::pair<int, int>> gaps;
  bool operator==(const Sack&) const = default;
};

Sack Write(ReceivedTsns& tsns) {
  MadeChunk made([&](PacketWriter& p) { tsns.WriteSack(5000, p); });
  auto sack = SackChunk::Parse(made.view);
  EXPECT_EQ(sack->window, 5000u);
  Sack result{sack->cumulative_tsn, {}};
  for (size_t i = 0; i < sack->gap_count; ++i) {
    result.gaps.emplace_back(sack->Gap(i).start, sack->Gap(i).end);
  }
  return result;
}

ReceivedTsns With(std::initializer_list<int64_t> values) {
  ReceivedTsns tsns(100);
  for (int64_t tsn : values) {
    EXPECT_EQ(tsns.Examine(tsn), Fit::kNew);
    tsns.Add(tsn);
  }
  return tsns;
}

TEST(ReceivedTsnsTest, ReportsHolesAndClosesThem) {
  ReceivedTsns tsns = With({100, 102, 103, 106});
  EXPECT_EQ(Write(tsns), (Sack{100, {{2, 3}, {6, 6}}}));
  EXPECT_EQ(tsns.highest(), 106);
  tsns.Add(101);
  EXPECT_EQ(Write(tsns), (Sack{103, {{3, 3}}}));
  tsns.Add(105);
  tsns.Add(104);
  EXPECT_EQ(Write(tsns), (Sack{106, {}}));
}

TEST(ReceivedTsnsTest, KnowsDuplicates) {
  ReceivedTsns tsns = With({100, 103, 104});
  EXPECT_EQ(tsns.Examine(100), Fit::kDuplicate);
  EXPECT_EQ(tsns.Examine(5), Fit::kDuplicate);
  EXPECT_EQ(tsns.Examine(104), Fit::kDuplicate);
  EXPECT_EQ(tsns.Examine(102), Fit::kNew);
}

TEST(ReceivedTsnsTest, RefusesTooManyHolesAndWhatIsTooFarAhead) {
  ReceivedTsns tsns(100);
  for (size_t i = 0; i < ReceivedTsns::kRangesMax; ++i) tsns.Add(102 + 2 * static_cast<int>(i));
  int64_t beyond = tsns.highest() + 2;
  EXPECT_EQ(tsns.Examine(beyond), Fit::kRefused);
  // Those that join a range make no new one.
  EXPECT_EQ(tsns.Examine(beyond - 1), Fit::kNew);
  EXPECT_EQ(tsns.Examine(100), Fit::kNew);
  EXPECT_EQ(ReceivedTsns(100).Examine(100 + ReceivedTsns::kDistanceMax), Fit::kRefused);
}

TEST(ReceivedTsnsTest, WritesAsManyGapsAsFit) {
  ReceivedTsns tsns(100);
  for (int i = 0; i < 500; ++i) tsns.Add(102 + 2 * i);
  PacketWriter packet({}, 1, SctpLimits::kPacketBytesMin);
  tsns.WriteSack(1, packet);
  EXPECT_EQ(packet.Finish().size(), SctpLimits::kPacketBytesMin);
}

TEST(ReceivedTsnsTest, MovesOnWhenThePeerGivesUp) {
  ReceivedTsns tsns = With({101, 103, 104, 107});
  tsns.ForwardTo(102);
  EXPECT_EQ(Write(tsns), (Sack{104, {{3, 3}}}));
  tsns.ForwardTo(110);
  EXPECT_EQ(Write(tsns), (Sack{110, {}}));
  tsns.ForwardTo(50);
  EXPECT_EQ(tsns.cumulative(), 110);
}

TEST(ReceivedTsnsTest, AcknowledgesTheFirstAtOnceAndThenEverySecondPacket) {
  Timestamp now;
  ReceivedTsns tsns = With({100});
  tsns.OnPacketEnd(false, now);
  EXPECT_TRUE(tsns.sack_due());
  (void)Write(tsns);
  tsns.Add(101);
  tsns.OnPacketEnd(false, now);
  EXPECT_FALSE(tsns.sack_due());
  EXPECT_EQ(tsns.deadline(), now + ReceivedTsns::kDelay);
  tsns.Add(102);
  tsns.OnPacketEnd(false, now);
  EXPECT_TRUE(tsns.sack_due());
  (void)Write(tsns);
  EXPECT_EQ(tsns.deadline(), Timestamp::Never());
  tsns.Add(103);
  tsns.OnPacketEnd(true, now);
  EXPECT_TRUE(tsns.sack_due());
}

TEST(ReceivedTsnsTest, AcknowledgesHolesAtOnceAndTheRestAfterTheDelay) {
  Timestamp now;
  ReceivedTsns tsns = With({100});
  (void)Write(tsns);
  tsns.Add(101);
  tsns.OnPacketEnd(false, now);
  tsns.OnDeadline(now + Duration::Millis(199));
  EXPECT_FALSE(tsns.sack_due());
  tsns.OnDeadline(now + Duration::Millis(200));
  EXPECT_TRUE(tsns.sack_due());
  (void)Write(tsns);
  tsns.Add(103);
  tsns.OnPacketEnd(false, now);
  EXPECT_TRUE(tsns.sack_due());
}

}  // namespace
}  // namespace millrace
