#include "protocol/sctp/sctp_packet.h"

#include <gtest/gtest.h>

#include "protocol/sctp/chunk_maker.h"
#include "protocol/sctp/crc32c.h"
#include "protocol/sctp/parameter.h"

namespace millrace {
namespace {

TEST(Crc32cTest, AgreesWithThePublishedVectors) {
  // RFC 3720 section B.4.
  EXPECT_EQ(Crc32c(ByteVector(32, 0)), 0x8a9136aau);
  EXPECT_EQ(Crc32c(ByteVector(32, 0xff)), 0x62a8ab43u);
  ByteVector rising(32);
  for (size_t i = 0; i < rising.size(); ++i) rising[i] = static_cast<uint8_t>(i);
  EXPECT_EQ(Crc32c(rising), 0x46dd794eu);
}

TEST(Crc32cTest, AddsUpOverPieces) {
  ByteVector bytes(301);
  for (size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<uint8_t>(i * 7);
  uint32_t whole = Crc32c(bytes);
  for (size_t cut : {0u, 1u, 7u, 8u, 150u, 301u}) {
    EXPECT_EQ(Crc32c(Bytes(bytes).subspan(cut), Crc32c(Bytes(bytes).first(cut))), whole);
  }
}

TEST(SctpPacketTest, ReadsWhatTheWriterWrote) {
  ByteVector bytes = MakePacket(0x01020304, [](PacketWriter& p) {
    p.AddChunk(ChunkType::kCookieAck, 3, {});
    p.AddChunk(ChunkType::kError, 0, ByteVector{1, 2, 3, 4, 5});
    p.AddChunk(ChunkType::kSack, 0, ByteVector{9});
  });
  ASSERT_EQ(bytes.size() % 4, 0u);
  auto packet = SctpPacket::Parse(bytes);
  ASSERT_TRUE(packet);
  EXPECT_EQ(packet->source_port, 5000);
  EXPECT_EQ(packet->destination_port, 5000);
  EXPECT_EQ(packet->verification_tag, 0x01020304u);
  std::vector<ChunkView> chunks = ChunksOf(bytes);
  ASSERT_EQ(chunks.size(), 3u);
  EXPECT_EQ(chunks[0].flags, 3);
  EXPECT_TRUE(chunks[0].value.empty());
  EXPECT_EQ(chunks[1].type, ChunkType::kError);
  EXPECT_EQ(chunks[1].value.size(), 5u);
  EXPECT_EQ(chunks[1].whole.size(), 9u);
  EXPECT_EQ(chunks[2].value[0], 9);
}

TEST(SctpPacketTest, RefusesEveryFlippedBit) {
  ByteVector bytes =
      MakePacket(7, [](PacketWriter& p) { p.AddChunk(ChunkType::kCookieAck, 0, {}); });
  for (size_t bit = 0; bit < bytes.size() * 8; ++bit) {
    ByteVector changed = bytes;
    changed[bit / 8] ^= static_cast<uint8_t>(1 << bit % 8);
    EXPECT_FALSE(SctpPacket::Parse(changed)) << bit;
  }
}

TEST(SctpPacketTest, RefusesAHeaderWithoutChunks) {
  ByteVector bytes = MakePacket(7, [](PacketWriter&) {});
  EXPECT_FALSE(SctpPacket::Parse(bytes));
  EXPECT_FALSE(SctpPacket::Parse({}));
}

TEST(ChunkReaderTest, StopsAtAWrongLength) {
  for (int length : {0, 3, 9}) {
    ByteVector bytes{6, 0, 0, static_cast<uint8_t>(length), 0, 0, 0, 0};
    ChunkReader reader(bytes);
    EXPECT_FALSE(reader.Next());
    EXPECT_FALSE(reader.ok());
  }
  ByteVector no_padding{6, 0, 0, 5, 1};
  ChunkReader reader(no_padding);
  EXPECT_TRUE(reader.Next());
  EXPECT_FALSE(reader.Next());
  EXPECT_TRUE(reader.ok());
}

TEST(ParameterReaderTest, ReadsAFewAndRefusesMany) {
  ByteVector few{0, 7, 0, 5, 1, 0, 0, 0, 0xC0, 0, 0, 4};
  ParameterReader reader(few);
  auto first = reader.Next();
  ASSERT_TRUE(first);
  EXPECT_EQ(first->type, 7);
  EXPECT_EQ(first->value.size(), 1u);
  EXPECT_EQ(reader.Next()->type, 0xC000);
  EXPECT_FALSE(reader.Next());
  EXPECT_TRUE(reader.ok());

  ByteVector many;
  for (int i = 0; i <= ParameterReader::kParametersMax; ++i) {
    many.insert(many.end(), {0x80, 1, 0, 4});
  }
  ParameterReader flood(many);
  int count = 0;
  while (flood.Next()) ++count;
  EXPECT_EQ(count, ParameterReader::kParametersMax);
  EXPECT_FALSE(flood.ok());
}

}  // namespace
}  // namespace millrace
