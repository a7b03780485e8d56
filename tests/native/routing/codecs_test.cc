// What of a codec the packet path looks at: which packets a viewer can begin with, which are
// silence, and how fast the clock runs. Everything else is bytes.
#include <gtest/gtest.h>

#include <string>

#include "media/ntp_time.h"
#include "routing_world.h"
#include "wire/rtcp/pli.h"
#include "wire/rtcp/sender_report.h"

namespace millrace {
namespace {

constexpr uint32_t kSource = 1111;
constexpr uint16_t kPublisherPort = 5000;
constexpr uint16_t kViewerPort = 6000;

class CodecsTest : public testing::Test {
 protected:
  void Send(const RtpMaker& packet) {
    world_.Receive(publisher_, RoutingWorld::PeerPath(publisher_, kPublisherPort), packet.Make());
  }
  // The payloads that leave now; their numbers stand in `numbers_`.
  std::vector<std::vector<uint8_t>> Payloads() {
    std::vector<std::vector<uint8_t>> payloads;
    numbers_.clear();
    for (const SentDatagram& datagram : world_.DrainRtp()) {
      RtpView view = *RtpView::Parse(datagram.bytes);
      payloads.push_back({view.payload().begin(), view.payload().end()});
      numbers_.push_back(view.sequence_number());
    }
    return payloads;
  }

  RoutingWorld world_;
  Transport& publisher_ = world_.AddPlain("publisher", kPublisherPort);
  Transport& viewer_ = world_.AddPlain("viewer", kViewerPort);
  std::vector<uint16_t> numbers_;
};

struct Sound {
  std::string name;
  std::string mime_type;
  uint8_t payload_type;
  uint32_t clock_rate;
  uint8_t channels;
  bool has_silence;  // packets of silence are known as such

  [[nodiscard]] RtpCodecParameters Codec(uint8_t type) const {
    return {.mime_type = mime_type,
            .payload_type = type,
            .clock_rate = clock_rate,
            .channels = channels};
  }
};

class SoundsTest : public CodecsTest, public testing::WithParamInterface<Sound> {
 protected:
  SoundsTest() {
    const Sound& sound = GetParam();
    ProduceOptions source = AudioProducer("sound", kSource);
    source.rtp_parameters.codecs = {sound.Codec(sound.payload_type)};
    source.rtp_mapping.codecs = {{sound.payload_type, sound.payload_type}};
    world_.Produce(publisher_, source);
  }
  Consumer& Listen(bool ignore_dtx) {
    ConsumeOptions options = AudioConsumer("c", "sound", 100);
    options.rtp_parameters.codecs = {GetParam().Codec(GetParam().payload_type)};
    options.ignore_dtx = ignore_dtx;
    return world_.Consume(viewer_, options);
  }
  // 20 ms of it.
  RtpMaker Packet(uint16_t sequence, size_t size) const {
    return RtpMaker(kSource)
        .Type(GetParam().payload_type)
        .Seq(sequence)
        .Time(sequence * GetParam().clock_rate / 50)
        .Payload(std::vector<uint8_t>(size, static_cast<uint8_t>(sequence)));
  }
};

TEST_P(SoundsTest, LeaveAsTheyCame) {
  Listen(false);
  for (uint16_t i = 1; i <= 5; ++i) Send(Packet(i, i == 3 ? 1 : 160));
  std::vector<std::vector<uint8_t>> payloads = Payloads();
  ASSERT_EQ(payloads.size(), 5u);
  EXPECT_EQ(payloads[2], (std::vector<uint8_t>{3})) << "silence, too";
  EXPECT_EQ(payloads[4], std::vector<uint8_t>(160, 5));
}

// RFC 6716 section 2.1.9: with discontinuous transmission silence is a packet now and then.
TEST_P(SoundsTest, SilenceIsLeftOutForWhoWantsNone) {
  Listen(true);
  for (uint16_t i = 1; i <= 6; ++i) Send(Packet(i, i % 2 == 0 ? 2 : 80));
  std::vector<std::vector<uint8_t>> payloads = Payloads();
  ASSERT_EQ(payloads.size(), GetParam().has_silence ? 3u : 6u);
  for (size_t i = 1; i < numbers_.size(); ++i) {
    EXPECT_EQ(numbers_[i], static_cast<uint16_t>(numbers_[i - 1] + 1)) << "ranks are closed";
  }
  EXPECT_EQ(world_.out.drops(DropReason::kEmptyPayload), GetParam().has_silence ? 3u : 0u);
}

TEST_P(SoundsTest, SenderReportsCountInTheClockOfTheCodec) {
  Listen(false);
  std::vector<SenderReport> reports;
  for (uint16_t i = 1; i <= 1000 && reports.size() < 2; ++i) {
    Send(Packet(i, 160));
    world_.Advance(Duration::Millis(20));
    std::vector<SentDatagram> sent = world_.Drain();
    for (const RtcpBlock& block : BlocksOf(sent, RtcpKind::kSenderReport)) {
      reports.push_back(*SenderReport::Parse(block));
    }
  }
  ASSERT_EQ(reports.size(), 2u);
  double seconds = static_cast<double>(reports[1].ntp - reports[0].ntp) / 4294967296.0;
  double ticks = reports[1].rtp_timestamp - reports[0].rtp_timestamp;
  EXPECT_NEAR(ticks / seconds, GetParam().clock_rate, GetParam().clock_rate * 0.001);
}

INSTANTIATE_TEST_SUITE_P(All, SoundsTest,
                         testing::Values(Sound{"Opus", "audio/opus", 100, 48000, 2, true},
                                         Sound{"Multiopus", "audio/multiopus", 100, 48000, 6, true},
                                         Sound{"Pcmu", "audio/PCMU", 0, 8000, 1, false},
                                         Sound{"Pcma", "audio/PCMA", 8, 8000, 1, false}),
                         [](const testing::TestParamInfo<Sound>& info) { return info.param.name; });

struct Picture {
  std::string name;
  std::string mime_type;
  std::vector<uint8_t> key;
  std::vector<uint8_t> delta;
};

class PicturesTest : public CodecsTest, public testing::WithParamInterface<Picture> {};

TEST_P(PicturesTest, AViewerBeginsWithAKeyFrameAndAsksForIt) {
  ProduceOptions source = VideoProducer("video", kSource);
  source.rtp_parameters.codecs[0].mime_type = GetParam().mime_type;
  world_.Produce(publisher_, source);
  ConsumeOptions options = VideoConsumer("c", "video", 100);
  options.rtp_parameters.codecs[0].mime_type = GetParam().mime_type;
  world_.Consume(viewer_, options);
  auto packet = [](uint16_t sequence, const std::vector<uint8_t>& payload) {
    return RtpMaker(kSource).Seq(sequence).Time(sequence * 3000u).Payload(payload).Marker();
  };

  Send(packet(1, GetParam().delta));
  std::vector<SentDatagram> sent = world_.Drain();
  EXPECT_EQ(BlocksOf(sent, RtcpKind::kPli).size(), 1u);
  for (const SentDatagram& datagram : sent) {
    EXPECT_NE(Classify(datagram.bytes), DatagramKind::kRtp) << "nothing to begin with";
  }
  Send(packet(2, GetParam().key));
  Send(packet(3, GetParam().delta));
  EXPECT_EQ(Payloads(), (std::vector<std::vector<uint8_t>>{GetParam().key, GetParam().delta}));
}

INSTANTIATE_TEST_SUITE_P(
    All, PicturesTest,
    testing::Values(
        // A single IDR slice, an aggregate of parameter set and slice, and a fragment's beginning.
        Picture{"H264", "video/H264", {0x65, 0x88, 0x84}, {0x41, 0x9A, 0x21}},
        Picture{"H265Slice", "video/H265", {0x26, 0x01, 0x80, 7}, {0x02, 0x01, 0x80, 7}},
        Picture{"H265Aggregate",
                "video/H265",
                {0x60, 0x01, 0, 3, 0x44, 0x01, 0, 0, 3, 0x26, 0x01, 0x80},
                {0x60, 0x01, 0, 3, 0x44, 0x01, 0, 0, 3, 0x02, 0x01, 0x80}},
        Picture{"H265Fragment", "video/H265", {0x62, 0x01, 0x93, 0x80}, {0x62, 0x01, 0x13, 0x80}},
        Picture{"Av1", "video/AV1", {0x18, 0x0A, 0x0B}, {0x10, 0x32, 0x0B}}),
    [](const testing::TestParamInfo<Picture>& info) { return info.param.name; });

}  // namespace
}  // namespace millrace
