#include "wire/rtp_extensions.h"

#include <gtest/gtest.h>

#include <vector>

#include "wire/hex.h"
#include "wire/rtp_writer.h"

namespace millrace {
namespace {

// The bytes of a packet whose one extension has the worker's own id.
std::vector<uint8_t> With(RtpExtension extension, std::string_view hex) {
  std::vector<uint8_t> value = Hex(hex);
  std::vector<uint8_t> packet(400);
  RtpWriter writer(packet, RtpHeader{});
  writer.AddExtension(static_cast<uint8_t>(extension), value);
  packet.resize(writer.Finish({}));
  return packet;
}

RtpExtensions Read(const std::vector<uint8_t>& packet) {
  std::optional<RtpView> view = RtpView::Parse(packet);
  EXPECT_TRUE(view);
  return view ? ReadRtpExtensions(*view, RtpExtensionIds::Internal()) : RtpExtensions();
}

TEST(RtpExtensionIdsTest, MapsBothWays) {
  RtpExtensionIds ids;
  EXPECT_EQ(ids.IdOf(RtpExtension::kMid), 0);
  EXPECT_EQ(ids.ExtensionOf(4), RtpExtension::kNone);
  EXPECT_TRUE(ids.Set(RtpExtension::kMid, 4));
  EXPECT_EQ(ids.IdOf(RtpExtension::kMid), 4);
  EXPECT_EQ(ids.ExtensionOf(4), RtpExtension::kMid);
}

TEST(RtpExtensionIdsTest, RefusesAnIdThatIsTakenOrZero) {
  RtpExtensionIds ids;
  EXPECT_TRUE(ids.Set(RtpExtension::kMid, 4));
  EXPECT_FALSE(ids.Set(RtpExtension::kRid, 4));
  EXPECT_FALSE(ids.Set(RtpExtension::kRid, 0));
  EXPECT_FALSE(ids.Set(RtpExtension::kNone, 5));
  EXPECT_TRUE(ids.Set(RtpExtension::kMid, 4)) << "the same again";
}

TEST(RtpExtensionIdsTest, ASecondIdReplacesTheFirst) {
  RtpExtensionIds ids;
  EXPECT_TRUE(ids.Set(RtpExtension::kMid, 4));
  EXPECT_TRUE(ids.Set(RtpExtension::kMid, 255));
  EXPECT_EQ(ids.ExtensionOf(4), RtpExtension::kNone);
  EXPECT_EQ(ids.ExtensionOf(255), RtpExtension::kMid);
  EXPECT_EQ(ids.ExtensionOf(0), RtpExtension::kNone);
}

TEST(RtpExtensionIdsTest, InternalIdsAreTheContractsConstants) {
  RtpExtensionIds ids = RtpExtensionIds::Internal();
  EXPECT_EQ(ids.IdOf(RtpExtension::kMid), 1);
  EXPECT_EQ(ids.IdOf(RtpExtension::kAbsSendTime), 4);
  EXPECT_EQ(ids.IdOf(RtpExtension::kTransportSequenceNumber), 5);
  EXPECT_EQ(ids.IdOf(RtpExtension::kPacketId), 12);
  EXPECT_EQ(ids.ExtensionOf(10), RtpExtension::kAbsCaptureTime);
  EXPECT_EQ(ids.ExtensionOf(13), RtpExtension::kNone);
}

TEST(RtpExtensionsTest, ReadsTexts) {
  std::vector<uint8_t> mid = With(RtpExtension::kMid, "3132");
  EXPECT_EQ(Read(mid).mid, "12");
  std::vector<uint8_t> rid = With(RtpExtension::kRid, "7230");
  EXPECT_EQ(Read(rid).rid, "r0");
  std::vector<uint8_t> repaired = With(RtpExtension::kRepairedRid, "7231");
  EXPECT_EQ(Read(repaired).repaired_rid, "r1");
}

TEST(RtpExtensionsTest, ReadsNumbers) {
  EXPECT_EQ(Read(With(RtpExtension::kAbsSendTime, "010203")).abs_send_time, 0x010203u);
  EXPECT_EQ(Read(With(RtpExtension::kTransportSequenceNumber, "fffe")).transport_sequence_number,
            0xfffe);
  EXPECT_EQ(Read(With(RtpExtension::kTimeOffset, "ffffff")).time_offset, -1);
  EXPECT_EQ(Read(With(RtpExtension::kTimeOffset, "7fffff")).time_offset, 0x7fffff);
  EXPECT_EQ(Read(With(RtpExtension::kPacketId, "01020304")).packet_id, 0x01020304u);
}

TEST(RtpExtensionsTest, ReadsStructuredValues) {
  EXPECT_EQ(Read(With(RtpExtension::kAudioLevel, "ff")).audio_level,
            (AudioLevel{.level = 127, .voice = true}));
  EXPECT_EQ(Read(With(RtpExtension::kAudioLevel, "05")).audio_level,
            (AudioLevel{.level = 5, .voice = false}));
  EXPECT_EQ(Read(With(RtpExtension::kVideoOrientation, "0b")).video_orientation,
            (VideoOrientation{.back_camera = true, .flip = false, .rotation_degrees = 270}));
  EXPECT_EQ(Read(With(RtpExtension::kVideoOrientation, "05")).video_orientation,
            (VideoOrientation{.back_camera = false, .flip = true, .rotation_degrees = 90}));
  EXPECT_EQ(Read(With(RtpExtension::kPlayoutDelay, "001fff")).playout_delay,
            (PlayoutDelay{.min_ms = 10, .max_ms = 40950}));
  EXPECT_EQ(Read(With(RtpExtension::kAbsCaptureTime, "0102030405060708")).abs_capture_time,
            (AbsCaptureTime{.ntp = 0x0102030405060708, .clock_offset = {}}));
  EXPECT_EQ(Read(With(RtpExtension::kAbsCaptureTime, "0102030405060708 ffffffffffffffff"))
                .abs_capture_time,
            (AbsCaptureTime{.ntp = 0x0102030405060708, .clock_offset = -1}));
  std::vector<uint8_t> long_descriptor =
      With(RtpExtension::kDependencyDescriptor, std::string(2 * 40, 'a'));
  EXPECT_EQ(Read(long_descriptor).dependency_descriptor.size(), 40u);
}

TEST(RtpExtensionsTest, AValueOfTheWrongSizeIsAbsent) {
  EXPECT_FALSE(Read(With(RtpExtension::kAbsSendTime, "0102")).abs_send_time);
  EXPECT_FALSE(Read(With(RtpExtension::kAbsSendTime, "01020304")).abs_send_time);
  EXPECT_FALSE(Read(With(RtpExtension::kTransportSequenceNumber, "01")).transport_sequence_number);
  EXPECT_FALSE(Read(With(RtpExtension::kAudioLevel, "0102")).audio_level);
  EXPECT_FALSE(Read(With(RtpExtension::kVideoOrientation, "0102")).video_orientation);
  EXPECT_FALSE(Read(With(RtpExtension::kTimeOffset, "01")).time_offset);
  EXPECT_FALSE(Read(With(RtpExtension::kPlayoutDelay, "0102")).playout_delay);
  EXPECT_FALSE(Read(With(RtpExtension::kAbsCaptureTime, "010203")).abs_capture_time);
  EXPECT_FALSE(Read(With(RtpExtension::kAbsCaptureTime, "010203040506070809")).abs_capture_time);
  EXPECT_FALSE(Read(With(RtpExtension::kPacketId, "01")).packet_id);
}

TEST(RtpExtensionsTest, UsesThePeersIdsAndIgnoresTheOthers) {
  RtpExtensionIds ids;
  ASSERT_TRUE(ids.Set(RtpExtension::kAudioLevel, 9));
  std::vector<uint8_t> packet = Hex("90 60 0001 00000002 00000003 bede 0001 90 85 10 31");
  RtpExtensions extensions = ReadRtpExtensions(*RtpView::Parse(packet), ids);
  EXPECT_EQ(extensions.audio_level, (AudioLevel{.level = 5, .voice = true}));
  EXPECT_TRUE(extensions.mid.empty());
}

TEST(RtpExtensionsTest, TheFirstOfTwoCounts) {
  std::vector<uint8_t> packet =
      Hex("90 60 0001 00000002 00000003 bede 0002 60 85 60 07 10 31 10 32");
  RtpExtensions extensions = Read(packet);
  EXPECT_EQ(extensions.audio_level, (AudioLevel{.level = 5, .voice = true}));
  EXPECT_EQ(extensions.mid, "1");
}

TEST(RtpExtensionsTest, AbsSendTimeHas18FractionalBitsAndWrapsAfter64Seconds) {
  EXPECT_EQ(ToAbsSendTime(Timestamp::Micros(0)), 0u);
  EXPECT_EQ(ToAbsSendTime(Timestamp::Millis(1000)), 1u << 18);
  EXPECT_EQ(ToAbsSendTime(Timestamp::Millis(500)), 1u << 17);
  EXPECT_EQ(ToAbsSendTime(Timestamp::Millis(63'999)), 0xffffffu - 262u);
  EXPECT_EQ(ToAbsSendTime(Timestamp::Millis(64'000)), 0u);
  // A monotonic clock that has run for three hundred thousand years does not overflow it.
  EXPECT_LE(ToAbsSendTime(Timestamp::Never()), 0xffffffu);
}

TEST(RtpExtensionsTest, OneByteValuesSurviveTheRoundTrip) {
  for (unsigned value = 0; value < 256; ++value) {
    std::string hex = {"0123456789abcdef"[value >> 4], "0123456789abcdef"[value & 15]};
    std::optional<AudioLevel> level = Read(With(RtpExtension::kAudioLevel, hex)).audio_level;
    ASSERT_TRUE(level);
    EXPECT_EQ(ToWire(*level), value);
    auto orientation = Read(With(RtpExtension::kVideoOrientation, hex)).video_orientation;
    ASSERT_TRUE(orientation);
    EXPECT_EQ(ToWire(*orientation), value & 0x0f);
  }
}

}  // namespace
}  // namespace millrace
