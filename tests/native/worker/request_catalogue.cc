#include "worker/request_catalogue.h"

#include <string>
#include <utility>
#include <vector>

namespace millrace {

namespace fbs = Millrace::Schema;

RequestCatalogue::Entries RequestCatalogue::All() {
  Add(Method::WORKER_DUMP, "");
  Add(Method::WORKER_GET_RESOURCE_USAGE, "");
  Add(Method::WORKER_UPDATE_SETTINGS, frames_.UpdateSettings("debug", {"info", "ice"}));
  Add(Method::WORKER_CREATE_WEBRTCSERVER, frames_.CreateServer("newServer", 41000));
  Add(Method::WORKER_CREATE_ROUTER, frames_.CreateRouter("newRouter"));
  Add(Method::WORKER_WEBRTCSERVER_CLOSE, frames_.CloseServer("newServer"));
  Add(Method::WORKER_CLOSE_ROUTER, frames_.CloseRouter("newRouter"));
  Add(Method::WEBRTCSERVER_DUMP, "server");
  Add(Method::ROUTER_DUMP, "router");
  Add(Method::ROUTER_CREATE_WEBRTCTRANSPORT, frames_.CreateWebRtcTransport("router", "newWebRtc"));
  Add(Method::ROUTER_CREATE_WEBRTCTRANSPORT_WITH_SERVER,
      frames_.CreateWebRtcTransportOn("server", "router", "newOnServer"));
  Add(Method::ROUTER_CREATE_PLAINTRANSPORT, frames_.CreatePlainTransport("router", "newPlain"));
  Add(Method::ROUTER_CREATE_PIPETRANSPORT, frames_.CreatePipeTransport("router", "newPipe"));
  Add(Method::ROUTER_CREATE_DIRECTTRANSPORT, frames_.CreateDirectTransport("router", "newDirect"));
  Add(Method::ROUTER_CLOSE_TRANSPORT, frames_.CloseTransport("router", "newPlain"));
  Add(Method::ROUTER_CREATE_ACTIVESPEAKEROBSERVER,
      frames_.CreateSpeakerObserver("router", "newSpeaker"));
  Add(Method::ROUTER_CREATE_AUDIOLEVELOBSERVER, frames_.CreateObserver("router", "newObserver"));
  Add(Method::ROUTER_CLOSE_RTPOBSERVER, frames_.CloseObserver("router", "newObserver"));
  AddTransportRequests();
  AddMediaRequests();
  AddDataRequests();
  AddObserverRequests();
  return std::move(entries_);
}

void RequestCatalogue::AddTransportRequests() {
  using fbs::Transport::TraceEventType;
  Add(Method::TRANSPORT_DUMP, "webrtc");
  Add(Method::TRANSPORT_GET_STATS, "plain");
  Add(Method::TRANSPORT_CONNECT, "webrtc");
  Add(Method::TRANSPORT_SET_MAX_INCOMING_BITRATE,
      frames_.Request(
          Method::TRANSPORT_SET_MAX_INCOMING_BITRATE, "webrtc",
          fbs::Transport::CreateSetMaxIncomingBitrateRequest(frames_.builder(), 2'000'000)));
  Add(Method::TRANSPORT_SET_MAX_OUTGOING_BITRATE,
      frames_.Request(
          Method::TRANSPORT_SET_MAX_OUTGOING_BITRATE, "webrtc",
          fbs::Transport::CreateSetMaxOutgoingBitrateRequest(frames_.builder(), 3'000'000)));
  Add(Method::TRANSPORT_SET_MIN_OUTGOING_BITRATE,
      frames_.Request(
          Method::TRANSPORT_SET_MIN_OUTGOING_BITRATE, "webrtc",
          fbs::Transport::CreateSetMinOutgoingBitrateRequest(frames_.builder(), 100'000)));
  Add(Method::TRANSPORT_RESTART_ICE, "webrtc");
  Add(Method::TRANSPORT_PRODUCE, frames_.ProduceVideo("webrtc", "newVideo", 7000));
  Add(Method::TRANSPORT_PRODUCE_DATA, frames_.ProduceData("webrtc", "newData", 1));
  Add(Method::TRANSPORT_CONSUME, frames_.ConsumeAudio("webrtc", "newConsumer", "audio", 8000));
  Add(Method::TRANSPORT_CONSUME_DATA, frames_.ConsumeData("webrtc", "newSink", "data", 1));
  std::vector<TraceEventType> traces = {TraceEventType::PROBATION, TraceEventType::BWE};
  Add(Method::TRANSPORT_ENABLE_TRACE_EVENT,
      frames_.Request(
          Method::TRANSPORT_ENABLE_TRACE_EVENT, "webrtc",
          fbs::Transport::CreateEnableTraceEventRequestDirect(frames_.builder(), &traces)));
  Add(Method::TRANSPORT_CLOSE_PRODUCER, frames_.CloseProducer("webrtc", "newVideo"));
  Add(Method::TRANSPORT_CLOSE_CONSUMER, frames_.CloseConsumer("webrtc", "newConsumer"));
  Add(Method::TRANSPORT_CLOSE_DATAPRODUCER, frames_.CloseDataProducer("webrtc", "newData"));
  Add(Method::TRANSPORT_CLOSE_DATACONSUMER, frames_.CloseDataConsumer("webrtc", "newSink"));
  Add(Method::PLAINTRANSPORT_CONNECT, frames_.ConnectPlain("plain", "192.0.2.1", 5000));
  Add(Method::PIPETRANSPORT_CONNECT, frames_.ConnectPipe("newPipe", "192.0.2.1", 5000));
  Add(Method::WEBRTCTRANSPORT_CONNECT, frames_.ConnectWebRtc("webrtc"));
}

void RequestCatalogue::AddMediaRequests() {
  Add(Method::PRODUCER_DUMP, "video");
  Add(Method::PRODUCER_GET_STATS, "video");
  Add(Method::PRODUCER_PAUSE, "video");
  Add(Method::PRODUCER_RESUME, "video");
  std::vector<fbs::Producer::TraceEventType> producer_traces = {
      fbs::Producer::TraceEventType::KEYFRAME, fbs::Producer::TraceEventType::SR};
  Add(Method::PRODUCER_ENABLE_TRACE_EVENT,
      frames_.Request(
          Method::PRODUCER_ENABLE_TRACE_EVENT, "video",
          fbs::Producer::CreateEnableTraceEventRequestDirect(frames_.builder(), &producer_traces)));
  Add(Method::CONSUMER_DUMP, "consumer");
  Add(Method::CONSUMER_GET_STATS, "consumer");
  Add(Method::CONSUMER_PAUSE, "consumer");
  Add(Method::CONSUMER_RESUME, "consumer");
  auto layers = fbs::Consumer::CreateConsumerLayers(frames_.builder(), 1, uint8_t{1});
  Add(Method::CONSUMER_SET_PREFERRED_LAYERS,
      frames_.Request(Method::CONSUMER_SET_PREFERRED_LAYERS, "consumer",
                      fbs::Consumer::CreateSetPreferredLayersRequest(frames_.builder(), layers)));
  Add(Method::CONSUMER_SET_PRIORITY,
      frames_.Request(Method::CONSUMER_SET_PRIORITY, "consumer",
                      fbs::Consumer::CreateSetPriorityRequest(frames_.builder(), 9)));
  Add(Method::CONSUMER_REQUEST_KEY_FRAME, "consumer");
  std::vector<fbs::Consumer::TraceEventType> consumer_traces = {fbs::Consumer::TraceEventType::RTP,
                                                                fbs::Consumer::TraceEventType::PLI};
  Add(Method::CONSUMER_ENABLE_TRACE_EVENT,
      frames_.Request(
          Method::CONSUMER_ENABLE_TRACE_EVENT, "consumer",
          fbs::Consumer::CreateEnableTraceEventRequestDirect(frames_.builder(), &consumer_traces)));
}

void RequestCatalogue::AddDataRequests() {
  Add(Method::DATAPRODUCER_DUMP, "data");
  Add(Method::DATAPRODUCER_GET_STATS, "data");
  Add(Method::DATAPRODUCER_PAUSE, "data");
  Add(Method::DATAPRODUCER_RESUME, "data");
  Add(Method::DATACONSUMER_DUMP, "sink");
  Add(Method::DATACONSUMER_GET_STATS, "sink");
  Add(Method::DATACONSUMER_PAUSE, "sink");
  Add(Method::DATACONSUMER_RESUME, "sink");
  Add(Method::DATACONSUMER_GET_BUFFERED_AMOUNT, "sink");
  Add(Method::DATACONSUMER_SET_BUFFERED_AMOUNT_LOW_THRESHOLD,
      frames_.Request(
          Method::DATACONSUMER_SET_BUFFERED_AMOUNT_LOW_THRESHOLD, "sink",
          fbs::DataConsumer::CreateSetBufferedAmountLowThresholdRequest(frames_.builder(), 10)));
  Add(Method::DATACONSUMER_SEND, frames_.SendData("sink", 51, {1, 2, 3}));
  std::vector<uint16_t> channels = {1, 2};
  Add(Method::DATACONSUMER_SET_SUBCHANNELS,
      frames_.Request(
          Method::DATACONSUMER_SET_SUBCHANNELS, "sink",
          fbs::DataConsumer::CreateSetSubchannelsRequestDirect(frames_.builder(), &channels)));
  Add(Method::DATACONSUMER_ADD_SUBCHANNEL,
      frames_.Request(Method::DATACONSUMER_ADD_SUBCHANNEL, "sink",
                      fbs::DataConsumer::CreateAddSubchannelRequest(frames_.builder(), 3)));
  Add(Method::DATACONSUMER_REMOVE_SUBCHANNEL,
      frames_.Request(Method::DATACONSUMER_REMOVE_SUBCHANNEL, "sink",
                      fbs::DataConsumer::CreateRemoveSubchannelRequest(frames_.builder(), 3)));
}

void RequestCatalogue::AddObserverRequests() {
  Add(Method::RTPOBSERVER_PAUSE, "observer");
  Add(Method::RTPOBSERVER_RESUME, "observer");
  Add(Method::RTPOBSERVER_ADD_PRODUCER, frames_.Observe("observer", "audio"));
  Add(Method::RTPOBSERVER_REMOVE_PRODUCER, frames_.Unobserve("observer", "audio"));
}

void RequestCatalogue::Add(Method method, Frame frame) {
  entries_.emplace_back(method, std::move(frame));
}

void RequestCatalogue::Add(Method method, const char* handler) {
  Add(method, frames_.Request(method, handler));
}

}  // namespace millrace
