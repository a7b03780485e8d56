#pragma once

#include "base/counters.h"
#include "routing/routing_event.h"

namespace millrace {

// Counts what the controller is told of: events, and connections that came to be or failed.
void Count(const RoutingEvent& event, Counters& counters);

}  // namespace millrace
