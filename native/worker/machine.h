#pragma once

#include <map>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/random.h"
#include "protocol/dtls.h"
#include "protocol/srtp.h"
#include "routing/commons.h"
#include "routing/router.h"
#include "routing/router_control.h"
#include "routing/webrtc_server.h"
#include "worker/convert_frame.h"
#include "worker/deadline_heap.h"
#include "worker/demux_table.h"
#include "worker/worker.h"

namespace millrace {

// Everything a worker owns. The verbs of requests edit it; Worker feeds it. The rule that its
// methods keep: what points to a transport, a router or an observer (demux table, deadlines)
// forgets it before it is destroyed.
class Machine {
 public:
  Machine(const WorkerSettings& worker_settings, const Random::Seed& seed, Edge& edge,
          std::unique_ptr<DtlsContext> dtls_context);
  ~Machine();
  Machine(const Machine&) = delete;
  Machine& operator=(const Machine&) = delete;

  // --- a new object takes part in the machine
  void Watch(Transport& transport);
  void Watch(WebRtcServer& server);
  void Watch(Router& router);

  // --- an object and everything inside goes
  void Close(Transport& transport, Turn& turn);
  void Close(WebRtcServer& server, Turn& turn);
  void Close(Router& router, Turn& turn);
  void Close(RtpObserver& observer, Router& router, Turn& turn);

  // Turns what the last call into routing left behind into frames, deadlines and log lines.
  void Settle(Turn& turn);
  void ApplyLogSettings(Output& out) const;

  WorkerSettings settings;
  Random random;
  std::unique_ptr<DtlsContext> dtls;
  std::unique_ptr<SrtpBackend> srtp;
  RouterCommons commons;
  RouterControl control;
  // By id, and in the order of ids, so that a run can be repeated. Servers outlive the routers
  // whose transports use them.
  std::map<std::string, std::unique_ptr<WebRtcServer>> servers;
  std::map<std::string, std::unique_ptr<Router>> routers;
  std::unordered_map<const RtpObserver*, Router*> observer_homes;
  DemuxTable demux;
  DeadlineHeap<Transport> transport_deadlines;
  DeadlineHeap<Router> router_deadlines;
  RoutingEvents events;
  FrameWriter frames;
  bool closed = false;

 private:
  void Forget(const std::vector<Transport*>& transports, Output& out);
  // Closing may have rescheduled the very transports that are gone now.
  void ForgetRescheduled(const std::vector<Transport*>& closed);
  void WriteLogLines(Output& out);
};

}  // namespace millrace
