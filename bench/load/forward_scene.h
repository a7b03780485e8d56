#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/endpoint.h"
#include "browser_audience.h"
#include "worker_process.h"

namespace millrace {

// One router in a worker: a video producer on a plain transport, and consumers of it, everything
// under SRTP (AEAD_AES_128_GCM). Consumers have WebRTC transports on one shared port and negotiate
// what browsers do (NACK, RTX, transport-wide feedback), or, without an audience, plain transports
// of their own and no feedback. Their peers stand in the null network.
class ForwardScene {
 public:
  // What the producer's peer sends, and with which key.
  static constexpr uint32_t kSsrc = 0x11223344;
  static constexpr uint8_t kPayloadType = 101;  // and the next one for RTX
  static constexpr uint32_t kRtxSsrcDistance = 0x01000000;
  static constexpr size_t kKeyBytes = 28;  // AES-128 key and salt
  static constexpr uint8_t kKeyFilling = 0x5a;

  // `browsers` outlives the scene; null: plain transports.
  ForwardScene(WorkerProcess& worker, size_t consumers, uint16_t producer_peer_port,
               BrowserAudience* browsers, bool audio);

  // Where the producer's packets go.
  [[nodiscard]] const Endpoint& producer_endpoint() const { return producer_endpoint_; }
  // Where the consumers' packets go.
  [[nodiscard]] const std::vector<Endpoint>& consumer_peers() const { return consumer_peers_; }
  // How many RTP packets the consumers have sent so far, by their own statistics.
  [[nodiscard]] uint64_t ReadPacketsSent();
  // The least that the worker believes a browser can be sent, in bits a second; 0 without browsers.
  [[nodiscard]] uint64_t ReadEstimate();

 private:
  [[nodiscard]] schema::RtpParameters::MediaKind kind() const {
    return audio_ ? schema::RtpParameters::MediaKind::AUDIO
                  : schema::RtpParameters::MediaKind::VIDEO;
  }
  // Answers the port that the transport listens on.
  uint16_t MakeTransport(const std::string& id, const char* address);
  void Connect(const std::string& id, const std::string& address, uint16_t port);
  void Produce();
  void MakeServer();
  // Makes the transport of a browser, and the browser.
  void Join(const std::string& id, const Endpoint& browser);
  void Consume(size_t index);

  WorkerProcess& worker_;
  BrowserAudience* browsers_;
  bool audio_;
  Endpoint producer_endpoint_;
  std::vector<Endpoint> consumer_peers_;
};

}  // namespace millrace
