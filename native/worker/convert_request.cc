#include "worker/convert_request.h"

#include <array>
#include <cstring>
#include <utility>

#include "schema/message_generated.h"
#include "worker/convert_data.h"
#include "worker/convert_fields.h"
#include "worker/convert_notification.h"
#include "worker/convert_rtp.h"
#include "worker/convert_transport_options.h"

namespace millrace {

namespace fbs = Millrace::Schema;

namespace {

// The deepest request (a parameter's value inside RTP parameters) nests seven tables; the longest
// has a few hundred. A verifier without bounds would walk shared tables again and again.
constexpr flatbuffers::uoffset_t kMaxDepth = 16;
constexpr flatbuffers::uoffset_t kMaxTables = 32 * 1024;

// A FlatBuffers number is read where it stands, so the buffer has to start at an address that the
// widest number (64 bits) may have.
constexpr size_t kAlignment = 8;

constexpr size_t kMaxLogTags = 64;
constexpr size_t kMaxListenInfos = 64;
constexpr size_t kMaxTraceEvents = 16;

std::optional<std::string> ReadOptionalText(FieldReader& reader, const flatbuffers::String* text,
                                            std::string_view field) {
  if (text == nullptr) return std::nullopt;
  return reader.Text(text, field);
}

RequestBody ReadUpdateSettings(FieldReader& reader,
                               const fbs::Worker::UpdateSettingsRequest& body) {
  UpdateSettings settings;
  settings.log_level = ReadOptionalText(reader, body.log_level(), "logLevel");
  if (body.log_tags() != nullptr) {
    settings.log_tags =
        reader.Each(body.log_tags(), kMaxLogTags, "logTags",
                    [&](const flatbuffers::String* tag) { return reader.Text(tag, "logTag"); });
  }
  return settings;
}

RequestBody ReadCreateWebRtcServer(FieldReader& reader,
                                   const fbs::Worker::CreateWebRtcServerRequest& body) {
  CreateWebRtcServer server;
  server.id = reader.Id(body.web_rtc_server_id(), "webRtcServerId");
  server.listen_infos = reader.Each(
      body.listen_infos(), kMaxListenInfos, "listenInfos",
      [&](const fbs::Transport::ListenInfo* info) { return ReadListenInfo(reader, *info); });
  return server;
}

RequestBody ReadProduce(FieldReader& reader, const fbs::Transport::ProduceRequest& body) {
  ProduceOptions options;
  options.producer_id = reader.Id(body.producer_id(), "producerId");
  options.kind = reader.Enum(body.kind(), MediaKind::kAudio, MediaKind::kVideo, "kind");
  options.rtp_parameters = ReadRtpParameters(reader, *body.rtp_parameters());
  options.rtp_mapping = ReadRtpMapping(reader, *body.rtp_mapping());
  options.paused = body.paused();
  options.key_frame_request_delay_ms = body.key_frame_request_delay();
  options.enable_packet_id_extension = body.enable_mediasoup_packet_id_header_extension();
  return options;
}

RequestBody ReadConsume(FieldReader& reader, const fbs::Transport::ConsumeRequest& body) {
  ConsumeOptions options;
  options.consumer_id = reader.Id(body.consumer_id(), "consumerId");
  options.producer_id = reader.Id(body.producer_id(), "producerId");
  options.kind = reader.Enum(body.kind(), MediaKind::kAudio, MediaKind::kVideo, "kind");
  options.rtp_parameters = ReadRtpParameters(reader, *body.rtp_parameters());
  options.type = reader.Enum(body.type(), RtpType::kSimple, RtpType::kPipe, "type");
  options.consumable_encodings = ReadEncodings(reader, body.consumable_rtp_encodings());
  options.paused = body.paused();
  if (body.preferred_layers() != nullptr) {
    options.preferred_layers = ReadLayers(*body.preferred_layers());
  }
  options.ignore_dtx = body.ignore_dtx();
  return options;
}

RequestBody ReadAudioLevelObserver(FieldReader& reader,
                                   const fbs::Router::CreateAudioLevelObserverRequest& body) {
  CreateAudioLevelObserver observer;
  observer.id = reader.Id(body.rtp_observer_id(), "rtpObserverId");
  observer.options = {.max_entries = body.options()->max_entries(),
                      .threshold = body.options()->threshold(),
                      .interval_ms = body.options()->interval()};
  return observer;
}

RequestBody ReadActiveSpeakerObserver(FieldReader& reader,
                                      const fbs::Router::CreateActiveSpeakerObserverRequest& body) {
  return CreateActiveSpeakerObserver{reader.Id(body.rtp_observer_id(), "rtpObserverId"),
                                     {.interval_ms = body.options()->interval()}};
}

RequestBody ReadDataProducer(FieldReader& reader, const fbs::Transport::ProduceDataRequest& body) {
  return ReadProduceData(reader, body);
}

RequestBody ReadDataConsumer(FieldReader& reader, const fbs::Transport::ConsumeDataRequest& body) {
  return ReadConsumeData(reader, body);
}

RequestBody ReadSend(FieldReader& reader, const fbs::DataConsumer::SendRequest& body) {
  return ReadSendToConsumer(reader, body);
}

RequestBody ReadSubchannels(FieldReader& reader,
                            const fbs::DataConsumer::SetSubchannelsRequest& body) {
  return ReadSetSubchannels(reader, body);
}

RequestBody ReadCreatePipeTransport(FieldReader& reader,
                                    const fbs::Router::CreatePipeTransportRequest& body) {
  return CreatePipeTransport{reader.Id(body.transport_id(), "transportId"),
                             ReadPipeTransportOptions(reader, *body.options())};
}

RequestBody ReadConnectPipe(FieldReader& reader, const fbs::PipeTransport::ConnectRequest& body) {
  return ReadPipeConnect(reader, body);
}

RequestBody ReadCreateDirectTransport(FieldReader& reader,
                                      const fbs::Router::CreateDirectTransportRequest& body) {
  return CreateDirectTransport{reader.Id(body.transport_id(), "transportId"),
                               ReadDirectTransportOptions(*body.options())};
}

// The trace types of a list, from zero to `last`.
template <typename Ours, typename List>
std::vector<Ours> ReadTraceTypes(FieldReader& reader, const List* list, Ours last) {
  return reader.Each(list, kMaxTraceEvents, "events", [&](auto type) {
    return reader.Enum(type, static_cast<Ours>(0), last, "event");
  });
}

RequestBody ReadCreateWebRtcTransport(FieldReader& reader,
                                      const fbs::Router::CreateWebRtcTransportRequest& body) {
  return CreateWebRtcTransport{reader.Id(body.transport_id(), "transportId"),
                               ReadWebRtcTransportOptions(reader, *body.options())};
}

RequestBody ReadCreatePlainTransport(FieldReader& reader,
                                     const fbs::Router::CreatePlainTransportRequest& body) {
  return CreatePlainTransport{reader.Id(body.transport_id(), "transportId"),
                              ReadPlainTransportOptions(reader, *body.options())};
}

RequestBody ReadConnectPlain(FieldReader& reader, const fbs::PlainTransport::ConnectRequest& body) {
  return ReadPlainConnect(reader, body);
}

RequestBody ReadConnectWebRtc(FieldReader& reader,
                              const fbs::WebRtcTransport::ConnectRequest& body) {
  return ReadDtlsParameters(reader, *body.dtls_parameters());
}

RequestBody ReadTransportTrace(FieldReader& reader,
                               const fbs::Transport::EnableTraceEventRequest& body) {
  return EnableTransportTrace{ReadTraceTypes(reader, body.events(), TransportTraceType::kBwe)};
}

RequestBody ReadProducerTrace(FieldReader& reader,
                              const fbs::Producer::EnableTraceEventRequest& body) {
  return EnableProducerTrace{ReadTraceTypes(reader, body.events(), RtpTraceType::kSenderReport)};
}

RequestBody ReadConsumerTrace(FieldReader& reader,
                              const fbs::Consumer::EnableTraceEventRequest& body) {
  return EnableConsumerTrace{ReadTraceTypes(reader, body.events(), RtpTraceType::kRtp)};
}

RequestBody ReadPreferredLayers(FieldReader&,
                                const fbs::Consumer::SetPreferredLayersRequest& body) {
  return SetPreferredLayers{ReadLayers(*body.preferred_layers())};
}

// Bodies that hold one number.
template <typename Ours, typename Table, auto kField>
RequestBody ReadNumber(FieldReader&, const Table& body) {
  return Ours{(body.*kField)()};
}

// Bodies that hold one id.
template <typename Ours, typename Table, auto kField>
RequestBody ReadId(FieldReader& reader, const Table& body) {
  return Ours{reader.Id((body.*kField)(), "id")};
}

// --- the bodies that this version reads, each found by the table that holds it

using ReadBody = RequestBody (*)(FieldReader& reader, const void* body);
using BodyType = fbs::Request::Body;
using BodyReaders = std::array<ReadBody, static_cast<size_t>(BodyType::MAX) + 1>;

RequestBody ReadNothing(FieldReader&, const void*) { return NoBody{}; }
RequestBody LeaveUnread(FieldReader&, const void*) { return UnreadBody{}; }

template <typename Table, RequestBody (*kRead)(FieldReader&, const Table&)>
RequestBody ReadAs(FieldReader& reader, const void* body) {
  return kRead(reader, *static_cast<const Table*>(body));
}

template <typename Table, RequestBody (*kRead)(FieldReader&, const Table&)>
constexpr void Enter(BodyReaders& readers) {
  readers[static_cast<size_t>(fbs::Request::BodyTraits<Table>::enum_value)] = &ReadAs<Table, kRead>;
}

template <typename Ours, typename Table, auto kField>
constexpr void EnterNumber(BodyReaders& readers) {
  Enter<Table, &ReadNumber<Ours, Table, kField>>(readers);
}

template <typename Ours, typename Table, auto kField>
constexpr void EnterId(BodyReaders& readers) {
  Enter<Table, &ReadId<Ours, Table, kField>>(readers);
}

constexpr void EnterSmallBodies(BodyReaders& readers) {
  namespace w = fbs::Worker;
  namespace r = fbs::Router;
  namespace t = fbs::Transport;
  namespace o = fbs::RtpObserver;
  namespace c = fbs::Consumer;
  using CloseServer = w::CloseWebRtcServerRequest;
  using MaxIncoming = t::SetMaxIncomingBitrateRequest;
  using MaxOutgoing = t::SetMaxOutgoingBitrateRequest;
  using MinOutgoing = t::SetMinOutgoingBitrateRequest;
  EnterId<CloseWebRtcServer, CloseServer, &CloseServer::web_rtc_server_id>(readers);
  EnterId<CreateRouter, w::CreateRouterRequest, &w::CreateRouterRequest::router_id>(readers);
  EnterId<CloseRouter, w::CloseRouterRequest, &w::CloseRouterRequest::router_id>(readers);
  EnterId<CloseTransport, r::CloseTransportRequest, &r::CloseTransportRequest::transport_id>(
      readers);
  EnterId<CloseObserver, r::CloseRtpObserverRequest, &r::CloseRtpObserverRequest::rtp_observer_id>(
      readers);
  EnterId<CloseProducer, t::CloseProducerRequest, &t::CloseProducerRequest::producer_id>(readers);
  EnterId<CloseConsumer, t::CloseConsumerRequest, &t::CloseConsumerRequest::consumer_id>(readers);
  EnterId<ObserveProducer, o::AddProducerRequest, &o::AddProducerRequest::producer_id>(readers);
  EnterId<UnobserveProducer, o::RemoveProducerRequest, &o::RemoveProducerRequest::producer_id>(
      readers);
  EnterNumber<SetMaxIncomingBitrate, MaxIncoming, &MaxIncoming::max_incoming_bitrate>(readers);
  EnterNumber<SetMaxOutgoingBitrate, MaxOutgoing, &MaxOutgoing::max_outgoing_bitrate>(readers);
  EnterNumber<SetMinOutgoingBitrate, MinOutgoing, &MinOutgoing::min_outgoing_bitrate>(readers);
  EnterNumber<SetPriority, c::SetPriorityRequest, &c::SetPriorityRequest::priority>(readers);
}

constexpr void EnterDataBodies(BodyReaders& readers) {
  namespace t = fbs::Transport;
  namespace d = fbs::DataConsumer;
  using CloseProducer = t::CloseDataProducerRequest;
  using CloseConsumer = t::CloseDataConsumerRequest;
  using Threshold = d::SetBufferedAmountLowThresholdRequest;
  Enter<t::ProduceDataRequest, &ReadDataProducer>(readers);
  Enter<t::ConsumeDataRequest, &ReadDataConsumer>(readers);
  EnterId<CloseDataProducer, CloseProducer, &CloseProducer::data_producer_id>(readers);
  EnterId<CloseDataConsumer, CloseConsumer, &CloseConsumer::data_consumer_id>(readers);
  EnterNumber<SetLowThreshold, Threshold, &Threshold::threshold>(readers);
  Enter<d::SendRequest, &ReadSend>(readers);
  Enter<d::SetSubchannelsRequest, &ReadSubchannels>(readers);
  EnterNumber<AddSubchannel, d::AddSubchannelRequest, &d::AddSubchannelRequest::subchannel>(
      readers);
  EnterNumber<RemoveSubchannel, d::RemoveSubchannelRequest,
              &d::RemoveSubchannelRequest::subchannel>(readers);
}

constexpr BodyReaders MakeReaders() {
  BodyReaders readers{};
  for (ReadBody& reader : readers) reader = &LeaveUnread;
  readers[0] = &ReadNothing;
  EnterSmallBodies(readers);
  EnterDataBodies(readers);
  Enter<fbs::Worker::UpdateSettingsRequest, &ReadUpdateSettings>(readers);
  Enter<fbs::Worker::CreateWebRtcServerRequest, &ReadCreateWebRtcServer>(readers);
  Enter<fbs::Router::CreateWebRtcTransportRequest, &ReadCreateWebRtcTransport>(readers);
  Enter<fbs::Router::CreatePlainTransportRequest, &ReadCreatePlainTransport>(readers);
  Enter<fbs::Router::CreateAudioLevelObserverRequest, &ReadAudioLevelObserver>(readers);
  Enter<fbs::Router::CreatePipeTransportRequest, &ReadCreatePipeTransport>(readers);
  Enter<fbs::PipeTransport::ConnectRequest, &ReadConnectPipe>(readers);
  Enter<fbs::Router::CreateDirectTransportRequest, &ReadCreateDirectTransport>(readers);
  Enter<fbs::Router::CreateActiveSpeakerObserverRequest, &ReadActiveSpeakerObserver>(readers);
  Enter<fbs::Transport::ProduceRequest, &ReadProduce>(readers);
  Enter<fbs::Transport::ConsumeRequest, &ReadConsume>(readers);
  Enter<fbs::Transport::EnableTraceEventRequest, &ReadTransportTrace>(readers);
  Enter<fbs::PlainTransport::ConnectRequest, &ReadConnectPlain>(readers);
  Enter<fbs::WebRtcTransport::ConnectRequest, &ReadConnectWebRtc>(readers);
  Enter<fbs::Producer::EnableTraceEventRequest, &ReadProducerTrace>(readers);
  Enter<fbs::Consumer::EnableTraceEventRequest, &ReadConsumerTrace>(readers);
  Enter<fbs::Consumer::SetPreferredLayersRequest, &ReadPreferredLayers>(readers);
  return readers;
}

constexpr BodyReaders kReaders = MakeReaders();

// The union's members are numbered without a gap, so a number beyond the last has no meaning, and
// a member without its table is no body at all.
bool IsBodyType(const fbs::Request::Request& request) {
  bool known = request.body_type() <= fbs::Request::Body::MAX;
  bool present = request.body() != nullptr;
  return known && present == (request.body_type() != fbs::Request::Body::NONE);
}

ChannelMessage ReadRequest(const fbs::Request::Request& table) {
  ChannelRequest request;
  request.id = table.id();
  request.method = static_cast<uint8_t>(table.method());
  FieldReader reader;
  if (table.handler_id()->size() != 0) {
    request.handler_id = reader.Id(table.handler_id(), "handlerId");
  }
  if (!IsBodyType(table)) reader.Refuse("body", "no such type");
  RequestBody body;
  if (!reader.fault()) {
    body = kReaders[static_cast<size_t>(table.body_type())](reader, table.body());
  }
  if (reader.fault()) {
    request.body = *reader.fault();
  } else {
    request.body = std::move(body);
  }
  return request;
}

ChannelMessage ReadNotification(const fbs::Notification::Notification& table) {
  FieldReader reader;
  ChannelNotification notification;
  notification.event = static_cast<uint8_t>(table.event());
  if (table.handler_id()->size() != 0) {
    notification.handler_id = reader.Id(table.handler_id(), "handlerId");
  }
  notification.body = ReadNotificationBody(reader, table);
  if (reader.fault()) return UnreadableFrame{reader.fault()->reason};
  return notification;
}

ChannelMessage ReadAligned(Bytes frame) {
  flatbuffers::Verifier verifier(frame.data(), frame.size(), kMaxDepth, kMaxTables);
  if (!fbs::Message::VerifySizePrefixedMessageBuffer(verifier)) {
    return UnreadableFrame{"the verifier refuses it"};
  }
  const fbs::Message::Message* message = fbs::Message::GetSizePrefixedMessage(frame.data());
  switch (message->data_type()) {
    case fbs::Message::Body::Request:
      return ReadRequest(*message->data_as_Request());
    case fbs::Message::Body::Notification:
      return ReadNotification(*message->data_as_Notification());
    case fbs::Message::Body::NONE:
    case fbs::Message::Body::Response:
    case fbs::Message::Body::Log:
      break;
  }
  return UnreadableFrame{"neither a request nor a notification"};
}

}  // namespace

ChannelMessage ReadFrame(Bytes frame) {
  // A size prefix and the shortest FlatBuffer; what is shorter the verifier must not see.
  constexpr size_t kMinFrameBytes = sizeof(uint32_t) + 8;
  if (frame.size() < kMinFrameBytes) return UnreadableFrame{"too short"};
  if (frame.size() > kMaxFrameBytes) return UnreadableFrame{"too long"};
  if (reinterpret_cast<uintptr_t>(frame.data()) % kAlignment == 0) return ReadAligned(frame);
  std::vector<uint64_t> aligned((frame.size() + kAlignment - 1) / kAlignment);
  std::memcpy(aligned.data(), frame.data(), frame.size());
  return ReadAligned(Bytes(reinterpret_cast<const uint8_t*>(aligned.data()), frame.size()));
}

}  // namespace millrace
