#include "worker/event_count.h"

#include <variant>

namespace millrace {

void Count(const RoutingEvent& event, Counters& counters) {
  ++counters.notifications_sent;
  if (const auto* ice = std::get_if<IceStateChanged>(&event)) {
    if (ice->state == IceStateName::kCompleted) ++counters.ice_completed;
    if (ice->state == IceStateName::kDisconnected) ++counters.ice_disconnected;
  } else if (const auto* dtls = std::get_if<DtlsStateChanged>(&event)) {
    if (dtls->state == DtlsStateName::kConnected) ++counters.dtls_connected;
    if (dtls->state == DtlsStateName::kFailed) ++counters.dtls_failed;
  } else if (const auto* sctp = std::get_if<SctpStateChanged>(&event)) {
    if (sctp->state == SctpState::kConnected) ++counters.sctp_connected;
    if (sctp->state == SctpState::kFailed) ++counters.sctp_failed;
  }
}

}  // namespace millrace
