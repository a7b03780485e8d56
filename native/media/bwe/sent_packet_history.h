#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "base/prefetch.h"
#include "base/sequence.h"
#include "base/time.h"

namespace millrace {

// Which probe a packet belongs to; 0: none.
using ProbeId = uint32_t;

// One packet that left with a transport-wide sequence number.
struct SentPacket {
  uint16_t sequence_number = 0;
  uint32_t bytes = 0;  // the whole datagram
  Timestamp sent = {};
  ProbeId probe = 0;
};

// What is known of one sent packet once its receiver spoke of it.
struct PacketResult {
  uint32_t bytes = 0;
  Timestamp sent = {};
  // On the receiver's clock; nothing when it did not arrive.
  std::optional<Timestamp> arrival = {};
  ProbeId probe = 0;
  // It was reported as lost before and arrived after all.
  bool was_lost = false;
};

// Remembers the newest sent packets of a transport until its receiver tells when they came.
// Grows with the rate up to a fixed number; a packet too old to be in it is one of which nobody
// wants to hear any more. Each packet answers once as received and once as lost at most, whatever a
// peer repeats.
class SentPacketHistory {
 public:
  // More than two seconds of 40 Mbit/s.
  static constexpr size_t kPacketsMax = 8192;
  static constexpr size_t kPacketsAtFirst = 256;
  // What is younger than this is worth growing for.
  static constexpr Duration kMemory = Duration::Seconds(2);

  // Sequence numbers ascend by one or more.
  void Add(const SentPacket& packet);
  // Add will be called soon, for the next number.
  void PrefetchNext() const {
    if (slots_.empty()) return;
    uint64_t next = static_cast<uint64_t>(unwrapper_.last().value_or(0)) + 1;
    Prefetch(&slots_[next & (slots_.size() - 1)], kBurst * sizeof(Slot));
  }
  // Nothing when the packet was never sent, is forgotten, or has told this already.
  [[nodiscard]] std::optional<PacketResult> Take(uint16_t sequence_number,
                                                 std::optional<Timestamp> arrival);

  [[nodiscard]] size_t capacity() const { return slots_.size(); }
  // When the newest one left; nothing before the first.
  [[nodiscard]] std::optional<Timestamp> newest() const;

 private:
  // What is sent at once, mostly.
  static constexpr size_t kBurst = 8;

  enum class State : uint8_t { kNone, kSent, kLost, kReceived };
  struct Slot {
    Timestamp sent = {};
    ProbeId probe = 0;
    uint16_t bytes = 0;
    State state = State::kNone;
  };

  [[nodiscard]] Slot& At(int64_t number) {
    return slots_[static_cast<uint64_t>(number) & (slots_.size() - 1)];
  }
  void Grow();

  std::vector<Slot> slots_;  // a power of two of them
  SequenceUnwrapper<uint16_t> unwrapper_;
  int64_t first_ = 0;
  Timestamp newest_sent_;
};

}  // namespace millrace
