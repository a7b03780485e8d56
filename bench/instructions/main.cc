// Forwards packets to viewers with transport-wide feedback, without sockets and without a cipher,
// for callgrind to count. Prints how many copies of packets left in Counted: the caller divides
// what callgrind counted in there by that.

#include <cstdio>
#include <string>
#include <vector>

#include "routing_world.h"
#include "wire/rtcp/transport_feedback.h"

namespace millrace {
namespace {

constexpr uint32_t kViewers = 50;
constexpr size_t kBurst = 8;
constexpr size_t kPayloadBytes = 1200;
// 100 bursts a second.
constexpr Duration kInterval = Duration::Millis(10);
constexpr int kWarmBursts = 300;
constexpr int kCountedBursts = 100;
// Feedback of each viewer: ten times a second.
constexpr int kBurstsPerFeedback = 10;

struct Viewer {
  Transport* transport = nullptr;
  Path path;
  std::vector<PacketArrival> arrivals = {};
  uint8_t feedback_count = 0;
};

using Answers = std::vector<std::pair<Viewer*, std::vector<uint8_t>>>;

// One burst of the source, everything that leaves for it, and the answers that came meanwhile.
size_t Forward(RoutingWorld& world, Transport& publisher, const Path& path,
               const std::vector<std::vector<uint8_t>>& packets, const Answers& answers) {
  Turn turn = world.Now();
  size_t sent = 0;
  for (const auto& [viewer, bytes] : answers) {
    world.router.OnDatagram(*viewer->transport, viewer->path, bytes, world.now, turn);
  }
  for (const std::vector<uint8_t>& bytes : packets) {
    world.router.OnDatagram(publisher, path, bytes, world.now, turn);
  }
  bool more = true;
  while (more) {
    more = world.commons.dirty.Seal(turn);
    sent += world.out.datagrams().size();
    world.out.ClearDatagrams();
  }
  return sent;
}

// Callgrind counts in here, and nowhere else.
__attribute__((noinline)) size_t Counted(RoutingWorld& world, Transport& publisher,
                                         const Path& path,
                                         const std::vector<std::vector<uint8_t>>& packets,
                                         const Answers& answers) {
  size_t sent = Forward(world, publisher, path, packets, answers);
  // Not the last call, or the compiler would jump there and callgrind not notice its end.
  asm volatile("" ::: "memory");
  return sent;
}

int Run() {
  RoutingWorld world;
  Transport& publisher = world.AddPlain("publisher", 5000);
  Path path = RoutingWorld::PeerPath(publisher, 5000);
  world.Produce(publisher, VideoProducer("video", 1111));
  std::vector<Viewer> viewers;
  for (uint32_t i = 0; i < kViewers; ++i) {
    std::string name = std::to_string(i);
    auto port = static_cast<uint16_t>(6000 + i);
    Transport& transport = world.AddPlain("v" + name, port);
    ConsumeOptions options = VideoConsumer("c" + name, "video", 1000 + 2 * i, 1001 + 2 * i);
    options.rtp_parameters.codecs[0].rtcp_feedback.push_back({"transport-cc", ""});
    world.Consume(transport, options);
    Turn turn = world.Now();
    // Above what the source sends, so that nothing waits.
    (void)transport.SetMinOutgoingBitrate(20'000'000, turn);
    viewers.push_back({&transport, RoutingWorld::PeerPath(transport, port)});
  }
  uint16_t sequence = 1;
  uint16_t number = 0;
  size_t copies = 0;
  for (int burst = 0; burst < kWarmBursts + kCountedBursts; ++burst) {
    std::vector<std::vector<uint8_t>> packets;
    for (size_t i = 0; i < kBurst; ++i, ++sequence) {
      std::vector<uint8_t> payload(kPayloadBytes);
      payload[0] = i == 0 ? 0x10 : 0;
      payload[1] = burst == 0 && i == 0 ? 0 : 1;
      packets.push_back(RtpMaker(1111)
                            .Seq(sequence)
                            .Time(static_cast<uint32_t>(burst) * 900u)
                            .Payload(payload)
                            .Make());
    }
    Answers answers;
    for (size_t i = 0; i < viewers.size(); ++i) {
      Viewer& viewer = viewers[i];
      if (burst % kBurstsPerFeedback == static_cast<int>(i) % kBurstsPerFeedback &&
          !viewer.arrivals.empty()) {
        answers.emplace_back(&viewer, MakeRtcp([&](ByteWriter& writer) {
          (void)TransportFeedback::Write(writer, {Ssrc(9), Ssrc(1000), viewer.feedback_count++},
                                         viewer.arrivals);
        }));
        viewer.arrivals.clear();
      }
    }
    bool counted = burst >= kWarmBursts;
    size_t sent = counted ? Counted(world, publisher, path, packets, answers)
                          : Forward(world, publisher, path, packets, answers);
    if (counted) copies += kViewers * kBurst;
    if (counted && sent < kViewers * kBurst) {
      std::fprintf(stderr, "burst %d: %zu packets left\n", burst, sent);
      return 1;
    }
    for (size_t i = 0; i < kBurst; ++i) {
      ++number;
      for (Viewer& viewer : viewers) {
        viewer.arrivals.push_back({number, world.now + Duration::Millis(20)});
      }
    }
    world.events.notifications.clear();
    world.Advance(kInterval);
    world.Drain();
    world.events.rescheduled.clear();
  }
  std::printf("%zu\n", copies);
  return 0;
}

}  // namespace
}  // namespace millrace

int main() { return millrace::Run(); }
