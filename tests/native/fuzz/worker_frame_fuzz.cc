// A started worker with a router, transports of every kind, producers, consumers and observers, fed
// with one frame that anybody may have mutated, then with the passing of time. Nothing may stop it,
// and whatever it says must be readable.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <vector>

#include "../worker/channel_frames.cc"  // NOLINT: a fuzz target is one source file
#include "base/check.h"
#include "schema/message_generated.h"
#include "worker/worker.h"

namespace {

using millrace::Bytes;
using millrace::Duration;
using millrace::Output;
using millrace::Timestamp;
using millrace::Worker;

// Sockets without a network: every request is granted, with ports that count up.
class GrantingEdge final : public millrace::Edge {
 public:
  millrace::Result<millrace::OpenedSocket> Open(const millrace::SocketRequest& request) override {
    uint16_t port = std::max<uint16_t>(request.port_min, 1);
    return millrace::OpenedSocket{.id = millrace::SocketId(next_++), .port = port};
  }
  millrace::ResourceUsage ReadResourceUsage() override { return {}; }

 private:
  uint32_t next_ = 1;
};

// The worker lives for so many inputs, so that one input's objects cannot grow without bound and
// a failure can be repeated by the last few inputs.
constexpr int kInputsPerWorker = 256;

struct Scene {
  GrantingEdge edge;
  Output out;
  Timestamp now = Timestamp::Millis(5000);
  std::unique_ptr<Worker> worker = std::make_unique<Worker>(
      millrace::WorkerSettings{
          .log_level = millrace::LogLevel::kDebug, .log_tags = 0xffffffff, .pid = "1"},
      millrace::Random::Seed{}, edge);
  int inputs = 0;

  void CheckOutput() {
    Bytes rest = out.frames();
    while (!rest.empty()) {
      CHECK(rest.size() > 4, "a frame has a size prefix");
      size_t size = 4 + flatbuffers::ReadScalar<uint32_t>(rest.data());
      CHECK(size <= rest.size(), "a frame is whole");
      std::vector<uint64_t> aligned((size + 7) / 8);
      std::memcpy(aligned.data(), rest.data(), size);
      flatbuffers::Verifier verifier(reinterpret_cast<const uint8_t*>(aligned.data()), size);
      CHECK(Millrace::Schema::Message::VerifySizePrefixedMessageBuffer(verifier),
            "what the worker says can be read");
      rest = rest.subspan(size);
    }
    while (worker->Seal(now, out)) out.ClearDatagrams();
    out.Clear();
  }

  // The input is a row of frames, each behind its size prefix, as a pipe delivers them. A prefix
  // that promises too much takes what is left.
  void Feed(Bytes input) {
    while (!input.empty()) {
      size_t size = input.size();
      if (input.size() >= 4) {
        size = std::min<size_t>(size, size_t{4} + flatbuffers::ReadScalar<uint32_t>(input.data()));
      }
      worker->OnFrame(now, input.first(size), out);
      CheckOutput();
      input = input.subspan(size);
    }
    now = now + Duration::Millis(50);
    worker->OnDeadline(now, out);
    CheckOutput();
  }
};

// Makes the usual objects out of nothing but frames; the corpus speaks of them.
std::vector<millrace::Frame> SceneFrames() {
  millrace::ChannelFrames frames;
  return {frames.CreateRouter("router"),
          frames.CreateServer("server", 40000),
          frames.CreateWebRtcTransport("router", "webrtc"),
          frames.CreatePlainTransport("router", "plain"),
          frames.ProduceAudio("plain", "audio", 1000),
          frames.ProduceVideo("plain", "video", 2000),
          frames.ConsumeVideo("webrtc", "consumer", "video", 3000),
          frames.CreateObserver("router", "observer"),
          frames.CreateSpeakerObserver("router", "speaker"),
          frames.CreateDirectTransport("router", "direct"),
          frames.ProduceAudio("direct", "brought", 4000),
          frames.ConsumeAudio("direct", "told", "brought", 5000),
          frames.CreatePipeTransport("router", "pipe"),
          frames.ConnectPipe("pipe", "192.0.2.9", 9000),
          frames.ConsumeForPipe("pipe", "piped", "brought", 4000, 6000)};
}

std::unique_ptr<Scene> MakeScene() {
  auto scene = std::make_unique<Scene>();
  scene->worker->Start(scene->now, scene->out);
  for (const millrace::Frame& frame : SceneFrames()) scene->Feed(frame);
  return scene;
}

}  // namespace
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static std::unique_ptr<Scene> scene;
  if (!scene || scene->worker->closed() || ++scene->inputs > kInputsPerWorker) {
    scene.reset();
    scene = MakeScene();
  }
  scene->Feed(Bytes(data, size));
  return 0;
}
