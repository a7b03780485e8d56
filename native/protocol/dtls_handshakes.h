#pragma once

#include <cstddef>
#include <utility>

#include "base/check.h"

namespace millrace {

// Counts the handshakes that are under way in a worker. Each costs some 50 KB until it is done or
// given up, so that their number has a limit; what comes beyond it waits, and its peer asks again.
class DtlsHandshakes {
 public:
  // Together below 100 MB. A worker does some hundreds of handshakes a second, and an honest one
  // takes a few round trips.
  static constexpr size_t kHandshakesMax = 1024;

  // One of them, from its beginning to its end.
  class Slot {
   public:
    Slot() = default;
    explicit Slot(DtlsHandshakes& handshakes) : handshakes_(&handshakes) {
      CHECK(!handshakes.full(), "a handshake begins only where there is room for it");
      ++handshakes.count_;
    }
    Slot(Slot&& other) noexcept : handshakes_(std::exchange(other.handshakes_, nullptr)) {}
    Slot& operator=(Slot&& other) noexcept {
      std::swap(handshakes_, other.handshakes_);
      return *this;
    }
    ~Slot() { GiveBack(); }

    void GiveBack() {
      if (handshakes_ != nullptr) --handshakes_->count_;
      handshakes_ = nullptr;
    }

   private:
    DtlsHandshakes* handshakes_ = nullptr;
  };

  [[nodiscard]] bool full() const { return count_ >= kHandshakesMax; }
  [[nodiscard]] size_t count() const { return count_; }

 private:
  size_t count_ = 0;
};

}  // namespace millrace
