#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "base/check.h"

namespace millrace {

template <typename T>
class Pool;

// Shared ownership of a pooled object, counted without atomics: a pool and all its references live
// on one thread. The object goes back to its pool, not to the heap, with the last reference.
template <typename T>
class Ref {
 public:
  Ref() = default;
  Ref(const Ref& other) : slot_(other.slot_) {
    if (slot_) ++slot_->references;
  }
  Ref(Ref&& other) noexcept : slot_(std::exchange(other.slot_, nullptr)) {}
  Ref& operator=(Ref other) noexcept {
    std::swap(slot_, other.slot_);
    return *this;
  }
  ~Ref() {
    if (slot_ && --slot_->references == 0) slot_->owner->Return(slot_);
  }

  explicit operator bool() const { return slot_ != nullptr; }
  T* operator->() const { return &slot_->object; }
  T& operator*() const { return slot_->object; }
  [[nodiscard]] T* get() const { return slot_ ? &slot_->object : nullptr; }

 private:
  friend class Pool<T>;
  explicit Ref(typename Pool<T>::Slot* slot) : slot_(slot) { ++slot_->references; }
  typename Pool<T>::Slot* slot_ = nullptr;
};

// Objects that are made in blocks and used again and again, so that the packet path never touches
// the heap once the pool has grown to its working size. At most `limit` objects exist.
template <typename T>
class Pool {
 public:
  explicit Pool(size_t limit) : limit_(limit) {}
  Pool(const Pool&) = delete;
  Pool& operator=(const Pool&) = delete;
  ~Pool() { CHECK(free_.size() == made_, "a pool outlives the references to its objects"); }

  // An object in whatever state its last user left it, or an empty reference at the limit.
  [[nodiscard]] Ref<T> Take() {
    if (free_.empty() && !Grow()) return {};
    Slot* slot = free_.back();
    free_.pop_back();
    return Ref<T>(slot);
  }

  [[nodiscard]] size_t in_use() const { return made_ - free_.size(); }
  [[nodiscard]] size_t limit() const { return limit_; }

 private:
  friend class Ref<T>;
  struct Slot {
    T object;
    uint32_t references = 0;
    Pool* owner = nullptr;
  };
  static constexpr size_t kBlock = 64;

  bool Grow() {
    size_t count = std::min(kBlock, limit_ - made_);
    if (count == 0) return false;
    blocks_.push_back(std::make_unique<Slot[]>(count));
    free_.reserve(made_ + count);
    for (size_t i = 0; i < count; ++i) {
      blocks_.back()[i].owner = this;
      free_.push_back(&blocks_.back()[i]);
    }
    made_ += count;
    return true;
  }
  void Return(Slot* slot) { free_.push_back(slot); }

  size_t limit_;
  size_t made_ = 0;
  std::vector<std::unique_ptr<Slot[]>> blocks_;
  std::vector<Slot*> free_;
};

}  // namespace millrace
