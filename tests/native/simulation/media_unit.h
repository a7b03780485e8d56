#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "base/byte_reader.h"
#include "base/byte_writer.h"

namespace millrace {

// What one media packet of a model sender carries. It stands in the payload behind a head that
// codecs' parsers understand (a VP8 descriptor, or an Opus TOC byte), so that a packet can be
// recognised wherever it turns up. The rest of the payload is filled by a rule and checked.
struct MediaUnit {
  static constexpr size_t kHeadBytes = 5;
  static constexpr size_t kBytesMin = kHeadBytes + 4 + 4 + 2 + 2 + 1;

  bool video = false;
  uint32_t index = 0;  // of the packet in its source, from 0
  uint32_t frame = 0;  // of the picture or sound frame, from 0
  uint16_t place = 0;  // of the packet in its frame
  uint16_t count = 1;  // packets of the frame
  bool key_frame = false;
  uint16_t payload_size = 0;

  [[nodiscard]] bool begins_key_frame() const { return key_frame && place == 0; }
  [[nodiscard]] bool ends_frame() const { return place + 1 == count; }

  // Fills the whole of `payload`, which has payload_size bytes.
  void Write(MutableBytes payload) const;
  // Nothing when a byte differs from what Write makes.
  [[nodiscard]] static std::optional<MediaUnit> Parse(Bytes payload, bool video);

  bool operator==(const MediaUnit&) const = default;
};

}  // namespace millrace
