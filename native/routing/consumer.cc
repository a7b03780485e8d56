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
      stream_(*this, options.rtp_parameters, 0, random),
      header_(ReadExtensionIds(options.rtp_parameters).value(), options.rtp_parameters.mid),
      producer_(producer),
      options_(std::move(options)),
      paused_(options_.paused),
      producer_paused_(producer.paused()) {
  for (const RtpCodecParameters& codec : options_.rtp_parameters.codecs) {
    payload_types_.set(codec.payload_type);
  }
  current_stream_ = target_stream_ = producer.best_stream();
  UpdateActive();
}

Consumer::Forward Consumer::OnPacket(const RtpPacket& packet, Timestamp now) {
  if (!active_) return {.reason = inactive_reason_};
  if (packet.stream_index != current_stream_ && !AdoptStream(packet)) {
    return {.reason = DropReason::kLayerNotSelected};
  }
  RtpRewriter& rewriter = stream_.rewriter();
  if (!payload_types_.test(packet.payload_type)) {
    rewriter.Drop(packet.sequence);
    return {.reason = DropReason::kUnsupportedPayload};
  }
  if (packet.payload_size == 0) {
    rewriter.Drop(packet.sequence);
    return {.reason = DropReason::kEmptyPayload};
  }
  if (waiting_) {
    if (!packet.key_frame) return {.reason = DropReason::kWaitingForKeyFrame};
    if (switched_) {
      rewriter.SwitchSource(packet.sequence, packet.timestamp, now);
    } else {
      rewriter.Resume(packet.sequence);
    }
    waiting_ = false;
    switched_ = false;
  } else if (ignore_dtx_ && stream_.format().codec == Codec::kOpus &&
             IsOpusSilence(packet.payload())) {
    rewriter.Drop(packet.sequence);
    return {.reason = DropReason::kEmptyPayload};
  }
  std::optional<RtpRewrite> rewrite = rewriter.Forward(packet, now);
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

void Consumer::SetLinkReady(bool ready) {
  link_ready_ = ready;
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

// One stream has no layers to choose from.
std::optional<ConsumerLayers> Consumer::SetPreferredLayers(ConsumerLayers) { return std::nullopt; }

uint8_t Consumer::SetPriority(uint8_t priority) {
  // Zero means the usual priority.
  priority_ = std::max<uint8_t>(priority, 1);
  return priority_;
}

ConsumerScoreValue Consumer::Score() const {
  ConsumerScoreValue score{.score = stream_.score(), .producer_scores = producer_.scores()};
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
    if (codec.payload_type != stream_.format().parameters.rtx_payload_type) {
      dump.supported_payload_types.push_back(codec.payload_type);
    }
  }
  dump.rtp_streams.push_back(stream_.Dump());
  return dump;
}

std::vector<RtpStreamStats> Consumer::Stats(Timestamp now) const {
  std::vector<RtpStreamStats> list;
  list.push_back(stream_.Stats(kind(), now));
  const Producer::Stream& source = producer_.streams()[target_stream_];
  if (source.receive) list.push_back(producer_.StatsOf(source, now));
  return list;
}

void Consumer::UpdateActive() {
  bool was_active = active_;
  active_ = !paused_ && !producer_paused_ && link_ready_;
  inactive_reason_ = !link_ready_       ? DropReason::kNotConnected
                     : producer_paused_ ? DropReason::kProducerPaused
                                        : DropReason::kConsumerPaused;
  if (active_ && !was_active) waiting_ = true;
  if (!active_ && was_active) stream_.send().Pause();
}

}  // namespace millrace
