#include "routing/router_control.h"

#include <algorithm>
#include <span>
#include <utility>

namespace millrace {
namespace {

Error Exists(const std::string& what, const std::string& id) {
  return Error::Of(what + " with the same id already exists [id:" + id + "]");
}

Result<Done> CheckOptions(const TransportOptions& options) {
  if (options.direct) return Error::Type("only a direct transport can be direct");
  return DataChannels::Check(options);
}

// A peer tells streams apart by their SSRCs.
bool Clash(Consumer& one, Consumer& other) {
  for (size_t i = 0; i < one.stream_count(); ++i) {
    for (size_t j = 0; j < other.stream_count(); ++j) {
      const ConsumerStream& a = one.stream(i);
      const ConsumerStream& b = other.stream(j);
      if (a.ssrc() == b.ssrc() || (a.rtx_ssrc() && a.rtx_ssrc() == b.rtx_ssrc())) return true;
    }
  }
  return false;
}

template <typename T>
void EraseFrom(std::vector<std::unique_ptr<T>>& owners, const T& object) {
  std::erase_if(owners, [&](const std::unique_ptr<T>& owner) { return owner.get() == &object; });
}

}  // namespace

Result<Transport*> RouterControl::CreateWebRtcTransport(Router& router, const std::string& id,
                                                        const WebRtcTransportOptions& options,
                                                        WebRtcServer* server, Turn& turn) {
  if (commons_.registry.Contains(id)) return Exists("Transport", id);
  Result<Done> checked = CheckOptions(options.base);
  if (!checked.ok()) return checked.error();
  std::vector<Listener> listeners;
  if (const ListenIndividual* own = std::get_if<ListenIndividual>(&options.listen)) {
    if (own->listen_infos.empty()) return Error::Type("wrong listenInfos (empty array)");
    Result<std::vector<Listener>> opened = OpenListeners(
        commons_.edge, own->listen_infos, commons_.port_min, commons_.port_max, turn.out);
    if (!opened.ok()) return opened.error();
    listeners = std::move(opened.value());
  } else if (!server) {
    return Error::NotFound("WebRtcServer not found");
  }
  auto link = std::make_unique<WebRtcLink>(
      WebRtcLink::Settings{
          .id = id, .listeners = std::move(listeners), .server = server, .options = options},
      commons_);
  auto transport = std::make_unique<Transport>(id, router, commons_, options.base, std::move(link));
  return Register(router, std::move(transport));
}

Result<Transport*> RouterControl::CreatePlainTransport(Router& router, const std::string& id,
                                                       const PlainTransportOptions& options,
                                                       Turn& turn) {
  if (commons_.registry.Contains(id)) return Exists("Transport", id);
  Result<Done> checked = CheckOptions(options.base);
  if (!checked.ok()) return checked.error();
  std::vector<ListenInfo> infos = {options.listen_info};
  if (!options.rtcp_mux) {
    // RTCP listens where RTP does, at a port of its own, unless it is told otherwise.
    ListenInfo rtcp = options.rtcp_listen_info.value_or(options.listen_info);
    if (!options.rtcp_listen_info) rtcp.port = 0;
    infos.push_back(rtcp);
  }
  for (const ListenInfo& info : infos) {
    if (info.protocol != TransportProtocol::kUdp) return Error::Type("plain transports use UDP");
  }
  Result<std::vector<Listener>> opened =
      OpenListeners(commons_.edge, infos, commons_.port_min, commons_.port_max, turn.out);
  if (!opened.ok()) return opened.error();
  auto link = std::make_unique<PlainLink>(id, std::move(opened.value()), options, commons_);
  auto transport = std::make_unique<Transport>(id, router, commons_, options.base, std::move(link));
  return Register(router, std::move(transport));
}

Result<Transport*> RouterControl::CreatePipeTransport(Router& router, const std::string& id,
                                                      const PipeTransportOptions& options,
                                                      Turn& turn) {
  if (commons_.registry.Contains(id)) return Exists("Transport", id);
  Result<Done> checked = CheckOptions(options.base);
  if (!checked.ok()) return checked.error();
  if (options.listen_info.protocol != TransportProtocol::kUdp) {
    return Error::Type("pipe transports use UDP");
  }
  Result<std::vector<Listener>> opened =
      OpenListeners(commons_.edge, std::span(&options.listen_info, 1), commons_.port_min,
                    commons_.port_max, turn.out);
  if (!opened.ok()) return opened.error();
  auto link = std::make_unique<PipeLink>(id, std::move(opened.value()), options, commons_);
  auto transport = std::make_unique<Transport>(id, router, commons_, options.base, std::move(link));
  return Register(router, std::move(transport));
}

Result<Transport*> RouterControl::CreateDirectTransport(Router& router, const std::string& id,
                                                        const DirectTransportOptions& options,
                                                        Turn& turn) {
  if (commons_.registry.Contains(id)) return Exists("Transport", id);
  if (options.base.enable_sctp) return Error::Type("a direct transport has no SCTP");
  TransportOptions base = options.base;
  base.direct = true;
  auto transport =
      std::make_unique<Transport>(id, router, commons_, base, std::make_unique<DirectLink>(id));
  Result<Transport*> registered = Register(router, std::move(transport));
  // It is connected from the beginning.
  router.OnLinkChange(*registered.value(), turn);
  return registered;
}

Result<RtpObserver*> RouterControl::CreateAudioLevelObserver(
    Router& router, const std::string& id, const AudioLevelObserverOptions& options, Turn& turn) {
  if (options.max_entries == 0) return Error::Type("invalid maxEntries value 0");
  if (options.threshold < -127 || options.threshold > 0) {
    return Error::Type("invalid threshold value " + std::to_string(options.threshold));
  }
  return Register(router, std::make_unique<RtpObserver>(id, options, turn.now));
}

Result<RtpObserver*> RouterControl::CreateActiveSpeakerObserver(
    Router& router, const std::string& id, const ActiveSpeakerObserverOptions& options,
    Turn& turn) {
  return Register(router, std::make_unique<RtpObserver>(id, options, turn.now));
}

Result<Producer*> RouterControl::Produce(Transport& transport, const ProduceOptions& options,
                                         Turn& turn) {
  Result<Done> checked = Producer::Check(options);
  if (!checked.ok()) return checked.error();
  auto producer = std::make_unique<Producer>(options, transport);
  if (!commons_.registry.Add(options.producer_id, producer.get())) {
    return Exists("Producer", options.producer_id);
  }
  Result<Done> listened = transport.listener_.Add(*producer);
  if (!listened.ok()) {
    commons_.registry.Remove(options.producer_id);
    return listened.error();
  }
  transport.producers_.push_back(std::move(producer));
  transport.UpdateNegotiated();
  if (transport.wants_remb_) transport.Schedule(transport.remb_.deadline(), turn);
  return transport.producers_.back().get();
}

Result<ConsumeAnswer> RouterControl::Consume(Transport& transport, const ConsumeOptions& options,
                                             Turn& turn) {
  Producer* producer = commons_.registry.Find<Producer>(options.producer_id);
  if (!producer || &producer->transport().router() != &transport.router()) {
    return Error::NotFound("Producer not found");
  }
  Result<Done> checked = Consumer::Check(options, *producer);
  if (!checked.ok()) return checked.error();
  auto consumer = std::make_unique<Consumer>(options, *producer, transport, commons_.random);
  for (const auto& other : transport.consumers_) {
    if (Clash(*other, *consumer)) return Error::Of("a consumer with the same SSRC already exists");
  }
  if (!commons_.registry.Add(options.consumer_id, consumer.get())) {
    return Exists("Consumer", options.consumer_id);
  }
  producer->consumers_.push_back(consumer.get());
  for (size_t i = 0; i < consumer->stream_count(); ++i) {
    transport.stream_of_ssrc_[consumer->stream(i).ssrc()] = &consumer->stream(i);
  }
  transport.consumers_.push_back(std::move(consumer));
  Consumer& added = *transport.consumers_.back();
  transport.NegotiateBandwidth(added, turn);
  transport.router().ActivateConsumer(added, turn);
  return added.Answer();
}

void RouterControl::CloseProducer(Producer& producer, Turn& turn) {
  std::vector<Consumer*> consumers = producer.consumers_;
  for (Consumer* consumer : consumers) {
    turn.events.notifications.push_back(ConsumerProducerClosed{consumer->id()});
    CloseConsumer(*consumer, turn);
  }
  Transport& transport = producer.transport();
  while (!producer.observed_.empty()) {
    (void)producer.observed_.back().observer->RemoveProducer(producer);
  }
  transport.listener_.ForEachSsrc(producer,
                                  [&](Ssrc ssrc) { transport.link_->ForgetReceived(ssrc); });
  transport.listener_.Remove(producer);
  commons_.registry.Remove(producer.id());
  EraseFrom(transport.producers_, producer);
  transport.UpdateNegotiated();
}

void RouterControl::CloseConsumer(Consumer& consumer, Turn& turn) {
  Transport& transport = consumer.transport();
  std::erase(consumer.producer().consumers_, &consumer);
  transport.egress_.Forget(consumer);
  if (transport.bandwidth_) transport.bandwidth_->Forget(consumer);
  for (size_t i = 0; i < consumer.stream_count(); ++i) {
    ConsumerStream& stream = consumer.stream(i);
    transport.stream_of_ssrc_.erase(stream.ssrc());
    if (transport.link_->ready() && stream.send().stats(turn.now).packet_count != 0) {
      transport.rtcp_.SendBye(transport, stream, turn);
    }
    transport.link_->RemoveSending(stream.ssrc());
    if (stream.rtx_ssrc()) transport.link_->RemoveSending(*stream.rtx_ssrc());
  }
  commons_.registry.Remove(consumer.id());
  EraseFrom(transport.consumers_, consumer);
  transport.router().ShareSoon(transport, turn);
}

void RouterControl::CloseTransport(Transport& transport, Turn& turn) {
  while (!transport.producers_.empty()) CloseProducer(*transport.producers_.back(), turn);
  while (!transport.consumers_.empty()) CloseConsumer(*transport.consumers_.back(), turn);
  CloseData(transport, turn);
  transport.link_->Close(turn);
  commons_.dirty.Forget(transport);
  std::erase(turn.events.rescheduled, &transport);
  commons_.registry.Remove(transport.id());
  EraseFrom(transport.router().transports_, transport);
}

void RouterControl::CloseObserver(Router& router, RtpObserver& observer, Turn&) {
  commons_.registry.Remove(observer.id());
  EraseFrom(router.observers_, observer);
}

void RouterControl::CloseRouter(Router& router, Turn& turn) {
  while (!router.observers_.empty()) CloseObserver(router, *router.observers_.back(), turn);
  while (!router.transports_.empty()) CloseTransport(*router.transports_.back(), turn);
}

void RouterControl::CloseServer(WebRtcServer& server, Turn& turn) {
  while (!server.transports().empty()) CloseTransport(*server.transports().back(), turn);
  for (const Listener& listener : server.listeners()) turn.out.CloseSocket(listener.socket);
}

Result<Transport*> RouterControl::Register(Router& router, std::unique_ptr<Transport> transport) {
  bool added = commons_.registry.Add(transport->id(), transport.get());
  CHECK(added, "the id of a new transport was looked for before its sockets were opened");
  router.transports_.push_back(std::move(transport));
  return router.transports_.back().get();
}

Result<RtpObserver*> RouterControl::Register(Router& router,
                                             std::unique_ptr<RtpObserver> observer) {
  if (!commons_.registry.Add(observer->id(), observer.get())) {
    return Exists("RtpObserver", observer->id());
  }
  router.observers_.push_back(std::move(observer));
  return router.observers_.back().get();
}

}  // namespace millrace
