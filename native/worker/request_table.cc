#include "worker/request_table.h"

#include <array>
#include <string>
#include <utility>

#include "worker/data_verbs.h"
#include "worker/request_verbs.h"

namespace millrace {

namespace {

// Makes a row's verb of a function with typed arguments: the object that the handler id names and
// the body are taken out of the call, and a body of another type is refused.
template <auto kFunction>
struct Bound;

template <typename Body, typename Value, Result<Value> (*kFunction)(Machine&, const Body&, Turn&)>
struct Bound<kFunction> {
  static Result<Answer> Call(const RequestCall& call) {
    static constexpr NoBody kEmpty{};
    const Body* body = std::get_if<Body>(&call.body);
    if constexpr (std::is_same_v<Body, NoBody>) body = &kEmpty;
    if (!body) return Error::Type("missing body, or the body of another method");
    Result<Value> result = kFunction(call.machine, *body, call.turn);
    if (!result.ok()) return result.error();
    return Answer(std::move(result.value()));
  }
};

template <typename Object, typename Body, typename Value,
          Result<Value> (*kFunction)(Machine&, Object&, const Body&, Turn&)>
struct Bound<kFunction> {
  static Result<Answer> Call(const RequestCall& call) {
    static constexpr NoBody kEmpty{};
    Object* const* object = std::get_if<Object*>(&call.target);
    CHECK(object, "a row names the kind of object that its verb works on");
    const Body* body = std::get_if<Body>(&call.body);
    if constexpr (std::is_same_v<Body, NoBody>) body = &kEmpty;
    if (!body) return Error::Type("missing body, or the body of another method");
    Result<Value> result = kFunction(call.machine, **object, *body, call.turn);
    if (!result.ok()) return result.error();
    return Answer(std::move(result.value()));
  }
};

template <auto kFunction>
constexpr Verb On = &Bound<kFunction>::Call;

using Kind = HandlerKind;

// clang-format off: one row a method
constexpr std::array<RequestRow, 68> kRows = {{
    {0, "worker.dump", Kind::kWorker, On<&DumpWorker>},
    {1, "worker.getResourceUsage", Kind::kWorker, On<&GetResourceUsage>},
    {2, "worker.updateSettings", Kind::kWorker, On<&ChangeSettings>},
    {3, "worker.createWebRtcServer", Kind::kWorker, On<&CreateServer>},
    {4, "worker.createRouter", Kind::kWorker, On<&AddRouter>},
    {5, "worker.closeWebRtcServer", Kind::kWorker, On<&CloseServer>},
    {6, "worker.closeRouter", Kind::kWorker, On<&DropRouter>},
    {7, "webRtcServer.dump", Kind::kWebRtcServer, On<&DumpServer>},
    {8, "router.dump", Kind::kRouter, On<&DumpRouter>},
    {9, "router.createWebRtcTransport", Kind::kRouter, On<&AddWebRtcTransport>},
    {10, "router.createWebRtcTransportWithServer", Kind::kRouter, On<&AddWebRtcTransportOnServer>},
    {11, "router.createPlainTransport", Kind::kRouter, On<&AddPlainTransport>},
    {12, "router.createPipeTransport", Kind::kRouter, On<&AddPipeTransport>},
    {13, "router.createDirectTransport", Kind::kRouter, On<&AddDirectTransport>},
    {14, "router.closeTransport", Kind::kRouter, On<&DropTransport>},
    {15, "router.createActiveSpeakerObserver", Kind::kRouter, On<&AddActiveSpeakerObserver>},
    {16, "router.createAudioLevelObserver", Kind::kRouter, On<&AddAudioLevelObserver>},
    {17, "router.closeRtpObserver", Kind::kRouter, On<&DropObserver>},
    {18, "transport.dump", Kind::kTransport, On<&DumpTransport>},
    {19, "transport.getStats", Kind::kTransport, On<&GetTransportStats>},
    {20, "transport.connect", Kind::kTransport, Unused{}},
    {21, "transport.setMaxIncomingBitrate", Kind::kTransport, On<&LimitIncoming>},
    {22, "transport.setMaxOutgoingBitrate", Kind::kTransport, On<&LimitOutgoing>},
    {23, "transport.setMinOutgoingBitrate", Kind::kTransport, On<&KeepOutgoing>},
    {24, "transport.restartIce", Kind::kWebRtcTransport, On<&RestartIce>},
    {25, "transport.produce", Kind::kTransport, On<&AddProducer>},
    {26, "transport.produceData", Kind::kTransport, On<&AddDataProducer>},
    {27, "transport.consume", Kind::kTransport, On<&AddConsumer>},
    {28, "transport.consumeData", Kind::kTransport, On<&AddDataConsumer>},
    {29, "transport.enableTraceEvent", Kind::kTransport, On<&TraceTransport>},
    {30, "transport.closeProducer", Kind::kTransport, On<&DropProducer>},
    {31, "transport.closeConsumer", Kind::kTransport, On<&DropConsumer>},
    {32, "transport.closeDataProducer", Kind::kTransport, On<&DropDataProducer>},
    {33, "transport.closeDataConsumer", Kind::kTransport, On<&DropDataConsumer>},
    {34, "plainTransport.connect", Kind::kPlainTransport, On<&ConnectPlainTransport>},
    {35, "pipeTransport.connect", Kind::kPipeTransport, On<&ConnectPipeTransport>},
    {36, "webRtcTransport.connect", Kind::kWebRtcTransport, On<&ConnectWebRtcTransport>},
    {37, "producer.dump", Kind::kProducer, On<&DumpProducer>},
    {38, "producer.getStats", Kind::kProducer, On<&GetProducerStats>},
    {39, "producer.pause", Kind::kProducer, On<&PauseProducer>},
    {40, "producer.resume", Kind::kProducer, On<&ResumeProducer>},
    {41, "producer.enableTraceEvent", Kind::kProducer, On<&TraceProducer>},
    {42, "consumer.dump", Kind::kConsumer, On<&DumpConsumer>},
    {43, "consumer.getStats", Kind::kConsumer, On<&GetConsumerStats>},
    {44, "consumer.pause", Kind::kConsumer, On<&PauseConsumer>},
    {45, "consumer.resume", Kind::kConsumer, On<&ResumeConsumer>},
    {46, "consumer.setPreferredLayers", Kind::kConsumer, On<&PreferLayers>},
    {47, "consumer.setPriority", Kind::kConsumer, On<&Prioritise>},
    {48, "consumer.requestKeyFrame", Kind::kConsumer, On<&AskKeyFrame>},
    {49, "consumer.enableTraceEvent", Kind::kConsumer, On<&TraceConsumer>},
    {50, "dataProducer.dump", Kind::kDataProducer, On<&DumpDataProducer>},
    {51, "dataProducer.getStats", Kind::kDataProducer, On<&GetDataProducerStats>},
    {52, "dataProducer.pause", Kind::kDataProducer, On<&PauseDataProducer>},
    {53, "dataProducer.resume", Kind::kDataProducer, On<&ResumeDataProducer>},
    {54, "dataConsumer.dump", Kind::kDataConsumer, On<&DumpDataConsumer>},
    {55, "dataConsumer.getStats", Kind::kDataConsumer, On<&GetDataConsumerStats>},
    {56, "dataConsumer.pause", Kind::kDataConsumer, On<&PauseDataConsumer>},
    {57, "dataConsumer.resume", Kind::kDataConsumer, On<&ResumeDataConsumer>},
    {58, "dataConsumer.getBufferedAmount", Kind::kDataConsumer, On<&GetBufferedAmount>},
    {59, "dataConsumer.setBufferedAmountLowThreshold", Kind::kDataConsumer, On<&ChangeLowThreshold>},
    {60, "dataConsumer.send", Kind::kDataConsumer, On<&SendMessage>},
    {61, "dataConsumer.setSubchannels", Kind::kDataConsumer, On<&ChangeSubchannels>},
    {62, "dataConsumer.addSubchannel", Kind::kDataConsumer, On<&JoinSubchannel>},
    {63, "dataConsumer.removeSubchannel", Kind::kDataConsumer, On<&LeaveSubchannel>},
    {64, "rtpObserver.pause", Kind::kObserver, On<&PauseObserver>},
    {65, "rtpObserver.resume", Kind::kObserver, On<&ResumeObserver>},
    {66, "rtpObserver.addProducer", Kind::kObserver, On<&Observe>},
    {67, "rtpObserver.removeProducer", Kind::kObserver, On<&Unobserve>},
}};

// What is ours alone, from 200 on: numbers that the protocol leaves free.
constexpr std::array<RequestRow, 1> kExtensionRows = {{
    {200, "worker.getCounters", Kind::kWorker, On<&GetCounters>},
}};
// clang-format on

// Every number from 0 on has its row in its place, with a name. That it has a verb or is not in
// use, the constructors see to.
constexpr bool IsComplete() {
  for (size_t i = 0; i < kRows.size(); ++i) {
    if (kRows[i].method() != i || kRows[i].name().empty()) return false;
  }
  return true;
}
static_assert(IsComplete(), "a row of the request table is missing or misplaced");

// Null for a number that is no method.
const RequestRow* FindRow(uint8_t method) {
  if (method < kRows.size()) return &kRows[method];
  for (const RequestRow& row : kExtensionRows) {
    if (row.method() == method) return &row;
  }
  return nullptr;
}

Error UnknownMethod(uint8_t method) {
  return Error::Of("unknown method '" + std::string(MethodName(method)) + "'");
}

}  // namespace

bool IsOfKind(const Registry::Entry& target, HandlerKind kind) {
  Transport* const* transport = std::get_if<Transport*>(&target);
  switch (kind) {
    case HandlerKind::kWebRtcServer:
      return std::holds_alternative<WebRtcServer*>(target);
    case HandlerKind::kRouter:
      return std::holds_alternative<Router*>(target);
    case HandlerKind::kTransport:
      return transport != nullptr;
    case HandlerKind::kPlainTransport:
      return transport && (*transport)->is_plain();
    case HandlerKind::kWebRtcTransport:
      return transport && (*transport)->is_webrtc();
    case HandlerKind::kProducer:
      return std::holds_alternative<Producer*>(target);
    case HandlerKind::kConsumer:
      return std::holds_alternative<Consumer*>(target);
    case HandlerKind::kObserver:
      return std::holds_alternative<RtpObserver*>(target);
    case HandlerKind::kPipeTransport:
      return transport && (*transport)->is_pipe();
    case HandlerKind::kDataProducer:
      return std::holds_alternative<DataProducer*>(target);
    case HandlerKind::kDataConsumer:
      return std::holds_alternative<DataConsumer*>(target);
    case HandlerKind::kWorker:
      return false;
  }
  CHECK(false, "every kind of handler is known");
}

std::string_view ToString(HandlerKind kind) {
  switch (kind) {
    case HandlerKind::kWorker:
      return "worker";
    case HandlerKind::kWebRtcServer:
      return "webRtcServer";
    case HandlerKind::kRouter:
      return "router";
    case HandlerKind::kTransport:
      return "transport";
    case HandlerKind::kPlainTransport:
      return "transport(plain)";
    case HandlerKind::kPipeTransport:
      return "transport(pipe)";
    case HandlerKind::kWebRtcTransport:
      return "transport(webrtc)";
    case HandlerKind::kProducer:
      return "producer";
    case HandlerKind::kConsumer:
      return "consumer";
    case HandlerKind::kDataProducer:
      return "dataProducer";
    case HandlerKind::kDataConsumer:
      return "dataConsumer";
    case HandlerKind::kObserver:
      return "rtpObserver";
  }
  CHECK(false, "every kind of handler has a name");
}

std::span<const RequestRow> RequestRows() { return kRows; }

std::span<const RequestRow> ExtensionRows() { return kExtensionRows; }

std::string_view MethodName(uint8_t method) {
  const RequestRow* row = FindRow(method);
  return row ? row->name() : "unknown";
}

Result<Answer> Perform(Machine& machine, const ChannelRequest& request, Turn& turn) {
  if (!request.body.ok()) return request.body.error();
  const RequestRow* known = FindRow(request.method);
  if (!known) return UnknownMethod(request.method);
  const RequestRow& row = *known;
  Registry::Entry target;
  if (row.kind() != HandlerKind::kWorker) {
    target = machine.commons.registry.Find(request.handler_id);
    if (std::holds_alternative<std::monostate>(target)) {
      return Error::NotFound("handler with id '" + request.handler_id + "' not found");
    }
    if (!IsOfKind(target, row.kind())) return UnknownMethod(request.method);
  }
  if (row.unused()) return UnknownMethod(request.method);
  return row.verb()({machine, target, request.body.value(), turn});
}

}  // namespace millrace
