#include "channel_frames.h"

namespace millrace {

namespace fbs = Millrace::Schema;

namespace {

// What a producer's audio and video are mapped to in these tests.
constexpr uint8_t kAudioPayloadType = 100;
constexpr uint8_t kVideoPayloadType = 101;
constexpr uint8_t kVideoRtxPayloadType = 102;

template <typename T>
using Offset = flatbuffers::Offset<T>;
using Builder = flatbuffers::FlatBufferBuilder;

Offset<fbs::RtpParameters::RtcpFeedback> Feedback(Builder& builder, const char* type,
                                                  const char* parameter) {
  return fbs::RtpParameters::CreateRtcpFeedbackDirect(builder, type, parameter);
}

Offset<fbs::RtpParameters::Parameter> Number(Builder& builder, const char* name, int32_t value) {
  auto number = fbs::RtpParameters::CreateInteger32(builder, value);
  return fbs::RtpParameters::CreateParameterDirect(
      builder, name, fbs::RtpParameters::Value::Integer32, number.Union());
}

Offset<fbs::RtpParameters::RtpCodecParameters> Opus(Builder& builder) {
  std::vector<Offset<fbs::RtpParameters::Parameter>> parameters = {
      Number(builder, "useinbandfec", 1), Number(builder, "usedtx", 1)};
  std::vector<Offset<fbs::RtpParameters::RtcpFeedback>> feedback = {
      Feedback(builder, "transport-cc", nullptr)};
  return fbs::RtpParameters::CreateRtpCodecParametersDirect(
      builder, "audio/opus", kAudioPayloadType, 48000, uint8_t{2}, &parameters, &feedback);
}

Offset<fbs::RtpParameters::RtpCodecParameters> Vp8(Builder& builder) {
  std::vector<Offset<fbs::RtpParameters::RtcpFeedback>> feedback = {
      Feedback(builder, "nack", nullptr), Feedback(builder, "nack", "pli"),
      Feedback(builder, "ccm", "fir"), Feedback(builder, "transport-cc", nullptr)};
  return fbs::RtpParameters::CreateRtpCodecParametersDirect(
      builder, "video/VP8", kVideoPayloadType, 90000, flatbuffers::nullopt, nullptr, &feedback);
}

Offset<fbs::RtpParameters::RtpCodecParameters> Rtx(Builder& builder) {
  std::vector<Offset<fbs::RtpParameters::Parameter>> parameters = {
      Number(builder, "apt", kVideoPayloadType)};
  return fbs::RtpParameters::CreateRtpCodecParametersDirect(
      builder, "video/rtx", kVideoRtxPayloadType, 90000, flatbuffers::nullopt, &parameters,
      nullptr);
}

}  // namespace

Frame ChannelFrames::Request(Method method, const std::string& handler) {
  return Finish(method, handler, fbs::Request::Body::NONE, 0);
}

Frame ChannelFrames::Notification(Event event, const std::string& handler) {
  auto table = fbs::Notification::CreateNotificationDirect(builder_, handler.c_str(), event);
  builder_.FinishSizePrefixed(
      fbs::Message::CreateMessage(builder_, fbs::Message::Body::Notification, table.Union()));
  return Take();
}

Frame ChannelFrames::Finish(Method method, const std::string& handler, fbs::Request::Body type,
                            Offset<void> body) {
  auto handler_id = builder_.CreateString(handler);
  auto request = fbs::Request::CreateRequest(builder_, next_id_++, method, handler_id, type, body);
  builder_.FinishSizePrefixed(
      fbs::Message::CreateMessage(builder_, fbs::Message::Body::Request, request.Union()));
  return Take();
}

Frame ChannelFrames::Take() {
  Frame frame(builder_.GetBufferPointer(), builder_.GetBufferPointer() + builder_.GetSize());
  builder_.Clear();
  return frame;
}

Frame ChannelFrames::CreateRouter(const std::string& id) {
  return Request(Method::WORKER_CREATE_ROUTER, "",
                 fbs::Worker::CreateCreateRouterRequestDirect(builder_, id.c_str()));
}

Frame ChannelFrames::CloseRouter(const std::string& id) {
  return Request(Method::WORKER_CLOSE_ROUTER, "",
                 fbs::Worker::CreateCloseRouterRequestDirect(builder_, id.c_str()));
}

Frame ChannelFrames::CreateServer(const std::string& id, uint16_t port) {
  std::vector<Offset<fbs::Transport::ListenInfo>> infos = {ListenInfo(port)};
  return Request(Method::WORKER_CREATE_WEBRTCSERVER, "",
                 fbs::Worker::CreateCreateWebRtcServerRequestDirect(builder_, id.c_str(), &infos));
}

Frame ChannelFrames::CloseServer(const std::string& id) {
  return Request(Method::WORKER_WEBRTCSERVER_CLOSE, "",
                 fbs::Worker::CreateCloseWebRtcServerRequestDirect(builder_, id.c_str()));
}

Frame ChannelFrames::CreateWebRtcTransport(const std::string& router, const std::string& id) {
  std::vector<Offset<fbs::Transport::ListenInfo>> infos = {ListenInfo(0)};
  auto listen = fbs::WebRtcTransport::CreateListenIndividualDirect(builder_, &infos);
  auto options = fbs::WebRtcTransport::CreateWebRtcTransportOptions(
      builder_, Options(true), fbs::WebRtcTransport::Listen::ListenIndividual, listen.Union());
  return Request(
      Method::ROUTER_CREATE_WEBRTCTRANSPORT, router,
      fbs::Router::CreateCreateWebRtcTransportRequestDirect(builder_, id.c_str(), options));
}

Frame ChannelFrames::CreateWebRtcTransportOn(const std::string& server, const std::string& router,
                                             const std::string& id) {
  auto listen = fbs::WebRtcTransport::CreateListenServerDirect(builder_, server.c_str());
  auto options = fbs::WebRtcTransport::CreateWebRtcTransportOptions(
      builder_, Options(), fbs::WebRtcTransport::Listen::ListenServer, listen.Union());
  return Request(
      Method::ROUTER_CREATE_WEBRTCTRANSPORT_WITH_SERVER, router,
      fbs::Router::CreateCreateWebRtcTransportRequestDirect(builder_, id.c_str(), options));
}

Frame ChannelFrames::CreatePlainTransport(const std::string& router, const std::string& id,
                                          bool sctp) {
  auto options = fbs::PlainTransport::CreatePlainTransportOptions(builder_, Options(sctp),
                                                                  ListenInfo(0), 0, true, false);
  return Request(
      Method::ROUTER_CREATE_PLAINTRANSPORT, router,
      fbs::Router::CreateCreatePlainTransportRequestDirect(builder_, id.c_str(), options));
}

Frame ChannelFrames::ProduceData(const std::string& transport, const std::string& id,
                                 uint16_t stream) {
  auto parameters = fbs::SctpParameters::CreateSctpStreamParameters(builder_, stream, true);
  return Request(
      Method::TRANSPORT_PRODUCE_DATA, transport,
      fbs::Transport::CreateProduceDataRequestDirect(
          builder_, id.c_str(), fbs::DataProducer::Type::SCTP, parameters, "label", "protocol"));
}

Frame ChannelFrames::ConsumeData(const std::string& transport, const std::string& id,
                                 const std::string& producer, uint16_t stream) {
  auto parameters = fbs::SctpParameters::CreateSctpStreamParameters(builder_, stream, true);
  return Request(Method::TRANSPORT_CONSUME_DATA, transport,
                 fbs::Transport::CreateConsumeDataRequestDirect(
                     builder_, id.c_str(), producer.c_str(), fbs::DataConsumer::Type::SCTP,
                     parameters, "label", "protocol"));
}

Frame ChannelFrames::CloseDataProducer(const std::string& transport, const std::string& id) {
  return Request(Method::TRANSPORT_CLOSE_DATAPRODUCER, transport,
                 fbs::Transport::CreateCloseDataProducerRequestDirect(builder_, id.c_str()));
}

Frame ChannelFrames::CloseDataConsumer(const std::string& transport, const std::string& id) {
  return Request(Method::TRANSPORT_CLOSE_DATACONSUMER, transport,
                 fbs::Transport::CreateCloseDataConsumerRequestDirect(builder_, id.c_str()));
}

Frame ChannelFrames::SendData(const std::string& consumer, uint32_t ppid,
                              const std::vector<uint8_t>& bytes) {
  return Request(Method::DATACONSUMER_SEND, consumer,
                 fbs::DataConsumer::CreateSendRequestDirect(builder_, ppid, &bytes));
}

Frame ChannelFrames::CreatePipeTransport(const std::string& router, const std::string& id,
                                         bool srtp) {
  auto options = fbs::PipeTransport::CreatePipeTransportOptions(builder_, Options(), ListenInfo(0),
                                                                true, srtp);
  return Request(
      Method::ROUTER_CREATE_PIPETRANSPORT, router,
      fbs::Router::CreateCreatePipeTransportRequestDirect(builder_, id.c_str(), options));
}

Frame ChannelFrames::ConnectPipe(const std::string& transport, const std::string& ip, uint16_t port,
                                 const std::string& key_base64) {
  Offset<fbs::SrtpParameters::SrtpParameters> keys;
  if (!key_base64.empty()) {
    keys = fbs::SrtpParameters::CreateSrtpParametersDirect(
        builder_, fbs::SrtpParameters::SrtpCryptoSuite::AEAD_AES_256_GCM, key_base64.c_str());
  }
  return Request(Method::PIPETRANSPORT_CONNECT, transport,
                 fbs::PipeTransport::CreateConnectRequestDirect(builder_, ip.c_str(), port, keys));
}

Frame ChannelFrames::ConsumeForPipe(const std::string& transport, const std::string& id,
                                    const std::string& producer, uint32_t source, uint32_t ssrc) {
  auto parameters = RtpParameters(false, ssrc);
  // As RtpMapping maps it.
  std::vector<Offset<fbs::RtpParameters::RtpEncodingParameters>> consumable = {
      fbs::RtpParameters::CreateRtpEncodingParameters(builder_, source + 100000)};
  return Request(Method::TRANSPORT_CONSUME, transport,
                 fbs::Transport::CreateConsumeRequestDirect(
                     builder_, id.c_str(), producer.c_str(), fbs::RtpParameters::MediaKind::AUDIO,
                     parameters, fbs::RtpParameters::Type::PIPE, &consumable, false));
}

Frame ChannelFrames::CreateDirectTransport(const std::string& router, const std::string& id) {
  auto base =
      fbs::Transport::CreateOptions(builder_, true, flatbuffers::nullopt, false, 262144, 131072);
  auto options = fbs::DirectTransport::CreateDirectTransportOptions(builder_, base);
  return Request(
      Method::ROUTER_CREATE_DIRECTTRANSPORT, router,
      fbs::Router::CreateCreateDirectTransportRequestDirect(builder_, id.c_str(), options));
}

Frame ChannelFrames::SendRtp(const std::string& producer, const std::vector<uint8_t>& packet) {
  return Notification(Event::PRODUCER_SEND, producer,
                      fbs::Producer::CreateSendNotificationDirect(builder_, &packet));
}

Frame ChannelFrames::SendRtcp(const std::string& transport, const std::vector<uint8_t>& compound) {
  return Notification(Event::TRANSPORT_SEND_RTCP, transport,
                      fbs::Transport::CreateSendRtcpNotificationDirect(builder_, &compound));
}

Frame ChannelFrames::CloseTransport(const std::string& router, const std::string& id) {
  return Request(Method::ROUTER_CLOSE_TRANSPORT, router,
                 fbs::Router::CreateCloseTransportRequestDirect(builder_, id.c_str()));
}

Frame ChannelFrames::CreateObserver(const std::string& router, const std::string& id) {
  auto options = fbs::AudioLevelObserver::CreateAudioLevelObserverOptions(builder_, 1, -80, 1000);
  return Request(
      Method::ROUTER_CREATE_AUDIOLEVELOBSERVER, router,
      fbs::Router::CreateCreateAudioLevelObserverRequestDirect(builder_, id.c_str(), options));
}

Frame ChannelFrames::CreateSpeakerObserver(const std::string& router, const std::string& id) {
  auto options = fbs::ActiveSpeakerObserver::CreateActiveSpeakerObserverOptions(builder_, 300);
  return Request(
      Method::ROUTER_CREATE_ACTIVESPEAKEROBSERVER, router,
      fbs::Router::CreateCreateActiveSpeakerObserverRequestDirect(builder_, id.c_str(), options));
}

Frame ChannelFrames::CloseObserver(const std::string& router, const std::string& id) {
  return Request(Method::ROUTER_CLOSE_RTPOBSERVER, router,
                 fbs::Router::CreateCloseRtpObserverRequestDirect(builder_, id.c_str()));
}

Frame ChannelFrames::ProduceAudio(const std::string& transport, const std::string& id,
                                  uint32_t ssrc) {
  return Produce(transport, id, false, ssrc);
}

Frame ChannelFrames::ProduceVideo(const std::string& transport, const std::string& id,
                                  uint32_t ssrc) {
  return Produce(transport, id, true, ssrc);
}

Frame ChannelFrames::ConsumeAudio(const std::string& transport, const std::string& id,
                                  const std::string& producer, uint32_t ssrc) {
  return Consume(transport, id, producer, false, ssrc);
}

Frame ChannelFrames::ConsumeVideo(const std::string& transport, const std::string& id,
                                  const std::string& producer, uint32_t ssrc) {
  return Consume(transport, id, producer, true, ssrc);
}

Frame ChannelFrames::Produce(const std::string& transport, const std::string& id, bool video,
                             uint32_t ssrc) {
  auto parameters = RtpParameters(video, ssrc);
  auto mapping = RtpMapping(video, ssrc);
  auto kind = video ? fbs::RtpParameters::MediaKind::VIDEO : fbs::RtpParameters::MediaKind::AUDIO;
  return Request(Method::TRANSPORT_PRODUCE, transport,
                 fbs::Transport::CreateProduceRequestDirect(builder_, id.c_str(), kind, parameters,
                                                            mapping, false));
}

Frame ChannelFrames::Consume(const std::string& transport, const std::string& id,
                             const std::string& producer, bool video, uint32_t ssrc) {
  auto parameters = RtpParameters(video, ssrc);
  std::vector<Offset<fbs::RtpParameters::RtpEncodingParameters>> consumable = {
      fbs::RtpParameters::CreateRtpEncodingParameters(builder_, ssrc + 5000)};
  auto kind = video ? fbs::RtpParameters::MediaKind::VIDEO : fbs::RtpParameters::MediaKind::AUDIO;
  return Request(Method::TRANSPORT_CONSUME, transport,
                 fbs::Transport::CreateConsumeRequestDirect(
                     builder_, id.c_str(), producer.c_str(), kind, parameters,
                     fbs::RtpParameters::Type::SIMPLE, &consumable, false));
}

Frame ChannelFrames::CloseProducer(const std::string& transport, const std::string& id) {
  return Request(Method::TRANSPORT_CLOSE_PRODUCER, transport,
                 fbs::Transport::CreateCloseProducerRequestDirect(builder_, id.c_str()));
}

Frame ChannelFrames::CloseConsumer(const std::string& transport, const std::string& id) {
  return Request(Method::TRANSPORT_CLOSE_CONSUMER, transport,
                 fbs::Transport::CreateCloseConsumerRequestDirect(builder_, id.c_str()));
}

Frame ChannelFrames::ConnectPlain(const std::string& transport, const std::string& ip,
                                  uint16_t port) {
  return Request(Method::PLAINTRANSPORT_CONNECT, transport,
                 fbs::PlainTransport::CreateConnectRequestDirect(builder_, ip.c_str(), port));
}

Frame ChannelFrames::ConnectWebRtc(const std::string& transport) {
  std::string value = "AB";
  for (int i = 1; i < 32; ++i) value += ":AB";
  std::vector<Offset<fbs::WebRtcTransport::Fingerprint>> fingerprints = {
      fbs::WebRtcTransport::CreateFingerprintDirect(
          builder_, fbs::WebRtcTransport::FingerprintAlgorithm::SHA256, value.c_str())};
  auto parameters = fbs::WebRtcTransport::CreateDtlsParametersDirect(
      builder_, &fingerprints, fbs::WebRtcTransport::DtlsRole::CLIENT);
  return Request(Method::WEBRTCTRANSPORT_CONNECT, transport,
                 fbs::WebRtcTransport::CreateConnectRequest(builder_, parameters));
}

Frame ChannelFrames::Observe(const std::string& observer, const std::string& producer) {
  return Request(Method::RTPOBSERVER_ADD_PRODUCER, observer,
                 fbs::RtpObserver::CreateAddProducerRequestDirect(builder_, producer.c_str()));
}

Frame ChannelFrames::Unobserve(const std::string& observer, const std::string& producer) {
  return Request(Method::RTPOBSERVER_REMOVE_PRODUCER, observer,
                 fbs::RtpObserver::CreateRemoveProducerRequestDirect(builder_, producer.c_str()));
}

Frame ChannelFrames::UpdateSettings(const std::string& level,
                                    const std::vector<std::string>& tags) {
  auto log_level = builder_.CreateString(level);
  auto log_tags = builder_.CreateVectorOfStrings(tags);
  return Request(Method::WORKER_UPDATE_SETTINGS, "",
                 fbs::Worker::CreateUpdateSettingsRequest(builder_, log_level, log_tags));
}

Offset<fbs::Transport::ListenInfo> ChannelFrames::ListenInfo(uint16_t port) {
  auto range = fbs::Transport::CreatePortRange(builder_, 0, 0);
  auto flags = fbs::Transport::CreateSocketFlags(builder_, false, false);
  return fbs::Transport::CreateListenInfoDirect(builder_, fbs::Transport::Protocol::UDP,
                                                "127.0.0.1", nullptr, false, port, range, flags);
}

Offset<fbs::Transport::Options> ChannelFrames::Options(bool sctp) {
  return fbs::Transport::CreateOptions(builder_, false, uint64_t{600000}, sctp);
}

Offset<fbs::RtpParameters::RtpParameters> ChannelFrames::RtpParameters(bool video, uint32_t ssrc) {
  std::vector<Offset<fbs::RtpParameters::RtpCodecParameters>> codecs;
  if (video) {
    codecs = {Vp8(builder_), Rtx(builder_)};
  } else {
    codecs = {Opus(builder_)};
  }
  using Uri = fbs::RtpParameters::RtpHeaderExtensionUri;
  std::vector<Offset<fbs::RtpParameters::RtpHeaderExtensionParameters>> extensions = {
      fbs::RtpParameters::CreateRtpHeaderExtensionParametersDirect(builder_, Uri::Mid, 1),
      fbs::RtpParameters::CreateRtpHeaderExtensionParametersDirect(builder_, Uri::AbsSendTime, 4),
      fbs::RtpParameters::CreateRtpHeaderExtensionParametersDirect(builder_, Uri::SsrcAudioLevel,
                                                                   10)};
  Offset<fbs::RtpParameters::Rtx> rtx;
  if (video) rtx = fbs::RtpParameters::CreateRtx(builder_, ssrc + 1);
  std::vector<Offset<fbs::RtpParameters::RtpEncodingParameters>> encodings = {
      fbs::RtpParameters::CreateRtpEncodingParameters(builder_, ssrc, 0, flatbuffers::nullopt,
                                                      rtx)};
  auto rtcp = fbs::RtpParameters::CreateRtcpParametersDirect(builder_, "cname", true);
  std::string mid = std::to_string(ssrc);
  return fbs::RtpParameters::CreateRtpParametersDirect(builder_, mid.c_str(), &codecs, &extensions,
                                                       &encodings, rtcp);
}

Offset<fbs::RtpParameters::RtpMapping> ChannelFrames::RtpMapping(bool video, uint32_t ssrc) {
  std::vector<Offset<fbs::RtpParameters::CodecMapping>> codecs;
  if (video) {
    codecs = {
        fbs::RtpParameters::CreateCodecMapping(builder_, kVideoPayloadType, kVideoPayloadType),
        fbs::RtpParameters::CreateCodecMapping(builder_, kVideoRtxPayloadType,
                                               kVideoRtxPayloadType)};
  } else {
    codecs = {
        fbs::RtpParameters::CreateCodecMapping(builder_, kAudioPayloadType, kAudioPayloadType)};
  }
  std::vector<Offset<fbs::RtpParameters::EncodingMapping>> encodings = {
      fbs::RtpParameters::CreateEncodingMapping(builder_, 0, ssrc, ssrc + 100000)};
  return fbs::RtpParameters::CreateRtpMappingDirect(builder_, &codecs, &encodings);
}

}  // namespace millrace
