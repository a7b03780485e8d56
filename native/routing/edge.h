#pragma once

#include <cstdint>

#include "base/endpoint.h"
#include "base/result.h"
#include "base/strong.h"

namespace millrace {

struct SocketRequest {
  enum class Protocol : uint8_t { kUdp, kTcp };
  Protocol protocol = Protocol::kUdp;
  IpAddress address;
  uint16_t port_min = 0;  // both ends included; equal ends ask for exactly this port
  uint16_t port_max = 0;
  bool ipv6_only = false;
  bool udp_reuse_port = false;
  uint32_t send_buffer = 0;  // 0: as the system decides
  uint32_t receive_buffer = 0;
};

struct OpenedSocket {
  SocketId id;
  uint16_t port = 0;
  uint32_t send_buffer = 0;
  uint32_t receive_buffer = 0;
};

// getrusage's numbers, times in milliseconds, in the order of the channel's table.
struct ResourceUsage {
  uint64_t user_time_ms = 0;
  uint64_t system_time_ms = 0;
  uint64_t max_resident = 0;
  uint64_t shared_memory = 0;
  uint64_t unshared_data = 0;
  uint64_t unshared_stack = 0;
  uint64_t minor_faults = 0;
  uint64_t major_faults = 0;
  uint64_t swaps = 0;
  uint64_t block_inputs = 0;
  uint64_t block_outputs = 0;
  uint64_t messages_sent = 0;
  uint64_t messages_received = 0;
  uint64_t signals = 0;
  uint64_t voluntary_switches = 0;
  uint64_t involuntary_switches = 0;
};

// The seam to whoever owns sockets: the event loop, or a simulation. Asked only by control verbs,
// never on the packet path; sockets are given back through Output::CloseSocket.
class Edge {
 public:
  virtual ~Edge() = default;
  [[nodiscard]] virtual Result<OpenedSocket> Open(const SocketRequest& request) = 0;
  [[nodiscard]] virtual ResourceUsage ReadResourceUsage() = 0;
};

}  // namespace millrace
