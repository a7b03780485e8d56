#include <sys/prctl.h>
#include <sys/resource.h>

#include <csignal>
#include <cstdlib>
#include <string_view>

#include "io/process.h"

namespace millrace {

namespace {

// The leak checker of the sanitizers looks into its own process and must be allowed to.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool kSanitized = true;
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
constexpr bool kSanitized = true;
#else
constexpr bool kSanitized = false;
#endif
#else
constexpr bool kSanitized = false;
#endif

bool EnvironmentSays(const char* name, std::string_view value) {
  const char* text = std::getenv(name);
  return text && text == value;
}

}  // namespace

Result<Done> ArrangeSignals(EventLoop& loop) {
  for (int ignored : {SIGPIPE, SIGHUP, SIGALRM, SIGUSR1, SIGUSR2}) {
    struct sigaction action{};
    action.sa_handler = SIG_IGN;
    if (sigaction(ignored, &action, nullptr) != 0) return Error::Of("a signal cannot be ignored");
  }
  for (int ending : {SIGINT, SIGTERM}) {
    Result<Done> watched = loop.WatchSignal(ending);
    if (!watched.ok()) return watched.error();
  }
  return Done{};
}

void ForbidCoreDumps() {
  if (kSanitized || EnvironmentSays("MILLRACE_CORE_DUMPS", "on")) return;
  rlimit none{.rlim_cur = 0, .rlim_max = 0};
  setrlimit(RLIMIT_CORE, &none);
  prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
}

SendMode ReadSendMode() {
  return EnvironmentSays("MILLRACE_SEND", "single") ? SendMode::kSingle : SendMode::kBatch;
}

}  // namespace millrace
