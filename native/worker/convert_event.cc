#include "worker/convert_event.h"

#include <vector>

#include "worker/convert_data.h"
#include "worker/convert_rtp.h"
#include "worker/convert_stream.h"
#include "worker/convert_transport.h"

namespace millrace {

namespace fbs = Millrace::Schema;

namespace {

using Builder = flatbuffers::FlatBufferBuilder;
template <typename T>
using Offset = flatbuffers::Offset<T>;
using Event = fbs::Notification::Event;
using EventType = fbs::Notification::Body;

struct EventBody {
  Event event;
  EventType type = EventType::NONE;
  Offset<void> body;
};

template <typename Table>
EventBody BodyOf(Event event, Offset<Table> table) {
  return {event, fbs::Notification::BodyTraits<Table>::enum_value, table.Union()};
}

// What a trace says, in the words of producers or of consumers: their tables are alike, but
// they are two sets of types.
struct ProducerTraceWords {
  using Info = fbs::Producer::TraceInfo;
  static constexpr auto kKeyFrame = &fbs::Producer::CreateKeyFrameTraceInfo;
  static constexpr auto kRtp = &fbs::Producer::CreateRtpTraceInfo;
  static constexpr auto kPli = &fbs::Producer::CreatePliTraceInfo;
  static constexpr auto kFir = &fbs::Producer::CreateFirTraceInfo;
};
struct ConsumerTraceWords {
  using Info = fbs::Consumer::TraceInfo;
  static constexpr auto kKeyFrame = &fbs::Consumer::CreateKeyFrameTraceInfo;
  static constexpr auto kRtp = &fbs::Consumer::CreateRtpTraceInfo;
  static constexpr auto kPli = &fbs::Consumer::CreatePliTraceInfo;
  static constexpr auto kFir = &fbs::Consumer::CreateFirTraceInfo;
};

template <typename Words>
struct TraceDetail {
  typename Words::Info type = Words::Info::NONE;
  Offset<void> info;
};

template <typename Words>
TraceDetail<Words> WritePacketTrace(Builder& builder, RtpTraceType type, const PacketTrace& trace) {
  auto packet = WritePacketDump(builder, trace.packet);
  if (type == RtpTraceType::kKeyFrame) {
    return {Words::Info::KeyFrameTraceInfo,
            Words::kKeyFrame(builder, packet, trace.is_rtx).Union()};
  }
  return {Words::Info::RtpTraceInfo, Words::kRtp(builder, packet, trace.is_rtx).Union()};
}

template <typename Words>
TraceDetail<Words> WriteKeyFrameRequest(Builder& builder, RtpTraceType type,
                                        const KeyFrameRequestTrace& trace) {
  if (type == RtpTraceType::kFir) {
    return {Words::Info::FirTraceInfo, Words::kFir(builder, trace.ssrc).Union()};
  }
  return {Words::Info::PliTraceInfo, Words::kPli(builder, trace.ssrc).Union()};
}

template <typename Words>
TraceDetail<Words> WriteCommonDetail(Builder& builder, RtpTraceType type,
                                     const RtpTraceDetail& detail) {
  if (const auto* packet = std::get_if<PacketTrace>(&detail)) {
    return WritePacketTrace<Words>(builder, type, *packet);
  }
  if (const auto* request = std::get_if<KeyFrameRequestTrace>(&detail)) {
    return WriteKeyFrameRequest<Words>(builder, type, *request);
  }
  return {};
}

TraceDetail<ProducerTraceWords> WriteProducerDetail(Builder& builder, const ProducerTraced& trace) {
  if (const auto* report = std::get_if<SenderReportTrace>(&trace.detail)) {
    auto info = fbs::Producer::CreateSrTraceInfo(builder, report->ssrc, report->ntp_seconds,
                                                 report->ntp_fraction, report->rtp_timestamp,
                                                 report->packet_count, report->octet_count);
    return {fbs::Producer::TraceInfo::SrTraceInfo, info.Union()};
  }
  return WriteCommonDetail<ProducerTraceWords>(builder, trace.type, trace.detail);
}

// One overload an event: the compiler names the event that has no table.
struct EventWriter {
  Builder& builder;

  EventBody operator()(const IceStateChanged& event) const {
    return BodyOf(Event::WEBRTCTRANSPORT_ICE_STATE_CHANGE,
                  fbs::WebRtcTransport::CreateIceStateChangeNotification(
                      builder, static_cast<fbs::WebRtcTransport::IceState>(event.state)));
  }
  EventBody operator()(const IceSelectedTupleChanged& event) const {
    return BodyOf(Event::WEBRTCTRANSPORT_ICE_SELECTED_TUPLE_CHANGE,
                  fbs::WebRtcTransport::CreateIceSelectedTupleChangeNotification(
                      builder, WriteTuple(builder, event.tuple)));
  }
  EventBody operator()(const DtlsStateChanged& event) const {
    auto certificate = OptionalText(builder, event.remote_certificate);
    return BodyOf(
        Event::WEBRTCTRANSPORT_DTLS_STATE_CHANGE,
        fbs::WebRtcTransport::CreateDtlsStateChangeNotification(
            builder, static_cast<fbs::WebRtcTransport::DtlsState>(event.state), certificate));
  }
  EventBody operator()(const PlainTupleLearned& event) const {
    auto tuple = WriteTuple(builder, event.tuple);
    if (event.rtcp) {
      return BodyOf(Event::PLAINTRANSPORT_RTCP_TUPLE,
                    fbs::PlainTransport::CreateRtcpTupleNotification(builder, tuple));
    }
    return BodyOf(Event::PLAINTRANSPORT_TUPLE,
                  fbs::PlainTransport::CreateTupleNotification(builder, tuple));
  }
  EventBody operator()(const ProducerScoreChanged& event) const {
    std::vector<Offset<fbs::Producer::Score>> scores;
    for (const ProducerScoreChanged::Score& score : event.scores) {
      auto rid = OptionalText(builder, score.rid);
      scores.push_back(
          fbs::Producer::CreateScore(builder, score.encoding_index, score.ssrc, rid, score.score));
    }
    return BodyOf(Event::PRODUCER_SCORE,
                  fbs::Producer::CreateScoreNotificationDirect(builder, &scores));
  }
  EventBody operator()(const ProducerVideoOrientationChanged& event) const {
    return BodyOf(Event::PRODUCER_VIDEO_ORIENTATION_CHANGE,
                  fbs::Producer::CreateVideoOrientationChangeNotification(
                      builder, event.camera, event.flip, event.rotation));
  }
  EventBody operator()(const ProducerTraced& event) const {
    TraceDetail<ProducerTraceWords> detail = WriteProducerDetail(builder, event);
    return BodyOf(
        Event::PRODUCER_TRACE,
        fbs::Producer::CreateTraceNotification(
            builder, static_cast<fbs::Producer::TraceEventType>(event.type), event.timestamp_ms,
            static_cast<fbs::Common::TraceDirection>(event.direction), detail.type, detail.info));
  }
  EventBody operator()(const ConsumerTraced& event) const {
    auto detail = WriteCommonDetail<ConsumerTraceWords>(builder, event.type, event.detail);
    return BodyOf(
        Event::CONSUMER_TRACE,
        fbs::Consumer::CreateTraceNotification(
            builder, static_cast<fbs::Consumer::TraceEventType>(event.type), event.timestamp_ms,
            static_cast<fbs::Common::TraceDirection>(event.direction), detail.type, detail.info));
  }
  EventBody operator()(const ConsumerScoreChanged& event) const {
    return BodyOf(Event::CONSUMER_SCORE, fbs::Consumer::CreateScoreNotification(
                                             builder, WriteConsumerScore(builder, event.score)));
  }
  EventBody operator()(const ConsumerLayersChanged& event) const {
    Offset<fbs::Consumer::ConsumerLayers> layers;
    if (event.layers) layers = WriteLayers(builder, *event.layers);
    return BodyOf(Event::CONSUMER_LAYERS_CHANGE,
                  fbs::Consumer::CreateLayersChangeNotification(builder, layers));
  }
  EventBody operator()(const ConsumerProducerPaused&) const {
    return {.event = Event::CONSUMER_PRODUCER_PAUSE, .type = EventType::NONE, .body = {}};
  }
  EventBody operator()(const ConsumerProducerResumed&) const {
    return {.event = Event::CONSUMER_PRODUCER_RESUME, .type = EventType::NONE, .body = {}};
  }
  EventBody operator()(const ConsumerProducerClosed&) const {
    return {.event = Event::CONSUMER_PRODUCER_CLOSE, .type = EventType::NONE, .body = {}};
  }
  EventBody operator()(const TransportTraced& event) const {
    auto info = fbs::Transport::TraceInfo::NONE;
    Offset<void> detail;
    if (const std::optional<BandwidthTrace>& bandwidth = event.bandwidth) {
      info = fbs::Transport::TraceInfo::BweTraceInfo;
      detail = fbs::Transport::CreateBweTraceInfo(
                   builder,
                   bandwidth->remb ? fbs::Transport::BweType::REMB
                                   : fbs::Transport::BweType::TRANSPORT_CC,
                   bandwidth->desired_bitrate, bandwidth->effective_desired_bitrate,
                   bandwidth->min_bitrate, bandwidth->max_bitrate, bandwidth->start_bitrate,
                   bandwidth->max_padding_bitrate, bandwidth->available_bitrate)
                   .Union();
    }
    return BodyOf(
        Event::TRANSPORT_TRACE,
        fbs::Transport::CreateTraceNotification(
            builder, static_cast<fbs::Transport::TraceEventType>(event.type), event.timestamp_ms,
            static_cast<fbs::Common::TraceDirection>(event.direction), info, detail));
  }
  EventBody operator()(const ConsumerRtpSent& event) const {
    return BodyOf(Event::CONSUMER_RTP,
                  fbs::Consumer::CreateRtpNotificationDirect(builder, &event.packet));
  }
  EventBody operator()(const DirectRtcpSent& event) const {
    return BodyOf(Event::DIRECTTRANSPORT_RTCP,
                  fbs::DirectTransport::CreateRtcpNotificationDirect(builder, &event.compound));
  }
  EventBody operator()(const AudioLevelVolumes& event) const {
    std::vector<Offset<fbs::AudioLevelObserver::Volume>> volumes;
    for (const AudioLevelVolumes::Volume& volume : event.volumes) {
      volumes.push_back(fbs::AudioLevelObserver::CreateVolumeDirect(
          builder, volume.producer_id.c_str(), volume.volume));
    }
    return BodyOf(Event::AUDIOLEVELOBSERVER_VOLUMES,
                  fbs::AudioLevelObserver::CreateVolumesNotificationDirect(builder, &volumes));
  }
  EventBody operator()(const AudioLevelSilence&) const {
    return {.event = Event::AUDIOLEVELOBSERVER_SILENCE, .type = EventType::NONE, .body = {}};
  }
  EventBody operator()(const DominantSpeakerChanged& event) const {
    return BodyOf(Event::ACTIVESPEAKEROBSERVER_DOMINANT_SPEAKER,
                  fbs::ActiveSpeakerObserver::CreateDominantSpeakerNotificationDirect(
                      builder, event.producer_id.c_str()));
  }
  EventBody operator()(const SctpStateChanged& event) const {
    return BodyOf(Event::TRANSPORT_SCTP_STATE_CHANGE,
                  fbs::Transport::CreateSctpStateChangeNotification(builder, ToFlat(event.state)));
  }
  EventBody operator()(const SctpCapabilitiesNegotiated& event) const {
    auto capabilities = fbs::SctpAssociation::CreateSctpNegotiatedCapabilities(
        builder, event.max_outbound_streams, event.max_inbound_streams);
    return BodyOf(
        Event::TRANSPORT_SCTP_NEGOTIATED_CAPABILITIES,
        fbs::Transport::CreateSctpNegotiatedCapabilitiesNotification(builder, capabilities));
  }
  EventBody operator()(const DataConsumerBufferedAmountLow& event) const {
    return BodyOf(
        Event::DATACONSUMER_BUFFERED_AMOUNT_LOW,
        fbs::DataConsumer::CreateBufferedAmountLowNotification(builder, event.buffered_amount));
  }
  EventBody operator()(const DataConsumerSendBufferFull&) const {
    return {.event = Event::DATACONSUMER_SCTP_SENDBUFFER_FULL, .type = EventType::NONE, .body = {}};
  }
  EventBody operator()(const DataConsumerProducerPaused&) const {
    return {.event = Event::DATACONSUMER_DATAPRODUCER_PAUSE, .type = EventType::NONE, .body = {}};
  }
  EventBody operator()(const DataConsumerProducerResumed&) const {
    return {.event = Event::DATACONSUMER_DATAPRODUCER_RESUME, .type = EventType::NONE, .body = {}};
  }
  EventBody operator()(const DataConsumerProducerClosed&) const {
    return {.event = Event::DATACONSUMER_DATAPRODUCER_CLOSE, .type = EventType::NONE, .body = {}};
  }
  EventBody operator()(const DataConsumerMessage& event) const {
    return BodyOf(Event::DATACONSUMER_MESSAGE, fbs::DataConsumer::CreateMessageNotificationDirect(
                                                   builder, event.ppid, &event.payload));
  }
};

}  // namespace

Offset<fbs::Notification::Notification> WriteEvent(Builder& builder, const RoutingEvent& event) {
  EventBody body = std::visit(EventWriter{builder}, event);
  const std::string& id =
      std::visit([](const auto& any) -> const std::string& { return any.id; }, event);
  return fbs::Notification::CreateNotification(builder, builder.CreateString(id), body.event,
                                               body.type, body.body);
}

}  // namespace millrace
