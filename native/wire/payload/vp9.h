#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "base/byte_reader.h"

namespace millrace {

// What a VP9 stream says of its spatial layers (RFC 9628 section 4.2.1).
struct Vp9ScalabilityStructure {
  static constexpr size_t kSpatialLayersMax = 8;

  uint8_t spatial_layers = 1;
  bool has_resolutions = false;
  std::array<uint16_t, kSpatialLayersMax> widths{};
  std::array<uint16_t, kSpatialLayersMax> heights{};
  uint8_t pictures_in_group = 0;  // 0: none described
};

// The payload descriptor of a VP9 packet (RFC 9628 section 4.2).
struct Vp9Descriptor {
  static constexpr size_t kReferencesMax = 3;

  std::optional<uint16_t> picture_id;
  bool long_picture_id = false;  // 15 bits, not 7
  bool inter_picture_predicted = false;
  bool flexible_mode = false;
  bool begins_frame = false;
  bool ends_frame = false;
  bool not_upper_reference = false;  // no higher spatial layer refers to this frame
  bool has_layers = false;
  uint8_t temporal_layer = 0;
  uint8_t spatial_layer = 0;
  bool switching_up = false;
  bool inter_layer_predicted = false;
  std::optional<uint8_t> tl0_picture_index;
  std::array<uint8_t, kReferencesMax> reference_differences{};
  uint8_t reference_count = 0;
  std::optional<Vp9ScalabilityStructure> structure;
  bool key_frame = false;  // this packet begins a key picture at its lowest spatial layer
  size_t size = 0;         // of the descriptor

  // Nothing when the descriptor is cut off, breaks a rule of its own or no VP9 data follows it.
  [[nodiscard]] static std::optional<Vp9Descriptor> Parse(Bytes payload);
};

}  // namespace millrace
