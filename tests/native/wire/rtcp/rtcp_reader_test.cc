#include "wire/rtcp/rtcp_reader.h"

#include <gtest/gtest.h>

#include <vector>

#include "wire/hex.h"

namespace millrace {
namespace {

RtcpKind KindOf(std::string_view hex) {
  std::vector<uint8_t> bytes = Hex(hex);
  std::optional<RtcpBlock> block = RtcpReader(bytes).Next();
  EXPECT_TRUE(block);
  return block ? block->kind : RtcpKind::kUnknown;
}

TEST(RtcpReaderTest, CutsACompoundIntoItsPackets) {
  std::vector<uint8_t> compound = Hex("80c90001 00000001 81ce0002 00000001 00000002 80cb0000");
  RtcpReader reader(compound);
  std::optional<RtcpBlock> first = reader.Next();
  ASSERT_TRUE(first);
  EXPECT_EQ(first->kind, RtcpKind::kReceiverReport);
  EXPECT_EQ(first->body.size(), 4u);
  EXPECT_EQ(first->bytes.size(), 8u);
  std::optional<RtcpBlock> second = reader.Next();
  ASSERT_TRUE(second);
  EXPECT_EQ(second->kind, RtcpKind::kPli);
  EXPECT_EQ(second->count, 1);
  std::optional<RtcpBlock> third = reader.Next();
  ASSERT_TRUE(third);
  EXPECT_EQ(third->kind, RtcpKind::kBye);
  EXPECT_TRUE(third->body.empty());
  EXPECT_FALSE(reader.Next());
  EXPECT_TRUE(reader.ok());
}

TEST(RtcpReaderTest, TellsKindsByTypeAndFormat) {
  EXPECT_EQ(KindOf("80c80000"), RtcpKind::kSenderReport);
  EXPECT_EQ(KindOf("80ca0000"), RtcpKind::kSdes);
  EXPECT_EQ(KindOf("80cc0000"), RtcpKind::kApp);
  EXPECT_EQ(KindOf("81cd0000"), RtcpKind::kNack);
  EXPECT_EQ(KindOf("8fcd0000"), RtcpKind::kTransportFeedback);
  EXPECT_EQ(KindOf("83cd0000"), RtcpKind::kUnknown);
  EXPECT_EQ(KindOf("84ce0000"), RtcpKind::kFir);
  EXPECT_EQ(KindOf("8fce0003 00000001 00000000 52454d42"), RtcpKind::kRemb);
  EXPECT_EQ(KindOf("8fce0003 00000001 00000000 52454d43"), RtcpKind::kUnknown);
  EXPECT_EQ(KindOf("8fce0000"), RtcpKind::kUnknown);
  EXPECT_EQ(KindOf("82ce0000"), RtcpKind::kUnknown);
  EXPECT_EQ(KindOf("80cf0000"), RtcpKind::kExtendedReport);
  EXPECT_EQ(KindOf("80d00000"), RtcpKind::kUnknown);
}

TEST(RtcpReaderTest, TakesThePaddingOff) {
  std::vector<uint8_t> padded = Hex("a1ce0003 00000001 00000002 00000004");
  std::optional<RtcpBlock> block = RtcpReader(padded).Next();
  ASSERT_TRUE(block);
  EXPECT_EQ(block->body.size(), 8u);
  EXPECT_EQ(block->bytes.size(), 16u);
}

TEST(RtcpReaderTest, StopsAtWhatDoesNotParse) {
  for (const char* hex : {"80", "80c900", "80c90001", "80c90001 000000", "40c90000", "00000000",
                          "a0c90000", "a0c90001 00000000", "a0c90001 00000005"}) {
    std::vector<uint8_t> bytes = Hex(std::string("80cb0000") + hex);
    RtcpReader reader(bytes);
    EXPECT_TRUE(reader.Next()) << hex;
    EXPECT_FALSE(reader.Next()) << hex;
    EXPECT_FALSE(reader.ok()) << hex;
    EXPECT_FALSE(reader.Next()) << hex;
  }
}

TEST(RtcpReaderTest, AnEmptyCompoundHasNoPackets) {
  RtcpReader reader({});
  EXPECT_FALSE(reader.Next());
  EXPECT_TRUE(reader.ok());
}

TEST(RtcpReaderTest, APacketThatDoesNotFitLeavesTheWriterUsable) {
  std::array<uint8_t, 10> bytes{};
  ByteWriter writer(bytes);
  EXPECT_TRUE(BeginRtcp(writer, kRtcpBye, 0, 4));
  EXPECT_FALSE(BeginRtcp(writer, kRtcpBye, 1, 8));
  EXPECT_TRUE(writer.ok());
  EXPECT_EQ(writer.position(), 4u);
  EXPECT_TRUE(BeginRtcp(writer, kRtcpBye, 0, 4));
}

}  // namespace
}  // namespace millrace
