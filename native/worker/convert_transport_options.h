#pragma once

#include "routing/parameters.h"
#include "schema/direct_transport_generated.h"
#include "schema/pipe_transport_generated.h"
#include "schema/plain_transport_generated.h"
#include "schema/transport_generated.h"
#include "schema/web_rtc_transport_generated.h"
#include "worker/convert_fields.h"

namespace millrace {

// What the channel's requests say of transports, as values.

[[nodiscard]] ListenInfo ReadListenInfo(FieldReader& reader,
                                        const Millrace::Schema::Transport::ListenInfo& table);
[[nodiscard]] WebRtcTransportOptions ReadWebRtcTransportOptions(
    FieldReader& reader, const Millrace::Schema::WebRtcTransport::WebRtcTransportOptions& table);
[[nodiscard]] PlainTransportOptions ReadPlainTransportOptions(
    FieldReader& reader, const Millrace::Schema::PlainTransport::PlainTransportOptions& table);
[[nodiscard]] PipeTransportOptions ReadPipeTransportOptions(
    FieldReader& reader, const Millrace::Schema::PipeTransport::PipeTransportOptions& table);
[[nodiscard]] PipeConnectOptions ReadPipeConnect(
    FieldReader& reader, const Millrace::Schema::PipeTransport::ConnectRequest& table);
[[nodiscard]] DirectTransportOptions ReadDirectTransportOptions(
    const Millrace::Schema::DirectTransport::DirectTransportOptions& table);
[[nodiscard]] PlainConnectOptions ReadPlainConnect(
    FieldReader& reader, const Millrace::Schema::PlainTransport::ConnectRequest& table);
[[nodiscard]] DtlsParameters ReadDtlsParameters(
    FieldReader& reader, const Millrace::Schema::WebRtcTransport::DtlsParameters& table);

}  // namespace millrace
