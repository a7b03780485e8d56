#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "base/byte_reader.h"

namespace millrace {

// The payload descriptor of a VP8 packet, and the key-frame bit behind it (RFC 7741 section 4).
struct Vp8Descriptor {
  bool non_reference = false;
  bool start_of_partition = false;
  uint8_t partition_index = 0;
  std::optional<uint16_t> picture_id;
  bool long_picture_id = false;  // 15 bits, not 7
  std::optional<uint8_t> tl0_picture_index;
  std::optional<uint8_t> temporal_layer;
  bool layer_sync = false;
  std::optional<uint8_t> key_index;
  bool key_frame = false;  // this packet begins a key frame
  size_t size = 0;         // of the descriptor

  // Nothing when the descriptor is cut off or no VP8 data follows it.
  [[nodiscard]] static std::optional<Vp8Descriptor> Parse(Bytes payload);
};

}  // namespace millrace
