#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace millrace {

struct ForwardOptions {
  std::string worker;  // the program to measure
  size_t consumers = 200;
  size_t packets_per_second = 160'000;  // out of the worker, all consumers together
  size_t rounds = 5;
  size_t milliseconds = 2000;   // of each measurement
  size_t burst = 0;             // only bursts of this size; 0: of 1 and of 8
  bool audio = false;           // 160-byte packets of sound instead of 1,200-byte ones of video
  bool plain = false;           // plain transports without feedback instead of browsers
  bool compare_single = false;  // the same worker once more with MILLRACE_SEND=single
  double ratio_max = 0;         // fail when batch / single at bursts of eight is above it; 0: never
};

// Measures what forwarding costs a worker: one producer, many consumers, everything under SRTP,
// into a network device that throws it away. Prints a table of CPU time per forwarded packet beside
// the floor, one sendto a packet without any work before it, measured between the same rounds.
// Answers an exit code.
[[nodiscard]] int RunForwardLoad(const ForwardOptions& options);

}  // namespace millrace
