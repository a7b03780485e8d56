#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <unordered_map>
#include <variant>
#include <vector>

#include "base/result.h"
#include "base/strong.h"
#include "base/time.h"
#include "media/remb_limiter.h"
#include "media/token_bucket.h"
#include "media/transport_feedback_sender.h"
#include "routing/commons.h"
#include "routing/consumer.h"
#include "routing/data_channels.h"
#include "routing/egress_queue.h"
#include "routing/link_direct.h"
#include "routing/link_pipe.h"
#include "routing/link_plain.h"
#include "routing/link_webrtc.h"
#include "routing/outgoing_bandwidth.h"
#include "routing/parameters.h"
#include "routing/producer.h"
#include "routing/rtcp_sender.h"
#include "routing/rtp_listener.h"
#include "routing/traffic.h"
#include "routing/turn.h"

namespace millrace {

class Router;

// One peer's connection: a link that opens and seals bytes, the producers that arrive on it and the
// consumers that leave by it, and what it tells its peer by RTCP. Owns all of them; only
// router_control adds and removes any. Never forwards by itself: that is the router's.
class Transport {
 public:
  // A link of one of the kinds there are.
  using AnyLink = std::variant<std::unique_ptr<WebRtcLink>, std::unique_ptr<PlainLink>,
                               std::unique_ptr<PipeLink>, std::unique_ptr<DirectLink>>;

  Transport(std::string id, Router& router, RouterCommons& commons, const TransportOptions& options,
            AnyLink link);
  ~Transport();

  // --- for the worker
  [[nodiscard]] const std::string& id() const { return id_; }
  [[nodiscard]] Router& router() const { return router_; }
  // Sockets of its own, for the demux table; empty on a WebRTC server.
  [[nodiscard]] const std::vector<SocketId>& sockets() const { return sockets_; }
  [[nodiscard]] Timestamp deadline() const { return deadline_; }

  // --- control verbs; one that the kind of the transport does not know answers an error
  [[nodiscard]] bool is_webrtc() const { return LinkAs<WebRtcLink>() != nullptr; }
  [[nodiscard]] bool is_plain() const { return LinkAs<PlainLink>() != nullptr; }
  [[nodiscard]] bool is_pipe() const { return LinkAs<PipeLink>() != nullptr; }
  [[nodiscard]] bool is_direct() const { return link_->direct(); }
  [[nodiscard]] Result<DtlsRoleName> ConnectWebRtc(const DtlsParameters& remote, Turn& turn);
  [[nodiscard]] Result<IceParameters> RestartIce(Turn& turn);
  [[nodiscard]] Result<PlainConnectAnswer> ConnectPlain(const PlainConnectOptions& options,
                                                        Turn& turn);
  [[nodiscard]] Result<PipeConnectAnswer> ConnectPipe(const PipeConnectOptions& options,
                                                      Turn& turn);
  // Bits a second; 0 lifts the limit.
  [[nodiscard]] Result<Done> SetMaxIncomingBitrate(uint64_t bps, Turn& turn);
  [[nodiscard]] Result<Done> SetMaxOutgoingBitrate(uint64_t bps, Turn& turn);
  [[nodiscard]] Result<Done> SetMinOutgoingBitrate(uint64_t bps, Turn& turn);
  void EnableTrace(std::vector<TransportTraceType> types) { traced_ = std::move(types); }
  [[nodiscard]] AnyTransportDump Dump() const;
  [[nodiscard]] AnyTransportStats Stats(Timestamp now) const;

  // --- its parts, for the router's packet path
  [[nodiscard]] Link& link() { return *link_; }
  [[nodiscard]] RtpListener& listener() { return listener_; }
  [[nodiscard]] Traffic& traffic() { return traffic_; }
  [[nodiscard]] DataChannels& data() { return data_; }
  [[nodiscard]] const DataChannels& data() const { return data_; }
  [[nodiscard]] RtcpSender& rtcp() { return rtcp_; }
  [[nodiscard]] TransportFeedbackSender& feedback() { return feedback_; }
  [[nodiscard]] RembLimiter& remb() { return remb_; }
  [[nodiscard]] TokenBucket& rtcp_budget() { return rtcp_budget_; }
  // Ids as the peer's producers send them: what a packet of an unknown SSRC is read with.
  [[nodiscard]] const RtpExtensionIds& extension_ids() const { return extension_ids_; }
  [[nodiscard]] bool wants_feedback() const { return wants_feedback_; }
  [[nodiscard]] const std::vector<std::unique_ptr<Producer>>& producers() const {
    return producers_;
  }
  [[nodiscard]] const std::vector<std::unique_ptr<Consumer>>& consumers() const {
    return consumers_;
  }

  // A stream of its consumers by the SSRC of its media; null when there is none.
  [[nodiscard]] ConsumerStream* FindStream(Ssrc ssrc) const;
  // Null where no consumer negotiated feedback: everything leaves at once then.
  [[nodiscard]] OutgoingBandwidth* bandwidth() const { return bandwidth_.get(); }
  // RT-06: false when the peer sends far more than it may.
  [[nodiscard]] bool TakeIncoming(size_t bytes, Timestamp now);

  // Send will be called soon.
  void PrefetchSend() const {
    Prefetch(this, kHotBytes);
    Prefetch(bandwidth_.get(), OutgoingBandwidth::kHotBytes);
  }
  // Puts a packet of one of its consumers on the list of this tick, or lets it wait for its time.
  void Send(const RtpPacketRef& packet, ConsumerStream& stream, const RtpRewrite& rewrite,
            Turn& turn);
  void SendSealed(const RtpPacketRef& sealed, ConsumerStream& stream, Turn& turn);
  // The decoder of this stream begins anew with the next packet. Where a link is too thin for what
  // it was sent, nothing older is worth its room on it.
  void BeginAnew(ConsumerStream& stream, Turn& turn);
  // About so many bytes that only fill the link; answers how many, 0 when there is nothing.
  [[nodiscard]] uint32_t SendPadding(uint32_t bytes, ProbeId probe, Turn& turn);
  // Puts a packet that has waited long enough on the list of this tick.
  void Append(EgressPacket&& packet, Turn& turn);
  // Seal will be called soon, after this one and then the next.
  void PrefetchEntries() const {
    egress_.PrefetchEntries();
    Prefetch(link_, Link::kHotBytes);
    Prefetch(&traffic_.sent, sizeof(Meter));
    Prefetch(&traffic_.rtp_sent, sizeof(Meter));
  }
  void PrefetchSeal() const {
    egress_.PrefetchSeal(*link_);
    if (bandwidth_) bandwidth_->PrefetchSent();
  }
  // False: the slab is full, and something still waits.
  [[nodiscard]] bool Seal(Turn& turn) {
    return egress_.Seal(*link_, traffic_, bandwidth_.get(), turn) &&
           data_.Seal(*link_, traffic_, turn);
  }
  // The trace event of a new target, if somebody wants it.
  void TellBandwidth(Turn& turn) const;
  // OnTransportDeadline is due at `time` at the latest.
  void Schedule(Timestamp time, Turn& turn);
  void UpdateDeadline();

 private:
  // What of it sending a packet reads.
  static constexpr size_t kHotBytes = 128;

  friend class RouterControl;
  friend class Router;
  friend class DirtyTransports;

  // Null when the link is of another kind.
  template <typename Kind>
  [[nodiscard]] Kind* LinkAs() const {
    const auto* link = std::get_if<std::unique_ptr<Kind>>(&owned_link_);
    return link ? link->get() : nullptr;
  }
  [[nodiscard]] TransportDump BaseDump() const;
  [[nodiscard]] TransportStats BaseStats(Timestamp now) const;
  // What all producers together negotiated.
  void UpdateNegotiated();
  // The consumer joined: its peer may have to be listened to.
  void NegotiateBandwidth(const Consumer& consumer, Turn& turn);
  void Offer(EgressPacket&& packet, Turn& turn);
  void SetBounds(Turn& turn);
  [[nodiscard]] bool Traces(TransportTraceType type) const;

  RouterCommons& commons_;
  Router& router_;
  bool dirty_ = false;
  bool was_ready_ = false;  // what the consumers were told last
  bool wants_feedback_ = false;
  bool wants_remb_ = false;
  Timestamp deadline_ = Timestamp::Never();
  Link* link_;  // the owned one, whatever its kind
  std::unique_ptr<OutgoingBandwidth> bandwidth_;
  EgressQueue egress_;
  RtpListener listener_;
  Traffic traffic_;
  DataChannels data_;
  RtpExtensionIds extension_ids_;
  TransportFeedbackSender feedback_;
  RtcpSender rtcp_;
  RembLimiter remb_;
  TokenBucket rtcp_budget_;
  std::vector<std::unique_ptr<Producer>> producers_;
  std::vector<std::unique_ptr<Consumer>> consumers_;
  std::unordered_map<Ssrc, ConsumerStream*> stream_of_ssrc_;
  TokenBucket incoming_bytes_;
  TokenBucket incoming_packets_;
  size_t next_padding_ = 0;  // the consumer whose packets fill the link next

  std::string id_;
  AnyLink owned_link_;
  std::vector<SocketId> sockets_;
  uint32_t max_send_message_size_;
  uint32_t max_receive_message_size_;
  uint64_t initial_outgoing_bitrate_;
  uint64_t max_outgoing_bitrate_ = 0;
  uint64_t min_outgoing_bitrate_ = 0;
  std::vector<TransportTraceType> traced_;
};

}  // namespace millrace
