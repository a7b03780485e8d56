// The worker as a process of its own. Its controller gives it two descriptors, 3 to read from and 4
// to write to, and ends it by closing them.

#include <fcntl.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <exception>
#include <string>
#include <string_view>
#include <vector>

#include "io/arguments.h"
#include "io/descriptor_channel.h"
#include "io/event_loop.h"
#include "io/process.h"
#include "io/worker_host.h"

namespace {

using namespace millrace;  // this file is the program, not a room

// What controllers know an end by.
enum ExitCode {
  kExitNormal = 0,
  kExitChannelBroken = 1,
  kExitStartFailed = 40,
  kExitVersionMissing = 41,
  kExitWrongSettings = 42,
};

// Where the controller leaves the channel.
constexpr int kChannelIn = 3;
constexpr int kChannelOut = 4;

int Fail(ExitCode code, const std::string& reason) {
  std::fprintf(stderr, "millrace-worker: %s\n", reason.c_str());
  return code;
}

int RunWorker(const Arguments& arguments) {
  // Before anything of our own can get these numbers.
  for (int descriptor : {kChannelIn, kChannelOut}) {
    if (fcntl(descriptor, F_GETFD) >= 0) continue;
    return Fail(kExitStartFailed, "descriptor " + std::to_string(descriptor) + " is not open");
  }
  EventLoop loop;
  Result<Done> arranged = ArrangeSignals(loop);
  if (!arranged.ok()) return Fail(kExitStartFailed, arranged.error().reason);
  DescriptorChannel channel(loop, kChannelIn, kChannelOut);
  if (channel.state() == Channel::State::kBroken) return Fail(kExitStartFailed, channel.failure());
  WorkerHost host({.settings = arguments.settings, .send_mode = ReadSendMode()}, loop, channel);
  if (!host.usable()) {
    return Fail(kExitWrongSettings, "the DTLS certificate or its private key cannot be used");
  }
  host.Run();
  if (channel.state() == Channel::State::kBroken)
    return Fail(kExitChannelBroken, channel.failure());
  return kExitNormal;
}

int Start(int argc, char** argv) {
  // Controllers of the protocol's family name the release they were written for; who does not is
  // none.
  if (!std::getenv("MEDIASOUP_VERSION")) {
    return Fail(kExitVersionMissing, "the environment has no MEDIASOUP_VERSION");
  }
  std::vector<std::string_view> texts(argv + (argc > 0 ? 1 : 0), argv + argc);
  Result<Arguments> arguments = ParseArguments(texts);
  if (!arguments.ok()) return Fail(kExitWrongSettings, arguments.error().reason);
  Result<Done> read =
      ReadCertificate(arguments.value().certificate_file, arguments.value().private_key_file,
                      arguments.value().settings);
  if (!read.ok()) return Fail(kExitWrongSettings, read.error().reason);
  arguments.value().settings.pid = std::to_string(getpid());
  return RunWorker(arguments.value());
}

}  // namespace

int main(int argc, char** argv) {
  ForbidCoreDumps();
  try {
    return Start(argc, argv);
  } catch (const std::exception& failure) {
    // Nothing below io/ throws; this is memory that the system does not have.
    return Fail(kExitStartFailed, failure.what());
  }
}
