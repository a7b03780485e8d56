#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "base/random.h"
#include "base/time.h"

namespace millrace {

// How one direction of a network path treats datagrams.
struct LinkConditions {
  double loss = 0;          // share of datagrams that are lost
  double burst_length = 1;  // how many are lost in a row, on average; above 1: Gilbert-Elliott
  Duration delay = Duration::Millis(25);
  Duration jitter = {};  // the delay lies evenly between delay - jitter and delay + jitter
  double reorder = 0;    // share of datagrams that are held back and overtaken
  Duration held_back = Duration::Millis(40);  // how long at most
  double duplicate = 0;                       // share of datagrams that arrive twice
  double corrupt = 0;                         // share of datagrams that arrive with a bit flipped
  double stale = 0;                           // share of datagrams that arrive once more, later
  Duration stale_after = Duration::Seconds(3);
  uint64_t bits_per_second = 0;                // 0: as many as there are
  Duration queue_max = Duration::Millis(500);  // what would wait longer for its turn is lost

  // No datagram is faster than this.
  [[nodiscard]] Duration delay_min() const { return delay - jitter; }
};

// One direction of a network path. Says when a datagram arrives: never, once, or more often.
// Without reordering the order is kept whatever the jitter, as it is in a queue.
class LossyLink {
 public:
  struct Arrivals {
    std::array<Timestamp, 3> at{};
    size_t count = 0;
    std::optional<uint32_t> flipped_bit{};  // in all that arrive, counted from the first byte's
  };

  LossyLink(const LinkConditions& conditions, uint64_t seed);

  [[nodiscard]] Arrivals Send(size_t bytes, Timestamp now);

  // A cut cable: nothing arrives.
  void SetCut(bool cut) { cut_ = cut; }
  // From now on the path is another one.
  void SetConditions(const LinkConditions& conditions) { conditions_ = conditions; }
  [[nodiscard]] uint64_t lost() const { return lost_; }
  // Datagrams that arrived, or will, with a bit flipped.
  [[nodiscard]] uint64_t corrupted() const { return corrupted_; }

 private:
  [[nodiscard]] bool Loses();
  [[nodiscard]] bool Happens(double probability) { return random_.NextDouble() < probability; }
  [[nodiscard]] Timestamp ArrivalOf(Timestamp departure);

  LinkConditions conditions_;
  Random random_;
  Timestamp line_free_at_;    // the line is busy with earlier datagrams until then
  Timestamp newest_arrival_;  // of those that keep their order
  bool in_burst_ = false;
  bool cut_ = false;
  uint64_t lost_ = 0;
  uint64_t corrupted_ = 0;
};

}  // namespace millrace
