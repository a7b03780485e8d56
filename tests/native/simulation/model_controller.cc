#include "simulation/model_controller.h"

#include "simulation/model_source.h"
#include "simulation/model_viewer.h"

namespace millrace {

namespace fbs = Millrace::Schema;

ModelController::Frame ModelController::CreateRouter(const std::string& id) {
  return Request(Method::WORKER_CREATE_ROUTER, "",
                 fbs::Worker::CreateCreateRouterRequestDirect(builder_, id.c_str()));
}

ModelController::Frame ModelController::CreateTransport(const std::string& router,
                                                        const std::string& id) {
  auto range = fbs::Transport::CreatePortRange(builder_, 0, 0);
  auto flags = fbs::Transport::CreateSocketFlags(builder_, false, false);
  auto listen = fbs::Transport::CreateListenInfoDirect(
      builder_, fbs::Transport::Protocol::UDP, "192.0.2.1", nullptr, false, 0, range, flags);
  auto options = fbs::PlainTransport::CreatePlainTransportOptions(
      builder_, fbs::Transport::CreateOptions(builder_), listen, 0, true, false, true,
      fbs::SrtpParameters::SrtpCryptoSuite::AEAD_AES_128_GCM);
  return Request(
      Method::ROUTER_CREATE_PLAINTRANSPORT, router,
      fbs::Router::CreateCreatePlainTransportRequestDirect(builder_, id.c_str(), options));
}

ModelController::Frame ModelController::ConnectTransport(const std::string& id,
                                                         const std::string& ip, uint16_t port,
                                                         const std::string& key_base64) {
  auto keys = fbs::SrtpParameters::CreateSrtpParametersDirect(
      builder_, fbs::SrtpParameters::SrtpCryptoSuite::AEAD_AES_128_GCM, key_base64.c_str());
  return Request(Method::PLAINTRANSPORT_CONNECT, id,
                 fbs::PlainTransport::CreateConnectRequestDirect(builder_, ip.c_str(), port,
                                                                 flatbuffers::nullopt, keys));
}

ModelController::Frame ModelController::CloseTransport(const std::string& router,
                                                       const std::string& id) {
  return Request(Method::ROUTER_CLOSE_TRANSPORT, router,
                 fbs::Router::CreateCloseTransportRequestDirect(builder_, id.c_str()));
}

ModelController::Frame ModelController::Produce(const Media& media) {
  auto parameters = Parameters(media, Side::kProducer);
  auto mapping = Mapping(media);
  auto kind =
      media.video ? fbs::RtpParameters::MediaKind::VIDEO : fbs::RtpParameters::MediaKind::AUDIO;
  return Request(Method::TRANSPORT_PRODUCE, media.transport,
                 fbs::Transport::CreateProduceRequestDirect(builder_, media.id.c_str(), kind,
                                                            parameters, mapping));
}

ModelController::Frame ModelController::Consume(const Media& media, const std::string& producer,
                                                bool paused) {
  auto parameters = Parameters(media, Side::kConsumer);
  std::vector<Offset<fbs::RtpParameters::RtpEncodingParameters>> consumable = {
      fbs::RtpParameters::CreateRtpEncodingParameters(builder_, media.ssrc.value())};
  auto kind =
      media.video ? fbs::RtpParameters::MediaKind::VIDEO : fbs::RtpParameters::MediaKind::AUDIO;
  return Request(Method::TRANSPORT_CONSUME, media.transport,
                 fbs::Transport::CreateConsumeRequestDirect(
                     builder_, media.id.c_str(), producer.c_str(), kind, parameters,
                     fbs::RtpParameters::Type::SIMPLE, &consumable, paused));
}

ModelController::Frame ModelController::CloseProducer(const Media& media) {
  return Request(Method::TRANSPORT_CLOSE_PRODUCER, media.transport,
                 fbs::Transport::CreateCloseProducerRequestDirect(builder_, media.id.c_str()));
}

ModelController::Frame ModelController::CloseConsumer(const Media& media) {
  return Request(Method::TRANSPORT_CLOSE_CONSUMER, media.transport,
                 fbs::Transport::CreateCloseConsumerRequestDirect(builder_, media.id.c_str()));
}

ModelController::Frame ModelController::Plain(Method method, const std::string& handler) {
  return Finish(method, handler, fbs::Request::Body::NONE, 0);
}

ModelController::Frame ModelController::Finish(Method method, const std::string& handler,
                                               fbs::Request::Body type, Offset<void> body) {
  auto handler_id = builder_.CreateString(handler);
  auto request = fbs::Request::CreateRequest(builder_, next_id_++, method, handler_id, type, body);
  builder_.FinishSizePrefixed(
      fbs::Message::CreateMessage(builder_, fbs::Message::Body::Request, request.Union()));
  Frame frame(builder_.GetBufferPointer(), builder_.GetBufferPointer() + builder_.GetSize());
  builder_.Clear();
  return frame;
}

flatbuffers::Offset<fbs::RtpParameters::RtpParameters> ModelController::Parameters(
    const Media& media, Side side) {
  std::vector<Offset<fbs::RtpParameters::RtpCodecParameters>> codecs = {Codec(media.video, side)};
  if (media.video) codecs.push_back(Rtx(side));
  using Uri = fbs::RtpParameters::RtpHeaderExtensionUri;
  std::vector<Offset<fbs::RtpParameters::RtpHeaderExtensionParameters>> extensions = {
      fbs::RtpParameters::CreateRtpHeaderExtensionParametersDirect(builder_, Uri::Mid, 1),
      fbs::RtpParameters::CreateRtpHeaderExtensionParametersDirect(builder_, Uri::AbsSendTime, 4)};
  Offset<fbs::RtpParameters::Rtx> rtx;
  if (media.video) rtx = fbs::RtpParameters::CreateRtx(builder_, media.rtx_ssrc.value());
  std::vector<Offset<fbs::RtpParameters::RtpEncodingParameters>> encodings = {
      fbs::RtpParameters::CreateRtpEncodingParameters(builder_, media.ssrc.value(), 0,
                                                      flatbuffers::nullopt, rtx)};
  auto rtcp = fbs::RtpParameters::CreateRtcpParametersDirect(builder_, "cname", true);
  return fbs::RtpParameters::CreateRtpParametersDirect(builder_, media.id.c_str(), &codecs,
                                                       &extensions, &encodings, rtcp);
}

flatbuffers::Offset<fbs::RtpParameters::RtpCodecParameters> ModelController::Codec(bool video,
                                                                                   Side side) {
  bool producer = side == Side::kProducer;
  std::vector<Offset<fbs::RtpParameters::RtcpFeedback>> feedback;
  if (!video) {
    uint8_t type = producer ? SourceSettings::kAudioPayloadType : ViewerSettings::kAudioPayloadType;
    return fbs::RtpParameters::CreateRtpCodecParametersDirect(builder_, "audio/opus", type, 48000,
                                                              uint8_t{2}, nullptr, &feedback);
  }
  uint8_t type = producer ? SourceSettings::kVideoPayloadType : ViewerSettings::kVideoPayloadType;
  feedback = {fbs::RtpParameters::CreateRtcpFeedbackDirect(builder_, "nack", nullptr),
              fbs::RtpParameters::CreateRtcpFeedbackDirect(builder_, "nack", "pli")};
  return fbs::RtpParameters::CreateRtpCodecParametersDirect(
      builder_, "video/VP8", type, 90000, flatbuffers::nullopt, nullptr, &feedback);
}

flatbuffers::Offset<fbs::RtpParameters::RtpCodecParameters> ModelController::Rtx(Side side) {
  bool producer = side == Side::kProducer;
  int32_t apt = producer ? SourceSettings::kVideoPayloadType : ViewerSettings::kVideoPayloadType;
  uint8_t type =
      producer ? SourceSettings::kVideoRtxPayloadType : ViewerSettings::kVideoRtxPayloadType;
  auto number = fbs::RtpParameters::CreateInteger32(builder_, apt);
  std::vector<Offset<fbs::RtpParameters::Parameter>> parameters = {
      fbs::RtpParameters::CreateParameterDirect(
          builder_, "apt", fbs::RtpParameters::Value::Integer32, number.Union())};
  return fbs::RtpParameters::CreateRtpCodecParametersDirect(
      builder_, "video/rtx", type, 90000, flatbuffers::nullopt, &parameters, nullptr);
}

flatbuffers::Offset<fbs::RtpParameters::RtpMapping> ModelController::Mapping(const Media& media) {
  std::vector<Offset<fbs::RtpParameters::CodecMapping>> codecs;
  if (media.video) {
    codecs = {fbs::RtpParameters::CreateCodecMapping(builder_, SourceSettings::kVideoPayloadType,
                                                     ViewerSettings::kVideoPayloadType),
              fbs::RtpParameters::CreateCodecMapping(builder_, SourceSettings::kVideoRtxPayloadType,
                                                     ViewerSettings::kVideoRtxPayloadType)};
  } else {
    codecs = {fbs::RtpParameters::CreateCodecMapping(builder_, SourceSettings::kAudioPayloadType,
                                                     ViewerSettings::kAudioPayloadType)};
  }
  std::vector<Offset<fbs::RtpParameters::EncodingMapping>> encodings = {
      fbs::RtpParameters::CreateEncodingMapping(builder_, 0, media.ssrc.value(),
                                                media.ssrc.value() + 100'000)};
  return fbs::RtpParameters::CreateRtpMappingDirect(builder_, &codecs, &encodings);
}

}  // namespace millrace
