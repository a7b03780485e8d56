#pragma once

#include <array>
#include <memory>
#include <span>

#include "base/output.h"
#include "base/time.h"
#include "io/udp_socket.h"
#include "worker/worker.h"

namespace millrace {

// Reads datagrams in batches into buffers of its own, each with the time at which the kernel got
// it. What it returns is valid until the next batch.
class UdpReceiver {
 public:
  // More in one call gains hardly anything (573 ns a datagram at 32, 547 at 128), and the buffers
  // stay in the first cache levels.
  static constexpr size_t kBatch = 32;
  // Media stays below 1,500 bytes; anything longer than this is not ours and is dropped.
  static constexpr size_t kDatagramBytesMax = 2048;

  struct Batch {
    std::span<const InboundDatagram> datagrams;
    bool more = false;  // the socket may hold others
  };

  UdpReceiver();
  ~UdpReceiver();

  // `wall_to_monotonic` turns the kernel's times into ours; no datagram is later than `now`.
  [[nodiscard]] Batch Receive(const UdpSocket& socket, SocketId id, Timestamp now,
                              Duration wall_to_monotonic, Output& out);

 private:
  struct Buffers;
  std::unique_ptr<Buffers> buffers_;
  std::array<InboundDatagram, kBatch> datagrams_;
};

}  // namespace millrace
