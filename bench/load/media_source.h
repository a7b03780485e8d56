#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "base/endpoint.h"
#include "base/time.h"
#include "io/file_descriptor.h"
#include "protocol/srtp.h"

namespace millrace {

// The producer's peer: sends VP8-like RTP under SRTP in bursts at a steady rate. A burst is one
// frame; now and then one is a key frame.
class MediaSource {
 public:
  static constexpr size_t kPayloadBytes = 1200;
  static constexpr size_t kHeaderBytes = 12;

  // How much each packet carries; kPayloadBytes unless told.
  explicit MediaSource(size_t payload_bytes = kPayloadBytes);
  static constexpr size_t kAudioPayloadBytes = 160;

  void SendTo(const Endpoint& target);
  // Sends `bursts` of `size` packets, each at its time, and answers when the last one left.
  void Send(size_t bursts, size_t size, Duration interval) {
    Send(bursts, size, interval, [](Timestamp) {});
  }
  // Calls sent(Timestamp now) after each burst.
  using Sent = std::function<void(Timestamp now)>;
  void Send(size_t bursts, size_t size, Duration interval, const Sent& sent);

  // The RTP timestamp of the last burst; that of the next one is kTimestampStep more.
  static constexpr uint32_t kTimestampStep = 3000;  // 30 frames a second of a 90 kHz clock
  [[nodiscard]] uint32_t timestamp() const { return timestamp_; }
  // When the last burst began to leave.
  [[nodiscard]] Timestamp began() const { return began_; }
  [[nodiscard]] uint16_t port() const { return port_; }
  [[nodiscard]] uint64_t packets() const { return packets_; }

 private:
  void SendBurst(size_t size);

  FileDescriptor socket_;
  uint16_t port_ = 0;
  Endpoint target_;
  std::unique_ptr<SrtpBackend> backend_;
  std::unique_ptr<SrtpSender> srtp_;
  SrtpStream stream_;
  std::vector<uint8_t> payload_;
  uint16_t sequence_number_ = 1000;
  uint32_t timestamp_ = 0;
  Timestamp began_;
  uint64_t bursts_ = 0;
  uint64_t packets_ = 0;
};

}  // namespace millrace
