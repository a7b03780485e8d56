#pragma once

#include "routing/parameters.h"
#include "schema/direct_transport_generated.h"
#include "schema/pipe_transport_generated.h"
#include "schema/plain_transport_generated.h"
#include "schema/transport_generated.h"
#include "schema/web_rtc_transport_generated.h"
#include "worker/convert_fields.h"

namespace millrace {

// Transports' dumps and statistics, as the channel has them.

[[nodiscard]] flatbuffers::Offset<Millrace::Schema::Transport::Tuple> WriteTuple(
    flatbuffers::FlatBufferBuilder& builder, const TransportTuple& value);
[[nodiscard]] flatbuffers::Offset<Millrace::Schema::SrtpParameters::SrtpParameters>
WriteSrtpParameters(flatbuffers::FlatBufferBuilder& builder, const SrtpParameters& value);
[[nodiscard]] flatbuffers::Offset<Millrace::Schema::WebRtcTransport::DumpResponse>
WriteWebRtcTransportDump(flatbuffers::FlatBufferBuilder& builder, const WebRtcTransportDump& value);
[[nodiscard]] flatbuffers::Offset<Millrace::Schema::WebRtcTransport::GetStatsResponse>
WriteWebRtcTransportStats(flatbuffers::FlatBufferBuilder& builder,
                          const WebRtcTransportStats& value);
[[nodiscard]] flatbuffers::Offset<Millrace::Schema::PlainTransport::DumpResponse>
WritePlainTransportDump(flatbuffers::FlatBufferBuilder& builder, const PlainTransportDump& value);
[[nodiscard]] flatbuffers::Offset<Millrace::Schema::PlainTransport::GetStatsResponse>
WritePlainTransportStats(flatbuffers::FlatBufferBuilder& builder, const PlainTransportStats& value);
[[nodiscard]] flatbuffers::Offset<Millrace::Schema::PipeTransport::DumpResponse>
WritePipeTransportDump(flatbuffers::FlatBufferBuilder& builder, const PipeTransportDump& value);
[[nodiscard]] flatbuffers::Offset<Millrace::Schema::PipeTransport::GetStatsResponse>
WritePipeTransportStats(flatbuffers::FlatBufferBuilder& builder, const PipeTransportStats& value);
[[nodiscard]] flatbuffers::Offset<Millrace::Schema::DirectTransport::DumpResponse>
WriteDirectTransportDump(flatbuffers::FlatBufferBuilder& builder, const DirectTransportDump& value);
[[nodiscard]] flatbuffers::Offset<Millrace::Schema::DirectTransport::GetStatsResponse>
WriteDirectTransportStats(flatbuffers::FlatBufferBuilder& builder,
                          const DirectTransportStats& value);

}  // namespace millrace
