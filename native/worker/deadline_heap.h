#pragma once

#include <cstddef>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/time.h"

namespace millrace {

// Who has to be called when. Each owner stands in it at most once, with its earliest deadline;
// equal deadlines come up in the order in which their owners entered, so that a run can be
// repeated. A binary heap whose entries know their place: a new deadline costs a few swaps and no
// allocation.
template <typename Owner>
class DeadlineHeap {
 public:
  void Add(Owner& owner, Timestamp at) {
    if (places_.contains(&owner)) {
      Update(owner, at);
      return;
    }
    entries_.push_back({at, next_serial_++, &owner});
    places_[&owner] = entries_.size() - 1;
    Rise(entries_.size() - 1);
  }

  // An owner that is not in the heap stays outside.
  void Update(Owner& owner, Timestamp at) {
    auto found = places_.find(&owner);
    if (found == places_.end()) return;
    entries_[found->second].at = at;
    Sink(Rise(found->second));
  }

  void Remove(const Owner& owner) {
    auto found = places_.find(const_cast<Owner*>(&owner));
    if (found == places_.end()) return;
    size_t place = found->second;
    size_t last = entries_.size() - 1;
    Swap(place, last);
    entries_.pop_back();
    places_.erase(found);
    if (place < entries_.size()) Sink(Rise(place));
  }

  [[nodiscard]] Timestamp earliest() const {
    return entries_.empty() ? Timestamp::Never() : entries_.front().at;
  }
  // Only of a heap that has an owner.
  [[nodiscard]] Owner& first() const { return *entries_.front().owner; }
  [[nodiscard]] size_t size() const { return entries_.size(); }

 private:
  struct Entry {
    Timestamp at;
    uint64_t serial = 0;
    Owner* owner = nullptr;
  };

  bool IsBefore(size_t a, size_t b) const {
    const Entry& left = entries_[a];
    const Entry& right = entries_[b];
    return left.at != right.at ? left.at < right.at : left.serial < right.serial;
  }

  void Swap(size_t a, size_t b) {
    std::swap(entries_[a], entries_[b]);
    places_[entries_[a].owner] = a;
    places_[entries_[b].owner] = b;
  }

  size_t Rise(size_t place) {
    while (place > 0) {
      size_t parent = (place - 1) / 2;
      if (!IsBefore(place, parent)) break;
      Swap(place, parent);
      place = parent;
    }
    return place;
  }

  void Sink(size_t place) {
    while (true) {
      size_t smallest = place;
      for (size_t child = 2 * place + 1; child <= 2 * place + 2; ++child) {
        if (child < entries_.size() && IsBefore(child, smallest)) smallest = child;
      }
      if (smallest == place) return;
      Swap(place, smallest);
      place = smallest;
    }
  }

  std::vector<Entry> entries_;
  std::unordered_map<Owner*, size_t> places_;
  uint64_t next_serial_ = 0;
};

}  // namespace millrace
