// The verbs of routers and of their observers.
#include <utility>

#include "worker/request_verbs.h"

namespace millrace {

namespace {

Answer ToAnswer(AnyTransportDump dump) {
  return std::visit([](auto& any) { return Answer(std::move(any)); }, dump);
}

// A created transport is answered with its whole dump.
Result<Answer> Introduce(Machine& machine, const Result<Transport*>& transport) {
  if (!transport.ok()) return transport.error();
  machine.Watch(*transport.value());
  return ToAnswer(transport.value()->Dump());
}

bool Lives(const Machine& machine, const RtpObserver& observer, const Router& router) {
  auto home = machine.observer_homes.find(&observer);
  return home != machine.observer_homes.end() && home->second == &router;
}

// Observers' timers are their router's.
void Reschedule(Machine& machine, Router& router) {
  machine.router_deadlines.Update(router, router.deadline());
}

Result<Done> Introduce(Machine& machine, Router& router, const Result<RtpObserver*>& observer) {
  if (!observer.ok()) return observer.error();
  machine.observer_homes[observer.value()] = &router;
  Reschedule(machine, router);
  return Done{};
}

Router& HomeOf(Machine& machine, const RtpObserver& observer) {
  auto home = machine.observer_homes.find(&observer);
  CHECK(home != machine.observer_homes.end(), "every observer lives in a router");
  return *home->second;
}

// A producer of another router would outlive, or not outlive, the observer without its knowledge.
Result<Producer*> FindNeighbour(Machine& machine, const RtpObserver& observer,
                                const std::string& producer_id) {
  Producer* producer = machine.commons.registry.Find<Producer>(producer_id);
  if (!producer || &producer->transport().router() != &HomeOf(machine, observer)) {
    return Error::NotFound("producer with id '" + producer_id + "' not found");
  }
  return producer;
}

}  // namespace

Result<RouterDump> DumpRouter(Machine&, Router& router, const NoBody&, Turn&) {
  return router.Dump();
}

Result<Answer> AddWebRtcTransport(Machine& machine, Router& router,
                                  const CreateWebRtcTransport& body, Turn& turn) {
  if (!std::holds_alternative<ListenIndividual>(body.options.listen)) {
    return Error::Type("wrong listen: this method takes listenInfos of its own");
  }
  return Introduce(
      machine, machine.control.CreateWebRtcTransport(router, body.id, body.options, nullptr, turn));
}

Result<Answer> AddWebRtcTransportOnServer(Machine& machine, Router& router,
                                          const CreateWebRtcTransport& body, Turn& turn) {
  const ListenServer* listen = std::get_if<ListenServer>(&body.options.listen);
  if (!listen) return Error::Type("wrong listen: this method takes a webRtcServerId");
  WebRtcServer* server = machine.commons.registry.Find<WebRtcServer>(listen->webrtc_server_id);
  if (!server) {
    return Error::NotFound("webRtcServer with id '" + listen->webrtc_server_id + "' not found");
  }
  return Introduce(
      machine, machine.control.CreateWebRtcTransport(router, body.id, body.options, server, turn));
}

Result<Answer> AddPlainTransport(Machine& machine, Router& router, const CreatePlainTransport& body,
                                 Turn& turn) {
  return Introduce(machine,
                   machine.control.CreatePlainTransport(router, body.id, body.options, turn));
}

Result<Answer> AddPipeTransport(Machine& machine, Router& router, const CreatePipeTransport& body,
                                Turn& turn) {
  return Introduce(machine,
                   machine.control.CreatePipeTransport(router, body.id, body.options, turn));
}

Result<Answer> AddDirectTransport(Machine& machine, Router& router,
                                  const CreateDirectTransport& body, Turn& turn) {
  return Introduce(machine,
                   machine.control.CreateDirectTransport(router, body.id, body.options, turn));
}

Result<Done> AddAudioLevelObserver(Machine& machine, Router& router,
                                   const CreateAudioLevelObserver& body, Turn& turn) {
  return Introduce(machine, router,
                   machine.control.CreateAudioLevelObserver(router, body.id, body.options, turn));
}

Result<Done> AddActiveSpeakerObserver(Machine& machine, Router& router,
                                      const CreateActiveSpeakerObserver& body, Turn& turn) {
  return Introduce(
      machine, router,
      machine.control.CreateActiveSpeakerObserver(router, body.id, body.options, turn));
}

Result<Done> DropTransport(Machine& machine, Router& router, const CloseTransport& body,
                           Turn& turn) {
  Transport* transport = machine.commons.registry.Find<Transport>(body.id);
  if (!transport || &transport->router() != &router) {
    return Error::NotFound("transport with id '" + body.id + "' not found");
  }
  machine.Close(*transport, turn);
  Reschedule(machine, router);
  return Done{};
}

Result<Done> DropObserver(Machine& machine, Router& router, const CloseObserver& body, Turn& turn) {
  RtpObserver* observer = machine.commons.registry.Find<RtpObserver>(body.id);
  if (!observer || !Lives(machine, *observer, router)) {
    return Error::NotFound("rtpObserver with id '" + body.id + "' not found");
  }
  machine.Close(*observer, router, turn);
  Reschedule(machine, router);
  return Done{};
}

Result<Done> PauseObserver(Machine& machine, RtpObserver& observer, const NoBody&, Turn& turn) {
  observer.Pause(turn);
  Reschedule(machine, HomeOf(machine, observer));
  return Done{};
}

Result<Done> ResumeObserver(Machine& machine, RtpObserver& observer, const NoBody&, Turn& turn) {
  observer.Resume(turn.now);
  Reschedule(machine, HomeOf(machine, observer));
  return Done{};
}

Result<Done> Observe(Machine& machine, RtpObserver& observer, const ObserveProducer& body, Turn&) {
  Result<Producer*> producer = FindNeighbour(machine, observer, body.producer_id);
  if (!producer.ok()) return producer.error();
  Result<Done> added = observer.AddProducer(*producer.value());
  Reschedule(machine, HomeOf(machine, observer));
  return added;
}

Result<Done> Unobserve(Machine& machine, RtpObserver& observer, const UnobserveProducer& body,
                       Turn&) {
  Result<Producer*> producer = FindNeighbour(machine, observer, body.producer_id);
  if (!producer.ok()) return producer.error();
  Result<Done> removed = observer.RemoveProducer(*producer.value());
  Reschedule(machine, HomeOf(machine, observer));
  return removed;
}

}  // namespace millrace
