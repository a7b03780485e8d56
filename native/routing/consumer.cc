#include "routing/consumer.h"

#include <algorithm>
#include <utility>

#include "routing/producer.h"
#include "wire/payload/opus.h"

namespace millrace {

Result<Done> Consumer::Check(const ConsumeOptions& options, const Producer& producer) {
  const RtpParameters& parameters = options.rtp_parameters;
  if (options.type == RtpType::kPipe) {
    return Error::Of("consumers of type pipe need a pipe transport");
  }
  if (options.kind != producer.kind()) return Error::Type("kind does not match the producer's");
  if (parameters.encodings.empty()) return Error::Type("empty rtpParameters.encodings");
  if (!parameters.encodings.front().ssrc) {
    return Error::Type("missing rtpParameters.encodings[0].ssrc");
  }
  if (options.consumable_encodings.empty()) return Error::Type("empty consumableRtpEncodings");
  for (const RtpEncodingParameters& encoding : options.consumable_encodings) {
    if (!encoding.ssrc) return Error::Type("wrong encoding in consumableRtpEncodings (no ssrc)");
  }
  Result<StreamFormat> format = ReadStreamFormat(parameters, 0);
  if (!format.ok()) return format.error();
  Result<RtpExtensionIds> ids = ReadExtensionIds(parameters);
  if (!ids.ok()) return ids.error();
  for (const RtpCodecParameters& codec : parameters.codecs) {
    if (codec.payload_type > 127) return Error::Type("payload type beyond 127");
  }
  return Done{};
}

Consumer::Consumer(ConsumeOptions options, Producer& producer, Transport& transport, Random& random)
    : ignore_dtx_(options.ignore_dtx),
      transport_(transport),
      rewriter_(Ssrc(*options.rtp_parameters.encodings.front().ssrc),
                ReadStreamFormat(options.rtp_parameters, 0).value().parameters.clock_rate,
                RandomInitialSequence(random)),
      header_(ReadExtensionIds(options.rtp_parameters).value(), options.rtp_parameters.mid),
      send_(SendSettings(ReadStreamFormat(options.rtp_parameters, 0).value(), random)),
      producer_(producer),
      options_(std::move(options)),
      format_(ReadStreamFormat(options_.rtp_parameters, 0).value()),
      paused_(options_.paused),
      producer_paused_(producer.paused()) {
  for (const RtpCodecParameters& codec : options_.rtp_parameters.codecs) {
    payload_types_.set(codec.payload_type);
  }
  keeps_sealed_bytes_ = format_.parameters.use_nack && !rtx_ssrc();
  current_stream_ = target_stream_ = producer.best_stream();
  UpdateActive();
}

Consumer::Forward Consumer::OnPacket(const RtpPacket& packet, Timestamp now) {
  if (!active_) return {.reason = inactive_reason_};
  if (packet.stream_index != current_stream_ && !AdoptStream(packet)) {
    return {.reason = DropReason::kLayerNotSelected};
  }
  if (!payload_types_.test(packet.payload_type)) {
    rewriter_.Drop(packet.sequence);
    return {.reason = DropReason::kUnsupportedPayload};
  }
  if (packet.payload_size == 0) {
    rewriter_.Drop(packet.sequence);
    return {.reason = DropReason::kEmptyPayload};
  }
  if (waiting_) {
    if (!packet.key_frame) return {.reason = DropReason::kWaitingForKeyFrame};
    if (switched_) {
      rewriter_.SwitchSource(packet.sequence, packet.timestamp, now);
    } else {
      rewriter_.Resume(packet.sequence);
    }
    waiting_ = false;
    switched_ = false;
  } else if (ignore_dtx_ && format_.codec == Codec::kOpus && IsOpusSilence(packet.payload())) {
    rewriter_.Drop(packet.sequence);
    return {.reason = DropReason::kEmptyPayload};
  }
  std::optional<RtpRewrite> rewrite = rewriter_.Forward(packet, now);
  if (!rewrite) return {.reason = DropReason::kTooOld};
  return {.rewrite = rewrite};
}

// The packet is of another stream than the one forwarded. True: from here on it is the one.
bool Consumer::AdoptStream(const RtpPacket& packet) {
  if (packet.stream_index != target_stream_) return false;
  if (!waiting_ && !packet.key_frame) return false;
  current_stream_ = target_stream_;
  waiting_ = true;
  switched_ = true;
  return true;
}

void Consumer::Tell(const RtpPacket& packet, const RtpRewrite& rewrite, Turn& turn) const {
  bool key_frame = packet.key_frame && kind() == MediaKind::kVideo;
  RtpTraceType type = key_frame && traced_.Has(RtpTraceType::kKeyFrame) ? RtpTraceType::kKeyFrame
                                                                        : RtpTraceType::kRtp;
  if (!traced_.Has(type)) return;
  turn.events.notifications.push_back(
      ConsumerTraced{id(), type, static_cast<uint64_t>(turn.now.ms()), TraceDirection::kOut,
                     PacketTrace{DumpOf(packet, rewrite), rewrite.rtx}});
}

void Consumer::SetLinkReady(bool ready, SrtpStream media, SrtpStream rtx) {
  link_ready_ = ready;
  srtp_stream_ = media;
  srtp_rtx_stream_ = rtx;
  UpdateActive();
}

bool Consumer::SetPaused(bool paused) {
  if (paused_ == paused) return false;
  paused_ = paused;
  UpdateActive();
  return true;
}

void Consumer::SetProducerPaused(bool paused) {
  producer_paused_ = paused;
  UpdateActive();
}

void Consumer::SetTargetStream(uint8_t stream) { target_stream_ = stream; }

std::optional<Ssrc> Consumer::rtx_ssrc() const {
  const RtpStreamParameters& parameters = format_.parameters;
  if (!parameters.rtx_ssrc || !parameters.rtx_payload_type) return std::nullopt;
  return Ssrc(*parameters.rtx_ssrc);
}

// One stream has no layers to choose from.
std::optional<ConsumerLayers> Consumer::SetPreferredLayers(ConsumerLayers) { return std::nullopt; }

uint8_t Consumer::SetPriority(uint8_t priority) {
  // Zero means the usual priority.
  priority_ = std::max<uint8_t>(priority, 1);
  return priority_;
}

ConsumerScoreValue Consumer::Score() const {
  ConsumerScoreValue score{.score = send_.score(), .producer_scores = producer_.scores()};
  if (target_stream_ < score.producer_scores.size()) {
    score.producer_score = score.producer_scores[target_stream_];
  }
  return score;
}

ConsumeAnswer Consumer::Answer() const {
  return {.paused = paused_, .producer_paused = producer_paused_, .score = Score()};
}

ConsumerDump Consumer::Dump() const {
  ConsumerDump dump{
      .id = id(),
      .type = options_.type,
      .producer_id = producer_.id(),
      .kind = kind(),
      .rtp_parameters = options_.rtp_parameters,
      .consumable_encodings = options_.consumable_encodings,
      .trace_types = traced_.ToList(),
      .paused = paused_,
      .producer_paused = producer_paused_,
      .priority = priority_,
  };
  for (const RtpCodecParameters& codec : options_.rtp_parameters.codecs) {
    if (codec.payload_type != format_.parameters.rtx_payload_type) {
      dump.supported_payload_types.push_back(codec.payload_type);
    }
  }
  dump.rtp_streams.push_back(DumpOf(format_, send_.score()));
  return dump;
}

std::vector<RtpStreamStats> Consumer::Stats(Timestamp now) const {
  const RtpStreamParameters& parameters = format_.parameters;
  SendStreamStats stats = send_.stats(now);
  std::vector<RtpStreamStats> list;
  list.push_back({
      .received = false,
      .timestamp_ms = static_cast<uint64_t>(now.ms()),
      .ssrc = parameters.ssrc,
      .kind = kind(),
      .mime_type = parameters.mime_type,
      .packets_lost = stats.packets_lost,
      .fraction_lost = stats.fraction_lost,
      .jitter = stats.jitter,
      .packets_retransmitted = stats.packets_retransmitted,
      .packets_repaired = stats.packets_repaired,
      .nack_count = stats.nack_count,
      .nack_packet_count = stats.nack_packet_count,
      .pli_count = stats.pli_count,
      .fir_count = stats.fir_count,
      .rid = parameters.rid,
      .rtx_ssrc = parameters.rtx_ssrc,
      .round_trip_time_ms = stats.round_trip_time_ms,
      .score = stats.score,
      .packet_count = stats.packet_count,
      .byte_count = stats.byte_count,
      .bitrate = stats.bitrate,
  });
  const Producer::Stream& source = producer_.streams()[target_stream_];
  if (source.receive) list.push_back(producer_.StatsOf(source, now));
  return list;
}

SendStreamSettings Consumer::SendSettings(const StreamFormat& format, Random& random) {
  const RtpStreamParameters& parameters = format.parameters;
  SendStreamSettings settings{
      .ssrc = Ssrc(parameters.ssrc),
      .clock_rate = parameters.clock_rate,
      .rtx_initial_sequence = RandomInitialSequence(random),
  };
  if (parameters.use_nack) {
    settings.history = HasKeyFrames(format.codec) ? RetransmissionBuffer::kVideoHistory
                                                  : RetransmissionBuffer::kAudioHistory;
  }
  if (parameters.rtx_ssrc && parameters.rtx_payload_type) {
    settings.rtx_ssrc = Ssrc(*parameters.rtx_ssrc);
    settings.rtx_payload_type = *parameters.rtx_payload_type;
  }
  return settings;
}

void Consumer::UpdateActive() {
  bool was_active = active_;
  active_ = !paused_ && !producer_paused_ && link_ready_;
  inactive_reason_ = !link_ready_       ? DropReason::kNotConnected
                     : producer_paused_ ? DropReason::kProducerPaused
                                        : DropReason::kConsumerPaused;
  if (active_ && !was_active) waiting_ = true;
  if (!active_ && was_active) send_.Pause();
}

}  // namespace millrace
