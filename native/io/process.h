#pragma once

#include "base/result.h"
#include "io/event_loop.h"
#include "io/udp_sender.h"

namespace millrace {

// What a worker process arranges with the operating system before anything else; a worker inside
// another program does none of it.

// SIGINT and SIGTERM become events that end the worker; SIGPIPE, SIGHUP, SIGALRM, SIGUSR1 and
// SIGUSR2 are ignored.
[[nodiscard]] Result<Done> ArrangeSignals(EventLoop& loop);

// A core file holds the keys of every call, so none is written, and other programs of the same user
// may not look into the process. MILLRACE_CORE_DUMPS=on in the environment leaves both as they are.
void ForbidCoreDumps();

// MILLRACE_SEND=single turns batched sending off, for the benchmark. Anything else is a batch.
[[nodiscard]] SendMode ReadSendMode();

}  // namespace millrace
