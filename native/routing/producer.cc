#include "routing/producer.h"

#include <algorithm>
#include <utility>

#include "routing/rtp_observer.h"

namespace millrace {
namespace {

constexpr uint8_t kUnmapped = 0xFF;
constexpr size_t kEncodingsMax = 16;

// The longer of the gate's own interval and what the controller asked for.
Duration GateInterval(uint32_t delay_ms) {
  return std::max(KeyFrameGate::kInterval, Duration::Millis(delay_ms));
}

bool Maps(const RtpMapping& mapping, uint8_t payload_type) {
  return std::ranges::any_of(mapping.codecs, [&](const CodecMapping& codec) {
    return codec.payload_type == payload_type;
  });
}

}  // namespace

Result<Done> Producer::Check(const ProduceOptions& options) {
  const RtpParameters& parameters = options.rtp_parameters;
  if (parameters.encodings.empty()) return Error::Type("empty encodings");
  if (parameters.encodings.size() > kEncodingsMax) return Error::Type("too many encodings");
  if (options.rtp_mapping.encodings.size() != parameters.encodings.size()) {
    return Error::Type("rtpParameters.encodings size does not match rtpMapping.encodings size");
  }
  Result<RtpExtensionIds> ids = ReadExtensionIds(parameters);
  if (!ids.ok()) return ids.error();
  for (size_t i = 0; i < parameters.encodings.size(); ++i) {
    Result<StreamFormat> format = ReadStreamFormat(parameters, i);
    if (!format.ok()) return format.error();
    if (!Maps(options.rtp_mapping, format.value().parameters.payload_type)) {
      return Error::Type("codec of an encoding is not in rtpMapping.codecs");
    }
    if (options.rtp_mapping.encodings[i].mapped_ssrc == 0) {
      return Error::Type("wrong entry in rtpMapping.encodings (missing mappedSsrc)");
    }
    const RtpEncodingParameters& encoding = parameters.encodings[i];
    bool unnamed = !encoding.ssrc && encoding.rid.empty();
    if (unnamed && (parameters.encodings.size() > 1 || parameters.mid.empty())) {
      return Error::Type("encoding without SSRC and RID");
    }
  }
  for (const CodecMapping& codec : options.rtp_mapping.codecs) {
    if (codec.payload_type > 127 || codec.mapped_payload_type > 127) {
      return Error::Type("payload type beyond 127");
    }
  }
  Result<RtpType> type = TypeOf(parameters);
  if (!type.ok()) return type.error();
  return Done{};
}

Producer::Producer(ProduceOptions options, Transport& transport)
    : transport_(transport),
      paused_(options.paused),
      extension_ids_(ReadExtensionIds(options.rtp_parameters).value()),
      options_(std::move(options)),
      type_(TypeOf(options_.rtp_parameters).value()) {
  mapped_payload_type_.fill(kUnmapped);
  for (const CodecMapping& mapping : options_.rtp_mapping.codecs) {
    mapped_payload_type_[mapping.payload_type] = mapping.mapped_payload_type;
  }
  for (const RtpCodecParameters& codec : parameters().codecs) {
    codecs_[codec.payload_type & 0x7Fu] = CodecOf(codec.mime_type);
  }
  for (size_t i = 0; i < parameters().encodings.size(); ++i) {
    StreamFormat format = ReadStreamFormat(parameters(), i).value();
    Stream stream{.format = format,
                  .mapped_ssrc = options_.rtp_mapping.encodings[i].mapped_ssrc,
                  .gate = KeyFrameGate(GateInterval(options_.key_frame_request_delay_ms))};
    if (parameters().encodings[i].ssrc) stream.ssrc = Ssrc(*parameters().encodings[i].ssrc);
    if (format.parameters.rtx_ssrc) stream.rtx_ssrc = Ssrc(*format.parameters.rtx_ssrc);
    if (extension_ids_.IdOf(RtpExtension::kDependencyDescriptor) != 0) {
      stream.dependencies = std::make_unique<DependencyReader>();
    }
    streams_.push_back(std::move(stream));
  }
  if (type_ == RtpType::kSimulcast || type_ == RtpType::kSvc) {
    LayerBitrates::Stacking stacking = type_ == RtpType::kSvc ? LayerBitrates::Stacking::kSvc
                                                              : LayerBitrates::Stacking::kSimulcast;
    layer_bitrates_ = std::make_unique<LayerBitrates>(stacking, layer_counts());
  }
}

Producer::Received Producer::Receive(const StreamRoute& route, RtpPacket& packet, size_t size,
                                     Turn& turn) {
  Stream& stream = streams_[route.stream];
  uint8_t payload_type = packet.bytes[1] & 0x7Fu;
  Timestamp received = packet.received;
  if (route.rtx) {
    if (!stream.receive) return {.drop = DropReason::kUnknownStream};
    if (payload_type != stream.format.parameters.rtx_payload_type) {
      return {.drop = DropReason::kUnsupportedPayload};
    }
    std::optional<RtpView> rtx = RtpView::Parse(Bytes(packet.bytes).first(size));
    if (!rtx) return {.drop = DropReason::kMalformed};
    std::optional<size_t> original = stream.receive->ReceiveRtx(*rtx, packet);
    if (!original) return {.drop = DropReason::kEmptyPayload};
    size = *original;
    payload_type = stream.format.parameters.payload_type;
  }
  uint8_t mapped = mapped_payload_type_[payload_type];
  if (mapped == kUnmapped) return {.drop = DropReason::kUnsupportedPayload};
  if (!packet.Parse(size, extension_ids_, codecs_[payload_type], mapped)) {
    return {.drop = DropReason::kMalformed};
  }
  packet.received = received;
  packet.stream_index = route.stream;
  packet.recovered = route.rtx;
  bool is_new = !stream.receive;
  if (is_new) CreateReceive(stream);
  std::optional<DependencyFrame> frame = Describe(packet);
  if (frame) ReadLayers(frame->descriptor, packet);

  ReceiveStream::Received result = stream.receive->Receive(packet, turn.now);
  Received outcome{.drop = result.drop,
                   .ask_key_frame = result.ask_key_frame,
                   .score_changed = is_new || result.score_change.has_value(),
                   .frame = frame};
  if (outcome.drop) return outcome;
  if (layer_bitrates_) CountLayer(packet, turn.now);
  if (packet.key_frame) stream.gate.KeyFrameReceived();
  if (traced_.any()) Tell(packet, route.rtx, turn);
  if (paused_) {
    outcome.drop = DropReason::kProducerPaused;
    return outcome;
  }
  if (packet.extensions.audio_level) {
    for (const Observed& observed : observed_) {
      observed.observer->Receive(observed.slot, packet.extensions.audio_level->level, turn.now);
    }
  }
  if (packet.extensions.video_orientation && packet.extensions.video_orientation != orientation_) {
    orientation_ = packet.extensions.video_orientation;
    turn.events.notifications.push_back(ProducerVideoOrientationChanged{
        id(), orientation_->back_camera, orientation_->flip, orientation_->rotation_degrees});
  }
  return outcome;
}

std::optional<DependencyFrame> Producer::Describe(const RtpPacket& packet) {
  Stream& stream = streams_[packet.stream_index];
  return stream.dependencies ? stream.dependencies->Read(packet) : std::nullopt;
}

// A descriptor also tells the layers of codecs whose payload does not.
void Producer::ReadLayers(const DependencyDescriptor& descriptor, RtpPacket& packet) const {
  if (!std::holds_alternative<std::monostate>(packet.descriptor)) return;
  packet.spatial_layer = descriptor.frame.spatial_layer;
  packet.temporal_layer = descriptor.frame.temporal_layer;
  packet.key_frame |= BeginsKeyFrame(descriptor);
}

// What lies above the announced layers counts as the topmost.
void Producer::CountLayer(const RtpPacket& packet, Timestamp now) {
  Layers highest = layer_counts().highest();
  uint8_t spatial = type_ == RtpType::kSvc ? packet.spatial_layer : packet.stream_index;
  layer_bitrates_->Add({.spatial = std::min(spatial, highest.spatial),
                        .temporal = std::min(packet.temporal_layer, highest.temporal)},
                       packet.size, now);
}

std::optional<StreamRoute> Producer::Adopt(const RtpView& packet, const RtpExtensions& extensions) {
  // RFC 8852 section 3.2: the repaired RID "MUST only be sent in the repair stream".
  std::string_view rid = extensions.rid.empty() ? extensions.repaired_rid : extensions.rid;
  for (size_t i = 0; i < streams_.size(); ++i) {
    const RtpStreamParameters& parameters = streams_[i].format.parameters;
    bool only = streams_.size() == 1 && rid.empty();
    if (!only && (rid.empty() || parameters.rid != rid)) continue;
    bool rtx = packet.payload_type() == parameters.rtx_payload_type;
    if (!rtx && packet.payload_type() != parameters.payload_type) return std::nullopt;
    // Another SSRC under the same name while the first one lives is not believed.
    if (rtx ? streams_[i].rtx_ssrc.has_value() : streams_[i].ssrc.has_value()) return std::nullopt;
    return StreamRoute{this, static_cast<uint8_t>(i), rtx};
  }
  return std::nullopt;
}

void Producer::SetSsrc(const StreamRoute& route, Ssrc ssrc) {
  Stream& stream = streams_[route.stream];
  RtpStreamParameters& parameters = stream.format.parameters;
  if (route.rtx) {
    stream.rtx_ssrc = ssrc;
    parameters.rtx_ssrc = ssrc.value();
  } else {
    stream.ssrc = ssrc;
    parameters.ssrc = ssrc.value();
  }
}

std::optional<uint32_t> Producer::StopObserving(const RtpObserver& observer) {
  for (size_t i = 0; i < observed_.size(); ++i) {
    if (observed_[i].observer != &observer) continue;
    uint32_t slot = observed_[i].slot;
    observed_.erase(observed_.begin() + static_cast<ptrdiff_t>(i));
    return slot;
  }
  return std::nullopt;
}

void Producer::SetPaused(bool paused, Timestamp now) {
  paused_ = paused;
  for (Stream& stream : streams_) {
    if (!stream.receive) continue;
    if (paused) {
      stream.receive->Pause();
      stream.gate.Cancel();
    } else {
      stream.receive->Resume(now);
    }
  }
}

uint8_t Producer::best_stream() const {
  for (size_t i = streams_.size(); i-- > 0;) {
    if (streams_[i].receive && streams_[i].receive->active()) return static_cast<uint8_t>(i);
  }
  return 0;
}

SpatialLayerSet Producer::live_streams() const {
  uint32_t live = 0;
  for (size_t i = 0; i < streams_.size(); ++i) {
    if (streams_[i].receive && streams_[i].receive->active()) live |= 1u << i;
  }
  return static_cast<SpatialLayerSet>(live);
}

LayerCounts Producer::layer_counts() const {
  const RtpStreamParameters& first = streams_.front().format.parameters;
  LayerCounts counts{.spatial = static_cast<uint8_t>(streams_.size()),
                     .temporal = first.temporal_layers};
  for (const Stream& stream : streams_) {
    counts.temporal = std::max(counts.temporal, stream.format.parameters.temporal_layers);
  }
  if (type_ == RtpType::kSvc) counts.spatial = first.spatial_layers;
  return counts;
}

std::vector<uint8_t> Producer::scores() const {
  std::vector<uint8_t> scores;
  for (const Stream& stream : streams_) {
    scores.push_back(stream.receive ? stream.receive->score() : uint8_t{0});
  }
  return scores;
}

ProducerScoreChanged Producer::ScoreEvent() const {
  ProducerScoreChanged event{.id = id()};
  for (const Stream& stream : streams_) {
    if (!stream.receive) continue;
    const RtpStreamParameters& parameters = stream.format.parameters;
    event.scores.push_back({.encoding_index = parameters.encoding_index,
                            .ssrc = parameters.ssrc,
                            .rid = parameters.rid,
                            .score = stream.receive->score()});
  }
  return event;
}

ProducerDump Producer::Dump() const {
  ProducerDump dump{
      .id = id(),
      .kind = kind(),
      .type = type_,
      .rtp_parameters = options_.rtp_parameters,
      .rtp_mapping = options_.rtp_mapping,
      .trace_types = traced_.ToList(),
      .paused = paused_,
  };
  for (const Stream& stream : streams_) {
    if (stream.receive) dump.rtp_streams.push_back(DumpOf(stream.format, stream.receive->score()));
  }
  return dump;
}

std::vector<RtpStreamStats> Producer::Stats(Timestamp now) const {
  std::vector<RtpStreamStats> list;
  for (const Stream& stream : streams_) {
    if (stream.receive) list.push_back(StatsOf(stream, now));
  }
  return list;
}

RtpStreamStats Producer::StatsOf(const Stream& stream, Timestamp now) const {
  const RtpStreamParameters& parameters = stream.format.parameters;
  ReceiveStreamStats stats = stream.receive->stats(now);
  RtpStreamStats result{
      .received = true,
      .timestamp_ms = static_cast<uint64_t>(now.ms()),
      .ssrc = parameters.ssrc,
      .kind = kind(),
      .mime_type = parameters.mime_type,
      .packets_lost = stats.packets_lost,
      .fraction_lost = stats.fraction_lost,
      .jitter = stats.jitter,
      .packets_discarded = stats.packets_discarded,
      .packets_retransmitted = stats.packets_retransmitted,
      .packets_repaired = stats.packets_repaired,
      .nack_count = stats.nack_count,
      .nack_packet_count = stats.nack_packet_count,
      .pli_count = stats.pli_count,
      .fir_count = stats.fir_count,
      .rid = parameters.rid,
      .rtx_ssrc = parameters.rtx_ssrc,
      .rtx_packets_discarded = stats.rtx_packets_discarded,
      .round_trip_time_ms = stats.round_trip_time_ms,
      .score = stats.score,
      .packet_count = stats.packet_count,
      .byte_count = stats.byte_count,
      .bitrate = stats.bitrate,
  };
  for (const ReceiveStreamStats::LayerBitrate& layer : stats.layer_bitrates) {
    result.bitrate_by_layer.push_back(
        {std::to_string(layer.spatial_layer) + "." + std::to_string(layer.temporal_layer),
         layer.bitrate});
  }
  return result;
}

void Producer::Tell(const RtpPacket& packet, bool rtx, Turn& turn) {
  auto tell = [&](RtpTraceType type) {
    turn.events.notifications.push_back(
        ProducerTraced{id(), type, static_cast<uint64_t>(turn.now.ms()), TraceDirection::kIn,
                       PacketTrace{DumpOf(packet), rtx}});
  };
  if (packet.key_frame && kind() == MediaKind::kVideo && traced_.Has(RtpTraceType::kKeyFrame)) {
    tell(RtpTraceType::kKeyFrame);
  } else if (traced_.Has(RtpTraceType::kRtp)) {
    tell(RtpTraceType::kRtp);
  }
}

void Producer::CreateReceive(Stream& stream) {
  const RtpStreamParameters& parameters = stream.format.parameters;
  stream.receive.emplace(ReceiveStreamSettings{
      .ssrc = Ssrc(parameters.ssrc),
      .payload_type = parameters.payload_type,
      .clock_rate = parameters.clock_rate,
      .rtx_ssrc = stream.rtx_ssrc,
      .use_nack = parameters.use_nack,
      .use_dtx = parameters.use_dtx,
      .spatial_layers = parameters.spatial_layers,
      .temporal_layers = parameters.temporal_layers,
  });
  if (paused_) stream.receive->Pause();
}

}  // namespace millrace
