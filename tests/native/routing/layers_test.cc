// Consumers with layers: which are forwarded, who is told, who is asked for key frames.
#include <gtest/gtest.h>

#include <map>

#include "media/ntp_time.h"
#include "routing_world.h"
#include "wire/payload/vp8.h"
#include "wire/rtcp/pli.h"
#include "wire/rtcp/sender_report.h"

namespace millrace {
namespace {

constexpr uint16_t kPublisherPort = 5000;
constexpr uint16_t kViewerPort = 6000;
constexpr uint32_t kSsrc = 70;  // of the lowest stream; the others count up
constexpr Duration kFrame = Duration::Millis(40);

ProduceOptions ThreeStreams() {
  ProduceOptions options = VideoProducer("cam", 1);
  options.rtp_parameters.encodings.clear();
  options.rtp_mapping.encodings.clear();
  for (uint32_t i = 0; i < 3; ++i) {
    options.rtp_parameters.encodings.push_back({.ssrc = kSsrc + i, .scalability_mode = "L1T3"});
    options.rtp_mapping.encodings.push_back({.ssrc = kSsrc + i, .mapped_ssrc = 11 + i});
  }
  return options;
}

ConsumeOptions LayeredConsumer(RtpType type) {
  ConsumeOptions options = VideoConsumer("c", "cam", 100, 101);
  options.type = type;
  return options;
}

bool Same(const std::optional<ConsumerLayers>& layers, uint8_t spatial, uint8_t temporal) {
  return layers && layers->spatial_layer == spatial && layers->temporal_layer == temporal;
}

// A camera that sends VP8 in three streams with three temporal layers each: 0 2 1 2, and a viewer.
class SimulcastTest : public testing::Test {
 protected:
  struct Stream {
    uint16_t sequence = 0;
    uint16_t picture = 0;
    uint8_t tl0 = 0;
    uint32_t position = 0;
    bool wants_key = true;
    bool sends = true;
  };

  Consumer& Watch(std::optional<ConsumerLayers> preferred = std::nullopt) {
    ConsumeOptions options = LayeredConsumer(RtpType::kSimulcast);
    options.preferred_layers = preferred;
    return world_.Consume(viewer_, options);
  }

  // One frame of each stream that sends; key frames come at the next frame after a request.
  void SendFrame() {
    world_.Advance(kFrame);
    time_ += 3600;
    for (uint32_t i = 0; i < 3; ++i) {
      if (streams_[i].sends) Send(i);
    }
    for (const SentDatagram& datagram : world_.Drain()) Receive(datagram);
  }
  void Run(Duration duration) {
    for (Timestamp end = world_.now + duration; world_.now < end;) SendFrame();
  }

  void Prefer(Consumer& consumer, uint8_t spatial, std::optional<uint8_t> temporal) {
    Turn turn = world_.Now();
    world_.router.Apply(consumer, consumer.Prefer({spatial, temporal}, world_.now), turn);
  }

  std::optional<ConsumerLayers> LastTold() {
    std::optional<ConsumerLayers> last;
    for (const ConsumerLayersChanged& event : world_.TakeEvents<ConsumerLayersChanged>()) {
      EXPECT_EQ(event.id, "c");
      last = event.layers;
    }
    return last;
  }

  RoutingWorld world_;
  Transport& publisher_ = world_.AddPlain("publisher", kPublisherPort);
  Transport& viewer_ = world_.AddPlain("viewer", kViewerPort);
  Producer& producer_ = world_.Produce(publisher_, ThreeStreams());
  std::array<Stream, 3> streams_;
  uint32_t time_ = 0;
  std::map<uint32_t, size_t> by_stream_;  // packets that reached the viewer, by their stream
  std::map<uint32_t, size_t> by_layer_;
  std::map<uint32_t, int> asked_;
  std::optional<uint16_t> last_sequence_;
  std::optional<uint16_t> last_picture_;
  std::optional<uint32_t> last_timestamp_;
  size_t frames_ = 0;

 private:
  void Send(uint32_t index) {
    Stream& stream = streams_[index];
    if (stream.wants_key) stream.position = 0;
    constexpr std::array<uint8_t, 4> kPattern = {0, 2, 1, 2};
    uint8_t temporal = kPattern[stream.position++ % 4];
    if (temporal == 0) ++stream.tl0;
    // RFC 7741 section 4.2: X with I, L and T, a long picture id; every upper layer is a sync
    // point.
    std::vector<uint8_t> payload = {0x90,
                                    0xE0,
                                    static_cast<uint8_t>(0x80 | stream.picture >> 8),
                                    static_cast<uint8_t>(stream.picture),
                                    stream.tl0,
                                    static_cast<uint8_t>(temporal << 6 | 0x20),
                                    static_cast<uint8_t>(stream.wants_key ? 0 : 1)};
    stream.picture = static_cast<uint16_t>((stream.picture + 1) & 0x7FFF);
    stream.wants_key = false;
    // The size tells the streams apart.
    payload.resize(100 * (index + 1));
    world_.Receive(publisher_, RoutingWorld::PeerPath(publisher_, kPublisherPort),
                   RtpMaker(kSsrc + index)
                       .Seq(stream.sequence++)
                       .Time(time_ + index * 1'000'000)
                       .Marker()
                       .Payload(payload)
                       .Make());
  }

  void Receive(const SentDatagram& datagram) {
    std::vector<SentDatagram> one = {datagram};
    for (const RtcpBlock& block : BlocksOf(one, RtcpKind::kPli)) {
      uint32_t index = Pli::Parse(block)->media.value() - kSsrc;
      ++asked_[index];
      streams_[index].wants_key = true;
    }
    if (Classify(datagram.bytes) != DatagramKind::kRtp) return;
    RtpView view = *RtpView::Parse(datagram.bytes);
    ++frames_;
    ++by_stream_[static_cast<uint32_t>(view.payload().size() / 100 - 1)];
    Vp8Descriptor vp8 = *Vp8Descriptor::Parse(view.payload());
    ++by_layer_[*vp8.temporal_layer];
    if (last_sequence_) {
      EXPECT_EQ(view.sequence_number(), static_cast<uint16_t>(*last_sequence_ + 1));
      EXPECT_EQ(*vp8.picture_id, (*last_picture_ + 1) & 0x7FFF);
      uint32_t passed = view.timestamp() - *last_timestamp_;
      EXPECT_GE(passed, 1u);
      EXPECT_LE(passed, 90'000u * 5);
    }
    last_sequence_ = view.sequence_number();
    last_picture_ = *vp8.picture_id;
    last_timestamp_ = view.timestamp();
  }
};

TEST_F(SimulcastTest, TheHighestLayersAreForwardedAndTold) {
  Consumer& consumer = Watch();
  Run(Duration::Seconds(3));
  EXPECT_TRUE(Same(consumer.preferred_layers(), 2, 2));
  EXPECT_TRUE(Same(LastTold(), 2, 2));
  EXPECT_TRUE(Same(consumer.current_layers(), 2, 2));
  // All streams began with key frames.
  EXPECT_TRUE(asked_.empty());
  EXPECT_GT(by_stream_[2], 70u);
  ConsumerDump dump = consumer.Dump();
  ASSERT_TRUE(dump.layers);
  EXPECT_EQ(dump.layers->preferred.spatial, 2);
  EXPECT_EQ(dump.layers->target.temporal, 2);
  EXPECT_EQ(dump.layers->current.spatial, 2);
}

TEST_F(SimulcastTest, GoesWhereTheViewerPrefers) {
  Consumer& consumer = Watch(ConsumerLayers{0, 1});
  EXPECT_TRUE(Same(consumer.Answer().preferred_layers, 0, 1));
  Run(Duration::Seconds(2));
  EXPECT_TRUE(Same(LastTold(), 0, 1));
  EXPECT_EQ(by_stream_.size(), 1u);
  EXPECT_EQ(by_layer_[2], 0u);
  EXPECT_NEAR(static_cast<double>(by_layer_[1]), static_cast<double>(by_layer_[0]), 1);

  Prefer(consumer, 2, std::nullopt);
  Run(Duration::Millis(200));
  EXPECT_EQ(asked_[2], 1);
  EXPECT_TRUE(Same(LastTold(), 2, 2));
  size_t low = by_stream_[0];
  Run(Duration::Seconds(1));
  EXPECT_EQ(by_stream_[0], low);

  // No key frame is needed to get fewer pictures.
  Prefer(consumer, 2, 0);
  Run(Duration::Seconds(1));
  EXPECT_TRUE(Same(LastTold(), 2, 0));
  EXPECT_EQ(asked_[2], 1);

  Prefer(consumer, 9, 9);
  EXPECT_TRUE(Same(consumer.preferred_layers(), 2, 2));
  Prefer(consumer, 1, 2);
  Run(Duration::Seconds(2));
  EXPECT_TRUE(Same(consumer.current_layers(), 1, 2));
  EXPECT_EQ(asked_[1], 1);
}

// RT-12.
TEST_F(SimulcastTest, TheScoreIsToldWhenAnotherStreamStandsBehindIt) {
  Consumer& consumer = Watch();
  Run(Duration::Seconds(1));
  (void)world_.TakeEvents<ConsumerScoreChanged>();
  Prefer(consumer, 0, 2);
  Run(Duration::Millis(500));
  std::vector<ConsumerScoreChanged> told = world_.TakeEvents<ConsumerScoreChanged>();
  ASSERT_EQ(told.size(), 1u);
  EXPECT_EQ(told[0].id, "c");
  EXPECT_EQ(told[0].score.producer_score, 10);
  Prefer(consumer, 0, 0);
  Run(Duration::Millis(500));
  EXPECT_TRUE(world_.TakeEvents<ConsumerScoreChanged>().empty()) << "the same stream";
}

TEST_F(SimulcastTest, AStreamThatStopsIsLeftWithinTwoSecondsAndComesBack) {
  Consumer& consumer = Watch();
  Run(Duration::Seconds(2));
  (void)LastTold();
  streams_[2].sends = false;
  Timestamp stopped = world_.now;
  size_t before = by_stream_[1];
  while (by_stream_[1] == before && world_.now < stopped + Duration::Seconds(5)) SendFrame();
  EXPECT_LE(world_.now - stopped, Duration::Seconds(2));
  EXPECT_TRUE(Same(LastTold(), 1, 2));
  streams_[2].sends = true;
  Run(Duration::Millis(1500));
  EXPECT_TRUE(Same(consumer.current_layers(), 2, 2));
}

TEST_F(SimulcastTest, WhenAllStreamsStopNothingIsCurrent) {
  Consumer& consumer = Watch();
  Run(Duration::Seconds(2));
  for (Stream& stream : streams_) stream.sends = false;
  Run(Duration::Seconds(3));
  (void)LastTold();
  EXPECT_FALSE(consumer.current_layers());
  for (Stream& stream : streams_) stream.sends = true;
  Run(Duration::Seconds(2));
  EXPECT_TRUE(Same(LastTold(), 2, 2));
}

TEST_F(SimulcastTest, APausedConsumerHasNoLayers) {
  Consumer& consumer = Watch();
  Run(Duration::Seconds(2));
  (void)LastTold();
  Turn turn = world_.Now();
  world_.router.SetPaused(consumer, true, turn);
  std::vector<ConsumerLayersChanged> events = world_.TakeEvents<ConsumerLayersChanged>();
  ASSERT_EQ(events.size(), 1u);
  EXPECT_FALSE(events[0].layers);
  EXPECT_EQ(consumer.Dump().layers->target.spatial, -1);
  size_t frames = frames_;
  Run(Duration::Seconds(1));
  EXPECT_EQ(frames_, frames);
  turn.now = world_.now;
  world_.router.SetPaused(consumer, false, turn);
  Run(Duration::Seconds(1));
  EXPECT_TRUE(Same(LastTold(), 2, 2));
  // Only the stream that is wanted was asked.
  EXPECT_EQ(asked_.size(), 1u);
  EXPECT_EQ(asked_[2], 1);
}

TEST_F(SimulcastTest, WhatBandwidthAllowsIsAskedForLayerByLayer) {
  Consumer& consumer = Watch();
  Run(Duration::Seconds(5));
  BitrateRequest request = consumer.RequestBitrate(world_.now);
  AllocationRequest asked = request.request();
  ASSERT_EQ(asked.layer_bps.size(), 9u);
  EXPECT_EQ(asked.current, 9);
  EXPECT_EQ(asked.priority, 1);
  for (uint8_t i = 1; i < 9; ++i) {
    EXPECT_GT(asked.layer_bps[i], i % 3 == 0 ? 0 : asked.layer_bps[i - 1u]);
  }
  // 25 packets of 300 bytes and their headers.
  EXPECT_NEAR(static_cast<double>(asked.layer_bps[8]), 25 * 8 * 316, 5000);

  auto grant = [&](uint8_t layers) {
    Turn turn = world_.Now();
    world_.router.Apply(consumer, consumer.Grant(request, layers, world_.now), turn);
    Run(Duration::Seconds(2));
  };
  grant(2);
  EXPECT_TRUE(Same(consumer.current_layers(), 0, 1));
  EXPECT_EQ(consumer.RequestBitrate(world_.now).request().current, 2);
  grant(0);
  EXPECT_FALSE(consumer.current_layers());
  size_t frames = frames_;
  Run(Duration::Seconds(1));
  EXPECT_EQ(frames_, frames);
  grant(9);
  EXPECT_TRUE(Same(consumer.current_layers(), 2, 2));

  // Only what is preferred is asked for.
  Prefer(consumer, 1, 1);
  EXPECT_EQ(consumer.RequestBitrate(world_.now).request().layer_bps.size(), 5u);
  EXPECT_EQ(consumer.SetPriority(7), 7);
  EXPECT_EQ(consumer.RequestBitrate(world_.now).request().priority, 7);
}

TEST_F(SimulcastTest, WhatDoesNotArriveIsNeitherGrantedNorRefused) {
  Consumer& consumer = Watch();
  BitrateRequest nothing = consumer.RequestBitrate(world_.now);
  EXPECT_TRUE(nothing.unknown());
  (void)consumer.Grant(nothing, 0, world_.now);
  Prefer(consumer, 0, 0);
  streams_[0].sends = streams_[1].sends = false;
  Run(Duration::Seconds(2));
  // More than preferred, but all there is.
  EXPECT_TRUE(Same(consumer.current_layers(), 2, 0));
  BitrateRequest request = consumer.RequestBitrate(world_.now);
  ASSERT_EQ(request.request().layer_bps.size(), 1u);
  EXPECT_EQ(request.LayersOf(1), (Layers{2, 0}));
  EXPECT_FALSE(request.LayersOf(0));
}

TEST_F(SimulcastTest, SenderReportsPutTheStreamsOnOneClock) {
  Consumer& consumer = Watch(ConsumerLayers{0, 2});
  Run(Duration::Millis(400));
  for (uint32_t i = 0; i < 3; ++i) {
    // The clocks stand a million apart, and the third stream's camera is half a second ahead.
    uint64_t ntp = ToNtp(world_.now) + (i == 2 ? uint64_t{1} << 31 : 0);
    world_.Receive(publisher_, RoutingWorld::PeerPath(publisher_, kPublisherPort),
                   MakeRtcp([&](ByteWriter& writer) {
                     SenderReport report;
                     report.sender = Ssrc(kSsrc + i);
                     report.ntp = ntp;
                     report.rtp_timestamp = time_ + i * 1'000'000;
                     EXPECT_TRUE(report.Write(writer));
                   }));
  }
  uint32_t before = *last_timestamp_;
  uint32_t time_before = time_;
  Prefer(consumer, 2, 2);
  Run(Duration::Millis(200));
  ASSERT_TRUE(Same(consumer.current_layers(), 2, 2));
  EXPECT_EQ(*last_timestamp_ - before, time_ - time_before + 45'000);
}

// --- one stream with layers inside

ProduceOptions ScalableProducer(const std::string& mime_type, const std::string& mode) {
  ProduceOptions options = VideoProducer("cam", kSsrc);
  options.rtp_parameters.codecs.front().mime_type = mime_type;
  options.rtp_parameters.encodings.front().scalability_mode = mode;
  return options;
}

class SvcTest : public testing::Test {
 protected:
  // Each picture is one packet a layer; the lowest of a key picture begins it.
  void SendPicture(bool key) {
    world_.Advance(kFrame);
    ++picture_;
    for (uint8_t spatial = 0; spatial < 3; ++spatial) {
      // RFC 9628 section 4.2: I, P, L, B and E; a long picture id; TID, U, SID, D and TL0PICIDX.
      std::vector<uint8_t> payload = {
          static_cast<uint8_t>(0xAC | (key ? 0 : 0x40)),
          static_cast<uint8_t>(0x80 | picture_ >> 8),
          static_cast<uint8_t>(picture_),
          static_cast<uint8_t>(0x10 | spatial << 1 | (spatial > 0 ? 1 : 0)),
          static_cast<uint8_t>(picture_),
          1,
          2};
      RtpMaker maker(kSsrc);
      maker.Seq(sequence_++).Time(picture_ * 3600u).Payload(payload);
      if (spatial == 2) maker.Marker();
      world_.Receive(publisher_, RoutingWorld::PeerPath(publisher_, kPublisherPort), maker.Make());
    }
  }

  RoutingWorld world_;
  Transport& publisher_ = world_.AddPlain("publisher", kPublisherPort);
  Transport& viewer_ = world_.AddPlain("viewer", kViewerPort);
  uint16_t sequence_ = 1;
  uint16_t picture_ = 0;
};

TEST_F(SvcTest, UpperLayersAreLeftOutAndTakenUpAtAKeyPicture) {
  Producer& producer = world_.Produce(publisher_, ScalableProducer("video/VP9", "L3T1"));
  EXPECT_EQ(producer.type(), RtpType::kSvc);
  ConsumeOptions options = LayeredConsumer(RtpType::kSvc);
  options.rtp_parameters.codecs.front().mime_type = "video/VP9";
  Consumer& consumer = world_.Consume(viewer_, options);
  SendPicture(true);
  SendPicture(false);
  EXPECT_EQ(world_.DrainRtp().size(), 6u);
  EXPECT_TRUE(Same(consumer.current_layers(), 2, 0));

  Turn turn = world_.Now();
  world_.router.Apply(consumer, consumer.Prefer({0, {}}, world_.now), turn);
  SendPicture(false);
  SendPicture(false);
  std::vector<SentDatagram> sent = world_.DrainRtp();
  ASSERT_EQ(sent.size(), 2u);
  EXPECT_TRUE(RtpView::Parse(sent[0].bytes)->marker());
  EXPECT_EQ(RtpView::Parse(sent[1].bytes)->sequence_number(),
            RtpView::Parse(sent[0].bytes)->sequence_number() + 1);
  EXPECT_TRUE(Same(consumer.current_layers(), 0, 0));

  turn.now = world_.now;
  world_.router.Apply(consumer, consumer.Prefer({1, {}}, world_.now), turn);
  EXPECT_EQ(BlocksOf(world_.Drain(), RtcpKind::kPli).size(), 1u);
  SendPicture(false);
  EXPECT_EQ(world_.DrainRtp().size(), 1u);
  SendPicture(true);
  EXPECT_EQ(world_.DrainRtp().size(), 2u);
  SendPicture(false);
  EXPECT_EQ(world_.DrainRtp().size(), 2u);
  EXPECT_TRUE(Same(consumer.current_layers(), 1, 0));
  EXPECT_EQ(producer.Stats(world_.now).front().bitrate_by_layer.size(), 3u);
}

TEST_F(SvcTest, WhatOvertookTheBeginningOfAKeyPictureGoesOutBehindIt) {
  world_.Produce(publisher_, ScalableProducer("video/VP9", "L1T3"));
  ConsumeOptions options = LayeredConsumer(RtpType::kSvc);
  options.rtp_parameters.codecs.front().mime_type = "video/VP9";
  world_.Consume(viewer_, options);
  // A key picture of three packets; its first one comes last. RFC 9628 section 4.2: I, L, and B or
  // E; a long picture id; TID and SID; TL0PICIDX.
  auto send = [&](uint16_t sequence, uint8_t flags) {
    world_.Receive(publisher_, RoutingWorld::PeerPath(publisher_, kPublisherPort),
                   RtpMaker(kSsrc)
                       .Seq(sequence)
                       .Time(900)
                       .Payload({static_cast<uint8_t>(0xA0 | flags), 0x80, 5, 0, 5, 1, 2})
                       .Make());
  };
  send(9, 0x04);  // of the picture before
  send(12, 0x04);
  send(11, 0);
  EXPECT_TRUE(world_.DrainRtp().empty());
  EXPECT_EQ(world_.out.drops(DropReason::kWaitingForKeyFrame), 0u);
  send(10, 0x08);
  std::vector<SentDatagram> sent = world_.DrainRtp();
  ASSERT_EQ(sent.size(), 3u);
  uint16_t first = RtpView::Parse(sent[0].bytes)->sequence_number();
  for (uint16_t i = 1; i < 3; ++i) {
    EXPECT_EQ(RtpView::Parse(sent[i].bytes)->sequence_number(), first + i);
  }
  // What came before it is of no use to anybody.
  EXPECT_EQ(world_.out.drops(DropReason::kWaitingForKeyFrame), 1u);
}

TEST_F(SvcTest, TheTypeOfASourceFollowsFromItsEncodings) {
  auto type_of = [](const std::string& mime_type, const std::string& mode) {
    return TypeOf(ScalableProducer(mime_type, mode).rtp_parameters).value();
  };
  EXPECT_EQ(type_of("video/VP9", ""), RtpType::kSimple);
  EXPECT_EQ(type_of("video/VP9", "L1T1"), RtpType::kSimple);
  EXPECT_EQ(type_of("video/VP9", "L3T3_KEY"), RtpType::kSvc);
  EXPECT_EQ(type_of("video/AV1", "L2T2"), RtpType::kSvc);
  EXPECT_EQ(type_of("video/VP8", "L1T3"), RtpType::kSimulcast);
  EXPECT_EQ(type_of("video/H264", "L1T3"), RtpType::kSimulcast);
  EXPECT_EQ(type_of("video/H265", "L1T2"), RtpType::kSimulcast);
  EXPECT_EQ(TypeOf(ThreeStreams().rtp_parameters).value(), RtpType::kSimulcast);
}

// A browser without descriptors throws away pictures of several AV1 frames (decision 29).
TEST_F(SvcTest, ABrowserThatCannotJoinAv1LayersGetsOne) {
  world_.Produce(publisher_, ScalableProducer("video/AV1", "L3T3"));
  Turn turn = world_.Now();
  WebRtcTransportOptions webrtc{.listen = ListenIndividual{{{.ip = "127.0.0.1"}}}};
  Transport& browser =
      *world_.control.CreateWebRtcTransport(world_.router, "browser", webrtc, nullptr, turn)
           .value();
  ConsumeOptions options = LayeredConsumer(RtpType::kSvc);
  auto counts = [&](const std::string& id, const std::string& mime_type, Transport& transport,
                    bool descriptors) {
    options.consumer_id = id;
    options.rtp_parameters.encodings.front().ssrc = *options.rtp_parameters.encodings[0].ssrc + 10;
    options.rtp_parameters.encodings.front().rtx_ssrc =
        *options.rtp_parameters.encodings[0].rtx_ssrc + 10;
    options.rtp_parameters.codecs.front().mime_type = mime_type;
    options.rtp_parameters.header_extensions.clear();
    if (descriptors) {
      options.rtp_parameters.header_extensions = {
          {.uri = HeaderExtensionUri::kDependencyDescriptor, .id = 7}};
    }
    LayerCounts counts = world_.Consume(transport, options).choice()->counts();
    return std::pair<int, int>(counts.spatial, counts.temporal);
  };
  EXPECT_EQ(counts("without", "video/AV1", browser, false), std::pair(1, 3));
  EXPECT_EQ(counts("with", "video/AV1", browser, true), std::pair(3, 3));
  EXPECT_EQ(counts("recorder", "video/AV1", viewer_, false), std::pair(3, 3));
  EXPECT_EQ(counts("vp9", "video/VP9", browser, false), std::pair(3, 3)) << "the payload tells";
}

TEST_F(SvcTest, AnSvcConsumerNeedsASourceOfOneStream) {
  world_.Produce(publisher_, ThreeStreams());
  Turn turn = world_.Now();
  EXPECT_FALSE(world_.control.Consume(viewer_, LayeredConsumer(RtpType::kSvc), turn).ok());
}

TEST_F(SvcTest, AConsumerWithoutLayersIgnoresWishesForAny) {
  world_.Produce(publisher_, VideoProducer("cam", kSsrc));
  ConsumeOptions options = LayeredConsumer(RtpType::kSimple);
  options.preferred_layers = ConsumerLayers{1, 1};
  Consumer& consumer = world_.Consume(viewer_, options);
  EXPECT_FALSE(consumer.Answer().preferred_layers);
  EXPECT_EQ(consumer.Prefer({0, 0}, world_.now), LayersUpdate{});
  EXPECT_FALSE(consumer.preferred_layers());
  EXPECT_FALSE(consumer.Dump().layers);
  EXPECT_EQ(consumer.Allow(std::nullopt, world_.now), LayersUpdate{});
  for (uint16_t i = 0; i < 50; ++i) {
    world_.Advance(kFrame);
    world_.Receive(publisher_, RoutingWorld::PeerPath(publisher_, kPublisherPort),
                   RtpMaker(kSsrc).Seq(i).KeyFrame().Make());
  }
  EXPECT_EQ(world_.DrainRtp().size(), 50u);
  BitrateRequest request = consumer.RequestBitrate(world_.now);
  ASSERT_EQ(request.request().layer_bps.size(), 1u);
  EXPECT_GT(request.request().layer_bps[0], 3000u);
  EXPECT_TRUE(world_.TakeEvents<ConsumerLayersChanged>().empty());
}

}  // namespace
}  // namespace millrace
