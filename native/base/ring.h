#pragma once

#include <array>
#include <cstddef>
#include <utility>

#include "base/check.h"

namespace millrace {

// A queue of at most `kCapacity` values in one array; the oldest stands at index 0.
template <typename T, size_t kCapacity>
class Ring {
 public:
  [[nodiscard]] bool empty() const { return size_ == 0; }
  [[nodiscard]] bool full() const { return size_ == kCapacity; }
  [[nodiscard]] size_t size() const { return size_; }

  // Makes room by forgetting the oldest value when the ring is full.
  void Push(T value) {
    if (full()) Pop();
    items_[(first_ + size_) % kCapacity] = std::move(value);
    ++size_;
  }

  void Pop() {
    CHECK(!empty(), "only a ring with values can give one up");
    items_[first_] = T{};
    first_ = (first_ + 1) % kCapacity;
    --size_;
  }

  [[nodiscard]] T& operator[](size_t index) { return items_[(first_ + index) % kCapacity]; }
  [[nodiscard]] const T& operator[](size_t index) const {
    return items_[(first_ + index) % kCapacity];
  }
  [[nodiscard]] T& back() { return (*this)[size_ - 1]; }

 private:
  std::array<T, kCapacity> items_{};
  size_t first_ = 0;
  size_t size_ = 0;
};

}  // namespace millrace
