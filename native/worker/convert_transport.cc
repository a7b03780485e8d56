#include "worker/convert_transport.h"

#include <optional>
#include <vector>

#include "worker/convert_data.h"

namespace millrace {

namespace fbs = Millrace::Schema;

namespace {

using Builder = flatbuffers::FlatBufferBuilder;
template <typename T>
using Offset = flatbuffers::Offset<T>;
template <typename T>
using OffsetList = flatbuffers::Offset<flatbuffers::Vector<flatbuffers::Offset<T>>>;

OffsetList<fbs::Common::Uint32String> WriteSsrcNames(Builder& builder,
                                                     const std::vector<SsrcName>& values) {
  std::vector<Offset<fbs::Common::Uint32String>> offsets;
  for (const auto& [ssrc, name] : values) {
    offsets.push_back(fbs::Common::CreateUint32StringDirect(builder, ssrc, name.c_str()));
  }
  return builder.CreateVector(offsets);
}

OffsetList<fbs::Common::StringString> WriteNamePairs(Builder& builder,
                                                     const std::vector<NamePair>& values) {
  std::vector<Offset<fbs::Common::StringString>> offsets;
  for (const auto& [key, value] : values) {
    offsets.push_back(fbs::Common::CreateStringStringDirect(builder, key.c_str(), value.c_str()));
  }
  return builder.CreateVector(offsets);
}

Offset<fbs::Transport::Dump> WriteDump(Builder& builder, const TransportDump& value) {
  auto id = builder.CreateString(value.id);
  auto producers = builder.CreateVectorOfStrings(value.producer_ids);
  auto consumers = builder.CreateVectorOfStrings(value.consumer_ids);
  auto ssrcs = WriteSsrcNames(builder, value.ssrc_consumer_ids);
  auto rtx_ssrcs = WriteSsrcNames(builder, value.rtx_ssrc_consumer_ids);
  auto data_producers = builder.CreateVectorOfStrings(value.data_producer_ids);
  auto data_consumers = builder.CreateVectorOfStrings(value.data_consumer_ids);
  SctpOffsets sctp = WriteSctp(builder, value.sctp);
  auto extensions = fbs::Transport::CreateRecvRtpHeaderExtensions(
      builder, ToFlat(value.mid_extension), ToFlat(value.rid_extension),
      ToFlat(value.repaired_rid_extension), ToFlat(value.abs_send_time_extension),
      ToFlat(value.transport_wide_cc_extension));
  auto listener_ssrcs = WriteSsrcNames(builder, value.rtp_listener.ssrcs);
  auto listener_mids = WriteNamePairs(builder, value.rtp_listener.mids);
  auto listener_rids = WriteNamePairs(builder, value.rtp_listener.rids);
  auto listener =
      fbs::Transport::CreateRtpListener(builder, listener_ssrcs, listener_mids, listener_rids);
  std::vector<uint8_t> traces;
  for (TransportTraceType type : value.trace_types) traces.push_back(static_cast<uint8_t>(type));
  auto trace_list =
      builder.CreateVectorScalarCast<fbs::Transport::TraceEventType>(traces.data(), traces.size());

  fbs::Transport::DumpBuilder dump(builder);
  dump.add_id(id);
  dump.add_direct(value.direct);
  dump.add_producer_ids(producers);
  dump.add_consumer_ids(consumers);
  dump.add_map_ssrc_consumer_id(ssrcs);
  dump.add_map_rtx_ssrc_consumer_id(rtx_ssrcs);
  dump.add_data_producer_ids(data_producers);
  dump.add_data_consumer_ids(data_consumers);
  dump.add_recv_rtp_header_extensions(extensions);
  dump.add_rtp_listener(listener);
  dump.add_max_send_message_size(value.max_send_message_size);
  dump.add_max_receive_message_size(value.max_receive_message_size);
  dump.add_sctp_parameters(sctp.parameters);
  if (sctp.state) dump.add_sctp_state(*sctp.state);
  dump.add_sctp_negotiated_capabilities(sctp.negotiated);
  dump.add_sctp_listener(sctp.listener);
  dump.add_trace_event_types(trace_list);
  return dump.Finish();
}

template <typename T, typename Add>
void AddIf(const std::optional<T>& value, Add add) {
  if (value) add(*value);
}

Offset<fbs::Transport::Stats> WriteStats(Builder& builder, const TransportStats& value) {
  auto id = builder.CreateString(value.transport_id);
  fbs::Transport::StatsBuilder stats(builder);
  stats.add_transport_id(id);
  stats.add_timestamp(value.timestamp_ms);
  stats.add_bytes_received(value.bytes_received);
  stats.add_recv_bitrate(value.receive_bitrate);
  stats.add_bytes_sent(value.bytes_sent);
  stats.add_send_bitrate(value.send_bitrate);
  stats.add_rtp_bytes_received(value.rtp_bytes_received);
  stats.add_rtp_recv_bitrate(value.rtp_receive_bitrate);
  stats.add_rtp_bytes_sent(value.rtp_bytes_sent);
  stats.add_rtp_send_bitrate(value.rtp_send_bitrate);
  stats.add_rtx_bytes_received(value.rtx_bytes_received);
  stats.add_rtx_recv_bitrate(value.rtx_receive_bitrate);
  stats.add_rtx_bytes_sent(value.rtx_bytes_sent);
  stats.add_rtx_send_bitrate(value.rtx_send_bitrate);
  stats.add_probation_bytes_sent(value.probation_bytes_sent);
  stats.add_probation_send_bitrate(value.probation_send_bitrate);
  AddIf(value.available_outgoing_bitrate,
        [&](uint64_t bps) { stats.add_available_outgoing_bitrate(bps); });
  AddIf(value.available_incoming_bitrate,
        [&](uint64_t bps) { stats.add_available_incoming_bitrate(bps); });
  AddIf(value.max_incoming_bitrate, [&](uint64_t bps) { stats.add_max_incoming_bitrate(bps); });
  AddIf(value.max_outgoing_bitrate, [&](uint64_t bps) { stats.add_max_outgoing_bitrate(bps); });
  AddIf(value.min_outgoing_bitrate, [&](uint64_t bps) { stats.add_min_outgoing_bitrate(bps); });
  AddIf(value.rtp_packet_loss_received,
        [&](double loss) { stats.add_rtp_packet_loss_received(loss); });
  AddIf(value.rtp_packet_loss_sent, [&](double loss) { stats.add_rtp_packet_loss_sent(loss); });
  AddIf(value.sctp_state, [&](SctpState state) { stats.add_sctp_state(ToFlat(state)); });
  return stats.Finish();
}

Offset<fbs::Transport::Tuple> WriteOptionalTuple(Builder& builder,
                                                 const std::optional<TransportTuple>& value) {
  return value ? WriteTuple(builder, *value) : Offset<fbs::Transport::Tuple>();
}

OffsetList<fbs::WebRtcTransport::IceCandidate> WriteCandidates(
    Builder& builder, const std::vector<IceCandidate>& values) {
  std::vector<Offset<fbs::WebRtcTransport::IceCandidate>> offsets;
  for (const IceCandidate& candidate : values) {
    // RFC 6544 section 4.5: a listening TCP candidate is "passive".
    flatbuffers::Optional<fbs::WebRtcTransport::IceCandidateTcpType> tcp_type;
    if (candidate.protocol == TransportProtocol::kTcp) {
      tcp_type = fbs::WebRtcTransport::IceCandidateTcpType::PASSIVE;
    }
    offsets.push_back(fbs::WebRtcTransport::CreateIceCandidateDirect(
        builder, candidate.foundation.c_str(), candidate.priority, candidate.address.c_str(),
        static_cast<fbs::Transport::Protocol>(candidate.protocol), candidate.port,
        fbs::WebRtcTransport::IceCandidateType::HOST, tcp_type));
  }
  return builder.CreateVector(offsets);
}

Offset<fbs::WebRtcTransport::DtlsParameters> WriteDtlsParameters(Builder& builder,
                                                                 const DtlsParameters& value) {
  std::vector<Offset<fbs::WebRtcTransport::Fingerprint>> offsets;
  for (const FingerprintText& fingerprint : value.fingerprints) {
    offsets.push_back(fbs::WebRtcTransport::CreateFingerprintDirect(
        builder, static_cast<fbs::WebRtcTransport::FingerprintAlgorithm>(fingerprint.algorithm),
        fingerprint.value.c_str()));
  }
  return fbs::WebRtcTransport::CreateDtlsParametersDirect(
      builder, &offsets, static_cast<fbs::WebRtcTransport::DtlsRole>(value.role));
}

}  // namespace

Offset<fbs::Transport::Tuple> WriteTuple(Builder& builder, const TransportTuple& value) {
  auto local = builder.CreateString(value.local_address);
  auto remote = OptionalText(builder, value.remote_ip);
  return fbs::Transport::CreateTuple(builder, local, value.local_port, remote, value.remote_port,
                                     static_cast<fbs::Transport::Protocol>(value.protocol));
}

Offset<fbs::SrtpParameters::SrtpParameters> WriteSrtpParameters(Builder& builder,
                                                                const SrtpParameters& value) {
  return fbs::SrtpParameters::CreateSrtpParametersDirect(
      builder, static_cast<fbs::SrtpParameters::SrtpCryptoSuite>(value.suite),
      value.key_base64.c_str());
}

Offset<fbs::WebRtcTransport::DumpResponse> WriteWebRtcTransportDump(
    Builder& builder, const WebRtcTransportDump& value) {
  auto base = WriteDump(builder, value.base);
  auto ice = fbs::WebRtcTransport::CreateIceParametersDirect(
      builder, value.ice_parameters.username_fragment.c_str(),
      value.ice_parameters.password.c_str(), value.ice_parameters.ice_lite);
  auto candidates = WriteCandidates(builder, value.ice_candidates);
  auto tuple = WriteOptionalTuple(builder, value.ice_selected_tuple);
  auto dtls = WriteDtlsParameters(builder, value.dtls_parameters);
  // An ICE-lite agent is always controlled (RFC 8445 section 6.1.1).
  return fbs::WebRtcTransport::CreateDumpResponse(
      builder, base, fbs::WebRtcTransport::IceRole::CONTROLLED, ice, candidates,
      static_cast<fbs::WebRtcTransport::IceState>(value.ice_state), tuple, dtls,
      static_cast<fbs::WebRtcTransport::DtlsState>(value.dtls_state));
}

Offset<fbs::WebRtcTransport::GetStatsResponse> WriteWebRtcTransportStats(
    Builder& builder, const WebRtcTransportStats& value) {
  auto base = WriteStats(builder, value.base);
  auto tuple = WriteOptionalTuple(builder, value.ice_selected_tuple);
  return fbs::WebRtcTransport::CreateGetStatsResponse(
      builder, base, fbs::WebRtcTransport::IceRole::CONTROLLED,
      static_cast<fbs::WebRtcTransport::IceState>(value.ice_state), tuple,
      static_cast<fbs::WebRtcTransport::DtlsState>(value.dtls_state));
}

Offset<fbs::PlainTransport::DumpResponse> WritePlainTransportDump(Builder& builder,
                                                                  const PlainTransportDump& value) {
  auto base = WriteDump(builder, value.base);
  auto tuple = WriteTuple(builder, value.tuple);
  auto rtcp_tuple = WriteOptionalTuple(builder, value.rtcp_tuple);
  Offset<fbs::SrtpParameters::SrtpParameters> srtp;
  if (value.srtp_parameters) srtp = WriteSrtpParameters(builder, *value.srtp_parameters);
  return fbs::PlainTransport::CreateDumpResponse(builder, base, value.rtcp_mux, value.comedia,
                                                 tuple, rtcp_tuple, srtp);
}

Offset<fbs::PlainTransport::GetStatsResponse> WritePlainTransportStats(
    Builder& builder, const PlainTransportStats& value) {
  auto base = WriteStats(builder, value.base);
  auto tuple = WriteTuple(builder, value.tuple);
  auto rtcp_tuple = WriteOptionalTuple(builder, value.rtcp_tuple);
  return fbs::PlainTransport::CreateGetStatsResponse(builder, base, value.rtcp_mux, value.comedia,
                                                     tuple, rtcp_tuple);
}

Offset<fbs::PipeTransport::DumpResponse> WritePipeTransportDump(Builder& builder,
                                                                const PipeTransportDump& value) {
  auto base = WriteDump(builder, value.base);
  auto tuple = WriteTuple(builder, value.tuple);
  Offset<fbs::SrtpParameters::SrtpParameters> srtp;
  if (value.srtp_parameters) srtp = WriteSrtpParameters(builder, *value.srtp_parameters);
  return fbs::PipeTransport::CreateDumpResponse(builder, base, tuple, value.rtx, srtp);
}

Offset<fbs::PipeTransport::GetStatsResponse> WritePipeTransportStats(
    Builder& builder, const PipeTransportStats& value) {
  auto base = WriteStats(builder, value.base);
  return fbs::PipeTransport::CreateGetStatsResponse(builder, base,
                                                    WriteTuple(builder, value.tuple));
}

Offset<fbs::DirectTransport::DumpResponse> WriteDirectTransportDump(
    Builder& builder, const DirectTransportDump& value) {
  return fbs::DirectTransport::CreateDumpResponse(builder, WriteDump(builder, value.base));
}

Offset<fbs::DirectTransport::GetStatsResponse> WriteDirectTransportStats(
    Builder& builder, const DirectTransportStats& value) {
  return fbs::DirectTransport::CreateGetStatsResponse(builder, WriteStats(builder, value.base));
}

}  // namespace millrace
