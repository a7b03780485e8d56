#pragma once

#include <cstdint>

namespace millrace {

class Machine;

// What a worker holds at one moment, counted when somebody asks.
struct Census {
  uint64_t webrtc_servers = 0;
  uint64_t routers = 0;
  uint64_t transports = 0;
  uint64_t producers = 0;
  uint64_t consumers = 0;
  uint64_t data_producers = 0;
  uint64_t data_consumers = 0;
  uint64_t observers = 0;
  // Packets alive in the worker's pool, and how many there may be.
  uint64_t packets_in_use = 0;
  uint64_t packets_max = 0;
  // Transports whose bandwidth is estimated (they send video to somebody who answers with
  // feedback), by what the delay of their packets says, and of those the ones whose consumers want
  // more than the estimate allows.
  uint64_t estimates_normal = 0;
  uint64_t estimates_overuse = 0;
  uint64_t estimates_underuse = 0;
  uint64_t estimates_limited = 0;
  // Bits a second of all of them together, and packets that wait in their pacers.
  uint64_t estimated_bps = 0;
  uint64_t wanted_bps = 0;
  uint64_t packets_paced = 0;
};

[[nodiscard]] Census Count(const Machine& machine);

}  // namespace millrace
