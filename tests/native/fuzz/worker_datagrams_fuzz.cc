// A started worker with transports of every kind, producers, consumers and data, fed with datagrams
// of peers and strangers, and the passing of time. The input is a row of steps: a byte that chooses
// socket and sender, a byte with the datagram's length in steps of four, the datagram. Nothing may
// stop the worker; what it sends fits a datagram, and what it says can be read.
#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <memory>
#include <vector>

#include "../worker/channel_frames.cc"  // NOLINT: a fuzz target is one source file
#include "base/byte_reader.h"
#include "base/check.h"
#include "schema/message_generated.h"
#include "worker/worker.h"

namespace {

using namespace millrace;  // NOLINT: as the other targets

// Sockets without a network: every request is granted, and remembered in its order.
class GrantingEdge final : public Edge {
 public:
  Result<OpenedSocket> Open(const SocketRequest& request) override {
    sockets.push_back(SocketId(static_cast<uint32_t>(sockets.size()) + 1));
    return OpenedSocket{.id = sockets.back(), .port = std::max<uint16_t>(request.port_min, 1)};
  }
  ResourceUsage ReadResourceUsage() override { return {}; }

  std::vector<SocketId> sockets;
};

constexpr int kInputsPerWorker = 64;
constexpr uint16_t kPeerPort = 5000;

struct Scene {
  GrantingEdge edge;
  Output out;
  Timestamp now = Timestamp::Millis(5000);
  std::unique_ptr<Worker> worker =
      std::make_unique<Worker>(WorkerSettings{.pid = "1"}, Random::Seed{}, edge);
  int inputs = 0;

  void Settle() {
    Bytes rest = out.frames();
    while (!rest.empty()) {
      size_t size = 4 + flatbuffers::ReadScalar<uint32_t>(rest.data());
      CHECK(size <= rest.size(), "a frame is whole");
      rest = rest.subspan(size);
    }
    for (bool more = true; more;) {
      more = worker->Seal(now, out);
      for (const Output::Datagram& datagram : out.datagrams()) {
        CHECK(out.bytes_of(datagram).size() <= 1500, "what is sent fits a datagram");
      }
      out.ClearDatagrams();
    }
    out.Clear();
  }
  void Frame(const millrace::Frame& frame) {
    worker->OnFrame(now, frame, out);
    Settle();
  }
  void Step(uint8_t choice, Bytes bytes) {
    if ((choice & 0x80) != 0) {
      now = now + Duration::Millis(bytes.empty() ? 10 : bytes[0] * 20);
      worker->OnDeadline(now, out);
      return Settle();
    }
    // Half of it comes from the peer that plain and piped transports were told of.
    uint16_t port = (choice & 0x40) != 0 ? static_cast<uint16_t>(kPeerPort + 1) : kPeerPort;
    Path path{edge.sockets[(choice & 0x3f) % edge.sockets.size()],
              {IpAddress::FromV4({192, 0, 2, 1}), port}};
    std::vector<uint8_t> writable(bytes.begin(), bytes.end());
    InboundDatagram datagram{.path = path, .received = now, .bytes = writable};
    worker->OnDatagrams(now, {&datagram, 1}, out);
    Settle();
  }
};

std::unique_ptr<Scene> MakeScene() {
  auto scene = std::make_unique<Scene>();
  scene->worker->Start(scene->now, scene->out);
  ChannelFrames frames;
  for (const Frame& frame : {frames.CreateRouter("router"),
                             frames.CreateServer("server", 40000),
                             frames.CreateWebRtcTransport("router", "webrtc"),
                             frames.CreateWebRtcTransportOn("server", "router", "shared"),
                             frames.CreatePlainTransport("router", "in", true),
                             frames.ConnectPlain("in", "192.0.2.1", kPeerPort),
                             frames.CreatePlainTransport("router", "out", true),
                             frames.ConnectPlain("out", "192.0.2.1", kPeerPort),
                             frames.CreatePipeTransport("router", "pipe"),
                             frames.ConnectPipe("pipe", "192.0.2.1", kPeerPort),
                             frames.ProduceAudio("in", "audio", 1000),
                             frames.ProduceVideo("in", "video", 2000),
                             frames.ConsumeAudio("out", "heard", "audio", 3000),
                             frames.ConsumeVideo("out", "seen", "video", 4000),
                             frames.ConsumeVideo("webrtc", "later", "video", 5000),
                             frames.ConsumeForPipe("pipe", "piped", "audio", 1000, 6000),
                             frames.ProduceData("in", "data", 1),
                             frames.ConsumeData("out", "sink", "data", 2),
                             frames.CreateObserver("router", "observer"),
                             frames.Observe("observer", "audio"),
                             frames.ConnectWebRtc("webrtc")}) {
    scene->Frame(frame);
  }
  CHECK(scene->edge.sockets.size() >= 5, "the scene stands");
  return scene;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static std::unique_ptr<Scene> scene;
  if (!scene || ++scene->inputs > kInputsPerWorker) {
    scene.reset();
    scene = MakeScene();
  }
  ByteReader reader(Bytes(data, size));
  while (reader.remaining() >= 2) {
    uint8_t choice = reader.ReadU8();
    size_t length = std::min(size_t{4} * reader.ReadU8(), reader.remaining());
    scene->Step(choice, reader.ReadBytes(length));
  }
  return 0;
}
