#pragma once

#include "base/output.h"
#include "base/time.h"
#include "routing/routing_event.h"

namespace millrace {

// One turn of the worker: the time it is, and where everything that follows is appended to.
struct Turn {
  Timestamp now;
  RoutingEvents& events;
  Output& out;
};

}  // namespace millrace
