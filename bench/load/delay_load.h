#pragma once

#include "forward_load.h"

namespace millrace {

// Measures how long a packet is under way through a worker that is busy for `busy` of a processor:
// from the source's send to the kernel's taking it at the viewer's socket, on one machine. The
// viewers are browsers as in RunForwardLoad, but here they really receive, which the worker's
// processor pays for as well. Prints percentiles; answers an exit code.
[[nodiscard]] int RunDelayLoad(const ForwardOptions& options, double busy);

}  // namespace millrace
