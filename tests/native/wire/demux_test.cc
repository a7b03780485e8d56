#include "wire/demux.h"

#include <gtest/gtest.h>

#include <array>

namespace millrace {
namespace {

DatagramKind ClassifyBytes(uint8_t first, uint8_t second) {
  std::array<uint8_t, 2> bytes = {first, second};
  return Classify(bytes);
}

TEST(DemuxTest, TellsProtocolsApartAtTheEdgesOfTheirRanges) {
  EXPECT_EQ(ClassifyBytes(0, 0), DatagramKind::kStun);
  EXPECT_EQ(ClassifyBytes(3, 0), DatagramKind::kStun);
  EXPECT_EQ(ClassifyBytes(4, 0), DatagramKind::kUnknown);
  EXPECT_EQ(ClassifyBytes(16, 0), DatagramKind::kUnknown);
  EXPECT_EQ(ClassifyBytes(19, 0), DatagramKind::kUnknown);
  EXPECT_EQ(ClassifyBytes(20, 0), DatagramKind::kDtls);
  EXPECT_EQ(ClassifyBytes(63, 0), DatagramKind::kDtls);
  EXPECT_EQ(ClassifyBytes(64, 0), DatagramKind::kUnknown);
  EXPECT_EQ(ClassifyBytes(127, 0), DatagramKind::kUnknown);
  EXPECT_EQ(ClassifyBytes(128, 0), DatagramKind::kRtp);
  EXPECT_EQ(ClassifyBytes(191, 0), DatagramKind::kRtp);
  EXPECT_EQ(ClassifyBytes(192, 0), DatagramKind::kUnknown);
  EXPECT_EQ(ClassifyBytes(255, 0), DatagramKind::kUnknown);
}

TEST(DemuxTest, TellsRtcpFromRtpByThePacketType) {
  EXPECT_EQ(ClassifyBytes(0x80, 191), DatagramKind::kRtp);
  EXPECT_EQ(ClassifyBytes(0x80, 192), DatagramKind::kRtcp);
  EXPECT_EQ(ClassifyBytes(0x80, 200), DatagramKind::kRtcp);
  EXPECT_EQ(ClassifyBytes(0x80, 223), DatagramKind::kRtcp);
  EXPECT_EQ(ClassifyBytes(0x80, 224), DatagramKind::kRtp);
  EXPECT_EQ(ClassifyBytes(0x80, 0x80 | 111), DatagramKind::kRtp);
}

TEST(DemuxTest, KnowsSctpByItsPorts) {
  auto classify = [](uint16_t source, uint16_t destination) {
    std::array<uint8_t, 12> bytes = {
        static_cast<uint8_t>(source >> 8), static_cast<uint8_t>(source),
        static_cast<uint8_t>(destination >> 8), static_cast<uint8_t>(destination)};
    return Classify(bytes);
  };
  EXPECT_EQ(classify(5000, 5000), DatagramKind::kSctp);
  EXPECT_EQ(classify(5000, 5001), DatagramKind::kUnknown);
  EXPECT_EQ(classify(5001, 5000), DatagramKind::kUnknown);
  std::array<uint8_t, 3> clipped = {0x13, 0x88, 0x13};
  EXPECT_EQ(Classify(clipped), DatagramKind::kUnknown);
}

TEST(DemuxTest, KnowsNothingOfDatagramsWithoutTwoBytes) {
  EXPECT_EQ(Classify({}), DatagramKind::kUnknown);
  std::array<uint8_t, 1> one = {0x80};
  EXPECT_EQ(Classify(one), DatagramKind::kUnknown);
}

}  // namespace
}  // namespace millrace
