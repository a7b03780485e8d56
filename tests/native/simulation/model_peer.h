#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <span>
#include <vector>

#include "base/byte_writer.h"
#include "base/endpoint.h"
#include "base/random.h"
#include "protocol/srtp.h"
#include "simulation/event_queue.h"
#include "simulation/model_source.h"
#include "simulation/model_viewer.h"
#include "wire/rtcp/rtcp_reader.h"

namespace millrace {

// An endpoint at the far end of one transport: sources that it sends, viewers that it receives
// with, SRTP in between, and a report a second. Driven like the worker itself: bytes and time go
// in, datagrams are appended to an outbox.
class ModelPeer {
 public:
  static constexpr Duration kReportInterval = Duration::Seconds(1);
  using Outbox = std::vector<SimulatedDatagram>;

  struct Keys {
    SrtpKeyMaterial to_worker;
    SrtpKeyMaterial from_worker;
  };

  ModelPeer(const Endpoint& endpoint, SrtpBackend& backend, const Keys& keys, uint64_t seed,
            Timestamp now);

  ModelSource& AddSource(const SourceSettings& settings, Timestamp now);
  ModelViewer& AddViewer(const ViewerSettings& settings);

  void OnDatagram(Bytes datagram, Timestamp now, Outbox& outbox);
  void OnDeadline(Timestamp now, Outbox& outbox);
  [[nodiscard]] Timestamp deadline() const;
  // All viewers ask for a key frame, whatever they have.
  void AskKeyFrames(Outbox& outbox);
  // All viewers of pictures ask for the newest `count` packets again, whether they have them.
  void AskAgain(size_t count, Outbox& outbox);

  [[nodiscard]] const Endpoint& endpoint() const { return endpoint_; }
  // Datagrams that did not open or did not parse. Those that arrived twice do not count.
  [[nodiscard]] uint64_t refused() const { return refused_; }

 private:
  void OnRtcp(Bytes compound, Timestamp now, Outbox& outbox);
  void OnRtcpBlock(const RtcpBlock& block, Timestamp now, Outbox& outbox);
  void SendMedia(const ModelSource& source, std::span<const SourcePacket> packets, Outbox& outbox);
  void SendReports(Timestamp now, Outbox& outbox);
  void SendNacks(const ModelViewer& viewer, std::span<const uint16_t> wanted, Outbox& outbox);
  void SendKeyFrameRequest(const ModelViewer& viewer, Outbox& outbox);
  void SendRtcp(const ByteWriter& writer, SentContent content, Outbox& outbox);
  [[nodiscard]] SrtpStream StreamOf(Ssrc ssrc);

  Endpoint endpoint_;
  SrtpSender sealer_;
  SrtpReceiver opener_;
  Random random_;
  Ssrc ssrc_;                        // of what it reports as a receiver
  std::deque<ModelSource> sources_;  // addresses stay
  std::deque<ModelViewer> viewers_;
  std::vector<std::pair<Ssrc, SrtpStream>> streams_;
  Timestamp next_report_;
  uint64_t next_compound_ = 0;
  // The worker's clock as a receiver (RFC 3611 section 4.4), to be answered with the next report.
  struct Reference {
    Ssrc receiver;
    uint32_t time = 0;
    Timestamp received;
  };
  std::optional<Reference> reference_;
  uint64_t refused_ = 0;
};

}  // namespace millrace
