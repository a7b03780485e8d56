#include "base/sequence.h"

#include <gtest/gtest.h>

namespace millrace {
namespace {

TEST(IsNewerTest, GoesRoundTheCircle) {
  EXPECT_TRUE(IsNewer<uint16_t>(1, 0));
  EXPECT_FALSE(IsNewer<uint16_t>(0, 1));
  EXPECT_FALSE(IsNewer<uint16_t>(5, 5));
  EXPECT_TRUE(IsNewer<uint16_t>(0, 65535));
  EXPECT_FALSE(IsNewer<uint16_t>(65535, 0));
  EXPECT_TRUE(IsNewer<uint16_t>(32767, 0));
  EXPECT_FALSE(IsNewer<uint16_t>(32769, 0));
  EXPECT_TRUE(IsNewer<uint32_t>(0, 0xffffffff));
  EXPECT_TRUE(IsNewer<uint8_t>(127, 0));
}

TEST(IsNewerTest, OfTwoOppositeNumbersExactlyOneIsNewer) {
  for (uint32_t i = 0; i < 65536; ++i) {
    uint16_t a = static_cast<uint16_t>(i);
    uint16_t b = static_cast<uint16_t>(i + 32768);
    EXPECT_NE(IsNewer(a, b), IsNewer(b, a)) << i;
  }
}

TEST(SequenceUnwrapperTest, CountsOnAcrossTheWrap) {
  SequenceUnwrapper<uint16_t> unwrapper;
  EXPECT_EQ(unwrapper.last(), std::nullopt);
  EXPECT_EQ(unwrapper.Unwrap(65534), 65534);
  EXPECT_EQ(unwrapper.Unwrap(65535), 65535);
  EXPECT_EQ(unwrapper.Unwrap(0), 65536);
  EXPECT_EQ(unwrapper.Unwrap(2), 65538);
  EXPECT_EQ(unwrapper.last(), 65538);
}

TEST(SequenceUnwrapperTest, AnOldValueLiesBehindAndDoesNotMoveTheNewest) {
  SequenceUnwrapper<uint16_t> unwrapper;
  EXPECT_EQ(unwrapper.Unwrap(65535), 65535);
  EXPECT_EQ(unwrapper.Unwrap(1), 65537);
  EXPECT_EQ(unwrapper.Unwrap(65534), 65534);
  EXPECT_EQ(unwrapper.last(), 65537);
  EXPECT_EQ(unwrapper.Unwrap(2), 65538);
}

TEST(SequenceUnwrapperTest, ValuesBeforeTheFirstAreNegative) {
  SequenceUnwrapper<uint16_t> unwrapper;
  EXPECT_EQ(unwrapper.Unwrap(0), 0);
  EXPECT_EQ(unwrapper.Unwrap(65535), -1);
  EXPECT_EQ(unwrapper.Unwrap(65530), -6);
  EXPECT_EQ(unwrapper.Unwrap(1), 1);
}

TEST(SequenceUnwrapperTest, ManyTimesRoundTheCircle) {
  SequenceUnwrapper<uint16_t> unwrapper;
  int64_t expected = 40000;
  for (int i = 0; i < 1000; ++i, expected += 30000) {
    ASSERT_EQ(unwrapper.Unwrap(static_cast<uint16_t>(expected)), expected);
  }
}

TEST(SequenceUnwrapperTest, PeekRemembersNothingAndResetForgets) {
  SequenceUnwrapper<uint32_t> unwrapper;
  EXPECT_EQ(unwrapper.Unwrap(0xffffffff), 0xffffffff);
  EXPECT_EQ(unwrapper.Peek(5), int64_t{0x100000005});
  EXPECT_EQ(unwrapper.last(), 0xffffffff);
  unwrapper.Reset();
  EXPECT_EQ(unwrapper.Peek(5), 5);
}

}  // namespace
}  // namespace millrace
