#pragma once

#include <algorithm>
#include <cstddef>
#include <utility>
#include <vector>

#include "base/check.h"

namespace millrace {

// A queue in one array that doubles when it is full, for queues that are almost always short: a
// value costs no allocation of its own. How many values it may hold is the caller's to limit. What
// a rare rush took beyond kKept values is given back as soon as the queue is empty.
template <typename T>
class GrowingRing {
 public:
  static constexpr size_t kKept = 64;

  [[nodiscard]] bool empty() const { return size_ == 0; }
  [[nodiscard]] size_t size() const { return size_; }
  [[nodiscard]] T& front() { return (*this)[0]; }
  [[nodiscard]] const T& front() const { return (*this)[0]; }
  [[nodiscard]] T& operator[](size_t index) { return items_[(first_ + index) % items_.size()]; }
  [[nodiscard]] const T& operator[](size_t index) const {
    return items_[(first_ + index) % items_.size()];
  }

  void Push(T value) {
    if (size_ == items_.size()) Grow();
    items_[(first_ + size_) % items_.size()] = std::move(value);
    ++size_;
  }

  void Pop() {
    CHECK(!empty(), "only a queue with values can give one up");
    items_[first_] = T{};
    first_ = (first_ + 1) % items_.size();
    --size_;
    if (size_ == 0 && items_.size() > kKept) *this = GrowingRing();
  }

  template <typename F>
  void EraseIf(F&& unwanted) {
    size_t kept = 0;
    for (size_t i = 0; i < size_; ++i) {
      if (unwanted((*this)[i])) continue;
      if (kept != i) (*this)[kept] = std::move((*this)[i]);
      ++kept;
    }
    for (size_t i = kept; i < size_; ++i) (*this)[i] = T{};
    size_ = kept;
  }

 private:
  void Grow() {
    std::vector<T> grown(std::max<size_t>(items_.size() * 2, 8));
    for (size_t i = 0; i < size_; ++i) grown[i] = std::move((*this)[i]);
    items_ = std::move(grown);
    first_ = 0;
  }

  std::vector<T> items_;
  size_t first_ = 0;
  size_t size_ = 0;
};

}  // namespace millrace
