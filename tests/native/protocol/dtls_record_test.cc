#include "protocol/dtls_record.h"

#include <gtest/gtest.h>

#include "protocol/hex.h"

namespace millrace {
namespace {

std::optional<DtlsRecord> ReadOne(const std::vector<uint8_t>& bytes) {
  ByteReader reader(bytes);
  return DtlsRecord::Read(reader);
}

TEST(DtlsRecordTest, ReadsEveryRecordOfADatagram) {
  std::vector<uint8_t> datagram =
      FromHex("14fefd 0000 000000000005 0001 01 16fefd 0001 000000000000 0003 aabbcc");
  ByteReader reader(datagram);
  auto first = DtlsRecord::Read(reader);
  ASSERT_TRUE(first.has_value());
  EXPECT_EQ(first->type, DtlsRecord::Type::kChangeCipherSpec);
  EXPECT_EQ(first->epoch, 0);
  EXPECT_EQ(first->whole.size(), 14u);
  auto second = DtlsRecord::Read(reader);
  ASSERT_TRUE(second.has_value());
  EXPECT_EQ(second->epoch, 1);
  EXPECT_EQ(ToHex(second->fragment), "aabbcc");
  EXPECT_FALSE(DtlsRecord::Read(reader).has_value());
}

TEST(DtlsRecordTest, RefusesOtherTypesOtherVersionsAndMissingBytes) {
  EXPECT_FALSE(ReadOne(FromHex("13fefd 0000 000000000005 0001 01")));
  EXPECT_FALSE(ReadOne(FromHex("18fefd 0000 000000000005 0001 01")));
  EXPECT_FALSE(ReadOne(FromHex("160301 0000 000000000005 0001 01")));
  EXPECT_FALSE(ReadOne(FromHex("16fefd 0000 000000000005 0002 01")));
  EXPECT_FALSE(ReadOne(FromHex("16fefd 0000 000000000005 00")));
  EXPECT_FALSE(ReadOne({}));
}

TEST(DtlsRecordTest, SeesWhetherHandshakeFragmentsLieInTheirMessages) {
  auto sound = [](std::string_view fragment) {
    DtlsRecord record;
    std::vector<uint8_t> bytes = FromHex(fragment);
    record.fragment = bytes;
    return record.HasSoundHandshakeMessages();
  };
  EXPECT_TRUE(sound("01 000004 0000 000000 000004 01020304"));
  EXPECT_TRUE(sound("01 000004 0000 000002 000002 0304 02 000000 0001 000000 000000"));
  EXPECT_TRUE(sound("01 001600 0000 0015ff 000001 00"));
  EXPECT_FALSE(sound("01 001601 0000 000000 000001 00"));
  EXPECT_FALSE(sound("01 000004 0000 000003 000002 0304"));
  EXPECT_FALSE(sound("01 000004 0000 000000 000004 0102"));
  EXPECT_FALSE(sound("01 ffffff 0000 ffffff 000001 00"));
  EXPECT_FALSE(sound("01 0000"));
}

}  // namespace
}  // namespace millrace
