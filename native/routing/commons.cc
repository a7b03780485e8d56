#include "routing/commons.h"

#include "routing/transport.h"

namespace millrace {
namespace {

// The batch of so many transports fits the second-level cache, and larger sends gain nothing
// (architecture.md, section 6.2).
constexpr size_t kTransportsPerSeal = 16;

}  // namespace

void DirtyTransports::Mark(Transport& transport) {
  if (transport.dirty_) return;
  transport.dirty_ = true;
  transports_.push_back(&transport);
}

void DirtyTransports::Forget(const Transport& transport) {
  transports_.erase(transports_.begin(), transports_.begin() + static_cast<ptrdiff_t>(next_));
  next_ = 0;
  std::erase(transports_, &transport);
}

bool DirtyTransports::Seal(Turn& turn) {
  for (size_t sealed = 0; next_ < transports_.size(); ++sealed) {
    if (sealed == kTransportsPerSeal) return true;
    if (next_ + 2 < transports_.size()) transports_[next_ + 2]->PrefetchEntries();
    if (next_ + 1 < transports_.size()) transports_[next_ + 1]->PrefetchSeal();
    Transport& transport = *transports_[next_];
    if (!transport.Seal(turn)) {
      // What other code put there before may have filled the slab; an empty one always suffices.
      return true;
    }
    transport.dirty_ = false;
    ++next_;
  }
  transports_.clear();
  next_ = 0;
  return false;
}

}  // namespace millrace
