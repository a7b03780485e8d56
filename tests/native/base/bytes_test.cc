#include <gtest/gtest.h>

#include <array>
#include <vector>

#include "base/byte_reader.h"
#include "base/byte_writer.h"

namespace millrace {
namespace {

TEST(ByteReaderTest, ReadsNumbersInNetworkOrder) {
  std::array<uint8_t, 18> bytes{};
  for (size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<uint8_t>(i + 1);
  ByteReader reader(bytes);
  EXPECT_EQ(reader.ReadU8(), 0x01u);
  EXPECT_EQ(reader.ReadU16(), 0x0203u);
  EXPECT_EQ(reader.ReadU24(), 0x040506u);
  EXPECT_EQ(reader.ReadU32(), 0x0708090au);
  EXPECT_EQ(reader.ReadU64(), 0x0b0c0d0e0f101112u);
  EXPECT_TRUE(reader.ok());
  EXPECT_EQ(reader.remaining(), 0u);
  EXPECT_EQ(reader.position(), 18u);
}

TEST(ByteReaderTest, AReadPastTheEndYieldsZeroAndEndsEverything) {
  std::array<uint8_t, 3> bytes = {1, 2, 3};
  ByteReader reader(bytes);
  EXPECT_EQ(reader.ReadU32(), 0u);
  EXPECT_FALSE(reader.ok());
  EXPECT_EQ(reader.remaining(), 0u);
  EXPECT_EQ(reader.ReadU8(), 0u) << "nothing is read after a failure";
  EXPECT_TRUE(reader.ReadBytes(1).empty());
}

TEST(ByteReaderTest, ReadsBytesAndSkips) {
  std::array<uint8_t, 4> bytes = {1, 2, 3, 4};
  ByteReader reader(bytes);
  reader.Skip(1);
  EXPECT_EQ(reader.ReadBytes(2)[1], 3);
  EXPECT_EQ(reader.rest().size(), 1u);
  EXPECT_TRUE(reader.ReadBytes(0).empty());
  EXPECT_TRUE(reader.ok());
  reader.Skip(SIZE_MAX);
  EXPECT_FALSE(reader.ok());
}

TEST(ByteReaderTest, NothingCanBeReadFromNothing) {
  ByteReader reader({});
  EXPECT_TRUE(reader.ok());
  EXPECT_EQ(reader.ReadU64(), 0u);
  EXPECT_FALSE(reader.ok());
}

TEST(ByteWriterTest, WritesNumbersInNetworkOrder) {
  std::array<uint8_t, 18> bytes{};
  ByteWriter writer(bytes);
  writer.WriteU8(0x01);
  writer.WriteU16(0x0203);
  writer.WriteU24(0x040506);
  writer.WriteU32(0x0708090a);
  writer.WriteU64(0x0b0c0d0e0f101112);
  EXPECT_TRUE(writer.ok());
  for (size_t i = 0; i < bytes.size(); ++i) EXPECT_EQ(bytes[i], i + 1);
}

TEST(ByteWriterTest, AWriteThatDoesNotFitWritesNothing) {
  std::array<uint8_t, 4> bytes = {9, 9, 9, 9};
  ByteWriter writer(MutableBytes(bytes).first(3));
  writer.WriteU32(0);
  EXPECT_FALSE(writer.ok());
  EXPECT_EQ(writer.position(), 0u);
  EXPECT_EQ(bytes, (std::array<uint8_t, 4>{9, 9, 9, 9}));
}

TEST(ByteWriterTest, CopiesZerosAndPatches) {
  std::array<uint8_t, 8> bytes;
  bytes.fill(0xff);
  ByteWriter writer(bytes);
  writer.WriteU16(0);
  writer.WriteBytes(std::array<uint8_t, 2>{7, 8});
  writer.WriteZeros(2);
  writer.PatchU16(0, 0x1234);
  EXPECT_TRUE(writer.ok());
  EXPECT_EQ(bytes, (std::array<uint8_t, 8>{0x12, 0x34, 7, 8, 0, 0, 0xff, 0xff}));
  EXPECT_EQ(writer.written().size(), 6u);
  EXPECT_EQ(writer.remaining(), 2u);
}

TEST(ByteWriterTest, PatchesOnlyWhatWasWritten) {
  std::array<uint8_t, 8> bytes{};
  ByteWriter writer(bytes);
  writer.WriteU16(0);
  writer.PatchU16(1, 0xffff);
  EXPECT_FALSE(writer.ok());
  EXPECT_EQ(bytes[1], 0);
  EXPECT_EQ(bytes[2], 0);
}

}  // namespace
}  // namespace millrace
