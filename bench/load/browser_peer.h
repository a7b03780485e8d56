#pragma once

#include <sys/types.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/byte_reader.h"
#include "base/byte_writer.h"
#include "base/endpoint.h"
#include "base/time.h"
#include "io/file_descriptor.h"
#include "protocol/dtls.h"
#include "protocol/ice_lite.h"
#include "protocol/srtp.h"
#include "wire/rtcp/transport_feedback.h"

namespace millrace {

// What a browser does at the far end of one WebRTC transport: it nominates, shakes hands, and tells
// when packets came (transport-wide feedback under SRTCP). Its address stands in the null network.
// While the network delivers it reads the transport-wide numbers from the packets; while the
// network throws them away it goes on counting by what the source sent.
class BrowserPeer {
 public:
  // The header extension that carries the transport-wide number.
  static constexpr uint8_t kNumberExtension = 5;
  static constexpr uint8_t kMediaPayloadType = 101;

  BrowserPeer(const Endpoint& own, const Endpoint& worker, const DtlsContext& context,
              SrtpBackend& backend);

  // The worker's side, as its transport says.
  struct Remote {
    std::string username_fragment;
    std::string password;
    std::vector<DtlsFingerprint> fingerprints;
  };
  void Connect(Remote remote, Timestamp now);
  // Nominates once more, which is consent as well.
  void SendCheck();
  // Takes what the network delivered. Answers how many datagrams that were.
  size_t Receive(Timestamp now, Duration wall_to_monotonic);
  // DTLS flights that were lost.
  void OnDeadline(Timestamp now);
  [[nodiscard]] bool connected() const { return sender_.has_value(); }

  // A packet of the source has left for this peer, at `time`; the network throws it away.
  void Assume(Timestamp time) { arrivals_.push_back({++last_number_, time}); }
  // Sends feedback about everything since the last one that came until then.
  void SendFeedback(Timestamp until);
  // Media packets that were read since the last call: their RTP timestamps, and when they came.
  struct Arrived {
    uint32_t timestamp = 0;
    Timestamp time = {};
  };
  [[nodiscard]] std::vector<Arrived> TakeArrived() { return std::exchange(arrived_, {}); }
  void KeepArrived() { keeps_arrived_ = true; }
  // The newest transport-wide number that was read or assumed.
  [[nodiscard]] uint16_t last_number() const { return last_number_; }
  [[nodiscard]] bool heard() const { return heard_; }

 private:
  [[nodiscard]] ssize_t ReceiveOne(MutableBytes bytes, Duration wall_to_monotonic,
                                   Timestamp& arrival);
  void Take();
  void Send(Bytes datagram);
  [[nodiscard]] ValidatedPath Vouched(Timestamp now);

  FileDescriptor socket_;
  Endpoint worker_;
  Remote remote_;
  DtlsSession session_;
  SrtpBackend& backend_;
  IceLite own_ice_;
  DtlsOutput dtls_out_;
  std::optional<SrtpSender> sender_;
  std::vector<PacketArrival> arrivals_;
  uint16_t last_number_ = 0;
  bool heard_ = false;
  bool keeps_arrived_ = false;
  std::vector<Arrived> arrived_;
  uint8_t feedback_count_ = 0;
};

}  // namespace millrace
