#include <sys/random.h>

#include <cerrno>

#include "base/check.h"
#include "io/entropy.h"

namespace millrace {

Random::Seed ReadEntropy() {
  Random::Seed seed{};
  size_t filled = 0;
  while (filled < seed.size()) {
    ssize_t count = getrandom(seed.data() + filled, seed.size() - filled, 0);
    if (count < 0 && errno == EINTR) continue;
    CHECK(count > 0, "the operating system gives random bytes");
    filled += static_cast<size_t>(count);
  }
  return seed;
}

}  // namespace millrace
