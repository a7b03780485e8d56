#include "worker/convert_stream.h"

#include "worker/convert_rtp.h"

namespace millrace {

namespace fbs = Millrace::Schema;

namespace {

using Builder = flatbuffers::FlatBufferBuilder;
template <typename T>
using Offset = flatbuffers::Offset<T>;
template <typename T>
using OffsetList = flatbuffers::Offset<flatbuffers::Vector<flatbuffers::Offset<T>>>;

Offset<fbs::RtxStream::RtxDump> WriteRtxStream(Builder& builder, const RtxStreamParameters& value) {
  auto mime_type = builder.CreateString(value.mime_type);
  // Controllers read the length of the text without asking whether it is there.
  auto rid = builder.CreateString(value.repaired_rid);
  auto cname = builder.CreateString(value.cname);
  return fbs::RtxStream::CreateRtxDump(
      builder, fbs::RtxStream::CreateParams(builder, value.ssrc, value.payload_type, mime_type,
                                            value.clock_rate, rid, cname));
}

Offset<fbs::RtpStream::Params> WriteStreamParameters(Builder& builder,
                                                     const RtpStreamParameters& value) {
  auto mime_type = builder.CreateString(value.mime_type);
  // As above: empty, never absent.
  auto rid = builder.CreateString(value.rid);
  auto cname = builder.CreateString(value.cname);
  fbs::RtpStream::ParamsBuilder params(builder);
  params.add_encoding_idx(value.encoding_index);
  params.add_ssrc(value.ssrc);
  params.add_payload_type(value.payload_type);
  params.add_mime_type(mime_type);
  params.add_clock_rate(value.clock_rate);
  params.add_rid(rid);
  params.add_cname(cname);
  if (value.rtx_ssrc) params.add_rtx_ssrc(*value.rtx_ssrc);
  if (value.rtx_payload_type) params.add_rtx_payload_type(*value.rtx_payload_type);
  params.add_use_nack(value.use_nack);
  params.add_use_pli(value.use_pli);
  params.add_use_fir(value.use_fir);
  params.add_use_in_band_fec(value.use_in_band_fec);
  params.add_use_dtx(value.use_dtx);
  params.add_spatial_layers(value.spatial_layers);
  params.add_temporal_layers(value.temporal_layers);
  return params.Finish();
}

OffsetList<fbs::RtpStream::Dump> WriteStreams(Builder& builder,
                                              const std::vector<RtpStreamDump>& values) {
  std::vector<Offset<fbs::RtpStream::Dump>> offsets;
  for (const RtpStreamDump& stream : values) {
    auto params = WriteStreamParameters(builder, stream.parameters);
    Offset<fbs::RtxStream::RtxDump> rtx;
    if (stream.rtx_stream) rtx = WriteRtxStream(builder, *stream.rtx_stream);
    offsets.push_back(fbs::RtpStream::CreateDump(builder, params, stream.score, rtx));
  }
  return builder.CreateVector(offsets);
}

Offset<fbs::RtpStream::BaseStats> WriteBaseStats(Builder& builder, const RtpStreamStats& value) {
  auto mime_type = builder.CreateString(value.mime_type);
  auto rid = OptionalText(builder, value.rid);
  fbs::RtpStream::BaseStatsBuilder stats(builder);
  stats.add_timestamp(value.timestamp_ms);
  stats.add_ssrc(value.ssrc);
  stats.add_kind(static_cast<fbs::RtpParameters::MediaKind>(value.kind));
  stats.add_mime_type(mime_type);
  stats.add_packets_lost(value.packets_lost);
  stats.add_fraction_lost(value.fraction_lost);
  stats.add_jitter(value.jitter);
  stats.add_packets_discarded(value.packets_discarded);
  stats.add_packets_retransmitted(value.packets_retransmitted);
  stats.add_packets_repaired(value.packets_repaired);
  stats.add_nack_count(value.nack_count);
  stats.add_nack_packet_count(value.nack_packet_count);
  stats.add_pli_count(value.pli_count);
  stats.add_fir_count(value.fir_count);
  stats.add_rid(rid);
  if (value.rtx_ssrc) stats.add_rtx_ssrc(*value.rtx_ssrc);
  stats.add_rtx_packets_discarded(value.rtx_packets_discarded);
  stats.add_round_trip_time(value.round_trip_time_ms);
  stats.add_score(value.score);
  return stats.Finish();
}

Offset<fbs::RtpStream::Stats> WriteStats(Builder& builder, const RtpStreamStats& value) {
  auto base = fbs::RtpStream::CreateStats(builder, fbs::RtpStream::StatsData::BaseStats,
                                          WriteBaseStats(builder, value).Union());
  if (!value.received) {
    auto sent = fbs::RtpStream::CreateSendStats(builder, base, value.packet_count, value.byte_count,
                                                value.bitrate);
    return fbs::RtpStream::CreateStats(builder, fbs::RtpStream::StatsData::SendStats, sent.Union());
  }
  std::vector<Offset<fbs::RtpStream::BitrateByLayer>> layers;
  for (const RtpStreamStats::BitrateByLayer& entry : value.bitrate_by_layer) {
    layers.push_back(
        fbs::RtpStream::CreateBitrateByLayerDirect(builder, entry.layer.c_str(), entry.bitrate));
  }
  auto received = fbs::RtpStream::CreateRecvStatsDirect(builder, base, value.packet_count,
                                                        value.byte_count, value.bitrate, &layers);
  return fbs::RtpStream::CreateStats(builder, fbs::RtpStream::StatsData::RecvStats,
                                     received.Union());
}

std::vector<uint8_t> Numbers(const std::vector<RtpTraceType>& types) {
  std::vector<uint8_t> numbers;
  for (RtpTraceType type : types) numbers.push_back(static_cast<uint8_t>(type));
  return numbers;
}

}  // namespace

Offset<fbs::Producer::DumpResponse> WriteProducerDump(Builder& builder, const ProducerDump& value) {
  auto id = builder.CreateString(value.id);
  auto parameters = WriteRtpParameters(builder, value.rtp_parameters);
  auto mapping = WriteRtpMapping(builder, value.rtp_mapping);
  auto streams = WriteStreams(builder, value.rtp_streams);
  std::vector<uint8_t> numbers = Numbers(value.trace_types);
  auto traces =
      builder.CreateVectorScalarCast<fbs::Producer::TraceEventType>(numbers.data(), numbers.size());
  return fbs::Producer::CreateDumpResponse(builder, id,
                                           static_cast<fbs::RtpParameters::MediaKind>(value.kind),
                                           static_cast<fbs::RtpParameters::Type>(value.type),
                                           parameters, mapping, streams, traces, value.paused);
}

Offset<fbs::Consumer::DumpResponse> WriteConsumerDump(Builder& builder, const ConsumerDump& value) {
  auto id = builder.CreateString(value.id);
  auto producer_id = builder.CreateString(value.producer_id);
  auto parameters = WriteRtpParameters(builder, value.rtp_parameters);
  auto encodings = WriteEncodings(builder, value.consumable_encodings);
  auto payload_types = builder.CreateVector(value.supported_payload_types);
  std::vector<uint8_t> numbers = Numbers(value.trace_types);
  auto traces =
      builder.CreateVectorScalarCast<fbs::Consumer::TraceEventType>(numbers.data(), numbers.size());
  auto base = fbs::Consumer::CreateBaseConsumerDump(
      builder, id, static_cast<fbs::RtpParameters::Type>(value.type), producer_id,
      static_cast<fbs::RtpParameters::MediaKind>(value.kind), parameters, encodings, payload_types,
      traces, value.paused, value.producer_paused, value.priority);
  auto streams = WriteStreams(builder, value.rtp_streams);
  fbs::Consumer::ConsumerDumpBuilder dump(builder);
  dump.add_base(base);
  dump.add_rtp_streams(streams);
  if (value.layers) {
    dump.add_preferred_spatial_layer(value.layers->preferred.spatial);
    dump.add_preferred_temporal_layer(value.layers->preferred.temporal);
    dump.add_target_spatial_layer(value.layers->target.spatial);
    dump.add_target_temporal_layer(value.layers->target.temporal);
    dump.add_current_spatial_layer(value.layers->current.spatial);
    dump.add_current_temporal_layer(value.layers->current.temporal);
  }
  return fbs::Consumer::CreateDumpResponse(builder, dump.Finish());
}

OffsetList<fbs::RtpStream::Stats> WriteStreamStats(Builder& builder,
                                                   const std::vector<RtpStreamStats>& values) {
  std::vector<Offset<fbs::RtpStream::Stats>> offsets;
  for (const RtpStreamStats& stats : values) offsets.push_back(WriteStats(builder, stats));
  return builder.CreateVector(offsets);
}

Offset<fbs::Consumer::ConsumerScore> WriteConsumerScore(Builder& builder,
                                                        const ConsumerScoreValue& value) {
  return fbs::Consumer::CreateConsumerScore(builder, value.score, value.producer_score,
                                            builder.CreateVector(value.producer_scores));
}

Offset<fbs::RtpPacket::Dump> WritePacketDump(Builder& builder, const RtpPacketDump& value) {
  auto mid = OptionalText(builder, value.mid);
  auto rid = OptionalText(builder, value.rid);
  auto repaired_rid = OptionalText(builder, value.repaired_rid);
  fbs::RtpPacket::DumpBuilder dump(builder);
  dump.add_payload_type(value.payload_type);
  dump.add_sequence_number(value.sequence_number);
  dump.add_timestamp(value.timestamp);
  dump.add_marker(value.marker);
  dump.add_ssrc(value.ssrc);
  dump.add_is_key_frame(value.key_frame);
  dump.add_size(value.size);
  dump.add_payload_size(value.payload_size);
  dump.add_spatial_layer(value.spatial_layer);
  dump.add_temporal_layer(value.temporal_layer);
  dump.add_mid(mid);
  dump.add_rid(rid);
  dump.add_rrid(repaired_rid);
  if (value.transport_sequence_number) {
    dump.add_wide_sequence_number(*value.transport_sequence_number);
  }
  return dump.Finish();
}

}  // namespace millrace
