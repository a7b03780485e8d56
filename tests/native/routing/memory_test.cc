#include <gtest/gtest.h>

#include <cstdio>
#include <functional>
#include <string>
#include <vector>

#include "allocation_counter.h"
#include "routing_world.h"

namespace millrace {
namespace {

constexpr size_t kKib = 1024;

// What a browser negotiates for a received video.
ConsumeOptions BrowserConsumer(const std::string& id, uint32_t ssrc) {
  ConsumeOptions options = VideoConsumer(id, "video", ssrc, ssrc + 1);
  options.rtp_parameters.codecs[0].rtcp_feedback.push_back({"transport-cc", ""});
  return options;
}

// A world with a publisher, and what some objects in it take from the heap.
class MemoryTest : public testing::Test {
 protected:
  static constexpr uint32_t kObjects = 100;

  // What each of kObjects takes, tables that grew for them included. The first few are not
  // counted: what they bring about is there once.
  static size_t BytesOfEach(const std::function<void(uint32_t index)>& make) {
    constexpr uint32_t kFirst = 10;
    for (uint32_t i = 0; i < kFirst; ++i) make(i);
    size_t before = AllocationCounter::live_bytes();
    for (uint32_t i = 0; i < kObjects; ++i) make(kFirst + i);
    return (AllocationCounter::live_bytes() - before) / kObjects;
  }
  // Prints the figure and keeps it for the record.
  static void Tell(const char* what, size_t bytes) {
    std::printf("%s: %zu bytes\n", what, bytes);
    RecordProperty("bytes", std::to_string(bytes));
  }
  Transport& AddWebRtc(const std::string& id) {
    WebRtcTransportOptions options;
    options.listen = ListenIndividual{{{.ip = "0.0.0.0", .announced_address = "203.0.113.5"}}};
    Turn turn = world_.Now();
    return *world_.control.CreateWebRtcTransport(world_.router, id, options, nullptr, turn).value();
  }

  RoutingWorld world_;
};

TEST_F(MemoryTest, AWebRtcTransportThatIsNotConnected) {
  size_t bytes = BytesOfEach([&](uint32_t i) { AddWebRtc("transport" + std::to_string(i)); });
  Tell("a WebRtcTransport, created", bytes);
  EXPECT_LE(bytes, 12 * kKib);
}

TEST_F(MemoryTest, AnIdleVideoConsumer) {
  Transport& publisher = world_.AddPlain("publisher", 5000);
  world_.Produce(publisher, VideoProducer("video", 1111));
  Transport& viewer = AddWebRtc("viewer");
  size_t bytes = BytesOfEach([&](uint32_t i) {
    world_.Consume(viewer, BrowserConsumer("c" + std::to_string(i), 1000 + 2 * i));
  });
  Tell("a video consumer, idle", bytes);
  EXPECT_LE(bytes, 5 * kKib);
}

TEST_F(MemoryTest, AnIdleSimulcastConsumer) {
  Transport& publisher = world_.AddPlain("publisher", 5000);
  world_.Produce(publisher, SimulcastProducer("video"));
  Transport& viewer = AddWebRtc("viewer");
  size_t bytes = BytesOfEach([&](uint32_t i) {
    ConsumeOptions options = BrowserConsumer("c" + std::to_string(i), 1000 + 2 * i);
    options.type = RtpType::kSimulcast;
    options.consumable_encodings = {{.ssrc = 11}, {.ssrc = 12}};
    world_.Consume(viewer, options);
  });
  Tell("a simulcast consumer, idle", bytes);
  EXPECT_LE(bytes, 5 * kKib);
}

TEST_F(MemoryTest, AnIdleAudioConsumer) {
  Transport& publisher = world_.AddPlain("publisher", 5000);
  world_.Produce(publisher, AudioProducer("audio", 1111));
  Transport& viewer = AddWebRtc("viewer");
  size_t bytes = BytesOfEach([&](uint32_t i) {
    world_.Consume(viewer, AudioConsumer("c" + std::to_string(i), "audio", 1000 + 2 * i));
  });
  Tell("an audio consumer, idle", bytes);
  EXPECT_LE(bytes, 5 * kKib);
}

// 2 Mbit/s of 1,200-byte packets to viewers that negotiated retransmission and transport-wide
// feedback, each on a transport of its own; the shared packets themselves belong to their producer.
TEST_F(MemoryTest, AVideoConsumerUnderTraffic) {
  constexpr uint32_t kViewers = 20;
  constexpr int kPackets = 1000;
  constexpr Duration kInterval = Duration::Micros(4800);
  Transport& publisher = world_.AddPlain("publisher", 5000);
  Path path = RoutingWorld::PeerPath(publisher, 5000);
  world_.Produce(publisher, VideoProducer("video", 1111));
  std::vector<Transport*> viewers;
  for (uint32_t i = 0; i < kViewers; ++i) {
    std::string name = std::to_string(i);
    viewers.push_back(&world_.AddPlain("v" + name, static_cast<uint16_t>(6000 + i)));
  }
  uint16_t sequence = 1;
  auto run = [&] {
    for (int i = 0; i < kPackets; ++i, ++sequence) {
      std::vector<uint8_t> payload(1200);
      payload[0] = 0x10;
      payload[1] = i == 0 ? 0 : 1;
      std::vector<uint8_t> bytes =
          RtpMaker(1111).Seq(sequence).Time(sequence * 432u).Payload(payload).Make();
      Turn turn = world_.Now();
      world_.router.OnDatagram(publisher, path, bytes, world_.now, turn);
      while (world_.commons.dirty.Seal(turn)) world_.out.ClearDatagrams();
      world_.out.ClearDatagrams();
      world_.Advance(kInterval);
      while (world_.commons.dirty.Seal(turn)) world_.out.ClearDatagrams();
      world_.out.ClearDatagrams();
      world_.events.notifications.clear();
      world_.events.rescheduled.clear();
    }
  };
  // One viewer alone first: it keeps the packets in the pool that all the others share.
  Transport& first = world_.AddPlain("first", 5999);
  world_.Consume(first, BrowserConsumer("c-first", 900));
  run();
  size_t before = AllocationCounter::live_bytes();
  for (uint32_t i = 0; i < kViewers; ++i) {
    world_.Consume(*viewers[i], BrowserConsumer("c" + std::to_string(i), 1000 + 2 * i));
  }
  run();
  size_t bytes = (AllocationCounter::live_bytes() - before) / kViewers;
  Tell("a video consumer at 2 Mbit/s", bytes);
  EXPECT_LE(bytes, 40 * kKib);
  // It remembers what it sent, or this measures nothing.
  EXPECT_GT(viewers[0]->consumers()[0]->stream(0).send().history().size(), 300u);
}

}  // namespace
}  // namespace millrace
