#include "routing/router.h"

#include <algorithm>
#include <array>
#include <span>
#include <utility>

#include "routing/consumer.h"
#include "routing/rtp_observer.h"
#include "routing/transport.h"
#include "wire/demux.h"
#include "wire/rtp_extensions.h"

namespace millrace {

Router::Router(std::string id, RouterCommons& commons)
    : id_(std::move(id)), commons_(commons), data_(commons), rtcp_buffer_(RtpPacket::kBytesMax) {}

Router::~Router() = default;

void Router::OnDatagram(Transport& transport, const Path& path, Bytes bytes, Timestamp received,
                        Turn& turn) {
  transport.traffic().received.Add(bytes.size(), turn.now);
  switch (Classify(bytes)) {
    case DatagramKind::kRtp:
      OnRtp(transport, path, bytes, received, turn);
      return;
    case DatagramKind::kRtcp:
      OnRtcp(transport, path, bytes, turn);
      return;
    case DatagramKind::kStun:
      transport.link().OnStun(path, bytes, turn);
      break;
    case DatagramKind::kDtls:
      transport.link().OnDtls(path, bytes, turn);
      break;
    case DatagramKind::kSctp:
      OnSctp(transport, path, bytes, turn);
      return;
    case DatagramKind::kUnknown:
      turn.out.CountDrop(DropReason::kUnknownProtocol);
      return;
  }
  OnLinkChange(transport, turn);
  OnApplicationData(transport, turn);
  transport.Schedule(transport.link().deadline(), turn);
}

void Router::OnPathEnded(Transport& transport, const Path& path, Turn& turn) {
  transport.link().OnPathEnded(path, turn);
  OnLinkChange(transport, turn);
  transport.Schedule(transport.link().deadline(), turn);
}

// The journey of one packet: open, find its producer, receive, forward.
void Router::OnRtp(Transport& transport, const Path& path, Bytes bytes, Timestamp received,
                   Turn& turn) {
  auto drop = [&](DropReason reason) { turn.out.CountDrop(reason); };
  if (bytes.size() > RtpPacket::kBytesMax) return drop(DropReason::kTooLarge);
  if (std::optional<DropReason> reason = transport.link().Admit(path, false)) return drop(*reason);
  RtpPacketRef packet = commons_.packets.Take();
  if (!packet) return drop(DropReason::kBufferLimit);

  SrtpResult opened = transport.link().OpenRtp(bytes, packet->bytes);
  if (!opened.ok()) return drop(opened.reason());
  std::optional<RtpView> view = RtpView::Parse(Bytes(packet->bytes).first(opened.size()));
  if (!view) return drop(DropReason::kMalformed);
  transport.link().Authenticated(path, false, turn);
  if (!transport.TakeIncoming(bytes.size(), turn.now)) return drop(DropReason::kBitrateLimit);
  if (transport.link().ready() != transport.was_ready_) OnLinkChange(transport, turn);

  packet->received = received;
  packet->size = static_cast<uint16_t>(opened.size());
  OnOpenedRtp(transport, packet, *view, turn);
}

// `packet.bytes` hold `packet.size` bytes in the clear, of which `view` is the reading.
void Router::OnOpenedRtp(Transport& transport, const RtpPacketRef& packet, const RtpView& view,
                         Turn& turn) {
  turn.out.counters().rtp_received.Add(packet->size);
  const StreamRoute* route = FindRoute(transport, view, packet->received, turn);
  if (!route) return;
  (route->rtx ? transport.traffic().rtx_received : transport.traffic().rtp_received)
      .Add(packet->size, turn.now);
  Producer& producer = *route->producer;
  uint8_t stream_index = route->stream;
  Producer::Received result = producer.Receive(*route, *packet, packet->size, turn);
  if (result.score_changed) OnScoreChange(producer, turn);
  if (result.ask_key_frame) AskKeyFrame(producer, stream_index, turn);
  const Producer::Stream& stream = producer.streams()[stream_index];
  if (stream.receive) transport.Schedule(stream.receive->deadline(), turn);
  if (result.drop) return turn.out.CountDrop(*result.drop);
  Forward(producer, packet, result.frame ? &*result.frame : nullptr, turn);
}

// Null when no producer wants the packet, which is then counted.
const StreamRoute* Router::FindRoute(Transport& transport, const RtpView& view, Timestamp received,
                                     Turn& turn) {
  if (transport.wants_feedback()) {
    // Every packet counts for the bandwidth, also one that no producer wants: probes are such.
    uint8_t id = transport.extension_ids().IdOf(RtpExtension::kTransportSequenceNumber);
    Bytes value = id == 0 ? Bytes() : view.Extension(id);
    if (value.size() >= 2) {
      auto number = static_cast<uint16_t>((value[0] << 8) | value[1]);
      transport.feedback().Receive(number, view.ssrc(), received, turn.now);
      transport.Schedule(transport.feedback().deadline(), turn);
    }
  }
  const StreamRoute* known = transport.listener().Find(view.ssrc());
  if (known) return known;
  RtpExtensions extensions = ReadRtpExtensions(view, transport.extension_ids());
  RtpListener::Learned learned = transport.listener().Learn(view, extensions);
  if (!learned.route) {
    transport.link().ForgetReceived(view.ssrc());
    turn.out.CountDrop(learned.reason);
  }
  return learned.route;
}

void Router::Forward(Producer& producer, const RtpPacketRef& packet, const DependencyFrame* frame,
                     Turn& turn) {
  const std::vector<Consumer*>& consumers = producer.consumers();
  for (size_t i = 0; i < consumers.size(); ++i) {
    // The next consumers' state is on its way into the cache while this one is served.
    if (i + 2 < consumers.size()) consumers[i + 2]->PrefetchPacket();
    if (i + 1 < consumers.size()) consumers[i + 1]->transport().PrefetchSend();
    Consumer& consumer = *consumers[i];
    Selection selection = ForwardTo(consumer, packet, frame, turn);
    if (!selection.began || consumer.early().empty()) continue;
    ForwardEarly(producer, consumer, *packet, turn);
    // `frame` is read anew into its place.
    if (frame) (void)producer.Describe(*packet);
  }
}

// Returns what the consumer decided. One packet kept for later is not dropped yet; what it takes
// the place of is.
Selection Router::ForwardTo(Consumer& consumer, const RtpPacketRef& packet,
                            const DependencyFrame* frame, Turn& turn) {
  Selection selection = consumer.OnPacket(*packet, frame, turn.now);
  if (selection.rewrite) {
    if (consumer.traced().any()) consumer.Tell(*packet, *selection.rewrite, turn);
    if (selection.began) consumer.transport().BeginAnew(consumer.stream(selection.stream), turn);
    consumer.transport().Send(packet, consumer.stream(selection.stream), *selection.rewrite, turn);
  } else if (!selection.early || consumer.feeds_pipe() || consumer.early().Keep(packet)) {
    turn.out.CountDrop(selection.reason);
  }
  if (selection.update != LayersUpdate{}) Apply(consumer, selection.update, turn);
  return selection;
}

// Forwarding began with `first`: so do the packets that overtook it.
void Router::ForwardEarly(Producer& producer, Consumer& consumer, const RtpPacket& first,
                          Turn& turn) {
  std::array<RtpPacketRef, EarlyPackets::kMax> packets;
  size_t total = consumer.early().size();
  std::span<RtpPacketRef> behind = consumer.early().Behind(first);
  std::move(behind.begin(), behind.end(), packets.begin());
  consumer.early().Clear();
  for (size_t i = behind.size(); i < total; ++i) {
    turn.out.CountDrop(DropReason::kWaitingForKeyFrame);
  }
  for (size_t i = 0; i < behind.size(); ++i) {
    std::optional<DependencyFrame> frame = producer.Describe(*packets[i]);
    (void)ForwardTo(consumer, packets[i], frame ? &*frame : nullptr, turn);
  }
}

void Router::Apply(Consumer& consumer, const LayersUpdate& update, Turn& turn) {
  if (update.layers_changed) {
    if (consumer.choice()) turn.out.counters().CountLayerSwitch(consumer.choice()->cause());
    turn.events.notifications.push_back(
        ConsumerLayersChanged{consumer.id(), consumer.current_layers()});
    if (consumer.TakeStreamMoved()) {
      turn.events.notifications.push_back(ConsumerScoreChanged{consumer.id(), consumer.Score()});
    }
  }
  // A viewer who never got a packet cannot know that it should ask.
  if (update.ask_key_frame && consumer.active()) {
    AskKeyFrame(consumer.producer(), *update.ask_key_frame, turn);
  }
}

void Router::OnTransportDeadline(Transport& transport, Turn& turn) {
  if (transport.link().deadline() <= turn.now) {
    transport.link().OnDeadline(turn);
    OnLinkChange(transport, turn);
  }
  data_.OnDeadline(transport, turn);
  for (const auto& producer : transport.producers()) {
    for (Producer::Stream& stream : producer->streams()) ServeStream(*producer, stream, turn);
  }
  if (transport.feedback().deadline() <= turn.now) {
    transport.rtcp().SendTransportFeedback(transport, turn);
  }
  if (transport.remb().deadline() <= turn.now && transport.wants_remb_) {
    if (std::optional<uint64_t> bitrate = transport.remb().OnDeadline(turn.now)) {
      transport.rtcp().SendRemb(transport, *bitrate, turn);
    }
  }
  if (transport.rtcp().deadline() <= turn.now) transport.rtcp().SendReports(transport, turn);
  OutgoingBandwidth* bandwidth = transport.bandwidth();
  if (bandwidth && bandwidth->deadline() <= turn.now) ServeBandwidth(transport, turn);
  transport.UpdateDeadline();
}

void Router::OnDeadline(Turn& turn) {
  for (const auto& observer : observers_) {
    if (observer->deadline() <= turn.now) observer->OnDeadline(turn);
  }
}

Timestamp Router::deadline() const {
  Timestamp deadline = Timestamp::Never();
  for (const auto& observer : observers_) deadline = std::min(deadline, observer->deadline());
  return deadline;
}

void Router::SetPaused(Producer& producer, bool paused, Turn& turn) {
  if (producer.paused() == paused) return;
  producer.SetPaused(paused, turn.now);
  for (Consumer* consumer : producer.consumers()) {
    ShareSoon(consumer->transport(), turn);
    if (paused) {
      turn.events.notifications.push_back(ConsumerProducerPaused{consumer->id()});
    } else {
      turn.events.notifications.push_back(ConsumerProducerResumed{consumer->id()});
    }
    Apply(*consumer, consumer->SetProducerPaused(paused, turn.now), turn);
  }
  if (!paused) producer.transport().UpdateDeadline();
  turn.events.rescheduled.push_back(&producer.transport());
}

void Router::SetPaused(Consumer& consumer, bool paused, Turn& turn) {
  Apply(consumer, consumer.SetPaused(paused, turn.now), turn);
  ShareSoon(consumer.transport(), turn);
}

void Router::RequestKeyFrame(Consumer& consumer, Turn& turn) {
  if (!consumer.active()) return;
  for (size_t i = 0; i < consumer.stream_count(); ++i) {
    AskKeyFrame(consumer.producer(), consumer.stream(i).selector().stream(), turn);
  }
}

void Router::OnLinkChange(Transport& transport, Turn& turn) {
  if (transport.link().ended()) data_.Stop(transport, turn);
  bool ready = transport.link().ready();
  if (ready == transport.was_ready_) return;
  transport.was_ready_ = ready;
  if (ready) {
    transport.rtcp().Start(turn.now);
    transport.Schedule(transport.rtcp().deadline(), turn);
    data_.Start(transport, turn);
  } else {
    transport.rtcp().Stop();
    if (transport.bandwidth()) transport.bandwidth()->OnLinkLost(turn.out);
  }
  for (const auto& consumer : transport.consumers()) ActivateConsumer(*consumer, turn);
}

// The consumer learns whether its transport can carry media, and how its streams are called there.
void Router::ActivateConsumer(Consumer& consumer, Turn& turn) {
  Link& link = consumer.transport().link();
  if (!link.ready()) {
    Apply(consumer, consumer.SetLinkReady(false, turn.now), turn);
    ShareSoon(consumer.transport(), turn);
    return;
  }
  bool usable = true;
  for (size_t i = 0; i < consumer.stream_count(); ++i) {
    ConsumerStream& stream = consumer.stream(i);
    std::optional<SrtpStream> media = link.AddSending(stream.ssrc());
    std::optional<SrtpStream> rtx = SrtpStream();
    if (std::optional<Ssrc> rtx_ssrc = stream.rtx_ssrc()) rtx = link.AddSending(*rtx_ssrc);
    usable &= media && rtx;
    stream.SetSrtp(media.value_or(SrtpStream()), rtx.value_or(SrtpStream()));
  }
  Apply(consumer, consumer.SetLinkReady(usable, turn.now), turn);
  ShareSoon(consumer.transport(), turn);
}

void Router::OnScoreChange(Producer& producer, Turn& turn) {
  turn.events.notifications.push_back(producer.ScoreEvent());
  for (Consumer* consumer : producer.consumers()) {
    Apply(*consumer, consumer->OnStreamsChanged(turn.now), turn);
    ShareSoon(consumer->transport(), turn);
    // A pipe has no score of its own.
    if (consumer->feeds_pipe()) continue;
    turn.events.notifications.push_back(ConsumerScoreChanged{consumer->id(), consumer->Score()});
  }
}

void Router::AskKeyFrame(Producer& producer, size_t stream_index, Turn& turn) {
  Producer::Stream& stream = producer.streams()[stream_index];
  // A stream that has not begun will begin with a key frame.
  if (producer.paused() || !stream.receive || !HasKeyFrames(stream.format.codec)) return;
  if (stream.gate.Ask(turn.now)) SendKeyFrameRequest(producer, stream, turn);
  producer.transport().Schedule(stream.gate.deadline(), turn);
}

void Router::SendKeyFrameRequest(Producer& producer, Producer::Stream& stream, Turn& turn) {
  const RtpStreamParameters& parameters = stream.format.parameters;
  if (!parameters.use_pli && !parameters.use_fir) return;
  Transport& transport = producer.transport();
  bool fir = !parameters.use_pli;
  if (fir) {
    transport.rtcp().SendFir(transport, *stream.ssrc, stream.fir_sequence_number++, turn);
  } else {
    transport.rtcp().SendPli(transport, *stream.ssrc, turn);
  }
  stream.receive->CountKeyFrameRequest(fir);
  ++turn.out.counters().key_frame_requests_sent;
  RtpTraceType type = fir ? RtpTraceType::kFir : RtpTraceType::kPli;
  if (!producer.traced().Has(type)) return;
  turn.events.notifications.push_back(
      ProducerTraced{producer.id(), type, static_cast<uint64_t>(turn.now.ms()),
                     TraceDirection::kOut, KeyFrameRequestTrace{stream.ssrc->value()}});
}

// What a stream owes at its deadline: asking for lost packets and key frames, and saying that it is
// silent.
void Router::ServeStream(Producer& producer, Producer::Stream& stream, Turn& turn) {
  if (!stream.receive) return;
  if (stream.receive->deadline() <= turn.now) {
    ReceiveStream::Due due = stream.receive->OnDeadline(turn.now);
    if (!due.nacks.empty()) {
      Transport& transport = producer.transport();
      transport.rtcp().SendNack(transport, *stream.ssrc, due.nacks, turn);
      ++turn.out.counters().nacks_sent;
      if (producer.traced().Has(RtpTraceType::kNack)) {
        turn.events.notifications.push_back(ProducerTraced{producer.id(),
                                                           RtpTraceType::kNack,
                                                           static_cast<uint64_t>(turn.now.ms()),
                                                           TraceDirection::kOut,
                                                           {}});
      }
    }
    if (due.ask_key_frame) {
      AskKeyFrame(producer, static_cast<size_t>(&stream - producer.streams().data()), turn);
    }
    if (due.score_change) OnScoreChange(producer, turn);
  }
  if (stream.gate.deadline() <= turn.now && stream.gate.OnDeadline(turn.now)) {
    SendKeyFrameRequest(producer, stream, turn);
  }
}

RouterDump Router::Dump() const {
  RouterDump dump{.id = id_};
  for (const auto& transport : transports_) {
    dump.transport_ids.push_back(transport->id());
    for (const auto& producer : transport->producers()) {
      NameList consumers{producer->id(), {}};
      for (const Consumer* consumer : producer->consumers()) {
        consumers.second.push_back(consumer->id());
        dump.consumer_producer_ids.emplace_back(consumer->id(), producer->id());
      }
      dump.producer_consumer_ids.push_back(std::move(consumers));
      NameList observers{producer->id(), {}};
      for (const Producer::Observed& observed : producer->observed()) {
        observers.second.push_back(observed.observer->id());
      }
      if (!observers.second.empty()) dump.producer_observer_ids.push_back(std::move(observers));
    }
    DumpData(*transport, dump);
  }
  for (const auto& observer : observers_) dump.observer_ids.push_back(observer->id());
  return dump;
}

}  // namespace millrace
