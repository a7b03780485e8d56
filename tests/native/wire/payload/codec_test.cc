#include "wire/payload/codec.h"

#include <gtest/gtest.h>

#include "wire/hex.h"
#include "wire/payload/av1.h"
#include "wire/payload/h264.h"
#include "wire/payload/h265.h"
#include "wire/payload/opus.h"

namespace millrace {
namespace {

TEST(CodecTest, AsksTheRightParser) {
  EXPECT_TRUE(StartsKeyFrame(Codec::kVp8, Hex("10 00")));
  EXPECT_FALSE(StartsKeyFrame(Codec::kVp8, Hex("10 01")));
  EXPECT_TRUE(StartsKeyFrame(Codec::kVp9, Hex("08 00")));
  EXPECT_FALSE(StartsKeyFrame(Codec::kVp9, Hex("48 00")));
  EXPECT_TRUE(StartsKeyFrame(Codec::kH264, Hex("67 00")));
  EXPECT_TRUE(StartsKeyFrame(Codec::kH265, Hex("4201 00")));
  EXPECT_TRUE(StartsKeyFrame(Codec::kAv1, Hex("08 00")));
  EXPECT_TRUE(StartsKeyFrame(Codec::kOpus, Hex("00")));
  EXPECT_TRUE(StartsKeyFrame(Codec::kOther, {}));
}

TEST(CodecTest, AnEmptyPayloadStartsNoVideo) {
  for (Codec codec : {Codec::kVp8, Codec::kVp9, Codec::kH264, Codec::kH265, Codec::kAv1}) {
    EXPECT_FALSE(StartsKeyFrame(codec, {}));
    EXPECT_TRUE(HasKeyFrames(codec));
  }
  EXPECT_FALSE(HasKeyFrames(Codec::kOpus));
  EXPECT_FALSE(HasKeyFrames(Codec::kOther));
}

TEST(H264Test, SingleUnits) {
  EXPECT_TRUE(StartsH264KeyFrame(Hex("67 42e01f"))) << "SPS";
  EXPECT_TRUE(StartsH264KeyFrame(Hex("65 88"))) << "first IDR slice";
  EXPECT_FALSE(StartsH264KeyFrame(Hex("65 40"))) << "later IDR slice";
  EXPECT_FALSE(StartsH264KeyFrame(Hex("65"))) << "IDR slice without content";
  EXPECT_FALSE(StartsH264KeyFrame(Hex("67"))) << "SPS without content";
  EXPECT_FALSE(StartsH264KeyFrame(Hex("68 ce"))) << "PPS";
  EXPECT_FALSE(StartsH264KeyFrame(Hex("61 88"))) << "inter slice";
  EXPECT_FALSE(StartsH264KeyFrame(Hex("09 f0"))) << "delimiter";
}

TEST(H264Test, AggregatedUnits) {
  EXPECT_TRUE(StartsH264KeyFrame(Hex("78 0002 09f0 0002 6742 0002 68ce")));
  EXPECT_TRUE(StartsH264KeyFrame(Hex("79 0000 0002 6588"))) << "with a decoding order number";
  EXPECT_FALSE(StartsH264KeyFrame(Hex("78 0002 68ce 0002 6188")));
  EXPECT_FALSE(StartsH264KeyFrame(Hex("78 0004 67"))) << "cut";
  EXPECT_FALSE(StartsH264KeyFrame(Hex("78 0000 00"))) << "empty unit, then half a size";
  EXPECT_FALSE(StartsH264KeyFrame(Hex("78")));
}

TEST(H264Test, Fragments) {
  EXPECT_TRUE(StartsH264KeyFrame(Hex("7c 85 88")));
  EXPECT_TRUE(StartsH264KeyFrame(Hex("7c 87 42"))) << "SPS";
  EXPECT_TRUE(StartsH264KeyFrame(Hex("7d 85 0000 88"))) << "FU-B";
  EXPECT_FALSE(StartsH264KeyFrame(Hex("7c 05 88"))) << "middle";
  EXPECT_FALSE(StartsH264KeyFrame(Hex("7c 45 88"))) << "end";
  EXPECT_FALSE(StartsH264KeyFrame(Hex("7c 85 40"))) << "later slice";
  EXPECT_FALSE(StartsH264KeyFrame(Hex("7c 81 88"))) << "inter slice";
  EXPECT_FALSE(StartsH264KeyFrame(Hex("7c")));
}

TEST(H265Test, UnitsAggregatesAndFragments) {
  EXPECT_TRUE(StartsH265KeyFrame(Hex("4001 00"))) << "VPS";
  EXPECT_TRUE(StartsH265KeyFrame(Hex("4201 00"))) << "SPS";
  EXPECT_FALSE(StartsH265KeyFrame(Hex("4201"))) << "SPS without content";
  EXPECT_FALSE(StartsH265KeyFrame(Hex("4401 00"))) << "PPS";
  EXPECT_TRUE(StartsH265KeyFrame(Hex("2601 80"))) << "IDR, first segment";
  EXPECT_FALSE(StartsH265KeyFrame(Hex("2601 40"))) << "IDR, later segment";
  EXPECT_TRUE(StartsH265KeyFrame(Hex("2a01 80"))) << "CRA";
  EXPECT_FALSE(StartsH265KeyFrame(Hex("0201 80"))) << "trailing picture";
  EXPECT_TRUE(StartsH265KeyFrame(Hex("6001 0003 440100 0003 260180")));
  EXPECT_FALSE(StartsH265KeyFrame(Hex("6001 0003 440100 0003 020180")));
  EXPECT_FALSE(StartsH265KeyFrame(Hex("6001 0009 4201"))) << "cut";
  EXPECT_FALSE(StartsH265KeyFrame(Hex("6001 0001 42"))) << "unit of half a header";
  EXPECT_TRUE(StartsH265KeyFrame(Hex("6201 93 80")));
  EXPECT_FALSE(StartsH265KeyFrame(Hex("6201 13 80"))) << "middle";
  EXPECT_FALSE(StartsH265KeyFrame(Hex("6201")));
  EXPECT_FALSE(StartsH265KeyFrame(Hex("42")));
}

TEST(Av1Test, OnlyTheFirstPacketOfASequence) {
  EXPECT_TRUE(StartsAv1KeyFrame(Hex("18 0a")));
  EXPECT_FALSE(StartsAv1KeyFrame(Hex("10 0a")));
  EXPECT_FALSE(StartsAv1KeyFrame(Hex("98 0a"))) << "continues";
  EXPECT_FALSE(StartsAv1KeyFrame(Hex("18"))) << "nothing behind the header";
}

TEST(OpusTest, SilenceIsAtMostTwoBytes) {
  EXPECT_TRUE(IsOpusSilence({}));
  EXPECT_TRUE(IsOpusSilence(Hex("78")));
  EXPECT_TRUE(IsOpusSilence(Hex("7801")));
  EXPECT_FALSE(IsOpusSilence(Hex("780102")));
}

}  // namespace
}  // namespace millrace
