#include <gtest/gtest.h>

#include "allocation_counter.h"
#include "routing_world.h"
#include "wire/rtcp/remb.h"
#include "wire/rtcp/transport_feedback.h"

namespace millrace {
namespace {

TEST(HotPathTest, AllocatesNothingOnceItIsWarm) {
  RoutingWorld world;
  Transport& publisher = world.AddPlain("publisher", 5000);
  Path path = RoutingWorld::PeerPath(publisher, 5000);
  world.Produce(publisher, VideoProducer("video", 1111));
  for (uint32_t i = 0; i < 20; ++i) {
    std::string name = std::to_string(i);
    Transport& viewer = world.AddPlain("v" + name, static_cast<uint16_t>(6000 + i));
    world.Consume(viewer, VideoConsumer("c" + name, "video", 100 + 2 * i, 101 + 2 * i));
  }
  uint16_t sequence = 1;
  size_t allocations = 0;
  // A packet every ten milliseconds, sealed at once: 100 a second, so that the two seconds of
  // history have filled long before the warm-up ends.
  auto run = [&](int packets, bool count) {
    for (int i = 0; i < packets; ++i) {
      std::vector<uint8_t> bytes =
          RtpMaker(1111).Seq(sequence).Time(sequence * 900u).KeyFrame().Make();
      ++sequence;
      Turn turn = world.Now();
      size_t before = AllocationCounter::count();
      world.router.OnDatagram(publisher, path, bytes, world.now, turn);
      while (world.commons.dirty.Seal(turn)) world.out.ClearDatagrams();
      if (count) allocations += AllocationCounter::count() - before;
      world.out.ClearDatagrams();
      world.events.notifications.clear();
      world.events.rescheduled.clear();
      world.Advance(Duration::Millis(10));
      world.out.ClearDatagrams();
    }
  };
  run(1000, false);
  run(500, true);
  EXPECT_EQ(allocations, 0u);
}

// The same with viewers whose links are estimated and too thin, so that packets wait.
TEST(HotPathTest, AllocatesNothingWherePacketsWaitForTheirTime) {
  RoutingWorld world;
  Transport& publisher = world.AddPlain("publisher", 5000);
  Path path = RoutingWorld::PeerPath(publisher, 5000);
  world.Produce(publisher, VideoProducer("video", 1111));
  Transport& viewer = world.AddPlain("viewer", 6000);
  ConsumeOptions options = VideoConsumer("c", "video", 100, 101);
  options.rtp_parameters.codecs[0].rtcp_feedback.push_back({"goog-remb", ""});
  world.Consume(viewer, options);
  std::vector<Ssrc> streams = {Ssrc(100)};
  std::vector<uint8_t> remb = MakeRtcp([&](ByteWriter& writer) {
    EXPECT_TRUE(
        (Remb{.sender = Ssrc(9), .bitrate_bps = 300'000, .ssrcs = {}}.Write(writer, streams)));
  });
  uint16_t sequence = 1;
  size_t waited = 0;
  size_t allocations = 0;
  auto run = [&](int packets, bool count) {
    for (int i = 0; i < packets; ++i) {
      RtpMaker maker(1111);
      maker.Seq(sequence).Time(sequence * 900u).Payload(std::vector<uint8_t>(1000));
      std::vector<uint8_t> bytes = sequence == 1 ? maker.KeyFrame().Make() : maker.Make();
      ++sequence;
      size_t before = AllocationCounter::count();
      Turn turn = world.Now();
      world.router.OnDatagram(publisher, path, bytes, world.now, turn);
      waited += viewer.bandwidth()->waiting();
      world.now = world.now + Duration::Millis(10);
      Turn later = world.Now();
      if (viewer.deadline() <= world.now) world.router.OnTransportDeadline(viewer, later);
      while (world.commons.dirty.Seal(later)) world.out.ClearDatagrams();
      if (count) allocations += AllocationCounter::count() - before;
      world.out.ClearDatagrams();
      world.events.notifications.clear();
      world.events.rescheduled.clear();
    }
  };
  run(1, false);
  world.Receive(viewer, RoutingWorld::PeerPath(viewer, 6000), remb);
  run(1000, false);
  waited = 0;
  run(500, true);
  EXPECT_GT(waited, 1000u);
  EXPECT_EQ(allocations, 0u);
}

// As with browsers: every packet has a transport-wide number, and ten times a second the viewer
// tells when they came.
TEST(HotPathTest, AllocatesNothingForPacketsAndTheirFeedback) {
  RoutingWorld world;
  Transport& publisher = world.AddPlain("publisher", 5000);
  Path path = RoutingWorld::PeerPath(publisher, 5000);
  world.Produce(publisher, VideoProducer("video", 1111));
  Transport& viewer = world.AddPlain("viewer", 6000);
  Path viewer_path = RoutingWorld::PeerPath(viewer, 6000);
  ConsumeOptions options = VideoConsumer("c", "video", 100, 101);
  options.rtp_parameters.codecs[0].rtcp_feedback.push_back({"transport-cc", ""});
  world.Consume(viewer, options);
  ASSERT_NE(viewer.bandwidth(), nullptr);

  uint16_t sequence = 1;
  uint8_t feedback_count = 0;
  size_t allocations = 0;
  std::vector<PacketArrival> arrivals;
  auto run = [&](int packets, bool count) {
    for (int i = 0; i < packets; ++i) {
      RtpMaker maker(1111);
      maker.Seq(sequence).Time(sequence * 900u).Payload(std::vector<uint8_t>(1000));
      std::vector<uint8_t> bytes = sequence == 1 ? maker.KeyFrame().Make() : maker.Make();
      ++sequence;
      std::vector<uint8_t> feedback;
      if (i % 10 == 9) {
        feedback = MakeRtcp([&](ByteWriter& writer) {
          EXPECT_NE(
              TransportFeedback::Write(writer, {Ssrc(9), Ssrc(100), feedback_count++}, arrivals),
              0u);
        });
        arrivals.clear();
      }
      size_t before = AllocationCounter::count();
      Turn turn = world.Now();
      world.router.OnDatagram(publisher, path, bytes, world.now, turn);
      if (!feedback.empty()) {
        world.router.OnDatagram(viewer, viewer_path, feedback, world.now, turn);
      }
      world.now = world.now + Duration::Millis(10);
      Turn later = world.Now();
      if (viewer.deadline() <= world.now) world.router.OnTransportDeadline(viewer, later);
      while (world.commons.dirty.Seal(later)) world.out.ClearDatagrams();
      if (count) allocations += AllocationCounter::count() - before;
      for (const Output::Datagram& datagram : world.out.datagrams()) {
        std::optional<RtpView> view = RtpView::Parse(world.out.bytes_of(datagram));
        Bytes number = view ? view->Extension(5) : Bytes();
        if (number.size() != 2) continue;
        arrivals.push_back(
            {static_cast<uint16_t>(number[0] << 8 | number[1]), world.now + Duration::Millis(20)});
      }
      world.out.ClearDatagrams();
      world.events.notifications.clear();
      world.events.rescheduled.clear();
    }
  };
  run(2000, false);
  run(500, true);
  EXPECT_EQ(allocations, 0u);
}

}  // namespace
}  // namespace millrace
