#include "wire/rtp_view.h"

#include <gtest/gtest.h>

#include <utility>
#include <vector>

#include "wire/hex.h"

namespace millrace {
namespace {

using Elements = std::vector<std::pair<int, std::vector<uint8_t>>>;

Elements ElementsOf(const RtpView& view) {
  Elements elements;
  view.ForEachExtension(
      [&](uint8_t id, Bytes value) { elements.push_back({id, {value.begin(), value.end()}}); });
  return elements;
}

// A packet with this extension block (profile, length, elements) and a payload of one byte.
std::vector<uint8_t> WithExtension(std::string_view block) {
  std::vector<uint8_t> packet = Hex("90 60 0001 00000002 00000003");
  std::vector<uint8_t> extension = Hex(block);
  packet.insert(packet.end(), extension.begin(), extension.end());
  packet.push_back(0xEE);
  return packet;
}

TEST(RtpViewTest, ReadsTheFixedHeader) {
  std::vector<uint8_t> packet = Hex("80 e0 fffe 89abcdef 12345678 aabbcc");
  std::optional<RtpView> view = RtpView::Parse(packet);
  ASSERT_TRUE(view);
  EXPECT_EQ(view->payload_type(), 96);
  EXPECT_TRUE(view->marker());
  EXPECT_EQ(view->sequence_number(), 0xfffe);
  EXPECT_EQ(view->timestamp(), 0x89abcdefu);
  EXPECT_EQ(view->ssrc(), Ssrc(0x12345678));
  EXPECT_EQ(view->header_size(), 12u);
  EXPECT_EQ(view->payload().size(), 3u);
  EXPECT_EQ(view->payload()[0], 0xaa);
  EXPECT_EQ(view->padding_size(), 0u);
  EXPECT_EQ(view->bytes().size(), packet.size());
  EXPECT_TRUE(view->csrcs().empty());
  EXPECT_TRUE(view->Extension(1).empty());
}

TEST(RtpViewTest, ReadsContributingSourcesPaddingAndEmptyPayload) {
  std::vector<uint8_t> packet = Hex("a2 60 0001 00000002 00000003 0000000a 0000000b 00000004");
  std::optional<RtpView> view = RtpView::Parse(packet);
  ASSERT_TRUE(view);
  EXPECT_EQ(view->csrcs().size(), 8u);
  EXPECT_EQ(view->csrcs()[7], 0x0b);
  EXPECT_EQ(view->header_size(), 20u);
  EXPECT_EQ(view->padding_size(), 4u);
  EXPECT_TRUE(view->payload().empty());
}

TEST(RtpViewTest, RefusesPaddingThatCannotBe) {
  EXPECT_FALSE(RtpView::Parse(Hex("a0 60 0001 00000002 00000003"))) << "none there";
  EXPECT_FALSE(RtpView::Parse(Hex("a0 60 0001 00000002 00000003 00"))) << "count of zero";
  EXPECT_FALSE(RtpView::Parse(Hex("a0 60 0001 00000002 00000003 0003"))) << "into the header";
  EXPECT_TRUE(RtpView::Parse(Hex("a0 60 0001 00000002 00000003 0002")));
}

TEST(RtpViewTest, LeavesThePaddingOfASealedPacketAlone) {
  std::vector<uint8_t> packet = Hex("a0 60 0001 00000002 00000003 00ff");
  EXPECT_FALSE(RtpView::Parse(packet));
  std::optional<RtpView> view = RtpView::ParseSealed(packet);
  ASSERT_TRUE(view);
  EXPECT_EQ(view->payload().size(), 2u);
}

TEST(RtpViewTest, RefusesOtherVersionsAndCutHeaders) {
  EXPECT_FALSE(RtpView::Parse({}));
  EXPECT_FALSE(RtpView::Parse(Hex("40 60 0001 00000002 00000003")));
  EXPECT_FALSE(RtpView::Parse(Hex("c0 60 0001 00000002 00000003")));
  std::vector<uint8_t> whole =
      Hex("92 60 0001 00000002 00000003 0000000a 0000000b bede 0001 10aa0000");
  for (size_t size = 0; size < whole.size(); ++size) {
    EXPECT_FALSE(RtpView::Parse(Bytes(whole).first(size))) << size;
  }
  EXPECT_TRUE(RtpView::Parse(whole));
}

TEST(RtpViewTest, ReadsOneByteElementsBetweenPadding) {
  std::vector<uint8_t> packet = WithExtension("bede 0003 10aa 00 22010203 00 e0ff 00 00");
  std::optional<RtpView> view = RtpView::Parse(packet);
  ASSERT_TRUE(view);
  Elements expected = {{1, {0xaa}}, {2, {1, 2, 3}}, {14, {0xff}}};
  EXPECT_EQ(ElementsOf(*view), expected);
  EXPECT_EQ(view->Extension(2).size(), 3u);
  EXPECT_TRUE(view->Extension(3).empty());
  EXPECT_EQ(view->payload().size(), 1u);
  EXPECT_EQ(view->payload()[0], 0xee);
}

TEST(RtpViewTest, ReadsTwoByteElementsWithAnyApplicationBits) {
  for (const char* profile : {"1000", "1007", "100f"}) {
    std::vector<uint8_t> packet =
        WithExtension(std::string(profile) + "0003 0f 02 0102 00 ff 00 01 03 aabbcc");
    std::optional<RtpView> view = RtpView::Parse(packet);
    ASSERT_TRUE(view);
    Elements expected = {{15, {1, 2}}, {255, {}}, {1, {0xaa, 0xbb, 0xcc}}};
    EXPECT_EQ(ElementsOf(*view), expected);
  }
}

TEST(RtpViewTest, SeesNoElementsInOtherProfiles) {
  for (const char* profile : {"0000", "bedd", "1010", "0fff"}) {
    std::optional<RtpView> view =
        RtpView::Parse(WithExtension(std::string(profile) + "0001 10aa10bb"));
    ASSERT_TRUE(view);
    EXPECT_TRUE(ElementsOf(*view).empty());
    EXPECT_EQ(view->header_size(), 20u);
  }
}

TEST(RtpViewTest, StopsAtTheReservedIdAndAtCutElements) {
  Elements first_only = {{1, {0xaa}}};
  std::vector<uint8_t> reserved = WithExtension("bede 0002 10aa f0bb 20cc 0000");
  EXPECT_EQ(ElementsOf(*RtpView::Parse(reserved)), first_only);
  std::vector<uint8_t> id_zero = WithExtension("bede 0002 10aa 02bb 20cc 0000");
  EXPECT_EQ(ElementsOf(*RtpView::Parse(id_zero)), first_only);
  std::vector<uint8_t> one_byte_cut = WithExtension("bede 0001 10aa 21bb");
  EXPECT_EQ(ElementsOf(*RtpView::Parse(one_byte_cut)), first_only);
  std::vector<uint8_t> two_byte_cut = WithExtension("1000 0002 0101aa 02 ffbbccdd");
  EXPECT_EQ(ElementsOf(*RtpView::Parse(two_byte_cut)), first_only);
  std::vector<uint8_t> length_cut = WithExtension("1000 0001 0101aa 02");
  EXPECT_EQ(ElementsOf(*RtpView::Parse(length_cut)), first_only);
}

TEST(RtpViewTest, AcceptsAnEmptyExtensionBlock) {
  std::vector<uint8_t> packet = WithExtension("bede 0000");
  std::optional<RtpView> view = RtpView::Parse(packet);
  ASSERT_TRUE(view);
  EXPECT_TRUE(ElementsOf(*view).empty());
  EXPECT_EQ(view->header_size(), 16u);
}

TEST(RtpViewTest, AViewOfNothingHasEmptyParts) {
  RtpView view;
  EXPECT_TRUE(view.bytes().empty());
  EXPECT_TRUE(view.payload().empty());
  EXPECT_TRUE(view.csrcs().empty());
  EXPECT_TRUE(view.Extension(1).empty());
}

}  // namespace
}  // namespace millrace
