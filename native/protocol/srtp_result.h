#pragma once

#include <cstddef>

#include "base/drop_reason.h"

namespace millrace {

// The size of the packet that was sealed or opened, or why there is none.
class [[nodiscard]] SrtpResult {
 public:
  SrtpResult(size_t size) : size_(size) {}            // NOLINT: implicit
  SrtpResult(DropReason reason) : reason_(reason) {}  // NOLINT: implicit

  // No packet is empty, so the size tells the two apart.
  [[nodiscard]] bool ok() const { return size_ != 0; }
  [[nodiscard]] size_t size() const { return size_; }
  // Only worth asking when not ok().
  [[nodiscard]] DropReason reason() const { return reason_; }

 private:
  size_t size_ = 0;
  DropReason reason_ = DropReason::kMalformed;
};

}  // namespace millrace
