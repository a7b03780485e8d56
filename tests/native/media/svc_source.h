#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "base/random.h"
#include "media/rtp_packet.h"
#include "wire/dependency_descriptor.h"

namespace millrace {

// How a model encoder builds its layers, and how it tells of them.
struct SvcMode {
  bool key_only = false;  // K-SVC: layers refer to lower ones in key pictures only
  bool flexible = false;  // VP9's flexible mode
  bool descriptors = false;
};

// One frame: one spatial layer of one picture.
struct SvcFrame {
  int64_t picture = 0;
  uint8_t spatial = 0;
  uint8_t temporal = 0;
  bool key = false;                     // of a key picture
  bool upper = false;                   // an upper layer of the same picture refers to it
  bool switching = false;               // VP9's U
  std::vector<size_t> references = {};  // indices of frames
  uint32_t timestamp = 0;
  int64_t first_sequence = 0;
  int packet_count = 0;
  bool last_of_picture = false;
  DependencyDescriptor descriptor = {};
};

// An encoder with three spatial and three temporal layers (0 2 1 2) in one stream. By chance a
// cycle of four pictures is one at which a receiver can go up in time, or is not.
class SvcEncoder {
 public:
  static constexpr uint8_t kLayers = 3;

  SvcEncoder(const SvcMode& mode, Random& random)
      : mode_(mode),
        random_(random),
        first_picture_id_(random.Below(1 << 15)),
        sequence_(random.Below(60'000)) {
    structure_.target_count = kLayers * kLayers;
    structure_.chain_count = kLayers;
    structure_.spatial_layers = structure_.temporal_layers = kLayers;
    for (uint8_t i = 0; i < kLayers * kLayers; ++i) {
      uint8_t spatial = i / kLayers;
      structure_.targets[i] = {.spatial_layer = spatial,
                               .temporal_layer = static_cast<uint8_t>(i % kLayers),
                               .chain = spatial};
    }
    // A template a layer, for frames that are no key frames: their descriptors say the rest.
    structure_.template_count = kLayers * kLayers;
    for (uint8_t i = 0; i < structure_.template_count; ++i) {
      FrameDependencies& frame = structure_.templates[i];
      frame.spatial_layer = i / kLayers;
      frame.temporal_layer = i % kLayers;
      SvcFrame model{.spatial = frame.spatial_layer, .temporal = frame.temporal_layer};
      for (uint8_t target = 0; target < structure_.target_count; ++target) {
        frame.indications.Set(target, IndicationOf(model, target / kLayers, target % kLayers));
      }
    }
  }

  void AskKeyFrame(int64_t now_ms) {
    if (!key_frame_at_) key_frame_at_ = now_ms + 60;
  }
  void SetSpatialLayers(uint8_t count) {
    if (count == spatial_layers_) return;
    spatial_layers_ = count;
    // An encoder whose layers change begins anew.
    key_frame_at_ = 0;
  }

  // The indices of the frames of what was captured then.
  std::pair<size_t, size_t> Encode(int64_t capture_ms) {
    size_t first = frames_.size();
    bool key = frames_.empty() || (key_frame_at_ && capture_ms >= *key_frame_at_);
    if (key) {
      key_frame_at_.reset();
      position_ = 0;
      for (auto& layer : last_) layer.fill(std::nullopt);
    }
    if (position_ % 4 == 0) sync_ = key || random_.Below(4) == 0;
    constexpr std::array<uint8_t, 4> kPattern = {0, 2, 1, 2};
    for (uint8_t spatial = 0; spatial < spatial_layers_; ++spatial) {
      SvcFrame frame{.picture = picture_, .spatial = spatial};
      frame.temporal = kPattern[position_ % 4];
      frame.key = key;
      frame.upper = spatial + 1 < spatial_layers_ && (key || !mode_.key_only);
      frame.switching = sync_ && frame.temporal < 2;
      Refer(frame);
      frame.timestamp = static_cast<uint32_t>(capture_ms * 90) + 0xFFFF'0000;
      frame.first_sequence = sequence_;
      frame.packet_count = static_cast<int>(1 + random_.Below(3));
      frame.last_of_picture = spatial + 1 == spatial_layers_;
      sequence_ += frame.packet_count;
      Describe(frame);
      frames_.push_back(frame);
    }
    for (size_t i = first; i < frames_.size(); ++i) {
      last_[frames_[i].spatial][frames_[i].temporal] = i;
    }
    ++picture_;
    ++position_;
    return {first, frames_.size()};
  }

  // The packet as the receive stream hands it on; its descriptor, when it has one, stands beside.
  DependencyDescriptor Fill(size_t index, int packet_index, RtpPacket& packet) const {
    const SvcFrame& frame = frames_[index];
    bool first = packet_index == 0;
    bool last = packet_index == frame.packet_count - 1;
    packet.stream_index = 0;
    packet.sequence = frame.first_sequence + packet_index;
    packet.timestamp = frame.timestamp;
    packet.payload_type = 101;
    packet.payload_size = 100;
    packet.marker = last && frame.last_of_picture;
    packet.spatial_layer = frame.spatial;
    packet.temporal_layer = frame.temporal;
    packet.key_frame = frame.key && frame.spatial == 0 && first;
    DependencyDescriptor descriptor = frame.descriptor;
    descriptor.start_of_frame = first;
    descriptor.end_of_frame = last;
    packet.descriptor = std::monostate{};
    if (!mode_.descriptors) packet.descriptor = Vp9Of(frame, first, last);
    return descriptor;
  }

  [[nodiscard]] const std::vector<SvcFrame>& frames() const { return frames_; }
  [[nodiscard]] const DependencyStructure& structure() const { return structure_; }

 private:
  void Refer(SvcFrame& frame) {
    const auto& last = last_[frame.spatial];
    if (frame.spatial > 0 && (frame.key || !mode_.key_only)) {
      frame.references.push_back(frames_.size() - 1);
    }
    if (frame.key) return;
    size_t position = position_ % 4;
    frame.references.push_back(*last[0]);
    if (position == 3 && last[1]) frame.references.push_back(*last[1]);
    if (sync_ || frame.temporal == 0) return;
    if (last[frame.temporal]) frame.references.push_back(*last[frame.temporal]);
  }

  void Describe(SvcFrame& frame) {
    DependencyDescriptor& descriptor = frame.descriptor;
    int64_t number = static_cast<int64_t>(frames_.size());
    descriptor.frame_number = static_cast<uint16_t>(number + 65'500);
    descriptor.has_structure = frame.key && frame.spatial == 0;
    if (descriptor.has_structure) {
      descriptor.active_targets = (1u << (kLayers * spatial_layers_)) - 1;
    }
    FrameDependencies& dependencies = descriptor.frame;
    dependencies.spatial_layer = frame.spatial;
    dependencies.temporal_layer = frame.temporal;
    for (size_t reference : frame.references) {
      dependencies.references[dependencies.reference_count++] =
          static_cast<uint16_t>(frames_.size() - reference);
    }
    for (uint8_t i = 0; i < kLayers * kLayers; ++i) {
      dependencies.indications.Set(i, IndicationOf(frame, i / kLayers, i % kLayers));
    }
    for (uint8_t chain = 0; chain < kLayers; ++chain) {
      bool begins = frame.key && frame.spatial == 0;
      dependencies.chain_distances[chain] =
          begins ? 0 : static_cast<uint8_t>(std::min<int64_t>(number - chain_last_[chain], 255));
      bool lower = frame.key || !mode_.key_only;
      bool member = frame.spatial == chain || (lower && frame.spatial < chain);
      if (frame.temporal == 0 && member) chain_last_[chain] = number;
    }
  }

  [[nodiscard]] DecodeTargetIndication IndicationOf(const SvcFrame& frame, int spatial,
                                                    int temporal) const {
    bool lower = frame.key || !mode_.key_only;
    bool present = frame.temporal <= temporal &&
                   (frame.spatial == spatial || (lower && frame.spatial < spatial));
    if (!present) return DecodeTargetIndication::kNotPresent;
    bool switches = frame.key || (sync_ && frame.temporal == 0 && frame.spatial == spatial);
    return switches ? DecodeTargetIndication::kSwitch : DecodeTargetIndication::kRequired;
  }

  [[nodiscard]] Vp9Descriptor Vp9Of(const SvcFrame& frame, bool first, bool last) const {
    Vp9Descriptor descriptor;
    descriptor.picture_id = static_cast<uint16_t>((first_picture_id_ + frame.picture) & 0x7FFF);
    descriptor.long_picture_id = true;
    descriptor.inter_picture_predicted = !frame.key;
    descriptor.flexible_mode = mode_.flexible;
    descriptor.begins_frame = first;
    descriptor.ends_frame = last;
    descriptor.not_upper_reference = !frame.upper;
    descriptor.has_layers = true;
    descriptor.temporal_layer = frame.temporal;
    descriptor.spatial_layer = frame.spatial;
    descriptor.switching_up = frame.switching;
    descriptor.inter_layer_predicted = frame.spatial > 0 && (frame.key || !mode_.key_only);
    descriptor.key_frame = frame.key && frame.spatial == 0 && first;
    for (size_t reference : frame.references) {
      if (!mode_.flexible || frames_[reference].picture == frame.picture) continue;
      descriptor.reference_differences[descriptor.reference_count++] =
          static_cast<uint8_t>(frame.picture - frames_[reference].picture);
    }
    return descriptor;
  }

  SvcMode mode_;
  Random& random_;
  int64_t first_picture_id_;
  int64_t sequence_;
  int64_t picture_ = 0;
  size_t position_ = 0;
  bool sync_ = false;
  uint8_t spatial_layers_ = kLayers;
  std::optional<int64_t> key_frame_at_;
  std::array<std::array<std::optional<size_t>, 3>, kLayers> last_{};
  std::array<int64_t, kLayers> chain_last_{};
  DependencyStructure structure_;
  std::vector<SvcFrame> frames_;
};

}  // namespace millrace
