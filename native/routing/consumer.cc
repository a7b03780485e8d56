#include "routing/consumer.h"

#include <algorithm>
#include <utility>

#include "routing/producer.h"
#include "routing/transport.h"
#include "wire/payload/opus.h"

namespace millrace {
namespace {

// What browsers take for the limit when nobody names one.
constexpr uint16_t kPlayoutDelayMaxMs = 10'000;

ConsumerLayers ToConsumerLayers(Layers layers) {
  return {.spatial_layer = layers.spatial, .temporal_layer = layers.temporal};
}

LayerDump ToDump(const std::optional<Layers>& layers) {
  if (!layers) return {};
  return {.spatial = layers->spatial, .temporal = layers->temporal};
}

// What the scores of a consumer go up to.
constexpr uint8_t kScoreMax = 10;

// Browsers join the spatial layers of an AV1 picture by the dependency descriptor alone; without it
// a picture of several frames is one that they throw away.
bool CannotJoinLayers(const RtpParameters& parameters) {
  return ReadStreamFormat(parameters, 0).value().codec == Codec::kAv1 &&
         ReadExtensionIds(parameters).value().IdOf(RtpExtension::kDependencyDescriptor) == 0;
}

std::optional<ConsumerLayersDump> DumpOf(const LayerChoice* choice) {
  if (choice == nullptr) return std::nullopt;
  return ConsumerLayersDump{.preferred = ToDump(choice->preferred()),
                            .target = ToDump(choice->target()),
                            .current = ToDump(choice->current())};
}

}  // namespace

Result<Done> Consumer::Check(const ConsumeOptions& options, const Producer& producer) {
  const RtpParameters& parameters = options.rtp_parameters;
  if (options.kind != producer.kind()) return Error::Type("kind does not match the producer's");
  if (parameters.encodings.empty()) return Error::Type("empty rtpParameters.encodings");
  if (!parameters.encodings.front().ssrc) {
    return Error::Type("missing rtpParameters.encodings[0].ssrc");
  }
  if (options.consumable_encodings.empty()) return Error::Type("empty consumableRtpEncodings");
  for (const RtpEncodingParameters& encoding : options.consumable_encodings) {
    if (!encoding.ssrc) return Error::Type("wrong encoding in consumableRtpEncodings (no ssrc)");
  }
  if (options.type == RtpType::kSvc && producer.streams().size() != 1) {
    return Error::Type("a consumer of type svc needs a producer of one encoding");
  }
  Result<StreamFormat> format = ReadStreamFormat(parameters, 0);
  if (!format.ok()) return format.error();
  Result<RtpExtensionIds> ids = ReadExtensionIds(parameters);
  if (!ids.ok()) return ids.error();
  for (const RtpCodecParameters& codec : parameters.codecs) {
    if (codec.payload_type > 127) return Error::Type("payload type beyond 127");
  }
  if (options.type == RtpType::kPipe) return CheckPipe(options, producer);
  return Done{};
}

Result<Done> Consumer::CheckPipe(const ConsumeOptions& options, const Producer& producer) {
  size_t count = producer.streams().size();
  const std::vector<RtpEncodingParameters>& encodings = options.rtp_parameters.encodings;
  if (encodings.size() != count || options.consumable_encodings.size() != count) {
    return Error::Type("a consumer of type pipe has one encoding for each of the producer's");
  }
  std::bitset<256> sources;
  for (size_t i = 0; i < count; ++i) {
    if (!encodings[i].ssrc) return Error::Type("encoding of a pipe without ssrc");
    Result<StreamFormat> format = ReadStreamFormat(options.rtp_parameters, i);
    if (!format.ok()) return format.error();
    std::optional<uint8_t> source = SourceOf(options, producer, i);
    if (!source || sources.test(*source)) {
      return Error::Type("consumableRtpEncodings do not match the producer's encodings");
    }
    sources.set(*source);
  }
  return Done{};
}

Consumer::Consumer(ConsumeOptions options, Producer& producer, Transport& transport, Random& random)
    : ignore_dtx_(options.ignore_dtx),
      transport_(transport),
      stream_(*this, SelectorFor(options, producer, transport), options.rtp_parameters, 0, random),
      header_(ReadExtensionIds(options.rtp_parameters).value(), options.rtp_parameters.mid),
      producer_(producer),
      options_(std::move(options)),
      paused_(options_.paused),
      producer_paused_(producer.paused()) {
  for (const RtpCodecParameters& codec : options_.rtp_parameters.codecs) {
    payload_types_.set(codec.payload_type);
  }
  if (options_.preferred_layers) {
    // Nothing is forwarded yet, so nothing follows.
    (void)stream_.selector().Prefer(options_.preferred_layers->spatial_layer,
                                    options_.preferred_layers->temporal_layer, Timestamp());
  }
  if (feeds_pipe()) AddPipeStreams(random);
  scored_stream_ = source_stream();
}

void Consumer::AddPipeStreams(Random& random) {
  stream_of_source_.resize(producer_.streams().size());
  for (size_t i = 0; i < stream_of_source_.size(); ++i) {
    uint8_t source = SourceOf(options_, producer_, i).value_or(0);
    stream_of_source_[source] = static_cast<uint8_t>(i);
    if (i == 0) continue;
    more_streams_.push_back(std::make_unique<ConsumerStream>(
        *this, StreamSelector::PassThrough(source), options_.rtp_parameters, i, random));
  }
}

Selection Consumer::OnPacket(const RtpPacket& packet, const DependencyFrame* frame, Timestamp now) {
  if (!active_) return {.reason = inactive_reason_};
  uint8_t index = stream_of_source_.empty() ? uint8_t{0} : stream_of_source_[packet.stream_index];
  ConsumerStream& out = stream(index);
  if (std::optional<DropReason> reason = ReasonToSkip(packet)) {
    out.selector().Skip(packet, out.rewriter());
    return {.reason = *reason};
  }
  Selection selection = out.selector().OnPacket(packet, frame, now, out.rewriter());
  selection.stream = index;
  return selection;
}

std::optional<DropReason> Consumer::ReasonToSkip(const RtpPacket& packet) const {
  if (!payload_types_.test(packet.payload_type)) return DropReason::kUnsupportedPayload;
  bool silent =
      ignore_dtx_ && stream_.format().codec == Codec::kOpus && IsOpusSilence(packet.payload());
  if (silent) return DropReason::kEmptyPayload;
  return std::nullopt;
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

LayersUpdate Consumer::SetLinkReady(bool ready, Timestamp now) {
  link_ready_ = ready;
  return UpdateActive(now);
}

LayersUpdate Consumer::SetPaused(bool paused, Timestamp now) {
  paused_ = paused;
  return UpdateActive(now);
}

LayersUpdate Consumer::SetProducerPaused(bool paused, Timestamp now) {
  producer_paused_ = paused;
  return UpdateActive(now);
}

LayersUpdate Consumer::OnStreamsChanged(Timestamp now) {
  // A pipe's streams go their ways, each whole, whatever becomes of the others.
  if (feeds_pipe()) return {};
  LayersUpdate update = stream_.selector().SetBest(producer_.best_stream());
  if (!active_) return {};
  SpatialLayerSet silent = static_cast<SpatialLayerSet>(~producer_.live_streams());
  for (uint8_t stream = 0; stream < producer_.streams().size(); ++stream) {
    if ((silent >> stream & 1) == 0) continue;
    LayersUpdate stopped = stream_.selector().OnStreamStopped(stream, now);
    update.layers_changed |= stopped.layers_changed;
    if (stopped.ask_key_frame) update.ask_key_frame = stopped.ask_key_frame;
  }
  return update;
}

void Consumer::OnLoss(double loss, Timestamp now) {
  if (kind() != MediaKind::kVideo || feeds_pipe() || !header_.has_playout_delay()) return;
  RepairDelay::Leg from_source;
  const Producer::Stream& source = producer_.streams()[source_stream()];
  if (source.receive && source.format.parameters.use_nack) {
    from_source = {.rtt = source.receive->rtt(), .loss = source.receive->loss()};
  }
  RepairDelay::Leg to_viewer;
  if (stream_.format().parameters.use_nack) {
    to_viewer = {.rtt = stream_.send().rtt(), .loss = loss};
  }
  std::optional<Duration> delay = repair_delay_.Update(from_source, to_viewer, now);
  if (!delay) return;
  header_.SetPlayoutDelay(
      {.min_ms = static_cast<uint16_t>(delay->ms()), .max_ms = kPlayoutDelayMaxMs});
}

BitrateRequest Consumer::RequestBitrate(Timestamp now) const {
  const LayerBitrates* bitrates = producer_.layer_bitrates();
  if (choice() && bitrates) {
    return BitrateRequest::ForLayers(*choice(), *bitrates, priority_, now);
  }
  uint64_t bitrate = 0;
  for (size_t i = 0; i < stream_count(); ++i) {
    const Producer::Stream& source = producer_.streams()[stream(i).selector().stream()];
    if (source.receive) bitrate += source.receive->bitrate(now);
  }
  return BitrateRequest::ForStream(bitrate, priority_);
}

LayersUpdate Consumer::Grant(const BitrateRequest& request, uint8_t granted, Timestamp now) {
  if (!choice()) return {};
  if (request.unknown()) return Allow(choice()->counts().highest(), now);
  return Allow(request.LayersOf(granted), now);
}

LayersUpdate Consumer::Allow(std::optional<Layers> highest, Timestamp now) {
  return stream_.selector().Allow(highest, now);
}

LayersUpdate Consumer::Prefer(ConsumerLayers layers, Timestamp now) {
  return stream_.selector().Prefer(layers.spatial_layer, layers.temporal_layer, now);
}

std::optional<ConsumerLayers> Consumer::preferred_layers() const {
  if (!choice()) return std::nullopt;
  return ToConsumerLayers(choice()->preferred());
}

std::optional<ConsumerLayers> Consumer::current_layers() const {
  if (!choice() || !choice()->current()) return std::nullopt;
  return ToConsumerLayers(*choice()->current());
}

uint8_t Consumer::SetPriority(uint8_t priority) {
  // Zero means the usual priority.
  priority_ = std::max<uint8_t>(priority, 1);
  return priority_;
}

ConsumerScoreValue Consumer::Score() const {
  // A pipe is no viewer: only the producer's streams are told apart.
  if (feeds_pipe()) {
    return {.score = kScoreMax, .producer_score = kScoreMax, .producer_scores = producer_.scores()};
  }
  ConsumerScoreValue score{.score = stream_.score(), .producer_scores = producer_.scores()};
  if (source_stream() < score.producer_scores.size()) {
    score.producer_score = score.producer_scores[source_stream()];
  }
  return score;
}

bool Consumer::TakeStreamMoved() {
  if (!current_layers()) return false;
  return std::exchange(scored_stream_, source_stream()) != source_stream();
}

ConsumeAnswer Consumer::Answer() const {
  return {.paused = paused_,
          .producer_paused = producer_paused_,
          .score = Score(),
          .preferred_layers = preferred_layers()};
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
      .layers = DumpOf(choice()),
  };
  for (const RtpCodecParameters& codec : options_.rtp_parameters.codecs) {
    if (codec.payload_type != stream_.format().parameters.rtx_payload_type) {
      dump.supported_payload_types.push_back(codec.payload_type);
    }
  }
  for (size_t i = 0; i < stream_count(); ++i) dump.rtp_streams.push_back(stream(i).Dump());
  return dump;
}

std::vector<RtpStreamStats> Consumer::Stats(Timestamp now) const {
  std::vector<RtpStreamStats> list;
  for (size_t i = 0; i < stream_count(); ++i) list.push_back(stream(i).Stats(kind(), now));
  if (feeds_pipe()) return list;
  const Producer::Stream& source = producer_.streams()[source_stream()];
  if (source.receive) list.push_back(producer_.StatsOf(source, now));
  return list;
}

std::optional<uint8_t> Consumer::SourceOf(const ConsumeOptions& options, const Producer& producer,
                                          size_t index) {
  const std::vector<Producer::Stream>& streams = producer.streams();
  for (size_t i = 0; i < streams.size(); ++i) {
    if (streams[i].mapped_ssrc == options.consumable_encodings[index].ssrc) {
      return static_cast<uint8_t>(i);
    }
  }
  return std::nullopt;
}

StreamSelector Consumer::SelectorFor(const ConsumeOptions& options, const Producer& producer,
                                     Transport& transport) {
  uint32_t clock_rate = ReadStreamFormat(options.rtp_parameters, 0).value().parameters.clock_rate;
  switch (options.type) {
    case RtpType::kSimulcast:
      return StreamSelector::Simulcast({.counts = producer.layer_counts(),
                                        .clock_rate = clock_rate,
                                        .early_packets_max = EarlyPackets::kMax});
    case RtpType::kSvc: {
      LayerCounts counts = producer.layer_counts();
      if (transport.link().webrtc() && CannotJoinLayers(options.rtp_parameters)) counts.spatial = 1;
      return StreamSelector::Svc({.counts = counts, .early_packets_max = EarlyPackets::kMax});
    }
    case RtpType::kPipe:
      return StreamSelector::PassThrough(SourceOf(options, producer, 0).value_or(0));
    case RtpType::kSimple:
      break;
  }
  return StreamSelector::PassThrough(producer.best_stream());
}

LayersUpdate Consumer::UpdateActive(Timestamp now) {
  bool was_active = active_;
  active_ = !paused_ && !producer_paused_ && link_ready_;
  inactive_reason_ = !link_ready_       ? DropReason::kNotConnected
                     : producer_paused_ ? DropReason::kProducerPaused
                                        : DropReason::kConsumerPaused;
  if (active_ == was_active) return {};
  early_.Clear();
  LayersUpdate first;
  for (size_t i = 0; i < stream_count(); ++i) {
    ConsumerStream& each = stream(i);
    if (!active_) each.send().Pause();
    LayersUpdate update =
        active_ ? each.selector().Start(producer_.live_streams(), now) : each.selector().Stop();
    // The other streams of a pipe ask for their key frames with the first packets that come.
    if (i == 0) first = update;
  }
  return first;
}

}  // namespace millrace
