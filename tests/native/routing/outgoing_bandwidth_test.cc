#include "routing/outgoing_bandwidth.h"

#include <gtest/gtest.h>

#include <set>

#include "media/transport_feedback_sender.h"
#include "routing_world.h"
#include "wire/rtcp/remb.h"
#include "wire/rtcp/transport_feedback.h"

namespace millrace {
namespace {

constexpr uint32_t kSource = 1111;
constexpr uint8_t kTransportWideId = 5;

ConsumeOptions HeardConsumer(const std::string& id, uint32_t ssrc, std::optional<uint32_t> rtx_ssrc,
                             const std::string& feedback = "transport-cc") {
  ConsumeOptions options = VideoConsumer(id, "video", ssrc, rtx_ssrc);
  options.rtp_parameters.codecs[0].rtcp_feedback.push_back({feedback, ""});
  return options;
}

struct SentRtp {
  uint32_t ssrc = 0;
  uint16_t sequence = 0;
  uint8_t payload_type = 0;
  size_t payload = 0;
  std::string mid{};
  std::optional<uint16_t> number{};
};

class OutgoingBandwidthTest : public testing::Test {
 protected:
  // A picture of so many packets with 1,000 bytes each.
  void SendPicture(uint16_t packets, bool key_frame = false) {
    for (uint16_t i = 0; i < packets; ++i) {
      std::vector<uint8_t> payload(1000);
      payload[0] = i == 0 ? 0x10 : 0x00;
      payload[1] = key_frame && i == 0 ? 0x00 : 0x01;
      RtpMaker maker(kSource);
      maker.Seq(sequence_++).Time(picture_ * 3000u).Payload(payload);
      world_.Receive(publisher_, RoutingWorld::PeerPath(publisher_, 5000), maker.Make());
    }
    ++picture_;
  }
  // What left, and arrived at the viewer, who notes its numbers.
  std::vector<SentRtp> Take() {
    std::vector<SentRtp> list;
    for (const SentDatagram& datagram : world_.DrainRtp()) {
      std::optional<RtpView> view = RtpView::Parse(datagram.bytes);
      CHECK(view, "what leaves is RTP");
      SentRtp sent{.ssrc = view->ssrc().value(),
                   .sequence = view->sequence_number(),
                   .payload_type = view->payload_type(),
                   .payload = view->payload().size()};
      Bytes mid = view->Extension(1);
      sent.mid.assign(mid.begin(), mid.end());
      Bytes number = view->Extension(kTransportWideId);
      if (number.size() == 2) {
        sent.number = static_cast<uint16_t>((number[0] << 8) | number[1]);
        feedback_.Receive(*sent.number, view->ssrc(), world_.now, world_.now);
      }
      list.push_back(sent);
    }
    return list;
  }
  void AnswerFeedback() {
    while (feedback_.deadline() <= world_.now) {
      bool written = false;
      std::vector<uint8_t> bytes = MakeRtcp(
          [&](ByteWriter& writer) { written = feedback_.Write(writer, Ssrc(9), world_.now); });
      if (!written) return;
      Answer(bytes);
    }
  }
  void AnswerRemb(uint64_t bps) {
    std::vector<Ssrc> streams = {Ssrc(100)};
    Answer(MakeRtcp([&](ByteWriter& writer) {
      EXPECT_TRUE(
          (Remb{.sender = Ssrc(9), .bitrate_bps = bps, .ssrcs = {}}.Write(writer, streams)));
    }));
  }
  void Answer(std::vector<uint8_t> rtcp) {
    world_.Receive(viewer_, RoutingWorld::PeerPath(viewer_, 6000), std::move(rtcp));
  }
  // Time passes in steps that a timer takes; answers what left.
  std::vector<SentRtp> Run(Duration duration) {
    std::vector<SentRtp> all;
    for (int64_t ms = 0; ms < duration.ms(); ++ms) {
      world_.Advance(Duration::Millis(1));
      std::vector<SentRtp> sent = Take();
      all.insert(all.end(), sent.begin(), sent.end());
      AnswerFeedback();
    }
    return all;
  }
  TransportStats Stats() { return std::get<PlainTransportStats>(viewer_.Stats(world_.now)).base; }
  void EnableTrace(std::vector<TransportTraceType> types) { viewer_.EnableTrace(std::move(types)); }

  RoutingWorld world_;
  Transport& publisher_ = world_.AddPlain("publisher", 5000);
  Transport& viewer_ =
      world_.AddPlain("viewer", 6000, {.base = {.initial_available_outgoing_bitrate = 500'000}});
  Producer& producer_ = world_.Produce(publisher_, VideoProducer("video", kSource));
  TransportFeedbackSender feedback_;
  uint16_t sequence_ = 1;
  uint32_t picture_ = 1;
};

TEST_F(OutgoingBandwidthTest, ExistsOnlyWhereAVideoConsumerNegotiatedFeedback) {
  world_.Consume(viewer_, VideoConsumer("plain", "video", 100));
  EXPECT_EQ(viewer_.bandwidth(), nullptr);
  EXPECT_FALSE(Stats().available_outgoing_bitrate.has_value());
  EXPECT_FALSE(Stats().rtp_packet_loss_sent.has_value());

  ConsumeOptions unnumbered = HeardConsumer("unnumbered", 200, std::nullopt);
  std::erase_if(unnumbered.rtp_parameters.header_extensions, [](const auto& extension) {
    return extension.uri == HeaderExtensionUri::kTransportWideCc;
  });
  world_.Consume(viewer_, unnumbered);
  EXPECT_EQ(viewer_.bandwidth(), nullptr);

  world_.Consume(viewer_, HeardConsumer("heard", 300, std::nullopt));
  ASSERT_NE(viewer_.bandwidth(), nullptr);
  EXPECT_EQ(Stats().available_outgoing_bitrate, 500'000u);
  EXPECT_EQ(Stats().rtp_packet_loss_sent, 0.0);
}

TEST_F(OutgoingBandwidthTest, ProbesAreFilledWithRetransmissions) {
  world_.Consume(viewer_, HeardConsumer("c", 100, 101));
  SendPicture(3, true);
  std::vector<SentRtp> sent = Run(Duration::Millis(60));
  size_t media = 0;
  size_t again = 0;
  std::set<uint16_t> rtx_numbers;
  for (const SentRtp& packet : sent) {
    ASSERT_TRUE(packet.number.has_value());
    if (packet.ssrc == 100) ++media;
    if (packet.ssrc != 101) continue;
    ++again;
    EXPECT_EQ(packet.payload_type, 97);
    EXPECT_EQ(packet.payload, 1002u);
    rtx_numbers.insert(packet.sequence);
  }
  EXPECT_EQ(media, 3u);
  // Two probes of 15 ms and of five packets at least, which media may be part of.
  EXPECT_GE(again, 6u);
  EXPECT_EQ(media + again, sent.size());
  EXPECT_EQ(rtx_numbers.size(), again);
  EXPECT_EQ(Stats().probation_bytes_sent, 0u);
  EXPECT_GT(Stats().rtx_bytes_sent, 0u);
  // The consumer's own numbers tell of its media only.
  EXPECT_EQ(world_.commons.registry.Find<Consumer>("c")->Stats(world_.now)[0].packet_count, 3u);
}

TEST_F(OutgoingBandwidthTest, ProbesAreFilledWithTheProbationStreamWhereThereIsNothingToRepeat) {
  world_.Consume(viewer_, HeardConsumer("c", 100, std::nullopt));
  SendPicture(1, true);
  std::vector<SentRtp> sent = Run(Duration::Millis(60));
  std::vector<SentRtp> probation;
  for (const SentRtp& packet : sent) {
    if (packet.ssrc == 1234) probation.push_back(packet);
  }
  ASSERT_GE(probation.size(), 6u);
  for (size_t i = 0; i < probation.size(); ++i) {
    EXPECT_EQ(probation[i].payload_type, 127);
    EXPECT_EQ(probation[i].mid, "probator");
    EXPECT_EQ(probation[i].sequence, static_cast<uint16_t>(probation[0].sequence + i));
    EXPECT_TRUE(probation[i].number.has_value());
  }
  EXPECT_GT(Stats().probation_bytes_sent, 6 * 300u);
  EXPECT_GT(Stats().probation_send_bitrate, 0u);
  EXPECT_EQ(Stats().rtp_bytes_sent + Stats().probation_bytes_sent, Stats().bytes_sent);
}

TEST_F(OutgoingBandwidthTest, NothingProbesBeforeVideoLeaves) {
  world_.Consume(viewer_, HeardConsumer("c", 100, 101));
  EXPECT_TRUE(Run(Duration::Seconds(2)).empty());
  EXPECT_EQ(Stats().available_outgoing_bitrate, 500'000u);
}

TEST_F(OutgoingBandwidthTest, FeedbackRaisesTheTargetToWhatTheLinkCarries) {
  world_.Consume(viewer_, HeardConsumer("c", 100, 101));
  SendPicture(5, true);
  for (int i = 0; i < 90; ++i) {
    Run(Duration::Millis(33));
    SendPicture(5);
  }
  // A link without end: the first probes go twice as far, and later ones no farther than what is
  // sent.
  EXPECT_GT(*Stats().available_outgoing_bitrate, 1'200'000u);
  EXPECT_LT(*Stats().available_outgoing_bitrate, 7'000'000u);
}

TEST_F(OutgoingBandwidthTest, TheControllersLimitsHoldAtOnceAndForWhatCanBeNegotiatedLater) {
  Turn turn = world_.Now();
  EXPECT_TRUE(viewer_.SetMaxOutgoingBitrate(400'000, turn).ok());
  world_.Consume(viewer_, HeardConsumer("c", 100, 101));
  EXPECT_EQ(Stats().available_outgoing_bitrate, 400'000u);
  EXPECT_TRUE(viewer_.SetMaxOutgoingBitrate(300'000, turn).ok());
  EXPECT_EQ(Stats().available_outgoing_bitrate, 300'000u);
  EXPECT_TRUE(viewer_.SetMaxOutgoingBitrate(0, turn).ok());
  EXPECT_TRUE(viewer_.SetMinOutgoingBitrate(700'000, turn).ok());
  EXPECT_EQ(Stats().available_outgoing_bitrate, 700'000u);
}

TEST_F(OutgoingBandwidthTest, ThePeersOwnEstimateCountsWhereItWasNegotiated) {
  world_.Consume(viewer_, HeardConsumer("c", 100, 101, "goog-remb"));
  ASSERT_NE(viewer_.bandwidth(), nullptr);
  AnswerRemb(250'000);
  EXPECT_EQ(Stats().available_outgoing_bitrate, 250'000u - 250'000u % 2);
  EXPECT_FALSE(Stats().rtp_packet_loss_sent.has_value());
  AnswerRemb(0);
  EXPECT_EQ(Stats().available_outgoing_bitrate, 30'000u);
  AnswerRemb(~uint64_t{0});
  EXPECT_EQ(Stats().available_outgoing_bitrate, 1'000'000'000u);
  // Nobody measures probes there.
  SendPicture(1, true);
  EXPECT_EQ(Run(Duration::Millis(100)).size(), 1u);
}

TEST_F(OutgoingBandwidthTest, FeedbackReplacesThePeersEstimateWhenItIsNegotiatedLater) {
  world_.Consume(viewer_, HeardConsumer("first", 100, 101, "goog-remb"));
  AnswerRemb(260'000);
  world_.Consume(viewer_, HeardConsumer("second", 200, 201));
  EXPECT_EQ(viewer_.bandwidth()->settings().source, BandwidthSource::kTransportFeedback);
  EXPECT_EQ(viewer_.bandwidth()->target_bps(), 260'000u);
}

TEST_F(OutgoingBandwidthTest, WhatExceedsAThinLinkWaitsALittleAndLeavesInOrder) {
  world_.Produce(publisher_, AudioProducer("sound", 2222));
  world_.Consume(viewer_, HeardConsumer("c", 100, 101, "goog-remb"));
  ConsumeOptions sound = AudioConsumer("s", "sound", 500);
  world_.Consume(viewer_, sound);
  SendPicture(1, true);
  Run(Duration::Millis(1));
  AnswerRemb(200'000);
  // Half a second's worth passes as a burst; the rest is spread.
  SendPicture(60);
  std::vector<SentRtp> at_once = Take();
  EXPECT_LT(at_once.size(), 20u);
  EXPECT_EQ(viewer_.bandwidth()->waiting(), 60 - at_once.size());

  world_.Receive(publisher_, RoutingWorld::PeerPath(publisher_, 5000),
                 RtpMaker(2222).Type(111).Seq(1).Time(960).Payload({1, 2, 3}).Make());
  std::vector<SentRtp> heard = Take();
  ASSERT_EQ(heard.size(), 1u) << "sound waits for nothing";
  EXPECT_EQ(heard[0].ssrc, 500u);

  std::vector<SentRtp> later = Run(Pacer::kWaitMax + Duration::Millis(2));
  EXPECT_EQ(at_once.size() + later.size(), 60u);
  for (size_t i = 1; i < later.size(); ++i) {
    EXPECT_EQ(later[i].sequence, static_cast<uint16_t>(later[i - 1].sequence + 1));
  }
  EXPECT_EQ(viewer_.bandwidth()->waiting(), 0u);
}

TEST_F(OutgoingBandwidthTest, NothingOfAClosedConsumerLeavesLater) {
  world_.Consume(viewer_, HeardConsumer("c", 100, 101, "goog-remb"));
  world_.Consume(viewer_, HeardConsumer("other", 200, 201, "goog-remb"));
  SendPicture(1, true);
  AnswerRemb(100'000);
  SendPicture(40);
  (void)Take();
  ASSERT_GT(viewer_.bandwidth()->waiting(), 20u);
  Turn turn = world_.Now();
  world_.control.CloseConsumer(*world_.commons.registry.Find<Consumer>("c"), turn);
  for (const SentRtp& packet : Run(Duration::Millis(300))) EXPECT_EQ(packet.ssrc, 200u);
  EXPECT_EQ(viewer_.bandwidth()->waiting(), 0u);
}

TEST_F(OutgoingBandwidthTest, ThatTooMuchWaitsIsADropWithItsOwnReason) {
  world_.Consume(viewer_, HeardConsumer("c", 100, 101, "goog-remb"));
  SendPicture(1, true);
  AnswerRemb(30'000);
  SendPicture(1200);
  EXPECT_EQ(viewer_.bandwidth()->waiting(), Pacer::kWaitingMax);
  EXPECT_EQ(world_.out.drops(DropReason::kPacingLimit),
            1200 - Pacer::kWaitingMax - (Take().size() - 1));
}

TEST_F(OutgoingBandwidthTest, TracesOnlyWhatIsAskedFor) {
  world_.Consume(viewer_, HeardConsumer("c", 100, 101));
  SendPicture(1, true);
  Run(Duration::Millis(300));
  EXPECT_TRUE(world_.TakeEvents<TransportTraced>().empty());

  EnableTrace({TransportTraceType::kBwe});
  AnswerRemb(123'000);
  std::vector<TransportTraced> events = world_.TakeEvents<TransportTraced>();
  ASSERT_EQ(events.size(), 1u);
  EXPECT_EQ(events[0].id, "viewer");
  EXPECT_EQ(events[0].type, TransportTraceType::kBwe);
  EXPECT_EQ(events[0].direction, TraceDirection::kOut);
  ASSERT_TRUE(events[0].bandwidth.has_value());
  EXPECT_FALSE(events[0].bandwidth->remb);
  EXPECT_EQ(events[0].bandwidth->available_bitrate, *Stats().available_outgoing_bitrate);
  EXPECT_EQ(events[0].bandwidth->start_bitrate, 500'000u);
  EXPECT_EQ(events[0].bandwidth->min_bitrate, 30'000u);
  EXPECT_EQ(events[0].bandwidth->max_bitrate, 1'000'000'000u);
}

TEST_F(OutgoingBandwidthTest, TracesEachPacketThatOnlyFillsTheLink) {
  EnableTrace({TransportTraceType::kProbation});
  world_.Consume(viewer_, HeardConsumer("c", 100, std::nullopt));
  SendPicture(1, true);
  size_t probation = 0;
  for (const SentRtp& packet : Run(Duration::Millis(60))) probation += packet.ssrc == 1234;
  std::vector<TransportTraced> events = world_.TakeEvents<TransportTraced>();
  EXPECT_EQ(events.size(), probation);
  ASSERT_FALSE(events.empty());
  EXPECT_EQ(events[0].type, TransportTraceType::kProbation);
  EXPECT_FALSE(events[0].bandwidth.has_value());
}

// RT-15 and RC-01: numbers that were never sent, times that leap, and much of it.
TEST_F(OutgoingBandwidthTest, HostileFeedbackMovesNothingOutOfItsBounds) {
  world_.Consume(viewer_, HeardConsumer("c", 100, 101));
  Turn turn = world_.Now();
  EXPECT_TRUE(viewer_.SetMaxOutgoingBitrate(2'000'000, turn).ok());
  SendPicture(5, true);
  Random random(11);
  for (int i = 0; i < 3000; ++i) {
    if (i % 3 == 0) SendPicture(2);
    (void)Take();
    std::vector<PacketArrival> arrivals;
    auto number = static_cast<uint16_t>(random.NextU32());
    Timestamp time = Timestamp::Micros(random.Below(2'000'000'000));
    for (uint32_t k = 0; k < 50; ++k) {
      arrivals.push_back({number, time});
      number = static_cast<uint16_t>(number + 1 + random.Below(40));
      time = time + Duration::Micros(random.Below(400'000)) - Duration::Micros(200'000);
    }
    Answer(MakeRtcp([&](ByteWriter& writer) {
      (void)TransportFeedback::Write(writer, {.sender = Ssrc(9), .media = Ssrc(100)}, arrivals);
    }));
    if (i % 7 == 0) AnswerRemb(random.NextU64());
    world_.Advance(Duration::Millis(random.Below(30)));
    ASSERT_GE(*Stats().available_outgoing_bitrate, 30'000u);
    ASSERT_LE(*Stats().available_outgoing_bitrate, 2'000'000u);
    ASSERT_LE(viewer_.bandwidth()->waiting(), 2 * Pacer::kWaitingMax);
  }
  double loss = *Stats().rtp_packet_loss_sent;
  EXPECT_GE(loss, 0.0);
  EXPECT_LE(loss, 1.0);
}

// RT-06
TEST_F(OutgoingBandwidthTest, APeerWhoSendsFarMoreThanItMayIsPoliced) {
  world_.Consume(viewer_, VideoConsumer("c", "video", 100));
  Turn turn = world_.Now();
  EXPECT_TRUE(publisher_.SetMaxIncomingBitrate(400'000, turn).ok());
  // Ten times as much: 4 Mbit/s for two seconds.
  SendPicture(5, true);
  for (int i = 0; i < 200; ++i) {
    world_.Advance(Duration::Millis(10));
    SendPicture(5);
  }
  size_t forwarded = world_.DrainRtp().size();
  // Twice the rate in two seconds, and a second's burst: 300,000 bytes.
  EXPECT_NEAR(static_cast<double>(forwarded), 300.0, 20.0);
  EXPECT_EQ(forwarded + world_.out.drops(DropReason::kBitrateLimit), 1005u);
  // A peer that keeps to it loses nothing.
  world_.Advance(Duration::Seconds(2));
  uint64_t drops = world_.out.drops(DropReason::kBitrateLimit);
  for (int i = 0; i < 100; ++i) {
    world_.Advance(Duration::Millis(20));
    SendPicture(1);
  }
  EXPECT_EQ(world_.out.drops(DropReason::kBitrateLimit), drops);
  EXPECT_EQ(std::get<PlainTransportStats>(publisher_.Stats(world_.now)).base.max_incoming_bitrate,
            400'000u);
  EXPECT_EQ(
      std::get<PlainTransportStats>(publisher_.Stats(world_.now)).base.available_incoming_bitrate,
      400'000u);
}

TEST_F(OutgoingBandwidthTest, ConsumersAreFoundByTheirSsrcUntilTheyClose) {
  Consumer& first = world_.Consume(viewer_, VideoConsumer("c", "video", 100, 101));
  Consumer& second = world_.Consume(viewer_, VideoConsumer("d", "video", 200, 201));
  EXPECT_EQ(viewer_.FindStream(Ssrc(100)), &first.stream(0));
  EXPECT_EQ(viewer_.FindStream(Ssrc(200)), &second.stream(0));
  EXPECT_EQ(viewer_.FindStream(Ssrc(101)), nullptr);
  Turn turn = world_.Now();
  world_.control.CloseConsumer(first, turn);
  EXPECT_EQ(viewer_.FindStream(Ssrc(100)), nullptr);
  EXPECT_EQ(viewer_.FindStream(Ssrc(200)), &second.stream(0));
}

}  // namespace
}  // namespace millrace
