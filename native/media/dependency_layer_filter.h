#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "media/dependency_frame.h"
#include "media/layer_choice.h"
#include "media/layer_verdict.h"
#include "media/rtp_packet.h"
#include "wire/dependency_descriptor.h"

namespace millrace {

// Decides which frames of one stream are left out, by its dependency descriptors alone: whatever
// the codec, encrypted or not ("RTP Payload Format For AV1", appendix A).
// It follows one decode target: the best one within the layers wanted that the sender goes on with.
//   up            at a frame that the descriptor calls a switch for the better target
//   down          at once, when the lower target's chain was forwarded all the time; else (K-SVC)
//                 at its next switch
// A frame is forwarded whole or not at all, and only if nothing that it refers to was left out.
// What was lost on the way to us is taken as forwarded: it may be repaired. Packets that come late
// are judged as the frames around theirs were.
// The viewer is told which decode targets it gets: with each structure, and where they change, up
// to a frame of the lowest temporal layer, which it cannot do without.
class DependencyLayerFilter {
 public:
  // Frames back to which decisions are remembered: chain distances have eight bits.
  static constexpr int64_t kFramesKept = 256;

  // The first packet forwarded begins a key frame and brings the structure.
  [[nodiscard]] LayerVerdict OnPacket(const RtpPacket& packet, const DependencyFrame& frame,
                                      Layers target);

  [[nodiscard]] std::optional<Layers> current() const;
  // Only a key frame is sure to lead to the target's spatial layer.
  [[nodiscard]] bool NeedsKeyFrame(Layers target) const;

 private:
  enum class Fate : uint8_t { kUnknown, kForwarded, kLeftOut };
  struct Frame {
    uint16_t number = 0;  // the lower bits
    uint8_t target = 0;   // in force then
    bool used = false;
    bool decided = false;
    bool forwarded = false;
  };

  void BeginFrame(int64_t number, const DependencyFrame& frame, const RtpPacket& packet,
                  Layers target);
  void Follow(const FrameDependencies& frame, bool rises_here, Layers target);
  void FindCovered(const DependencyStructure& structure);
  void TellTargets(const DependencyDescriptor& descriptor, int64_t number, LayerVerdict& verdict);
  [[nodiscard]] uint8_t Best(Layers within) const;
  [[nodiscard]] Fate FateOf(int64_t number) const;
  [[nodiscard]] bool ReferencesForwarded(const FrameDependencies& frame, int64_t number) const;
  [[nodiscard]] Layers LayersOf(uint8_t target) const {
    return {targets_[target].spatial_layer, targets_[target].temporal_layer};
  }
  [[nodiscard]] Frame& At(int64_t number) {
    return frames_[static_cast<size_t>(number & (kFramesKept - 1))];
  }

  int64_t newest_ = 0;     // number of the newest frame
  uint8_t following_ = 0;  // the decode target forwarded from here on
  uint8_t target_count_ = 0;
  bool started_ = false;
  bool has_chains_ = false;
  uint32_t active_ = 0;                      // the targets that the sender goes on with
  std::optional<uint32_t> ended_timestamp_;  // of the picture whose marker is out
  std::array<DependencyStructure::Target, DependencyStructure::kTargetsMax> targets_{};
  std::array<Frame, kFramesKept> frames_{};

  // --- what the viewer is told
  int64_t structure_ = 0;    // number of the frame that brought `targets_`
  int64_t told_newest_ = 0;  // number of the newest frame forwarded
  int64_t told_from_ = 0;    // the frames with these numbers tell what is active
  int64_t told_to_ = -1;
  std::optional<uint32_t> told_;  // what the viewer knows
  // By decode target: the targets that have no frame which it has not.
  std::array<uint32_t, DependencyStructure::kTargetsMax> covered_{};
};

}  // namespace millrace
