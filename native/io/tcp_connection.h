#pragma once

#include <utility>
#include <vector>

#include "base/endpoint.h"
#include "base/time.h"
#include "io/file_descriptor.h"
#include "io/tcp_framing.h"

namespace millrace {

// One accepted TCP connection that carries datagrams in RFC 4571 frames.
// A stranger may open it, so it is held to time limits until ICE has bound it to a transport, and
// to size limits always. It never waits: datagrams that the peer does not fetch are dropped.
class TcpConnection {
 public:
  // A peer that opens a connection for ICE sends its first check at once.
  static constexpr Duration kFirstDatagramMax = Duration::Seconds(10);
  // A frame that has begun is whole within this time, however slowly the bytes drip.
  static constexpr Duration kFrameMax = Duration::Seconds(10);
  // ICE checks consent every few seconds (RFC 7675), so a live peer is never silent for so long.
  static constexpr Duration kIdleMax = Duration::Seconds(60);
  // What may wait for a slow peer: a quarter of a second at 8 Mbit/s. More is only delay.
  static constexpr size_t kUnwrittenBytesMax = 256 * 1024;

  TcpConnection(FileDescriptor descriptor, Endpoint remote, SocketId listener, Timestamp now)
      : descriptor_(std::move(descriptor)),
        remote_(remote),
        listener_(listener),
        opened_(now),
        last_datagram_(now) {}

  // Reads what fits. False: the peer closed, or broke the framing.
  [[nodiscard]] bool Read(Timestamp now);
  // The next whole datagram of what was read; valid until the next Read.
  [[nodiscard]] MutableBytes NextDatagram(Timestamp now);

  // Queues one datagram as a frame. False: too much waits already, or it is too large for a frame.
  [[nodiscard]] bool Append(Bytes datagram);
  // Writes what the kernel takes. False: the connection is gone.
  [[nodiscard]] bool Write();

  [[nodiscard]] bool expired(Timestamp now) const;
  // The peer announced a frame that is too large; nothing more will come of it.
  [[nodiscard]] bool broken() const { return framing_.broken(); }
  [[nodiscard]] size_t unwritten() const { return unwritten_.size() - written_; }
  [[nodiscard]] int descriptor() const { return descriptor_.get(); }
  [[nodiscard]] const Endpoint& remote() const { return remote_; }
  [[nodiscard]] SocketId listener() const { return listener_; }

  // What the event loop watches it for now.
  bool watched_for_writing = false;

 private:
  FileDescriptor descriptor_;
  Endpoint remote_;
  SocketId listener_;
  Timestamp opened_;
  Timestamp last_datagram_;
  Timestamp frame_began_ = Timestamp::Never();
  bool had_datagram_ = false;
  TcpFraming framing_;
  std::vector<uint8_t> unwritten_;
  size_t written_ = 0;
};

}  // namespace millrace
