#include "routing/egress_header.h"

#include <gtest/gtest.h>

#include "routing_world.h"

namespace millrace {
namespace {

constexpr EgressStamps kStamps{.abs_send_time = 0x123456, .transport_sequence_number = 0xABCD};

class EgressHeaderTest : public testing::Test {
 protected:
  // A packet whose peer uses the ids inside the worker.
  RtpPacket& Parse(const std::vector<uint8_t>& bytes) {
    std::ranges::copy(bytes, packet_->bytes.begin());
    EXPECT_TRUE(packet_->Parse(bytes.size(), RtpExtensionIds::Internal(), Codec::kVp8, 96));
    return *packet_;
  }
  // The header as a whole packet with a payload of one byte.
  RtpView Write(const EgressHeader& header, const RtpPacket& packet) {
    RtpRewrite rewrite{.ssrc = Ssrc(9), .timestamp = 8, .sequence = 7, .payload_type = 96};
    size_t size = header.Write(target_, packet, rewrite, kStamps);
    EXPECT_NE(size, 0u);
    target_[size] = 1;
    std::optional<RtpView> view = RtpView::Parse(Bytes(target_).first(size + 1));
    EXPECT_TRUE(view.has_value());
    EXPECT_EQ(view->payload().size(), 1u);
    return *view;
  }

  RtpPacketPool pool_{1};
  RtpPacketRef packet_ = pool_.Take();
  std::array<uint8_t, 2048> target_{};
};

TEST_F(EgressHeaderTest, CarriesWhatThePacketHasAndTheConsumerNegotiated) {
  RtpPacket& packet = Parse(RtpMaker(1)
                                .Extension(6, {0x85})
                                .Extension(7, {1, 2, 3, 4, 5})
                                .Extension(8, {0x0B})
                                .Extension(9, {0xFF, 0xFF, 0xFE})
                                .Extension(10, {1, 2, 3, 4, 5, 6, 7, 8})
                                .Extension(11, {0x00, 0x10, 0x02})
                                .Make());
  RtpView view = Write(EgressHeader(RtpExtensionIds::Internal(), "mid7"), packet);
  RtpExtensions values = ReadRtpExtensions(view, RtpExtensionIds::Internal());
  EXPECT_EQ(values.mid, "mid7");
  EXPECT_EQ(values.abs_send_time, 0x123456u);
  EXPECT_EQ(values.transport_sequence_number, 0xABCD);
  EXPECT_EQ(values.audio_level, packet.extensions.audio_level);
  EXPECT_EQ(values.video_orientation, packet.extensions.video_orientation);
  EXPECT_EQ(values.time_offset, -2);
  EXPECT_EQ(values.abs_capture_time, packet.extensions.abs_capture_time);
  EXPECT_EQ(values.playout_delay, packet.extensions.playout_delay);
  EXPECT_EQ(values.dependency_descriptor.size(), 5u);
  EXPECT_EQ(view.ssrc(), Ssrc(9));
  EXPECT_EQ(view.sequence_number(), 7);
}

TEST_F(EgressHeaderTest, TellsItsOwnPlayoutDelayWhereTheSourceTellsNone) {
  EgressHeader header(RtpExtensionIds::Internal(), "mid7");
  header.SetPlayoutDelay({.min_ms = 430, .max_ms = 10'000});
  RtpView plain = Write(header, Parse(RtpMaker(1).Make()));
  PlayoutDelay own{.min_ms = 430, .max_ms = 10'000};
  EXPECT_EQ(ReadRtpExtensions(plain, RtpExtensionIds::Internal()).playout_delay, own);
  RtpPacket& told = Parse(RtpMaker(2).Extension(11, {0x00, 0x10, 0x02}).Make());
  RtpView view = Write(header, told);
  EXPECT_EQ(ReadRtpExtensions(view, RtpExtensionIds::Internal()).playout_delay,
            told.extensions.playout_delay);
}

TEST_F(EgressHeaderTest, LeavesOutWhatWasNotNegotiated) {
  RtpPacket& packet = Parse(RtpMaker(1).Extension(6, {0x85}).Extension(8, {0x0B}).Make());
  RtpExtensionIds ids;
  ASSERT_TRUE(ids.Set(RtpExtension::kVideoOrientation, 3));
  RtpView view = Write(EgressHeader(ids, "mid"), packet);
  int elements = 0;
  view.ForEachExtension([&](uint8_t id, Bytes value) {
    ++elements;
    EXPECT_EQ(id, 3);
    EXPECT_EQ(value.size(), 1u);
  });
  EXPECT_EQ(elements, 1);
}

TEST_F(EgressHeaderTest, TakesTheTwoByteFormWhereTheOneByteFormIsTooSmall) {
  std::vector<uint8_t> descriptor(40, 0x5A);
  RtpPacket& large = Parse(RtpMaker(1).Extension(7, descriptor).Make());
  std::string mid(20, 'm');
  RtpView view = Write(EgressHeader(RtpExtensionIds::Internal(), mid), large);
  RtpExtensions values = ReadRtpExtensions(view, RtpExtensionIds::Internal());
  EXPECT_EQ(values.mid, mid);
  EXPECT_TRUE(std::ranges::equal(values.dependency_descriptor, descriptor));
  EXPECT_EQ(values.abs_send_time, 0x123456u);
  EXPECT_EQ(values.transport_sequence_number, 0xABCD);

  RtpExtensionIds high;
  ASSERT_TRUE(high.Set(RtpExtension::kAbsSendTime, 15));
  RtpView second = Write(EgressHeader(high, ""), Parse(RtpMaker(1).Make()));
  EXPECT_EQ(second.Extension(15).size(), 3u);
}

TEST_F(EgressHeaderTest, KeepsContributingSources) {
  std::vector<uint8_t> bytes = RtpMaker(1).Make();
  bytes[0] |= 1;
  std::vector<uint8_t> csrc = {0, 0, 0, 42};
  bytes.insert(bytes.begin() + 12, csrc.begin(), csrc.end());
  RtpView view = Write(EgressHeader(RtpExtensionIds(), ""), Parse(bytes));
  EXPECT_TRUE(std::ranges::equal(view.csrcs(), csrc));
}

TEST_F(EgressHeaderTest, WritesNothingWhereThereIsNoRoom) {
  RtpPacket& packet = Parse(RtpMaker(1).Make());
  EgressHeader header(RtpExtensionIds::Internal(), "mid");
  std::array<uint8_t, 20> small{};
  EXPECT_EQ(header.Write(small, packet, {}, kStamps), 0u);
}

}  // namespace
}  // namespace millrace
