// Media load over real sockets, for any worker program.

#include <unistd.h>

#include <charconv>
#include <cstdio>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "delay_load.h"
#include "forward_load.h"

namespace {

constexpr const char* kUsage =
    "millrace-load forward [--worker=PATH] [--consumers=N] [--rate=PACKETS] [--rounds=N]\n"
    "                      [--milliseconds=N] [--burst=N] [--audio] [--plain] [--compare-single]\n"
    "                      [--ratio-max=X]\n"
    "\n"
    "Forwards one SRTP video stream to N consumers and prints the worker's CPU time per packet.\n"
    "  --worker=PATH      any program that speaks the worker channel (ours, beside this one)\n"
    "  --consumers=N      how many receive the stream (200)\n"
    "  --rate=PACKETS     packets a second out of the worker, all consumers together (160000)\n"
    "  --rounds=N         measurements of each kind, of which the median counts (5)\n"
    "  --milliseconds=N   of each measurement (2000)\n"
    "  --burst=N          only bursts of N packets (1 and 8)\n"
    "  --audio            packets of sound, 160 bytes each, instead of video\n"
    "  --plain            plain transports without feedback instead of browsers\n"
    "  --compare-single   also the same worker with one sendto a packet (MILLRACE_SEND=single)\n"
    "  --ratio-max=X      end with 1 when batched / single at bursts of 8 is above X\n"
    "millrace-load delay [--worker=PATH] [--consumers=N] [--milliseconds=N] [--burst=N]\n"
    "How long packets are under way while the worker is busy for 70 % of a processor.\n"
    "\n"
    "Needs root, for a network namespace with a device that throws everything away.\n";

// The value of "--name=value".
std::optional<std::string> ValueOf(std::string_view argument, std::string_view name) {
  if (!argument.starts_with(name) || argument.size() <= name.size()) return std::nullopt;
  if (argument[name.size()] != '=') return std::nullopt;
  return std::string(argument.substr(name.size() + 1));
}

bool ReadCount(const std::string& text, size_t& count) {
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
  return error == std::errc() && end == text.data() + text.size() && count > 0;
}

bool Apply(std::string_view argument, millrace::ForwardOptions& options) {
  for (auto [name, flag] :
       {std::pair{"--compare-single", &options.compare_single},
        std::pair{"--plain", &options.plain}, std::pair{"--audio", &options.audio}}) {
    if (argument != name) continue;
    *flag = true;
    return true;
  }
  if (auto worker = ValueOf(argument, "--worker")) {
    options.worker = *worker;
    return true;
  }
  if (auto ratio = ValueOf(argument, "--ratio-max")) {
    options.ratio_max = std::strtod(ratio->c_str(), nullptr);
    return options.ratio_max > 0;
  }
  if (auto count = ValueOf(argument, "--consumers")) return ReadCount(*count, options.consumers);
  if (auto count = ValueOf(argument, "--rate"))
    return ReadCount(*count, options.packets_per_second);
  if (auto count = ValueOf(argument, "--burst")) return ReadCount(*count, options.burst);
  if (auto count = ValueOf(argument, "--rounds")) return ReadCount(*count, options.rounds);
  if (auto count = ValueOf(argument, "--milliseconds")) {
    return ReadCount(*count, options.milliseconds);
  }
  return false;
}

}  // namespace

int main(int argc, char** argv) {
  millrace::ForwardOptions options;
  std::string_view which = argc > 1 ? argv[1] : "";
  bool known = which == "forward" || which == "delay";
  for (int i = 2; known && i < argc; ++i) {
    std::string argument = argv[i];
    // "--name value" is the same as "--name=value".
    bool alone = argument == "--compare-single" || argument == "--plain" || argument == "--audio" ||
                 argument.find('=') != std::string::npos;
    if (!alone && i + 1 < argc) argument = argument + "=" + argv[++i];
    known = Apply(argument, options);
  }
  if (!known) {
    std::fputs(kUsage, stderr);
    return 2;
  }
  if (options.worker.empty()) {
    std::filesystem::path own = std::filesystem::read_symlink("/proc/self/exe");
    options.worker = own.parent_path() / "millrace-worker";
  }
  if (access(options.worker.c_str(), X_OK) != 0) {
    std::fprintf(stderr, "millrace-load: there is no worker program '%s'\n",
                 options.worker.c_str());
    return 2;
  }
  constexpr double kBusy = 0.7;
  return which == "delay" ? millrace::RunDelayLoad(options, kBusy)
                          : millrace::RunForwardLoad(options);
}
