// Layers by the channel: preferred ones with a consumer and afterwards, and the event that tells of
// the current ones.
#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <vector>

#include "base/byte_writer.h"
#include "worker/worker_harness.h"

namespace millrace {
namespace {

namespace fbs = Millrace::Schema;
using Method = ChannelFrames::Method;
using Event = ChannelFrames::Event;

constexpr uint32_t kLow = 2000;
constexpr uint32_t kHigh = 2010;

class WorkerLayersTest : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(harness_.Ask(harness_.frames.CreateRouter("router")).accepted());
    in_ = AddTransport("in", 5000);
    AddTransport("out", 6000);
    ASSERT_TRUE(harness_.Ask(Produce()).accepted());
  }

  SocketId AddTransport(const std::string& id, uint16_t peer_port) {
    SentFrame answer = harness_.Ask(harness_.frames.CreatePlainTransport("router", id));
    uint16_t local =
        answer.response()->body_as_PlainTransport_DumpResponse()->tuple()->local_port();
    EXPECT_TRUE(harness_.Ask(harness_.frames.ConnectPlain(id, "192.0.2.1", peer_port)).accepted());
    return *harness_.edge().Find(SocketRequest::Protocol::kUdp, local);
  }

  // Video of two streams with two temporal layers each.
  Frame Produce() {
    auto& builder = harness_.frames.builder();
    std::vector<flatbuffers::Offset<fbs::RtpParameters::RtcpFeedback>> feedback = {
        fbs::RtpParameters::CreateRtcpFeedbackDirect(builder, "nack", "pli")};
    std::vector<flatbuffers::Offset<fbs::RtpParameters::RtpCodecParameters>> codecs = {
        fbs::RtpParameters::CreateRtpCodecParametersDirect(
            builder, "video/VP8", 101, 90000, flatbuffers::nullopt, nullptr, &feedback)};
    std::vector<flatbuffers::Offset<fbs::RtpParameters::RtpHeaderExtensionParameters>> extensions;
    std::vector<flatbuffers::Offset<fbs::RtpParameters::RtpEncodingParameters>> encodings;
    std::vector<flatbuffers::Offset<fbs::RtpParameters::EncodingMapping>> mapped;
    for (uint32_t ssrc : {kLow, kHigh}) {
      encodings.push_back(fbs::RtpParameters::CreateRtpEncodingParametersDirect(
          builder, ssrc, nullptr, flatbuffers::nullopt, 0, false, "L1T2"));
      mapped.push_back(fbs::RtpParameters::CreateEncodingMapping(builder, 0, ssrc, ssrc + 100'000));
    }
    auto rtcp = fbs::RtpParameters::CreateRtcpParametersDirect(builder, "cname", true);
    auto parameters = fbs::RtpParameters::CreateRtpParametersDirect(builder, "0", &codecs,
                                                                    &extensions, &encodings, rtcp);
    std::vector<flatbuffers::Offset<fbs::RtpParameters::CodecMapping>> types = {
        fbs::RtpParameters::CreateCodecMapping(builder, 101, 101)};
    auto mapping = fbs::RtpParameters::CreateRtpMappingDirect(builder, &types, &mapped);
    return harness_.frames.Request(
        Method::TRANSPORT_PRODUCE, "in",
        fbs::Transport::CreateProduceRequestDirect(
            builder, "cam", fbs::RtpParameters::MediaKind::VIDEO, parameters, mapping, false));
  }

  Frame Consume(fbs::RtpParameters::Type type, std::optional<uint8_t> spatial) {
    auto& builder = harness_.frames.builder();
    auto parameters = harness_.frames.RtpParameters(true, 3000);
    std::vector<flatbuffers::Offset<fbs::RtpParameters::RtpEncodingParameters>> consumable;
    for (uint32_t ssrc : {kLow, kHigh}) {
      consumable.push_back(
          fbs::RtpParameters::CreateRtpEncodingParameters(builder, ssrc + 100'000));
    }
    flatbuffers::Offset<fbs::Consumer::ConsumerLayers> layers;
    if (spatial) layers = fbs::Consumer::CreateConsumerLayers(builder, *spatial);
    return harness_.frames.Request(
        Method::TRANSPORT_CONSUME, "out",
        fbs::Transport::CreateConsumeRequestDirect(builder, "consumer", "cam",
                                                   fbs::RtpParameters::MediaKind::VIDEO, parameters,
                                                   type, &consumable, false, layers));
  }

  SentFrame Prefer(uint8_t spatial, std::optional<uint8_t> temporal) {
    auto& builder = harness_.frames.builder();
    flatbuffers::Optional<uint8_t> optional = flatbuffers::nullopt;
    if (temporal) optional = *temporal;
    auto layers = fbs::Consumer::CreateConsumerLayers(builder, spatial, optional);
    return harness_.Ask(
        harness_.frames.Request(Method::CONSUMER_SET_PREFERRED_LAYERS, "consumer",
                                fbs::Consumer::CreateSetPreferredLayersRequest(builder, layers)));
  }

  // A key frame of the stream arrives. The events that follow.
  std::vector<SentFrame> SendKeyFrame(uint32_t ssrc) {
    std::vector<uint8_t> packet(12 + 40, 0x11);
    ByteWriter writer(packet);
    writer.WriteU8(0x80);
    writer.WriteU8(101);
    writer.WriteU16(++sequence_);
    writer.WriteU32(sequence_ * 3000u);
    writer.WriteU32(ssrc);
    // RFC 7741 section 4.2: S; and the inverse key-frame bit of the frame header is zero.
    writer.WriteU8(0x10);
    writer.WriteU8(0x00);
    InboundDatagram datagram{{in_, {*IpAddress::Parse("192.0.2.1"), 5000}}, harness_.now(), packet};
    harness_.worker().OnDatagrams(harness_.now(), {&datagram, 1}, harness_.out());
    while (harness_.worker().Seal(harness_.now(), harness_.out())) harness_.out().ClearDatagrams();
    return harness_.TakeFrames();
  }

  WorkerHarness harness_;
  SocketId in_;
  uint16_t sequence_ = 0;
};

const fbs::Consumer::LayersChangeNotification* LayersChange(const std::vector<SentFrame>& frames) {
  for (const SentFrame& frame : frames) {
    const auto* notification = frame.notification();
    if (notification && notification->event() == Event::CONSUMER_LAYERS_CHANGE) {
      EXPECT_EQ(notification->handler_id()->str(), "consumer");
      return notification->body_as_Consumer_LayersChangeNotification();
    }
  }
  return nullptr;
}

TEST_F(WorkerLayersTest, PreferredLayersAreAnswered) {
  SentFrame created = harness_.Ask(Consume(fbs::RtpParameters::Type::SIMULCAST, 0));
  ASSERT_TRUE(created.accepted()) << created.error();
  const auto* first = created.response()->body_as_Transport_ConsumeResponse()->preferred_layers();
  ASSERT_NE(first, nullptr);
  EXPECT_EQ(first->spatial_layer(), 0);
  EXPECT_EQ(first->temporal_layer(), 1);

  SentFrame answer = Prefer(7, 0);
  ASSERT_TRUE(answer.accepted()) << answer.error();
  const auto* layers =
      answer.response()->body_as_Consumer_SetPreferredLayersResponse()->preferred_layers();
  ASSERT_NE(layers, nullptr);
  EXPECT_EQ(layers->spatial_layer(), 1);
  EXPECT_EQ(layers->temporal_layer(), 0);
}

TEST_F(WorkerLayersTest, AConsumerWithoutLayersAnswersNone) {
  SentFrame created = harness_.Ask(Consume(fbs::RtpParameters::Type::SIMPLE, 0));
  ASSERT_TRUE(created.accepted()) << created.error();
  EXPECT_EQ(created.response()->body_as_Transport_ConsumeResponse()->preferred_layers(), nullptr);
  SentFrame answer = Prefer(1, 1);
  ASSERT_TRUE(answer.accepted());
  EXPECT_EQ(answer.response()->body_as_Consumer_SetPreferredLayersResponse()->preferred_layers(),
            nullptr);
  EXPECT_EQ(LayersChange(SendKeyFrame(kLow)), nullptr);
}

TEST_F(WorkerLayersTest, CurrentLayersAreTold) {
  ASSERT_TRUE(harness_.Ask(Consume(fbs::RtpParameters::Type::SIMULCAST, {})).accepted());
  std::vector<SentFrame> frames = SendKeyFrame(kLow);
  const auto* low = LayersChange(frames);
  ASSERT_NE(low, nullptr);
  ASSERT_NE(low->layers(), nullptr);
  EXPECT_EQ(low->layers()->spatial_layer(), 0);
  EXPECT_EQ(low->layers()->temporal_layer(), 1);
  EXPECT_EQ(LayersChange(SendKeyFrame(kLow)), nullptr);
  frames = SendKeyFrame(kHigh);
  ASSERT_NE(LayersChange(frames), nullptr);
  EXPECT_EQ(LayersChange(frames)->layers()->spatial_layer(), 1);

  SentFrame dump = harness_.Ask(harness_.frames.Request(Method::CONSUMER_DUMP, "consumer"));
  const auto* data = dump.response()->body_as_Consumer_DumpResponse()->data();
  EXPECT_EQ(data->preferred_spatial_layer(), 1);
  EXPECT_EQ(data->target_spatial_layer(), 1);
  EXPECT_EQ(data->current_temporal_layer(), 1);

  // A pause takes them all away.
  frames = harness_.Send(harness_.frames.Request(Method::CONSUMER_PAUSE, "consumer"));
  ASSERT_NE(LayersChange(frames), nullptr);
  EXPECT_EQ(LayersChange(frames)->layers(), nullptr);
  dump = harness_.Ask(harness_.frames.Request(Method::CONSUMER_DUMP, "consumer"));
  data = dump.response()->body_as_Consumer_DumpResponse()->data();
  EXPECT_EQ(data->preferred_spatial_layer(), 1);
  EXPECT_EQ(data->current_spatial_layer(), -1);
  EXPECT_EQ(data->target_temporal_layer(), -1);
}

}  // namespace
}  // namespace millrace
