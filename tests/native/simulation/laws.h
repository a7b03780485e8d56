#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "base/byte_reader.h"
#include "base/strong.h"
#include "base/time.h"
#include "protocol/srtp.h"
#include "simulation/consumer_law.h"
#include "simulation/event_queue.h"
#include "simulation/model_source.h"
#include "wire/rtcp/rtcp_reader.h"

namespace millrace {

// The laws that a worker keeps whatever the network does (docs: design of the simulation). Sees all
// that goes in and all that comes out, opens it with each receiver's keys, and compares with what
// must happen:
//   - each packet that reaches the worker leaves once for each subscriber who can use it, or is
//     dropped with one reason each; numbers, timestamps and retransmissions as ConsumerLaw says;
//   - every datagram opens with its receiver's keys, and nothing leaves in the clear;
//   - a source is asked for a key frame at most once a second, and only for packets that are
//   missing;
//   - sender reports count what was sent; nothing leaves for what is closed.
class Laws {
 public:
  static constexpr Duration kKeyFrameInterval = Duration::Seconds(1);
  static constexpr size_t kBrokenMax = 10;

  // --- the world. Numbers count up from 0 in each kind.
  void AddPeer(SrtpBackend& backend, const SrtpKeyMaterial& from_worker, Timestamp now);
  void AddStream(size_t peer, const ModelSource& source);
  void AddConsumer(const ConsumerLaw::Settings& settings, const ModelSource& source);
  // The shortest round trip that the network between the worker and this peer allows.
  void SetRoundTripMin(size_t peer, Duration rtt) { peers_[peer].rtt_min = rtt; }
  void SetStreamPaused(size_t stream, bool paused);
  void SetConsumerPaused(size_t consumer, bool paused);
  void CloseConsumer(size_t consumer, Timestamp now);
  void CloseStream(size_t stream, Timestamp now);
  void ClosePeer(size_t peer, Timestamp now);

  // --- one call of the worker. `drops`: all that it ever dropped.
  void BeginTurn(uint64_t drops);
  void OnIngress(size_t peer, const SentContent& content, Timestamp now);
  void OnEgress(size_t peer, Bytes datagram, Timestamp now);
  void EndTurn(uint64_t drops, Timestamp now);

  void Break(const std::string& what, Timestamp now);

  [[nodiscard]] const std::vector<std::string>& broken() const { return broken_; }
  [[nodiscard]] uint64_t broken_count() const { return broken_count_; }
  [[nodiscard]] uint64_t datagrams() const { return datagrams_; }
  [[nodiscard]] uint64_t key_frame_requests(size_t stream) const {
    return streams_[stream].key_frame_requests;
  }
  [[nodiscard]] uint64_t nacked(size_t stream) const { return streams_[stream].nacked; }
  [[nodiscard]] const ConsumerLaw& consumer(size_t consumer) const { return consumers_[consumer]; }
  // Packets that reached the worker, each counted once.
  [[nodiscard]] uint64_t arrived(size_t stream) const { return streams_[stream].arrived_count; }

 private:
  struct Peer {
    SrtpReceiver tap;
    Timestamp since;
    Duration rtt_min = {};
    std::optional<Timestamp> closed = {};
    std::vector<bool> compounds = {};  // by number: reached the worker
    std::vector<size_t> streams = {};
    std::vector<size_t> consumers = {};
  };
  struct Stream {
    const ModelSource* source = nullptr;
    size_t peer = 0;
    bool paused = false;
    bool closed = false;
    std::vector<bool> arrived = {};  // by index
    int64_t newest = -1;
    std::optional<uint32_t> believed_next = {};  // after a packet that is far from the others
    uint64_t arrived_count = 0;
    std::optional<Timestamp> last_key_frame_request = {};
    uint64_t key_frame_requests = 0;
    uint64_t nacked = 0;
    std::vector<size_t> consumers = {};
  };

  void OnMediaIngress(const SentContent& content);
  [[nodiscard]] static bool IsFar(const Stream& stream, uint32_t index);
  void OnRtpEgress(Peer& peer, Bytes bytes, Timestamp now);
  void OnRtcpEgress(Peer& peer, Bytes bytes, Timestamp now);
  void OnRtcpBlock(Peer& peer, const RtcpBlock& block, Timestamp now);
  void CheckKeyFrameRequest(Peer& peer, Ssrc media, Timestamp now);
  void CheckNack(Peer& peer, const RtcpBlock& block, Timestamp now);
  void CheckReceiverReport(Peer& peer, const RtcpBlock& block, Timestamp now);
  void CheckSenderReport(Peer& peer, const RtcpBlock& block, Timestamp now);
  void CheckBye(Peer& peer, const RtcpBlock& block, Timestamp now);
  [[nodiscard]] Stream* FindStream(Peer& peer, Ssrc ssrc);
  [[nodiscard]] ConsumerLaw* FindConsumer(Peer& peer, Ssrc ssrc);

  std::deque<Peer> peers_;
  std::deque<Stream> streams_;
  std::deque<ConsumerLaw> consumers_;
  std::vector<size_t> touched_;  // consumers of which something is expected in this turn
  Timestamp closing_;            // when something was closed last
  uint64_t drops_before_ = 0;
  uint64_t drops_expected_ = 0;
  uint64_t datagrams_ = 0;
  uint64_t broken_count_ = 0;
  std::vector<std::string> broken_;
};

}  // namespace millrace
