#include "forward_scene.h"

#include <array>

#include "null_network.h"
#include "protocol/crypto.h"

namespace millrace {

namespace {

using flatbuffers::FlatBufferBuilder;
using flatbuffers::Offset;
using schema::Request::Body;
using schema::Request::Method;

constexpr const char* kRouter = "router";
constexpr const char* kProducer = "producer";
constexpr const char* kProducerTransport = "producer-transport";
constexpr const char* kProducerAddress = "127.0.0.1";
constexpr uint32_t kMappedSsrc = 0x55667788;
constexpr uint32_t kFirstConsumerSsrc = 0x10000001;
constexpr uint16_t kFirstConsumerPort = 20000;
constexpr size_t kPeersPerAddress = 250;

std::string ConsumerId(size_t index) { return "consumer-" + std::to_string(index); }
std::string TransportId(size_t index) { return "transport-" + std::to_string(index); }

// 10.99.1.1 and on.
std::string PeerAddress(size_t index) {
  return NullNetwork::kRemotePrefix + std::to_string(1 + index / kPeersPerAddress) + "." +
         std::to_string(1 + index % kPeersPerAddress);
}

Offset<schema::RtpParameters::RtpParameters> MakeRtpParameters(FlatBufferBuilder& builder,
                                                               uint32_t ssrc) {
  namespace rtp = schema::RtpParameters;
  std::vector<Offset<rtp::RtpCodecParameters>> codecs = {rtp::CreateRtpCodecParameters(
      builder, builder.CreateString("video/VP8"), ForwardScene::kPayloadType, 90000)};
  std::vector<Offset<rtp::RtpHeaderExtensionParameters>> extensions;
  rtp::RtpEncodingParametersBuilder encoding(builder);
  encoding.add_ssrc(ssrc);
  std::vector<Offset<rtp::RtpEncodingParameters>> encodings = {encoding.Finish()};
  auto rtcp = rtp::CreateRtcpParameters(builder, builder.CreateString("millrace-load"), true);
  return rtp::CreateRtpParameters(builder, 0, builder.CreateVector(codecs),
                                  builder.CreateVector(extensions), builder.CreateVector(encodings),
                                  rtcp);
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

ForwardScene::ForwardScene(WorkerProcess& worker, size_t consumers, uint16_t producer_peer_port)
    : worker_(worker) {
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
  for (size_t i = 0; i < consumers; ++i) Consume(i);
}

uint16_t ForwardScene::MakeTransport(const std::string& id, const char* address) {
  const auto& answer = worker_.Ask(
      Method::ROUTER_CREATE_PLAINTRANSPORT, kRouter, Body::Router_CreatePlainTransportRequest,
      [&](FlatBufferBuilder& builder) {
        namespace plain = schema::PlainTransport;
        namespace transport = schema::Transport;
        auto range = transport::CreatePortRange(builder, 0, 0);
        auto flags = transport::CreateSocketFlags(builder, false, false);
        auto listen = transport::CreateListenInfo(builder, transport::Protocol::UDP,
                                                  builder.CreateString(address), 0, false, 0, range,
                                                  flags, 0, 0);
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
              [](FlatBufferBuilder& builder) {
                namespace rtp = schema::RtpParameters;
                auto parameters = MakeRtpParameters(builder, kSsrc);
                std::vector<Offset<rtp::CodecMapping>> codecs = {
                    rtp::CreateCodecMapping(builder, kPayloadType, kPayloadType)};
                rtp::EncodingMappingBuilder encoding(builder);
                encoding.add_ssrc(kSsrc);
                encoding.add_mapped_ssrc(kMappedSsrc);
                std::vector<Offset<rtp::EncodingMapping>> encodings = {encoding.Finish()};
                auto mapping = rtp::CreateRtpMapping(builder, builder.CreateVector(codecs),
                                                     builder.CreateVector(encodings));
                return schema::Transport::CreateProduceRequest(
                           builder, builder.CreateString(kProducer), rtp::MediaKind::VIDEO,
                           parameters, mapping)
                    .Union();
              });
}

void ForwardScene::Consume(size_t index) {
  std::string peer = PeerAddress(index);
  auto port = static_cast<uint16_t>(kFirstConsumerPort + index);
  MakeTransport(TransportId(index), NullNetwork::kLocalAddress);
  Connect(TransportId(index), peer, port);
  consumer_peers_.push_back({*IpAddress::Parse(peer), port});
  worker_.Ask(Method::TRANSPORT_CONSUME, TransportId(index), Body::Transport_ConsumeRequest,
              [&](FlatBufferBuilder& builder) {
                namespace rtp = schema::RtpParameters;
                auto parameters =
                    MakeRtpParameters(builder, kFirstConsumerSsrc + static_cast<uint32_t>(index));
                rtp::RtpEncodingParametersBuilder encoding(builder);
                encoding.add_ssrc(kMappedSsrc);
                std::vector<Offset<rtp::RtpEncodingParameters>> encodings = {encoding.Finish()};
                return schema::Transport::CreateConsumeRequest(
                           builder, builder.CreateString(ConsumerId(index)),
                           builder.CreateString(kProducer), rtp::MediaKind::VIDEO, parameters,
                           rtp::Type::SIMPLE, builder.CreateVector(encodings))
                    .Union();
              });
}

}  // namespace millrace
