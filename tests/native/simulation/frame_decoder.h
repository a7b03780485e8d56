#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include "base/time.h"
#include "simulation/media_unit.h"

namespace millrace {

// Decides which pictures a decoder could show: a key frame that is whole, and each picture after
// one that was shown.
class FrameDecoder {
 public:
  struct Shown {
    uint32_t frame = 0;
    Timestamp at;
  };

  // A packet of a picture, each only once.
  void Receive(const MediaUnit& unit, Timestamp now);

  [[nodiscard]] const std::vector<Shown>& shown() const { return shown_; }
  // The longest time without a new picture between two points in time.
  [[nodiscard]] Duration LongestFreeze(Timestamp from, Timestamp to) const;
  // The first picture at or after this; Never when there was none.
  [[nodiscard]] Timestamp FirstShownAfter(Timestamp from) const;

 private:
  struct Assembly {
    uint16_t received = 0;
    uint16_t count = 0;
    bool key_frame = false;
    [[nodiscard]] bool whole() const { return received == count; }
  };

  void Show(uint32_t frame, Timestamp now);

  std::map<uint32_t, Assembly> frames_;  // not shown yet
  int64_t last_shown_ = -2;              // -1 would make frame 0 its follower
  std::vector<Shown> shown_;
};

}  // namespace millrace
