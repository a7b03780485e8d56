#include "base/output.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

namespace millrace {
namespace {

const Path kPath{SocketId(1), {IpAddress::FromV4({192, 0, 2, 1}), 5000}};
const Path kOtherPath{SocketId(2), {IpAddress::FromV4({192, 0, 2, 2}), 5001}};

TEST(OutputTest, DatagramsStandBackToBackInOrder) {
  Output out;
  out.Send(kPath, std::vector<uint8_t>{1, 2, 3});
  out.Send(kOtherPath, std::vector<uint8_t>{4});
  ASSERT_EQ(out.datagrams().size(), 2u);
  EXPECT_EQ(out.datagrams()[0].path, kPath);
  EXPECT_EQ(out.datagrams()[1].path, kOtherPath);
  Bytes first = out.bytes_of(out.datagrams()[0]);
  Bytes second = out.bytes_of(out.datagrams()[1]);
  EXPECT_EQ(first.size(), 3u);
  EXPECT_EQ(second[0], 4);
  EXPECT_EQ(first.data() + first.size(), second.data());
}

TEST(OutputTest, OnlyWhatIsCommittedBecomesADatagram) {
  Output out;
  MutableBytes room = out.Reserve(100);
  ASSERT_GE(room.size(), 100u);
  room[0] = 9;
  EXPECT_TRUE(out.datagrams().empty());
  out.Commit(kPath, 1);
  ASSERT_EQ(out.datagrams().size(), 1u);
  EXPECT_EQ(out.bytes_of(out.datagrams()[0])[0], 9);
  EXPECT_EQ(out.slab_free(), Output::kSlabBytes - 1);
}

TEST(OutputTest, AFullSlabDropsAndCounts) {
  Output out;
  std::vector<uint8_t> bytes(1024);
  size_t fit = Output::kSlabBytes / bytes.size();
  for (size_t i = 0; i < fit + 3; ++i) out.Send(kPath, bytes);
  EXPECT_EQ(out.datagrams().size(), fit);
  EXPECT_EQ(out.drops(DropReason::kBufferLimit), 3u);
  EXPECT_TRUE(out.Reserve(1).empty());
  out.ClearDatagrams();
  EXPECT_TRUE(out.datagrams().empty());
  EXPECT_EQ(out.slab_free(), Output::kSlabBytes);
  EXPECT_EQ(out.Reserve(Output::kSlabBytes).size(), Output::kSlabBytes);
}

TEST(OutputTest, ClearKeepsCountersAndForgetsTheRest) {
  Output out;
  out.Send(kPath, std::vector<uint8_t>{1});
  out.AppendFrame(std::vector<uint8_t>{1, 2});
  out.AppendFrame(std::vector<uint8_t>{3});
  out.CloseSocket(SocketId(7));
  out.CountDrop(DropReason::kMalformed);
  out.Log(LogLevel::kError, LogTag::kNone, "text");
  EXPECT_EQ(out.frames().size(), 3u);
  EXPECT_EQ(out.frames()[2], 3);
  EXPECT_EQ(out.log_lines().size(), 1u);
  out.ClearDatagrams();
  EXPECT_EQ(out.frames().size(), 3u);
  out.Clear();
  EXPECT_TRUE(out.frames().empty());
  EXPECT_TRUE(out.closed_sockets().empty());
  EXPECT_TRUE(out.log_lines().empty());
  EXPECT_EQ(out.drops(DropReason::kMalformed), 1u);
}

TEST(OutputTest, LogsByLevelAndTag) {
  Output out;
  EXPECT_TRUE(out.WouldLog(LogLevel::kError, LogTag::kIce));
  EXPECT_FALSE(out.WouldLog(LogLevel::kWarn, LogTag::kNone));
  out.SetLogFilter(LogLevel::kDebug, 1u << static_cast<uint32_t>(LogTag::kIce));
  EXPECT_TRUE(out.WouldLog(LogLevel::kDebug, LogTag::kIce));
  EXPECT_FALSE(out.WouldLog(LogLevel::kDebug, LogTag::kDtls));
  EXPECT_TRUE(out.WouldLog(LogLevel::kDebug, LogTag::kNone));
  EXPECT_TRUE(out.WouldLog(LogLevel::kError, LogTag::kDtls));
  out.SetLogOff();
  EXPECT_FALSE(out.WouldLog(LogLevel::kError, LogTag::kNone));
}

TEST(DropReasonTest, EveryReasonHasItsOwnName) {
  std::vector<std::string_view> names;
  for (size_t i = 0; i < kDropReasonCount; ++i) {
    names.push_back(ToString(static_cast<DropReason>(i)));
    EXPECT_FALSE(names.back().empty());
  }
  std::sort(names.begin(), names.end());
  EXPECT_EQ(std::unique(names.begin(), names.end()), names.end());
}

TEST(OutputDeathTest, MoreThanReservedCannotBeCommitted) {
  Output out;
  EXPECT_DEATH(out.Commit(kPath, Output::kSlabBytes + 1), "reserved");
}

}  // namespace
}  // namespace millrace
