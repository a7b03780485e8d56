#include "forward_scene.h"

#include <algorithm>
#include <array>
#include <limits>

#include "io/clock.h"
#include "null_network.h"
#include "protocol/crypto.h"

namespace millrace {

namespace {

using flatbuffers::FlatBufferBuilder;
using flatbuffers::Offset;
using schema::Request::Body;
using schema::Request::Method;

constexpr const char* kRouter = "router";
constexpr const char* kServer = "server";
constexpr const char* kProducer = "producer";
constexpr const char* kProducerTransport = "producer-transport";
constexpr const char* kProducerAddress = "127.0.0.1";
constexpr uint32_t kMappedSsrc = 0x55667788;
constexpr uint32_t kFirstConsumerSsrc = 0x10000001;
constexpr uint16_t kFirstConsumerPort = 20000;
constexpr size_t kPeersPerAddress = 250;
// Above what one consumer is sent, so that no estimate has to climb before the measurement.
constexpr uint64_t kInitialBitrate = 20'000'000;

std::string ConsumerId(size_t index) { return "consumer-" + std::to_string(index); }
std::string TransportId(size_t index) { return "transport-" + std::to_string(index); }

// 10.99.1.1 and on.
std::string PeerAddress(size_t index) {
  return NullNetwork::kRemotePrefix + std::to_string(1 + index / kPeersPerAddress) + "." +
         std::to_string(1 + index % kPeersPerAddress);
}

using RtpOffset = Offset<schema::RtpParameters::RtpParameters>;

Offset<schema::RtpParameters::RtpCodecParameters> MakeOpus(
    FlatBufferBuilder& builder,
    Offset<flatbuffers::Vector<Offset<schema::RtpParameters::RtcpFeedback>>> feedback) {
  return schema::RtpParameters::CreateRtpCodecParameters(
      builder, builder.CreateString("audio/opus"), ForwardScene::kPayloadType, 48000, uint8_t{2}, 0,
      feedback);
}

RtpOffset MakePlainParameters(FlatBufferBuilder& builder, uint32_t ssrc, bool audio) {
  namespace rtp = schema::RtpParameters;
  std::vector<Offset<rtp::RtpCodecParameters>> codecs = {
      audio ? MakeOpus(builder, 0)
            : rtp::CreateRtpCodecParameters(builder, builder.CreateString("video/VP8"),
                                            ForwardScene::kPayloadType, 90000)};
  std::vector<Offset<rtp::RtpHeaderExtensionParameters>> extensions;
  rtp::RtpEncodingParametersBuilder encoding(builder);
  encoding.add_ssrc(ssrc);
  std::vector<Offset<rtp::RtpEncodingParameters>> encodings = {encoding.Finish()};
  auto rtcp = rtp::CreateRtcpParameters(builder, builder.CreateString("millrace-load"), true);
  return rtp::CreateRtpParameters(builder, 0, builder.CreateVector(codecs),
                                  builder.CreateVector(extensions), builder.CreateVector(encodings),
                                  rtcp);
}

// What a browser and a controller agree on for a received video.
RtpOffset MakeBrowserParameters(FlatBufferBuilder& builder, uint32_t ssrc, bool audio) {
  namespace rtp = schema::RtpParameters;
  auto feedback = [&](const char* type, const char* parameter) {
    return rtp::CreateRtcpFeedback(builder, builder.CreateString(type),
                                   builder.CreateString(parameter));
  };
  std::vector<Offset<rtp::RtcpFeedback>> feedbacks = {feedback("nack", ""), feedback("nack", "pli"),
                                                      feedback("ccm", "fir"),
                                                      feedback("transport-cc", "")};
  auto repaired =
      rtp::CreateParameter(builder, builder.CreateString("apt"), rtp::Value::Integer32,
                           rtp::CreateInteger32(builder, ForwardScene::kPayloadType).Union());
  std::vector<Offset<rtp::Parameter>> rtx_parameters = {repaired};
  std::vector<Offset<rtp::RtpCodecParameters>> codecs = {
      rtp::CreateRtpCodecParameters(builder, builder.CreateString("video/VP8"),
                                    ForwardScene::kPayloadType, 90000, flatbuffers::nullopt, 0,
                                    builder.CreateVector(feedbacks)),
      rtp::CreateRtpCodecParameters(builder, builder.CreateString("video/rtx"),
                                    ForwardScene::kPayloadType + 1, 90000, flatbuffers::nullopt,
                                    builder.CreateVector(rtx_parameters))};
  if (audio) codecs = {MakeOpus(builder, builder.CreateVector(feedbacks))};
  using Uri = rtp::RtpHeaderExtensionUri;
  std::vector<Offset<rtp::RtpHeaderExtensionParameters>> extensions = {
      rtp::CreateRtpHeaderExtensionParameters(builder, Uri::Mid, 1),
      rtp::CreateRtpHeaderExtensionParameters(builder, Uri::AbsSendTime, 4),
      rtp::CreateRtpHeaderExtensionParameters(builder, Uri::TransportWideCcDraft01,
                                              BrowserPeer::kNumberExtension)};
  auto rtx = rtp::CreateRtx(builder, ssrc + ForwardScene::kRtxSsrcDistance);
  rtp::RtpEncodingParametersBuilder encoding(builder);
  encoding.add_ssrc(ssrc);
  if (!audio) encoding.add_rtx(rtx);
  std::vector<Offset<rtp::RtpEncodingParameters>> encodings = {encoding.Finish()};
  auto rtcp = rtp::CreateRtcpParameters(builder, builder.CreateString("millrace-load"), true);
  return rtp::CreateRtpParameters(builder, builder.CreateString("0"), builder.CreateVector(codecs),
                                  builder.CreateVector(extensions), builder.CreateVector(encodings),
                                  rtcp);
}

Offset<schema::Transport::ListenInfo> MakeListenInfo(FlatBufferBuilder& builder,
                                                     const char* address) {
  namespace transport = schema::Transport;
  auto range = transport::CreatePortRange(builder, 0, 0);
  auto flags = transport::CreateSocketFlags(builder, false, false);
  return transport::CreateListenInfo(builder, transport::Protocol::UDP,
                                     builder.CreateString(address), 0, false, 0, range, flags, 0,
                                     0);
}

}  // namespace

uint64_t ForwardScene::ReadPacketsSent() {
  uint64_t packets = 0;
  for (size_t i = 0; i < consumer_peers_.size(); ++i) {
    const auto& answer = worker_.Ask(Method::CONSUMER_GET_STATS, ConsumerId(i));
    const auto* stats = answer.body_as_Consumer_GetStatsResponse();
    if (!stats) GiveUp("CONSUMER_GET_STATS has no body");
    for (const auto* stream : *stats->stats()) {
      const auto* sent = stream->data_as_SendStats();
      if (sent) packets += sent->packet_count();
    }
  }
  return packets;
}

uint64_t ForwardScene::ReadEstimate() {
  if (!browsers_) return 0;
  uint64_t least = std::numeric_limits<uint64_t>::max();
  for (size_t i = 0; i < consumer_peers_.size(); ++i) {
    const auto& answer = worker_.Ask(Method::TRANSPORT_GET_STATS, TransportId(i));
    const auto* stats = answer.body_as_WebRtcTransport_GetStatsResponse();
    if (!stats) GiveUp("TRANSPORT_GET_STATS has no body");
    least = std::min(least, stats->base()->available_outgoing_bitrate().value_or(0));
  }
  return least;
}

ForwardScene::ForwardScene(WorkerProcess& worker, size_t consumers, uint16_t producer_peer_port,
                           BrowserAudience* browsers, bool audio)
    : worker_(worker), browsers_(browsers), audio_(audio) {
  worker_.Ask(Method::WORKER_CREATE_ROUTER, "", Body::Worker_CreateRouterRequest,
              [](FlatBufferBuilder& builder) {
                return schema::Worker::CreateCreateRouterRequest(builder,
                                                                 builder.CreateString(kRouter))
                    .Union();
              });
  uint16_t port = MakeTransport(kProducerTransport, kProducerAddress);
  producer_endpoint_ = {*IpAddress::Parse(kProducerAddress), port};
  Connect(kProducerTransport, kProducerAddress, producer_peer_port);
  Produce();
  if (browsers_) MakeServer();
  for (size_t i = 0; i < consumers; ++i) Consume(i);
}

void ForwardScene::MakeServer() {
  worker_.Ask(Method::WORKER_CREATE_WEBRTCSERVER, "", Body::Worker_CreateWebRtcServerRequest,
              [](FlatBufferBuilder& builder) {
                std::vector<Offset<schema::Transport::ListenInfo>> infos = {
                    MakeListenInfo(builder, NullNetwork::kLocalAddress)};
                return schema::Worker::CreateCreateWebRtcServerRequest(
                           builder, builder.CreateString(kServer), builder.CreateVector(infos))
                    .Union();
              });
}

void ForwardScene::Join(const std::string& id, const Endpoint& browser) {
  namespace webrtc = schema::WebRtcTransport;
  const auto& answer = worker_.Ask(
      Method::ROUTER_CREATE_WEBRTCTRANSPORT_WITH_SERVER, kRouter,
      Body::Router_CreateWebRtcTransportRequest, [&](FlatBufferBuilder& builder) {
        auto base = schema::Transport::CreateOptions(builder, false, kInitialBitrate);
        auto listen = webrtc::CreateListenServer(builder, builder.CreateString(kServer));
        webrtc::WebRtcTransportOptionsBuilder options(builder);
        options.add_base(base);
        options.add_listen_type(webrtc::Listen::ListenServer);
        options.add_listen(listen.Union());
        auto finished = options.Finish();
        return schema::Router::CreateCreateWebRtcTransportRequest(builder, builder.CreateString(id),
                                                                  finished)
            .Union();
      });
  const auto* dump = answer.body_as_WebRtcTransport_DumpResponse();
  if (!dump) GiveUp("ROUTER_CREATE_WEBRTCTRANSPORT_WITH_SERVER has no body");
  BrowserPeer::Remote remote{
      .username_fragment = dump->ice_parameters()->username_fragment()->str(),
      .password = dump->ice_parameters()->password()->str(),
      .fingerprints = {}};
  for (const auto* fingerprint : *dump->dtls_parameters()->fingerprints()) {
    auto algorithm = static_cast<FingerprintAlgorithm>(fingerprint->algorithm());
    remote.fingerprints.push_back(
        *DtlsFingerprint::Parse(algorithm, fingerprint->value()->string_view()));
  }
  Endpoint server{*IpAddress::Parse(NullNetwork::kLocalAddress),
                  dump->ice_candidates()->Get(0)->port()};
  worker_.Ask(Method::WEBRTCTRANSPORT_CONNECT, id, Body::WebRtcTransport_ConnectRequest,
              [&](FlatBufferBuilder& builder) {
                const DtlsFingerprint& own = browsers_->dtls().fingerprints()[2];
                std::vector<Offset<webrtc::Fingerprint>> fingerprints = {webrtc::CreateFingerprint(
                    builder, static_cast<webrtc::FingerprintAlgorithm>(own.algorithm),
                    builder.CreateString(own.value()))};
                auto dtls = webrtc::CreateDtlsParameters(
                    builder, builder.CreateVector(fingerprints), webrtc::DtlsRole::CLIENT);
                return webrtc::CreateConnectRequest(builder, dtls).Union();
              });
  browsers_->Add(browser, server).Connect(std::move(remote), MonotonicNow());
}

uint16_t ForwardScene::MakeTransport(const std::string& id, const char* address) {
  const auto& answer = worker_.Ask(
      Method::ROUTER_CREATE_PLAINTRANSPORT, kRouter, Body::Router_CreatePlainTransportRequest,
      [&](FlatBufferBuilder& builder) {
        namespace plain = schema::PlainTransport;
        namespace transport = schema::Transport;
        auto listen = MakeListenInfo(builder, address);
        auto base = transport::CreateOptions(builder);
        plain::PlainTransportOptionsBuilder options(builder);
        options.add_base(base);
        options.add_listen_info(listen);
        options.add_rtcp_mux(true);
        options.add_enable_srtp(true);
        options.add_srtp_crypto_suite(schema::SrtpParameters::SrtpCryptoSuite::AEAD_AES_128_GCM);
        auto finished = options.Finish();
        return schema::Router::CreateCreatePlainTransportRequest(builder, builder.CreateString(id),
                                                                 finished)
            .Union();
      });
  const auto* dump = answer.body_as_PlainTransport_DumpResponse();
  if (!dump) GiveUp("ROUTER_CREATE_PLAINTRANSPORT has no body");
  return dump->tuple()->local_port();
}

void ForwardScene::Connect(const std::string& id, const std::string& address, uint16_t port) {
  worker_.Ask(Method::PLAINTRANSPORT_CONNECT, id, Body::PlainTransport_ConnectRequest,
              [&](FlatBufferBuilder& builder) {
                std::array<uint8_t, kKeyBytes> key;
                key.fill(kKeyFilling);
                auto srtp = schema::SrtpParameters::CreateSrtpParameters(
                    builder, schema::SrtpParameters::SrtpCryptoSuite::AEAD_AES_128_GCM,
                    builder.CreateString(Base64Encode(key)));
                auto ip = builder.CreateString(address);
                schema::PlainTransport::ConnectRequestBuilder request(builder);
                request.add_ip(ip);
                request.add_port(port);
                request.add_srtp_parameters(srtp);
                return request.Finish().Union();
              });
}

void ForwardScene::Produce() {
  worker_.Ask(Method::TRANSPORT_PRODUCE, kProducerTransport, Body::Transport_ProduceRequest,
              [&](FlatBufferBuilder& builder) {
                namespace rtp = schema::RtpParameters;
                auto parameters = MakePlainParameters(builder, kSsrc, audio_);
                std::vector<Offset<rtp::CodecMapping>> codecs = {
                    rtp::CreateCodecMapping(builder, kPayloadType, kPayloadType)};
                rtp::EncodingMappingBuilder encoding(builder);
                encoding.add_ssrc(kSsrc);
                encoding.add_mapped_ssrc(kMappedSsrc);
                std::vector<Offset<rtp::EncodingMapping>> encodings = {encoding.Finish()};
                auto mapping = rtp::CreateRtpMapping(builder, builder.CreateVector(codecs),
                                                     builder.CreateVector(encodings));
                return schema::Transport::CreateProduceRequest(
                           builder, builder.CreateString(kProducer), kind(), parameters, mapping)
                    .Union();
              });
}

void ForwardScene::Consume(size_t index) {
  std::string peer = PeerAddress(index);
  auto port = static_cast<uint16_t>(kFirstConsumerPort + index);
  consumer_peers_.push_back({*IpAddress::Parse(peer), port});
  if (browsers_) {
    Join(TransportId(index), consumer_peers_.back());
  } else {
    MakeTransport(TransportId(index), NullNetwork::kLocalAddress);
    Connect(TransportId(index), peer, port);
  }
  worker_.Ask(Method::TRANSPORT_CONSUME, TransportId(index), Body::Transport_ConsumeRequest,
              [&](FlatBufferBuilder& builder) {
                namespace rtp = schema::RtpParameters;
                uint32_t ssrc = kFirstConsumerSsrc + static_cast<uint32_t>(index);
                auto parameters = browsers_ ? MakeBrowserParameters(builder, ssrc, audio_)
                                            : MakePlainParameters(builder, ssrc, audio_);
                rtp::RtpEncodingParametersBuilder encoding(builder);
                encoding.add_ssrc(kMappedSsrc);
                std::vector<Offset<rtp::RtpEncodingParameters>> encodings = {encoding.Finish()};
                return schema::Transport::CreateConsumeRequest(
                           builder, builder.CreateString(ConsumerId(index)),
                           builder.CreateString(kProducer), kind(), parameters, rtp::Type::SIMPLE,
                           builder.CreateVector(encodings))
                    .Union();
              });
}

}  // namespace millrace
