#include "worker/convert_transport_options.h"

#include <optional>
#include <variant>

namespace millrace {

namespace fbs = Millrace::Schema;

namespace {

constexpr size_t kMaxListenInfos = 64;
constexpr size_t kMaxFingerprints = 16;

TransportOptions ReadOptions(const fbs::Transport::Options& table) {
  TransportOptions options;
  options.direct = table.direct();
  options.initial_available_outgoing_bitrate = ToStd(table.initial_available_outgoing_bitrate());
  options.enable_sctp = table.enable_sctp();
  options.max_send_message_size = table.max_send_message_size();
  options.max_receive_message_size = table.max_receive_message_size();
  options.sctp_send_buffer_size = table.sctp_send_buffer_size();
  options.sctp_per_stream_send_queue_limit = table.sctp_per_stream_send_queue_limit();
  options.sctp_max_receiver_window_buffer_size = table.sctp_max_receiver_window_buffer_size();
  options.sctp_default_stream_buffered_amount_low_threshold =
      table.sctp_default_stream_buffered_amount_low_threshold();
  options.is_data_channel = table.is_data_channel();
  return options;
}

std::variant<ListenIndividual, ListenServer> ReadListen(
    FieldReader& reader, const fbs::WebRtcTransport::WebRtcTransportOptions& table) {
  switch (table.listen_type()) {
    case fbs::WebRtcTransport::Listen::ListenIndividual:
      return ListenIndividual{reader.Each(
          table.listen_as_ListenIndividual()->listen_infos(), kMaxListenInfos, "listenInfos",
          [&](const fbs::Transport::ListenInfo* info) { return ReadListenInfo(reader, *info); })};
    case fbs::WebRtcTransport::Listen::ListenServer:
      return ListenServer{
          reader.Id(table.listen_as_ListenServer()->web_rtc_server_id(), "webRtcServerId")};
    case fbs::WebRtcTransport::Listen::NONE:
      break;
  }
  reader.Refuse("listen", "no such type");
  return ListenIndividual{};
}

SrtpSuiteName ReadSuite(FieldReader& reader, fbs::SrtpParameters::SrtpCryptoSuite suite) {
  return reader.Enum(suite, SrtpSuiteName::kAeadAes256Gcm, SrtpSuiteName::kAesCm128HmacSha1_32,
                     "cryptoSuite");
}

std::optional<SrtpParameters> ReadSrtpParameters(FieldReader& reader,
                                                 const fbs::SrtpParameters::SrtpParameters* table) {
  if (table == nullptr) return std::nullopt;
  return SrtpParameters{ReadSuite(reader, table->crypto_suite()),
                        reader.Text(table->key_base64(), "keyBase64")};
}

}  // namespace

ListenInfo ReadListenInfo(FieldReader& reader, const fbs::Transport::ListenInfo& table) {
  ListenInfo info;
  info.protocol =
      reader.Enum(table.protocol(), TransportProtocol::kUdp, TransportProtocol::kTcp, "protocol");
  info.ip = reader.Text(table.ip(), "ip");
  info.announced_address = reader.Text(table.announced_address(), "announcedAddress");
  info.expose_internal_ip = table.expose_internal_ip();
  info.port = table.port();
  info.port_min = table.port_range()->min();
  info.port_max = table.port_range()->max();
  info.ipv6_only = table.flags()->ipv6_only();
  info.udp_reuse_port = table.flags()->udp_reuse_port();
  info.send_buffer_size = table.send_buffer_size();
  info.receive_buffer_size = table.recv_buffer_size();
  return info;
}

WebRtcTransportOptions ReadWebRtcTransportOptions(
    FieldReader& reader, const fbs::WebRtcTransport::WebRtcTransportOptions& table) {
  return {.base = ReadOptions(*table.base()),
          .listen = ReadListen(reader, table),
          .enable_udp = table.enable_udp(),
          .enable_tcp = table.enable_tcp(),
          .prefer_udp = table.prefer_udp(),
          .prefer_tcp = table.prefer_tcp(),
          .ice_consent_timeout_s = table.ice_consent_timeout()};
}

PlainTransportOptions ReadPlainTransportOptions(
    FieldReader& reader, const fbs::PlainTransport::PlainTransportOptions& table) {
  PlainTransportOptions options;
  options.base = ReadOptions(*table.base());
  options.listen_info = ReadListenInfo(reader, *table.listen_info());
  if (table.rtcp_listen_info() != nullptr) {
    options.rtcp_listen_info = ReadListenInfo(reader, *table.rtcp_listen_info());
  }
  options.rtcp_mux = table.rtcp_mux();
  options.comedia = table.comedia();
  options.enable_srtp = table.enable_srtp();
  if (table.srtp_crypto_suite().has_value()) {
    options.srtp_suite = ReadSuite(reader, *table.srtp_crypto_suite());
  }
  return options;
}

DirectTransportOptions ReadDirectTransportOptions(
    const fbs::DirectTransport::DirectTransportOptions& table) {
  return {.base = ReadOptions(*table.base())};
}

PlainConnectOptions ReadPlainConnect(FieldReader& reader,
                                     const fbs::PlainTransport::ConnectRequest& table) {
  PlainConnectOptions options;
  options.ip = reader.Text(table.ip(), "ip");
  options.port = ToStd(table.port());
  options.rtcp_port = ToStd(table.rtcp_port());
  options.srtp_parameters = ReadSrtpParameters(reader, table.srtp_parameters());
  return options;
}

PipeTransportOptions ReadPipeTransportOptions(
    FieldReader& reader, const fbs::PipeTransport::PipeTransportOptions& table) {
  return {.base = ReadOptions(*table.base()),
          .listen_info = ReadListenInfo(reader, *table.listen_info()),
          .enable_rtx = table.enable_rtx(),
          .enable_srtp = table.enable_srtp()};
}

PipeConnectOptions ReadPipeConnect(FieldReader& reader,
                                   const fbs::PipeTransport::ConnectRequest& table) {
  return {.ip = reader.Text(table.ip(), "ip"),
          .port = ToStd(table.port()),
          .srtp_parameters = ReadSrtpParameters(reader, table.srtp_parameters())};
}

DtlsParameters ReadDtlsParameters(FieldReader& reader,
                                  const fbs::WebRtcTransport::DtlsParameters& table) {
  DtlsParameters parameters;
  parameters.fingerprints = reader.Each(
      table.fingerprints(), kMaxFingerprints, "fingerprints",
      [&](const fbs::WebRtcTransport::Fingerprint* entry) {
        return FingerprintText{reader.Enum(entry->algorithm(), FingerprintAlgorithm::kSha1,
                                           FingerprintAlgorithm::kSha512, "fingerprint algorithm"),
                               reader.Text(entry->value(), "fingerprint value")};
      });
  parameters.role =
      reader.Enum(table.role(), DtlsRoleName::kAuto, DtlsRoleName::kServer, "dtlsRole");
  return parameters;
}

}  // namespace millrace
