#include "worker/machine.h"

#include <algorithm>
#include <utility>

#include "worker/event_count.h"

namespace millrace {

Machine::Machine(const WorkerSettings& worker_settings, const Random::Seed& seed, Edge& edge,
                 std::unique_ptr<DtlsContext> dtls_context)
    : settings(worker_settings),
      random(seed),
      dtls(std::move(dtls_context)),
      srtp(SrtpBackend::MakeFastest()),
      commons{.edge = edge,
              .random = random,
              .dtls = *dtls,
              .srtp = *srtp,
              .port_min = settings.rtc_min_port,
              .port_max = settings.rtc_max_port},
      control(commons) {}

Machine::~Machine() = default;

void Machine::Watch(Transport& transport) {
  for (SocketId socket : transport.sockets()) demux.AddSocket(socket, transport);
  transport_deadlines.Add(transport, transport.deadline());
}

void Machine::Watch(WebRtcServer& server) {
  for (const Listener& listener : server.listeners()) demux.AddSocket(listener.socket, server);
}

void Machine::Watch(Router& router) { router_deadlines.Add(router, router.deadline()); }

void Machine::Close(Transport& transport, Turn& turn) {
  Forget({&transport}, turn.out);
  control.CloseTransport(transport, turn);
  ForgetRescheduled({&transport});
}

void Machine::Close(WebRtcServer& server, Turn& turn) {
  std::vector<Transport*> transports = server.transports();
  Forget(transports, turn.out);
  demux.Forget(server, turn.out);
  std::string id = server.id();
  control.CloseServer(server, turn);
  ForgetRescheduled(transports);
  commons.registry.Remove(id);
  servers.erase(id);
}

void Machine::Close(Router& router, Turn& turn) {
  std::vector<Transport*> transports;
  for (const std::string& id : router.Dump().transport_ids) {
    if (Transport* transport = commons.registry.Find<Transport>(id))
      transports.push_back(transport);
  }
  Forget(transports, turn.out);
  std::erase_if(observer_homes, [&](const auto& home) { return home.second == &router; });
  router_deadlines.Remove(router);
  std::string id = router.id();
  control.CloseRouter(router, turn);
  ForgetRescheduled(transports);
  commons.registry.Remove(id);
  routers.erase(id);
}

void Machine::Close(RtpObserver& observer, Router& router, Turn& turn) {
  observer_homes.erase(&observer);
  control.CloseObserver(router, observer, turn);
}

void Machine::Forget(const std::vector<Transport*>& transports, Output& out) {
  for (Transport* transport : transports) {
    demux.Forget(*transport, out);
    transport_deadlines.Remove(*transport);
  }
}

void Machine::ForgetRescheduled(const std::vector<Transport*>& closed) {
  std::erase_if(events.rescheduled, [&](const Transport* transport) {
    return std::find(closed.begin(), closed.end(), transport) != closed.end();
  });
}

void Machine::Settle(Turn& turn) {
  for (const RoutingEvent& event : events.notifications) {
    Count(event, turn.out.counters());
    frames.Notify(event, turn.out);
  }
  events.notifications.clear();
  for (Transport* transport : events.rescheduled) {
    transport_deadlines.Update(*transport, transport->deadline());
  }
  events.rescheduled.clear();
  WriteLogLines(turn.out);
}

void Machine::ApplyLogSettings(Output& out) const {
  // "none" is kept here and not in the output, because the controller may switch logging on again.
  out.SetLogFilter(settings.log_off ? LogLevel::kError : settings.log_level,
                   settings.log_off ? 0 : settings.log_tags);
}

void Machine::WriteLogLines(Output& out) {
  if (out.log_lines().empty()) return;
  if (!settings.log_off) {
    // A line about a line that cannot be written must not be written in turn.
    std::vector<Output::LogLine> lines = std::exchange(out.log_lines(), {});
    for (const Output::LogLine& line : lines) frames.WriteLog(line, out);
    out.counters().log_lines_sent += lines.size();
  }
  out.log_lines().clear();
}

}  // namespace millrace
