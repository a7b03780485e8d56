#include "media/rtp_packet.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>

#include "media/rtp_maker.h"
#include "media/rtp_rewrite.h"

namespace millrace {
namespace {

TEST(RtpPacketTest, ReadsWhatConsumersNeed) {
  RtpPacketPool pool(1);
  RtpPacketRef packet = RtpMaker().Seq(7).Time(99).Marker().KeyFrame().Padding(4).Make(pool);
  EXPECT_EQ(packet->timestamp, 99u);
  EXPECT_EQ(packet->payload_type, RtpMaker::kMappedType);
  EXPECT_TRUE(packet->marker);
  EXPECT_TRUE(packet->key_frame);
  EXPECT_EQ(packet->size, 12 + 7 + 4);
  EXPECT_EQ(packet->payload().size(), 7u);
  EXPECT_TRUE(std::holds_alternative<Vp8Descriptor>(packet->descriptor));
}

TEST(RtpPacketTest, ForgetsWhatItsBufferHeldBefore) {
  auto packet = std::make_unique<RtpPacket>();
  RtpMaker().KeyFrame().Fill(*packet);
  packet->recovered = true;
  packet->sequence = 5;
  RtpMaker().Payload({}).Padding(9).Fill(*packet);
  EXPECT_FALSE(packet->key_frame);
  EXPECT_FALSE(packet->recovered);
  EXPECT_EQ(packet->sequence, 0);
  EXPECT_EQ(packet->payload_size, 0);
  EXPECT_TRUE(std::holds_alternative<std::monostate>(packet->descriptor));
}

TEST(RtpPacketTest, RefusesWhatIsNoRtp) {
  auto packet = std::make_unique<RtpPacket>();
  packet->bytes.fill(0);
  EXPECT_FALSE(packet->Parse(100, RtpExtensionIds(), Codec::kVp8, 1));
  EXPECT_FALSE(packet->Parse(RtpPacket::kBytesMax + 1, RtpExtensionIds(), Codec::kVp8, 1));
}

TEST(RtpPacketTest, ReadsThePeersExtensions) {
  auto packet = std::make_unique<RtpPacket>();
  RtpExtensionIds ids;
  ASSERT_TRUE(ids.Set(RtpExtension::kAudioLevel, 3));
  RtpWriter writer(packet->bytes, {.payload_type = 111, .ssrc = Ssrc(1)});
  std::array<uint8_t, 1> level = {ToWire(AudioLevel{.level = 40, .voice = true})};
  writer.AddExtension(3, level);
  std::array<uint8_t, 3> sound = {1, 2, 3};
  ASSERT_TRUE(packet->Parse(writer.Finish(sound), ids, Codec::kOpus, 100));
  ASSERT_TRUE(packet->extensions.audio_level);
  EXPECT_EQ(packet->extensions.audio_level->level, 40);
}

TEST(RtpPacketTest, APatchChangesOnlyItsBytes) {
  std::array<uint8_t, 6> payload = {0, 1, 2, 3, 4, 5};
  PayloadPatch patch{.offset = 2, .size = 3, .bytes = {9, 8, 7, 6}};
  patch.Apply(payload);
  EXPECT_EQ(payload, (std::array<uint8_t, 6>{0, 1, 9, 8, 7, 5}));
  PayloadPatch beyond{.offset = 5, .size = 2, .bytes = {1, 1, 1, 1}};
  beyond.Apply(payload);
  EXPECT_EQ(payload[5], 5);
}

}  // namespace
}  // namespace millrace
