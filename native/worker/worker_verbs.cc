// The verbs of the worker as a whole and of its WebRTC servers.
#include <charconv>
#include <utility>

#include "worker/log_settings.h"
#include "worker/notification_table.h"
#include "worker/request_verbs.h"

namespace millrace {

namespace {

uint32_t NumberOf(const std::string& text) {
  uint32_t number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

}  // namespace

Result<WorkerDump> DumpWorker(Machine& machine, const NoBody&, Turn&) {
  WorkerDump dump;
  dump.pid = NumberOf(machine.settings.pid);
  for (const auto& [id, server] : machine.servers) dump.webrtc_server_ids.push_back(id);
  for (const auto& [id, router] : machine.routers) dump.router_ids.push_back(id);
  dump.request_handler_ids = machine.commons.registry.Ids();
  for (const std::string& id : dump.request_handler_ids) {
    if (TakesNotifications(machine.commons.registry.Find(id))) {
      dump.notification_handler_ids.push_back(id);
    }
  }
  return dump;
}

Result<ResourceUsage> GetResourceUsage(Machine& machine, const NoBody&, Turn&) {
  return machine.commons.edge.ReadResourceUsage();
}

Result<CountersAnswer> GetCounters(Machine& machine, const NoBody&, Turn& turn) {
  return CountersAnswer{
      .counters = turn.out.counters(), .drops = turn.out.drops(), .census = Count(machine)};
}

Result<Done> ChangeSettings(Machine& machine, const UpdateSettings& body, Turn& turn) {
  if (body.log_level) {
    std::optional<LogThreshold> threshold = ParseLogLevel(*body.log_level);
    if (!threshold) return Error::Type("wrong logLevel '" + *body.log_level + "'");
    machine.settings.log_level = threshold->least;
    machine.settings.log_off = threshold->off;
  }
  if (body.log_tags) {
    machine.settings.log_tags = 0;
    for (const std::string& name : *body.log_tags) {
      // A tag of another version is no reason to refuse the others.
      machine.settings.log_tags |= ParseLogTag(name).value_or(0);
    }
  }
  machine.ApplyLogSettings(turn.out);
  return Done{};
}

Result<Done> CreateServer(Machine& machine, const CreateWebRtcServer& body, Turn& turn) {
  if (machine.commons.registry.Contains(body.id)) {
    return Error::Of("webRtcServer with id '" + body.id + "' already exists");
  }
  if (body.listen_infos.empty()) return Error::Type("wrong listenInfos: no entry");
  auto listeners = OpenListeners(machine.commons.edge, body.listen_infos, machine.commons.port_min,
                                 machine.commons.port_max, turn.out);
  if (!listeners.ok()) return listeners.error();
  auto server = std::make_unique<WebRtcServer>(body.id, std::move(listeners.value()));
  bool added = machine.commons.registry.Add(body.id, server.get());
  CHECK(added, "the id was free before the sockets were opened");
  machine.Watch(*server);
  machine.servers.emplace(body.id, std::move(server));
  return Done{};
}

Result<Done> CloseServer(Machine& machine, const CloseWebRtcServer& body, Turn& turn) {
  WebRtcServer* server = machine.commons.registry.Find<WebRtcServer>(body.id);
  if (!server) return Error::NotFound("webRtcServer with id '" + body.id + "' not found");
  machine.Close(*server, turn);
  return Done{};
}

Result<Done> AddRouter(Machine& machine, const CreateRouter& body, Turn&) {
  if (machine.commons.registry.Contains(body.id)) {
    return Error::Of("router with id '" + body.id + "' already exists");
  }
  auto router = std::make_unique<Router>(body.id, machine.commons);
  bool added = machine.commons.registry.Add(body.id, router.get());
  CHECK(added, "the id was free a line ago");
  machine.Watch(*router);
  machine.routers.emplace(body.id, std::move(router));
  return Done{};
}

Result<Done> DropRouter(Machine& machine, const CloseRouter& body, Turn& turn) {
  Router* router = machine.commons.registry.Find<Router>(body.id);
  if (!router) return Error::NotFound("router with id '" + body.id + "' not found");
  machine.Close(*router, turn);
  return Done{};
}

Result<WebRtcServerDump> DumpServer(Machine&, WebRtcServer& server, const NoBody&, Turn&) {
  return server.Dump();
}

}  // namespace millrace
