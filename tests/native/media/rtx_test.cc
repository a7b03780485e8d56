#include "media/rtx.h"

#include <gtest/gtest.h>

#include "base/check.h"
#include "media/rtp_maker.h"

namespace millrace {
namespace {

std::optional<std::vector<uint8_t>> Unwrap(std::vector<uint8_t> bytes) {
  std::optional<RtpView> view = RtpView::Parse(bytes);
  CHECK(view, "the packet parses");
  std::optional<size_t> size = UnwrapRtx(*view, Ssrc(0xA1B2C3D4), 96, bytes);
  if (!size) return std::nullopt;
  bytes.resize(*size);
  return bytes;
}

TEST(RtxTest, RestoresTheOriginalPacket) {
  std::vector<uint8_t> rtx = RtpMaker()
                                 .From(9)
                                 .Type(97)
                                 .Seq(555)
                                 .Time(777)
                                 .Marker()
                                 .Payload({0x12, 0x34, 1, 2, 3})
                                 .Bytes();
  std::vector<uint8_t> original = RtpMaker()
                                      .From(0xA1B2C3D4)
                                      .Type(96)
                                      .Seq(0x1234)
                                      .Time(777)
                                      .Marker()
                                      .Payload({1, 2, 3})
                                      .Bytes();
  EXPECT_EQ(Unwrap(rtx), original);
}

TEST(RtxTest, LeavesPaddingOut) {
  std::vector<uint8_t> rtx = RtpMaker().Type(97).Payload({0, 7, 1, 2}).Padding(8).Bytes();
  std::vector<uint8_t> original = RtpMaker().From(0xA1B2C3D4).Seq(7).Payload({1, 2}).Bytes();
  EXPECT_EQ(Unwrap(rtx), original);
}

TEST(RtxTest, FindsNoOriginalInABandwidthProbe) {
  EXPECT_FALSE(Unwrap(RtpMaker().Type(97).Payload({}).Padding(200).Bytes()));
  EXPECT_FALSE(Unwrap(RtpMaker().Type(97).Payload({1}).Bytes()));
}

}  // namespace
}  // namespace millrace
