#pragma once

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

#include "base/strong.h"
#include "base/time.h"

namespace millrace {

// What a model peer knows of a datagram that it sent; travels beside the bytes, for the laws.
struct SentContent {
  enum class Kind : uint8_t { kMedia, kRtcp, kCorrupted };

  Kind kind = Kind::kRtcp;
  // --- media
  size_t stream = 0;   // number of the source in the simulation
  uint32_t index = 0;  // of the packet in its source
  bool rtx = false;
  // --- RTCP
  uint64_t number = 0;                // of the compound, among all of the simulation
  Ssrc nacked_ssrc = {};              // the stream of a NACK
  std::vector<uint16_t> nacked = {};  // what it asks for
};

struct SimulatedDatagram {
  std::vector<uint8_t> bytes;
  SentContent content = {};  // of datagrams from a peer
};

struct SimulationEvent {
  enum class Kind : uint8_t { kAtWorker, kAtPeer, kPeerWakes };

  Timestamp at;
  Kind kind = Kind::kPeerWakes;
  size_t peer = 0;
  SimulatedDatagram datagram{};
};

// What will happen, earliest first; what happens at one time keeps the order in which it was
// planned, so that a run can be repeated.
class EventQueue {
 public:
  void Push(SimulationEvent event) {
    heap_.push_back({next_order_++, std::move(event)});
    std::push_heap(heap_.begin(), heap_.end(), IsLater);
  }

  SimulationEvent Pop() {
    std::pop_heap(heap_.begin(), heap_.end(), IsLater);
    SimulationEvent event = std::move(heap_.back().event);
    heap_.pop_back();
    return event;
  }

  [[nodiscard]] bool empty() const { return heap_.empty(); }
  [[nodiscard]] const SimulationEvent& first() const { return heap_.front().event; }
  [[nodiscard]] Timestamp earliest() const {
    return heap_.empty() ? Timestamp::Never() : heap_.front().event.at;
  }

 private:
  struct Entry {
    uint64_t order = 0;
    SimulationEvent event;
  };

  static bool IsLater(const Entry& a, const Entry& b) {
    if (a.event.at != b.event.at) return a.event.at > b.event.at;
    return a.order > b.order;
  }

  std::vector<Entry> heap_;
  uint64_t next_order_ = 0;
};

}  // namespace millrace
