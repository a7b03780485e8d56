#include "worker/channel_text.h"

#include <gtest/gtest.h>

#include <string>

namespace millrace {
namespace {

TEST(ChannelTextTest, AcceptsEveryLengthOfSequence) {
  EXPECT_TRUE(IsCleanText(""));
  EXPECT_TRUE(IsCleanText("room-1"));
  EXPECT_TRUE(IsCleanText("\xc2\xa9"));
  EXPECT_TRUE(IsCleanText("\xe4\xbc\x9a"));
  EXPECT_TRUE(IsCleanText("\xf0\x9f\x8e\xa5"));
  EXPECT_TRUE(IsCleanText("\xf4\x8f\xbf\xbf"));
}

TEST(ChannelTextTest, RefusesNul) {
  EXPECT_FALSE(IsCleanText(std::string("a\0b", 3)));
  EXPECT_FALSE(IsCleanText("\xc0\x80"));  // NUL in two bytes
}

TEST(ChannelTextTest, RefusesBrokenSequences) {
  EXPECT_FALSE(IsCleanText("\x80"));
  EXPECT_FALSE(IsCleanText("\xc2"));
  EXPECT_FALSE(IsCleanText("\xe4\xbc"));
  EXPECT_FALSE(IsCleanText("\xc2\x41"));
  EXPECT_FALSE(IsCleanText("\xff"));
}

TEST(ChannelTextTest, RefusesOverlongSurrogatesAndTooLargeNumbers) {
  EXPECT_FALSE(IsCleanText("\xc1\xbf"));
  EXPECT_FALSE(IsCleanText("\xe0\x9f\xbf"));
  EXPECT_FALSE(IsCleanText("\xf0\x8f\xbf\xbf"));
  EXPECT_FALSE(IsCleanText("\xed\xa0\x80"));
  EXPECT_FALSE(IsCleanText("\xf4\x90\x80\x80"));
}

TEST(ChannelTextTest, BoundsIds) {
  EXPECT_FALSE(IsCleanId(""));
  EXPECT_TRUE(IsCleanId(std::string(kMaxIdBytes, 'x')));
  EXPECT_FALSE(IsCleanId(std::string(kMaxIdBytes + 1, 'x')));
  EXPECT_FALSE(IsCleanId(std::string("x\0", 2)));
}

}  // namespace
}  // namespace millrace
