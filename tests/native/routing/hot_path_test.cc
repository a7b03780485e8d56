#include <gtest/gtest.h>

#include <cstdlib>
#include <new>

#include "routing_world.h"
#include "wire/rtcp/remb.h"

namespace {

// Every allocation of the test program, while somebody counts.
bool counting = false;
size_t allocations = 0;

}  // namespace

void* operator new(std::size_t size) {
  if (counting) ++allocations;
  if (void* memory = std::malloc(size)) return memory;
  std::abort();
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }

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
  // A packet every ten milliseconds, sealed at once: 100 a second, so that the two seconds of
  // history have filled long before the warm-up ends.
  auto run = [&](int packets, bool count) {
    for (int i = 0; i < packets; ++i) {
      std::vector<uint8_t> bytes =
          RtpMaker(1111).Seq(sequence).Time(sequence * 900u).KeyFrame().Make();
      ++sequence;
      Turn turn = world.Now();
      counting = count;
      world.router.OnDatagram(publisher, path, bytes, world.now, turn);
      while (world.commons.dirty.Seal(turn)) world.out.ClearDatagrams();
      counting = false;
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
  auto run = [&](int packets, bool count) {
    for (int i = 0; i < packets; ++i) {
      RtpMaker maker(1111);
      maker.Seq(sequence).Time(sequence * 900u).Payload(std::vector<uint8_t>(1000));
      std::vector<uint8_t> bytes = sequence == 1 ? maker.KeyFrame().Make() : maker.Make();
      ++sequence;
      counting = count;
      Turn turn = world.Now();
      world.router.OnDatagram(publisher, path, bytes, world.now, turn);
      waited += viewer.bandwidth()->waiting();
      world.now = world.now + Duration::Millis(10);
      Turn later = world.Now();
      if (viewer.deadline() <= world.now) world.router.OnTransportDeadline(viewer, later);
      while (world.commons.dirty.Seal(later)) world.out.ClearDatagrams();
      counting = false;
      world.out.ClearDatagrams();
      world.events.notifications.clear();
      world.events.rescheduled.clear();
    }
  };
  allocations = 0;
  run(1, false);
  world.Receive(viewer, RoutingWorld::PeerPath(viewer, 6000), remb);
  run(1000, false);
  waited = 0;
  run(500, true);
  EXPECT_GT(waited, 1000u);
  EXPECT_EQ(allocations, 0u);
}

}  // namespace
}  // namespace millrace
