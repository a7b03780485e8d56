#pragma once

#include <cstdint>

namespace millrace {

// What a layer filter says of one packet.
struct LayerVerdict {
  bool forward = false;
  // Nothing of its picture goes out behind it: the marker belongs here, even if it stood on a layer
  // that was left out. RFC 9628 section 4.1: the marker bit "MUST be set to 1 for the final RTP
  // packet of the picture".
  bool ends_picture = false;
  // The viewer is to be told which decode targets it gets, a bit each of so many; 0: it knows.
  uint8_t target_count = 0;
  uint32_t active_targets = 0;

  bool operator==(const LayerVerdict&) const = default;
};

}  // namespace millrace
