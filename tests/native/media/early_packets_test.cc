#include "media/early_packets.h"

#include <gtest/gtest.h>

#include <vector>

namespace millrace {
namespace {

class EarlyPacketsTest : public testing::Test {
 protected:
  RtpPacketRef Packet(uint8_t stream, int64_t sequence) {
    RtpPacketRef packet = pool_.Take();
    packet->stream_index = stream;
    packet->sequence = sequence;
    return packet;
  }
  std::vector<int64_t> Behind(uint8_t stream, int64_t sequence) {
    RtpPacketRef first = Packet(stream, sequence);
    std::vector<int64_t> sequences;
    for (const RtpPacketRef& packet : early_.Behind(*first)) sequences.push_back(packet->sequence);
    return sequences;
  }

  RtpPacketPool pool_{100};
  EarlyPackets early_;
};

TEST_F(EarlyPacketsTest, GivesBackWhatBelongsBehindTheFirstInItsOrder) {
  for (int64_t sequence : {8, 13, 9, 12, 10}) early_.Keep(Packet(1, sequence));
  early_.Keep(Packet(0, 11));
  EXPECT_EQ(Behind(1, 9), (std::vector<int64_t>{10, 12, 13}));
  EXPECT_EQ(Behind(2, 0), std::vector<int64_t>());
}

TEST_F(EarlyPacketsTest, KeepsOnlyTheNewest) {
  for (int64_t sequence = 0; sequence < 80; ++sequence) early_.Keep(Packet(0, sequence));
  std::vector<int64_t> behind = Behind(0, 5);
  ASSERT_EQ(behind.size(), EarlyPackets::kMax);
  EXPECT_EQ(behind.front(), 48);
  EXPECT_EQ(behind.back(), 79);
}

TEST_F(EarlyPacketsTest, LetsGoOfAllPackets) {
  for (int64_t sequence = 0; sequence < 40; ++sequence) early_.Keep(Packet(0, sequence));
  EXPECT_FALSE(early_.empty());
  EXPECT_EQ(early_.size(), EarlyPackets::kMax);
  EXPECT_TRUE(early_.Keep(Packet(0, 40)));
  early_.Clear();
  EXPECT_TRUE(early_.empty());
  EXPECT_EQ(Behind(0, -1), std::vector<int64_t>());
}

}  // namespace
}  // namespace millrace
