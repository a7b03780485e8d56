#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "base/byte_reader.h"

namespace millrace {

// What a frame is to a decode target (RTP Payload Format For AV1, A.8.3).
enum class DecodeTargetIndication : uint8_t {
  kNotPresent = 0,   // not part of it
  kDiscardable = 1,  // nothing of the target refers to it
  kSwitch = 2,       // who has this frame can decode all of the target that follows
  kRequired = 3,
};

// The indications of one frame, for all decode targets.
class DecodeTargetIndications {
 public:
  [[nodiscard]] DecodeTargetIndication operator[](size_t target) const {
    return static_cast<DecodeTargetIndication>(bits_ >> (2 * target) & 3u);
  }
  // Each target is set once.
  void Set(size_t target, DecodeTargetIndication indication) {
    bits_ |= static_cast<uint64_t>(indication) << (2 * target);
  }
  bool operator==(const DecodeTargetIndications&) const = default;

 private:
  uint64_t bits_ = 0;
};

// What one kind of frame depends on, by distances in frame numbers.
struct FrameDependencies {
  // AV1 has seven references a frame; the descriptor names none.
  static constexpr size_t kReferencesMax = 8;
  static constexpr size_t kChainsMax = 32;

  uint8_t spatial_layer = 0;
  uint8_t temporal_layer = 0;
  uint8_t reference_count = 0;
  DecodeTargetIndications indications = {};
  std::array<uint16_t, kReferencesMax> references{};  // 1..4096
  // Back to the chain's last frame before this one; 0: the chain begins anew.
  std::array<uint8_t, kChainsMax> chain_distances{};
};

// The template dependency structure of a stream: sent with its key frames, it tells which decode
// targets there are, and the kinds of frames that the following descriptors only name.
struct DependencyStructure {
  static constexpr size_t kTemplatesMax = 64;
  static constexpr size_t kTargetsMax = 32;
  struct Target {
    uint8_t spatial_layer = 0;
    uint8_t temporal_layer = 0;
    uint8_t chain = 0;  // that protects it; meaningful where there are chains
  };
  struct Resolution {
    uint16_t width = 0;
    uint16_t height = 0;
  };

  uint8_t template_id_offset = 0;
  uint8_t template_count = 0;
  uint8_t target_count = 0;
  uint8_t chain_count = 0;
  uint8_t spatial_layers = 1;
  uint8_t temporal_layers = 1;
  bool has_resolutions = false;
  std::array<Target, kTargetsMax> targets{};
  std::array<FrameDependencies, kTemplatesMax> templates{};
  std::array<Resolution, 4> resolutions{};  // by spatial layer

  [[nodiscard]] uint32_t all_targets() const {
    return static_cast<uint32_t>((uint64_t{1} << target_count) - 1);
  }
};

// What the dependency descriptor header extension says of one packet's frame ("RTP Payload Format
// For AV1", appendix A). Complete in itself: what it takes from a template is copied.
struct DependencyDescriptor {
  bool start_of_frame = false;
  bool end_of_frame = false;
  bool has_structure = false;  // the structure came with this packet
  uint16_t frame_number = 0;
  FrameDependencies frame = {};
  // Which targets the sender goes on with from this frame on; a bit each.
  std::optional<uint32_t> active_targets = {};

  // Whether a structure comes with the packet; Parse tells whether it is a good one.
  [[nodiscard]] static bool HasStructure(Bytes value) {
    return value.size() > 3 && (value[3] & 0x80) != 0;
  }
  // In which bit the active targets stand, or would; nothing when the structure before is broken.
  [[nodiscard]] static std::optional<size_t> ActiveTargetsAt(Bytes value);
  // `structure` is the stream's, and replaced by the packet's own if that has one. Nothing when the
  // descriptor breaks a rule of its own or names a template that does not exist; `structure` is as
  // before then.
  [[nodiscard]] static std::optional<DependencyDescriptor> Parse(
      Bytes value, std::optional<DependencyStructure>& structure);
};

}  // namespace millrace
