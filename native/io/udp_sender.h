#pragma once

#include <cstdint>
#include <memory>
#include <span>

#include "base/output.h"
#include "io/udp_socket.h"

namespace millrace {

enum class SendMode : uint8_t {
  kBatch,   // runs of equal sizes to one path in one segmented send, many sends in one call
  kSingle,  // one sendto a datagram: what the benchmark compares with
};

// Sends a tick's datagrams with as few calls into the kernel as possible; that is where an SFU's
// time goes. Never waits: what the kernel does not take at once is dropped and counted, because
// media that waits is worse than media that is lost.
class UdpSender {
 public:
  // Larger calls gain nothing (sendmmsg saturates at 16), and the table stays small.
  static constexpr size_t kMessagesMax = 64;
  // UDP_MAX_SEGMENTS of the kernels that introduced UDP_SEGMENT.
  static constexpr size_t kSegmentsMax = 64;
  // A segmented send is one IP packet to the kernel: 65,535 bytes with the headers of either
  // family.
  static constexpr size_t kRunBytesMax = 65'000;

  struct Counters {
    uint64_t calls = 0;           // into the kernel
    uint64_t datagrams = 0;       // that the kernel took
    uint64_t segmented_runs = 0;  // sent as one
    uint64_t refused_runs = 0;    // sent again datagram by datagram
  };

  explicit UdpSender(SendMode mode);
  ~UdpSender();

  // All of one socket, in order. Order is kept, whatever way they take.
  void Send(UdpSocket& socket, std::span<const Output::Datagram> datagrams, Output& out);

  [[nodiscard]] const Counters& counters() const { return counters_; }

 private:
  struct Messages;
  // Puts runs into the table; returns how many datagrams they hold.
  size_t Gather(const UdpSocket& socket, std::span<const Output::Datagram> datagrams,
                const Output& out);
  void SendGathered(UdpSocket& socket, std::span<const Output::Datagram> datagrams, Output& out);
  void SendOne(const UdpSocket& socket, const Output::Datagram& datagram, Output& out);

  SendMode mode_;
  std::unique_ptr<Messages> messages_;
  Counters counters_;
};

}  // namespace millrace
