#include "routing/transport.h"

#include <algorithm>
#include <utility>

#include "routing/router.h"

namespace millrace {
namespace {

// Below this no estimator works; the original refuses it, too.
constexpr uint64_t kOutgoingBitrateMin = 30'000;
// RC-05: far above what an honest peer sends, with a burst for feedback of many streams at once.
constexpr uint64_t kRtcpPerSecond = 1000;
constexpr uint64_t kRtcpBurst = 1000;
// RT-06: a peer may exceed the bitrate it was told this far, since encoders need time and
// retransmissions come on top; beyond it is a flood.
constexpr uint64_t kIncomingTolerance = 2;
// RT-06: some twenty times what a browser sends with several cameras and a screen. Only for peers
// whose sender we do not run: plain transports carry whole rooms.
constexpr uint64_t kIncomingPacketsPerSecond = 20'000;

std::optional<uint8_t> IdIn(const RtpExtensionIds& ids, RtpExtension extension) {
  uint8_t id = ids.IdOf(extension);
  return id == 0 ? std::nullopt : std::optional(id);
}

std::optional<uint64_t> UnlessZero(uint64_t value) {
  return value == 0 ? std::nullopt : std::optional(value);
}

}  // namespace

Transport::Transport(std::string id, Router& router, RouterCommons& commons,
                     const TransportOptions& options, AnyLink link)
    : commons_(commons),
      router_(router),
      link_(std::visit([](const auto& any) -> Link* { return any.get(); }, link)),
      egress_(commons.packets, commons.egress_scratch),
      listener_(std::holds_alternative<std::unique_ptr<PipeLink>>(link)
                    ? RtpListener::kPipedStreamsMax
                    : RtpListener::kStreamsMax),
      data_(options, commons.random),
      rtcp_(commons.random),
      rtcp_budget_(kRtcpPerSecond, kRtcpBurst),
      incoming_bytes_(0, 0),
      incoming_packets_(0, 0),
      id_(std::move(id)),
      owned_link_(std::move(link)),
      sockets_(link_->sockets()),
      max_send_message_size_(options.max_send_message_size),
      max_receive_message_size_(options.max_receive_message_size),
      initial_outgoing_bitrate_(
          options.initial_available_outgoing_bitrate.value_or(kInitialBitrate)) {
  if (WebRtcLink* webrtc = LinkAs<WebRtcLink>()) {
    webrtc->AttachTo(*this);
    incoming_packets_ = TokenBucket(kIncomingPacketsPerSecond, kIncomingPacketsPerSecond);
  }
}

Transport::~Transport() = default;

Result<DtlsRoleName> Transport::ConnectWebRtc(const DtlsParameters& remote, Turn& turn) {
  WebRtcLink* link = LinkAs<WebRtcLink>();
  if (!link) return Error::Of("not a WebRTC transport");
  Result<DtlsRoleName> role = link->Connect(remote, turn);
  router_.OnLinkChange(*this, turn);
  Schedule(link_->deadline(), turn);
  return role;
}

Result<IceParameters> Transport::RestartIce(Turn& turn) {
  WebRtcLink* link = LinkAs<WebRtcLink>();
  if (!link) return Error::Of("not a WebRTC transport");
  return link->RestartIce(turn);
}

Result<PlainConnectAnswer> Transport::ConnectPlain(const PlainConnectOptions& options, Turn& turn) {
  PlainLink* link = LinkAs<PlainLink>();
  if (!link) return Error::Of("not a plain transport");
  Result<PlainConnectAnswer> answer = link->Connect(options);
  router_.OnLinkChange(*this, turn);
  return answer;
}

Result<PipeConnectAnswer> Transport::ConnectPipe(const PipeConnectOptions& options, Turn& turn) {
  PipeLink* link = LinkAs<PipeLink>();
  if (!link) return Error::Of("not a pipe transport");
  Result<PipeConnectAnswer> answer = link->Connect(options);
  router_.OnLinkChange(*this, turn);
  return answer;
}

Result<Done> Transport::SetMaxIncomingBitrate(uint64_t bps, Turn& turn) {
  remb_.SetMaxIncomingBitrate(bps, turn.now);
  uint64_t bytes_per_second = bps / 8 * kIncomingTolerance;
  incoming_bytes_ = TokenBucket(bytes_per_second, bytes_per_second);
  Schedule(remb_.deadline(), turn);
  return Done{};
}

Result<Done> Transport::SetMaxOutgoingBitrate(uint64_t bps, Turn& turn) {
  if (bps != 0 && bps < kOutgoingBitrateMin) {
    return Error::Type("bitrate must be >= 30000 or 0 (unlimited)");
  }
  if (bps != 0 && bps < min_outgoing_bitrate_) {
    return Error::Type("bitrate must be >= current min outgoing bitrate or 0 (unlimited)");
  }
  max_outgoing_bitrate_ = bps;
  SetBounds(turn);
  return Done{};
}

Result<Done> Transport::SetMinOutgoingBitrate(uint64_t bps, Turn& turn) {
  if (bps != 0 && bps < kOutgoingBitrateMin) {
    return Error::Type("bitrate must be >= 30000 or 0 (unlimited)");
  }
  if (bps != 0 && max_outgoing_bitrate_ != 0 && bps > max_outgoing_bitrate_) {
    return Error::Type("bitrate must be <= current max outgoing bitrate or 0 (unlimited)");
  }
  min_outgoing_bitrate_ = bps;
  SetBounds(turn);
  return Done{};
}

AnyTransportDump Transport::Dump() const {
  return std::visit(
      [&]<typename Kind>(const std::unique_ptr<Kind>& link) -> AnyTransportDump {
        typename Kind::DumpValue dump{.base = BaseDump()};
        link->Dump(dump);
        return dump;
      },
      owned_link_);
}

AnyTransportStats Transport::Stats(Timestamp now) const {
  return std::visit(
      [&]<typename Kind>(const std::unique_ptr<Kind>& link) -> AnyTransportStats {
        typename Kind::StatsValue stats{.base = BaseStats(now)};
        link->Stats(stats);
        return stats;
      },
      owned_link_);
}

void Transport::Schedule(Timestamp time, Turn& turn) {
  if (time >= deadline_) return;
  deadline_ = time;
  turn.events.rescheduled.push_back(this);
}

void Transport::UpdateDeadline() {
  deadline_ = std::min({link_->deadline(), rtcp_.deadline(), feedback_.deadline()});
  deadline_ = std::min(deadline_, data_.deadline());
  if (wants_remb_) deadline_ = std::min(deadline_, remb_.deadline());
  if (bandwidth_) deadline_ = std::min(deadline_, bandwidth_->deadline());
  for (const auto& producer : producers_) {
    for (const Producer::Stream& stream : producer->streams()) {
      deadline_ = std::min(deadline_, stream.gate.deadline());
      if (stream.receive) deadline_ = std::min(deadline_, stream.receive->deadline());
    }
  }
}

TransportDump Transport::BaseDump() const {
  TransportDump dump{
      .id = id_,
      .direct = is_direct(),
      .mid_extension = IdIn(extension_ids_, RtpExtension::kMid),
      .rid_extension = IdIn(extension_ids_, RtpExtension::kRid),
      .repaired_rid_extension = IdIn(extension_ids_, RtpExtension::kRepairedRid),
      .abs_send_time_extension = IdIn(extension_ids_, RtpExtension::kAbsSendTime),
      .transport_wide_cc_extension = IdIn(extension_ids_, RtpExtension::kTransportSequenceNumber),
      .rtp_listener = listener_.Dump(),
      .max_send_message_size = max_send_message_size_,
      .max_receive_message_size = max_receive_message_size_,
      .trace_types = traced_,
      .sctp = data_.Dump(),
  };
  for (const auto& producer : data_.producers()) dump.data_producer_ids.push_back(producer->id());
  for (const auto& consumer : data_.consumers()) dump.data_consumer_ids.push_back(consumer->id());
  for (const auto& producer : producers_) dump.producer_ids.push_back(producer->id());
  for (const auto& consumer : consumers_) {
    dump.consumer_ids.push_back(consumer->id());
    for (size_t i = 0; i < consumer->stream_count(); ++i) {
      const ConsumerStream& stream = consumer->stream(i);
      dump.ssrc_consumer_ids.emplace_back(stream.ssrc().value(), consumer->id());
      if (std::optional<Ssrc> rtx = stream.rtx_ssrc()) {
        dump.rtx_ssrc_consumer_ids.emplace_back(rtx->value(), consumer->id());
      }
    }
  }
  return dump;
}

TransportStats Transport::BaseStats(Timestamp now) const {
  const SctpAssociation* sctp = data_.association();
  TransportStats stats{
      .transport_id = id_,
      .timestamp_ms = static_cast<uint64_t>(now.ms()),
      .bytes_received = traffic_.received.bytes(),
      .receive_bitrate = traffic_.received.BitsPerSecond(now),
      .bytes_sent = traffic_.sent.bytes(),
      .send_bitrate = traffic_.sent.BitsPerSecond(now),
      .rtp_bytes_received = traffic_.rtp_received.bytes(),
      .rtp_receive_bitrate = traffic_.rtp_received.BitsPerSecond(now),
      .rtp_bytes_sent = traffic_.rtp_sent.bytes(),
      .rtp_send_bitrate = traffic_.rtp_sent.BitsPerSecond(now),
      .rtx_bytes_received = traffic_.rtx_received.bytes(),
      .rtx_receive_bitrate = traffic_.rtx_received.BitsPerSecond(now),
      .rtx_bytes_sent = traffic_.rtx_sent.bytes(),
      .rtx_send_bitrate = traffic_.rtx_sent.BitsPerSecond(now),
      .probation_bytes_sent = traffic_.probation_sent.bytes(),
      .probation_send_bitrate = traffic_.probation_sent.BitsPerSecond(now),
      .max_incoming_bitrate = UnlessZero(remb_.max_incoming_bitrate()),
      .max_outgoing_bitrate = UnlessZero(max_outgoing_bitrate_),
      .min_outgoing_bitrate = UnlessZero(min_outgoing_bitrate_),
      .sctp_state = sctp ? std::optional(sctp->state()) : std::nullopt,
  };
  // What the peer was told; without a limit it finds out by itself, and keeps it to itself.
  if (wants_remb_) stats.available_incoming_bitrate = stats.max_incoming_bitrate;
  if (wants_feedback_) stats.rtp_packet_loss_received = feedback_.loss();
  if (bandwidth_) {
    stats.available_outgoing_bitrate = bandwidth_->target_bps();
    bool hears = bandwidth_->settings().source == BandwidthSource::kTransportFeedback;
    if (hears) stats.rtp_packet_loss_sent = bandwidth_->stats().loss;
  }
  return stats;
}

void Transport::UpdateNegotiated() {
  // Only what is read before a producer is known, or for all of them together.
  static constexpr RtpExtension kShared[] = {RtpExtension::kMid, RtpExtension::kRid,
                                             RtpExtension::kRepairedRid, RtpExtension::kAbsSendTime,
                                             RtpExtension::kTransportSequenceNumber};
  extension_ids_ = RtpExtensionIds();
  wants_feedback_ = false;
  wants_remb_ = false;
  for (const auto& producer : producers_) {
    const RtpExtensionIds& ids = producer->extension_ids();
    for (RtpExtension extension : kShared) {
      // RFC 8843 section 9.1: bundled media sections use one id for one extension; a producer that
      // does otherwise is found by SSRC.
      if (ids.IdOf(extension) != 0) (void)extension_ids_.Set(extension, ids.IdOf(extension));
    }
    wants_feedback_ |= HasFeedback(producer->parameters(), "transport-cc", "");
    wants_remb_ |= HasFeedback(producer->parameters(), "goog-remb", "");
  }
  wants_remb_ |= wants_feedback_;
}

}  // namespace millrace
