#include "worker/convert_frame.h"

#include <utility>
#include <vector>

#include "schema/message_generated.h"
#include "worker/convert_counters.h"
#include "worker/convert_data.h"
#include "worker/convert_event.h"
#include "worker/convert_fields.h"
#include "worker/convert_request.h"
#include "worker/convert_rtp.h"
#include "worker/convert_stream.h"
#include "worker/convert_transport.h"

namespace millrace {

namespace fbs = Millrace::Schema;

namespace {

using Builder = flatbuffers::FlatBufferBuilder;
template <typename T>
using Offset = flatbuffers::Offset<T>;
using AnswerType = fbs::Response::Body;
using AnswerBody = std::pair<AnswerType, Offset<void>>;

// A log line longer than this says nothing more; a text of a peer must not fill the channel.
constexpr size_t kMaxLogBytes = 4096;

template <typename Table>
AnswerBody BodyOf(Offset<Table> table) {
  // A copy: the generated constant has no definition that a reference could be bound to.
  constexpr AnswerType kType = fbs::Response::BodyTraits<Table>::enum_value;
  return {kType, table.Union()};
}

Offset<flatbuffers::Vector<Offset<fbs::Common::StringString>>> WritePairs(
    Builder& builder, const std::vector<NamePair>& values) {
  std::vector<Offset<fbs::Common::StringString>> offsets;
  for (const auto& [key, value] : values) {
    offsets.push_back(fbs::Common::CreateStringStringDirect(builder, key.c_str(), value.c_str()));
  }
  return builder.CreateVector(offsets);
}

Offset<flatbuffers::Vector<Offset<fbs::Common::StringStringArray>>> WriteLists(
    Builder& builder, const std::vector<NameList>& values) {
  std::vector<Offset<fbs::Common::StringStringArray>> offsets;
  for (const auto& [key, names] : values) {
    auto name = builder.CreateString(key);
    offsets.push_back(
        fbs::Common::CreateStringStringArray(builder, name, builder.CreateVectorOfStrings(names)));
  }
  return builder.CreateVector(offsets);
}

Offset<flatbuffers::Vector<Offset<fbs::WebRtcServer::IpPort>>> WriteIpPorts(
    Builder& builder, const std::vector<WebRtcServerDump::IpPort>& values) {
  std::vector<Offset<fbs::WebRtcServer::IpPort>> offsets;
  for (const WebRtcServerDump::IpPort& value : values) {
    offsets.push_back(fbs::WebRtcServer::CreateIpPortDirect(builder, value.ip.c_str(), value.port));
  }
  return builder.CreateVector(offsets);
}

// One overload an answer: the compiler names the answer that has no table.
struct AnswerWriter {
  Builder& builder;

  AnswerBody operator()(const Done&) const { return {AnswerType::NONE, 0}; }

  AnswerBody operator()(const WorkerDump& dump) const {
    auto servers = builder.CreateVectorOfStrings(dump.webrtc_server_ids);
    auto routers = builder.CreateVectorOfStrings(dump.router_ids);
    auto requests = builder.CreateVectorOfStrings(dump.request_handler_ids);
    auto notifications = builder.CreateVectorOfStrings(dump.notification_handler_ids);
    auto handlers = fbs::Worker::CreateChannelMessageHandlers(builder, requests, notifications);
    return BodyOf(fbs::Worker::CreateDumpResponse(builder, dump.pid, servers, routers, handlers));
  }

  AnswerBody operator()(const ResourceUsage& usage) const {
    return BodyOf(fbs::Worker::CreateResourceUsageResponse(
        builder, usage.user_time_ms, usage.system_time_ms, usage.max_resident, usage.shared_memory,
        usage.unshared_data, usage.unshared_stack, usage.minor_faults, usage.major_faults,
        usage.swaps, usage.block_inputs, usage.block_outputs, usage.messages_sent,
        usage.messages_received, usage.signals, usage.voluntary_switches,
        usage.involuntary_switches));
  }

  AnswerBody operator()(const WebRtcServerDump& dump) const {
    auto id = builder.CreateString(dump.id);
    auto udp = WriteIpPorts(builder, dump.udp_sockets);
    auto tcp = WriteIpPorts(builder, dump.tcp_servers);
    auto transports = builder.CreateVectorOfStrings(dump.transport_ids);
    std::vector<Offset<fbs::WebRtcServer::IceUserNameFragment>> fragments;
    for (const auto& [fragment, transport] : dump.ufrag_transport_ids) {
      fragments.push_back(fbs::WebRtcServer::CreateIceUserNameFragmentDirect(
          builder, fragment.c_str(), transport.c_str()));
    }
    return BodyOf(fbs::WebRtcServer::CreateDumpResponse(builder, id, udp, tcp, transports,
                                                        builder.CreateVector(fragments)));
  }

  AnswerBody operator()(const RouterDump& dump) const {
    auto id = builder.CreateString(dump.id);
    auto transports = builder.CreateVectorOfStrings(dump.transport_ids);
    auto observers = builder.CreateVectorOfStrings(dump.observer_ids);
    auto producer_consumers = WriteLists(builder, dump.producer_consumer_ids);
    auto consumer_producers = WritePairs(builder, dump.consumer_producer_ids);
    auto producer_observers = WriteLists(builder, dump.producer_observer_ids);
    auto data_consumers = WriteLists(builder, dump.data_producer_consumer_ids);
    auto data_producers = WritePairs(builder, dump.data_consumer_producer_ids);
    return BodyOf(fbs::Router::CreateDumpResponse(
        builder, id, transports, observers, producer_consumers, consumer_producers,
        producer_observers, data_consumers, data_producers));
  }

  AnswerBody operator()(const ProduceAnswer& answer) const {
    return BodyOf(fbs::Transport::CreateProduceResponse(
        builder, static_cast<fbs::RtpParameters::Type>(answer.type)));
  }

  AnswerBody operator()(const ConsumeAnswer& answer) const {
    auto score = WriteConsumerScore(builder, answer.score);
    Offset<fbs::Consumer::ConsumerLayers> layers;
    if (answer.preferred_layers) layers = WriteLayers(builder, *answer.preferred_layers);
    return BodyOf(fbs::Transport::CreateConsumeResponse(builder, answer.paused,
                                                        answer.producer_paused, score, layers));
  }

  AnswerBody operator()(const IceParameters& answer) const {
    return BodyOf(fbs::Transport::CreateRestartIceResponseDirect(
        builder, answer.username_fragment.c_str(), answer.password.c_str(), answer.ice_lite));
  }

  AnswerBody operator()(const PlainConnectAnswer& answer) const {
    auto tuple = WriteTuple(builder, answer.tuple);
    Offset<fbs::Transport::Tuple> rtcp_tuple;
    if (answer.rtcp_tuple) rtcp_tuple = WriteTuple(builder, *answer.rtcp_tuple);
    Offset<fbs::SrtpParameters::SrtpParameters> srtp;
    if (answer.srtp_parameters) srtp = WriteSrtpParameters(builder, *answer.srtp_parameters);
    return BodyOf(fbs::PlainTransport::CreateConnectResponse(builder, tuple, rtcp_tuple, srtp));
  }

  AnswerBody operator()(const PlainTransportDump& dump) const {
    return BodyOf(WritePlainTransportDump(builder, dump));
  }
  AnswerBody operator()(const PlainTransportStats& stats) const {
    return BodyOf(WritePlainTransportStats(builder, stats));
  }
  AnswerBody operator()(const PipeConnectAnswer& answer) const {
    return BodyOf(
        fbs::PipeTransport::CreateConnectResponse(builder, WriteTuple(builder, answer.tuple)));
  }
  AnswerBody operator()(const PipeTransportDump& dump) const {
    return BodyOf(WritePipeTransportDump(builder, dump));
  }
  AnswerBody operator()(const PipeTransportStats& stats) const {
    return BodyOf(WritePipeTransportStats(builder, stats));
  }
  AnswerBody operator()(const DirectTransportDump& dump) const {
    return BodyOf(WriteDirectTransportDump(builder, dump));
  }
  AnswerBody operator()(const DirectTransportStats& stats) const {
    return BodyOf(WriteDirectTransportStats(builder, stats));
  }
  AnswerBody operator()(const WebRtcConnectAnswer& answer) const {
    return BodyOf(fbs::WebRtcTransport::CreateConnectResponse(
        builder, static_cast<fbs::WebRtcTransport::DtlsRole>(answer.local_role)));
  }
  AnswerBody operator()(const WebRtcTransportDump& dump) const {
    return BodyOf(WriteWebRtcTransportDump(builder, dump));
  }
  AnswerBody operator()(const WebRtcTransportStats& stats) const {
    return BodyOf(WriteWebRtcTransportStats(builder, stats));
  }
  AnswerBody operator()(const ProducerDump& dump) const {
    return BodyOf(WriteProducerDump(builder, dump));
  }
  AnswerBody operator()(const ProducerStats& stats) const {
    return BodyOf(
        fbs::Producer::CreateGetStatsResponse(builder, WriteStreamStats(builder, stats.streams)));
  }
  AnswerBody operator()(const ConsumerDump& dump) const {
    return BodyOf(WriteConsumerDump(builder, dump));
  }
  AnswerBody operator()(const ConsumerStats& stats) const {
    return BodyOf(
        fbs::Consumer::CreateGetStatsResponse(builder, WriteStreamStats(builder, stats.streams)));
  }
  AnswerBody operator()(const PreferredLayersAnswer& answer) const {
    Offset<fbs::Consumer::ConsumerLayers> layers;
    if (answer.layers) layers = WriteLayers(builder, *answer.layers);
    return BodyOf(fbs::Consumer::CreateSetPreferredLayersResponse(builder, layers));
  }
  AnswerBody operator()(const PriorityAnswer& answer) const {
    return BodyOf(fbs::Consumer::CreateSetPriorityResponse(builder, answer.priority));
  }
  AnswerBody operator()(const DataProducerDump& dump) const {
    return BodyOf(WriteDataProducerDump(builder, dump));
  }
  AnswerBody operator()(const DataProducerStats& stats) const {
    return BodyOf(WriteDataProducerStats(builder, stats));
  }
  AnswerBody operator()(const DataConsumerDump& dump) const {
    return BodyOf(WriteDataConsumerDump(builder, dump));
  }
  AnswerBody operator()(const DataConsumerStats& stats) const {
    return BodyOf(WriteDataConsumerStats(builder, stats));
  }
  AnswerBody operator()(const BufferedAmountAnswer& answer) const {
    return BodyOf(fbs::DataConsumer::CreateGetBufferedAmountResponse(builder, answer.bytes));
  }
  AnswerBody operator()(const SendAnswer& answer) const {
    return BodyOf(fbs::DataConsumer::CreateSendResponse(builder, answer.buffered_amount));
  }
  AnswerBody operator()(const SetSubchannelsAnswer& answer) const {
    return BodyOf(
        fbs::DataConsumer::CreateSetSubchannelsResponseDirect(builder, &answer.subchannels));
  }
  AnswerBody operator()(const AddSubchannelAnswer& answer) const {
    return BodyOf(
        fbs::DataConsumer::CreateAddSubchannelResponseDirect(builder, &answer.subchannels));
  }
  AnswerBody operator()(const RemoveSubchannelAnswer& answer) const {
    return BodyOf(
        fbs::DataConsumer::CreateRemoveSubchannelResponseDirect(builder, &answer.subchannels));
  }
  AnswerBody operator()(const CountersAnswer& answer) const {
    return BodyOf(WriteCounters(builder, answer));
  }
};

const char* KindText(Error::Kind kind) {
  switch (kind) {
    case Error::Kind::kError:
      return "Error";
    case Error::Kind::kTypeError:
      return "TypeError";
    case Error::Kind::kNotFound:
      return "NotFoundError";
  }
  CHECK(false, "every kind of error has a text");
}

char LevelLetter(LogLevel level) {
  switch (level) {
    case LogLevel::kDebug:
      return 'D';
    case LogLevel::kWarn:
      return 'W';
    case LogLevel::kError:
      return 'E';
  }
  CHECK(false, "every log level has a letter");
}

}  // namespace

struct FrameWriter::State {
  Builder builder{4096};

  template <typename Table>
  void Finish(Offset<Table> body) {
    builder.FinishSizePrefixed(fbs::Message::CreateMessage(
        builder, fbs::Message::BodyTraits<Table>::enum_value, body.Union()));
  }

  // False when the frame is too long to send; it is forgotten either way.
  [[nodiscard]] bool Send(Output& out) {
    bool fits = builder.GetSize() <= kMaxFrameBytes;
    if (fits) out.AppendFrame(Bytes(builder.GetBufferPointer(), builder.GetSize()));
    builder.Clear();
    return fits;
  }
};

FrameWriter::FrameWriter() : state_(std::make_unique<State>()) {}
FrameWriter::~FrameWriter() = default;

void FrameWriter::Respond(uint32_t request_id, const Answer& answer, std::string_view method,
                          Output& out) {
  Builder& builder = state_->builder;
  auto [type, body] = std::visit(AnswerWriter{builder}, answer);
  state_->Finish(fbs::Response::CreateResponse(builder, request_id, true, type, body));
  if (!state_->Send(out)) {
    Refuse(request_id, Error::Of("the answer is too long for the channel"), method, out);
  }
}

void FrameWriter::Refuse(uint32_t request_id, const Error& error, std::string_view method,
                         Output& out) {
  std::string reason = error.reason;
  reason += " [method:";
  reason += method;
  reason += "]";
  state_->Finish(fbs::Response::CreateResponseDirect(state_->builder, request_id, false,
                                                     AnswerType::NONE, 0, KindText(error.kind),
                                                     reason.c_str()));
  bool sent = state_->Send(out);
  CHECK(sent, "an error's text is far shorter than a frame");
}

void FrameWriter::NotifyRunning(const std::string& pid, Output& out) {
  state_->Finish(fbs::Notification::CreateNotificationDirect(
      state_->builder, pid.c_str(), fbs::Notification::Event::WORKER_RUNNING));
  (void)state_->Send(out);
}

void FrameWriter::Notify(const RoutingEvent& event, Output& out) {
  state_->Finish(WriteEvent(state_->builder, event));
  if (!state_->Send(out)) {
    out.Log(LogLevel::kError, LogTag::kNone, "FrameWriter::Notify() | an event is too long");
  }
}

void FrameWriter::WriteLog(const Output::LogLine& line, Output& out) {
  std::string text(1, LevelLetter(line.level));
  text.append(line.text, 0, kMaxLogBytes);
  state_->Finish(fbs::Log::CreateLogDirect(state_->builder, text.c_str()));
  (void)state_->Send(out);
}

}  // namespace millrace
