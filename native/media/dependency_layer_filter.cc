#include "media/dependency_layer_filter.h"

#include <algorithm>
#include <limits>

#include "media/dependency_reader.h"

namespace millrace {
namespace {

using Indication = DecodeTargetIndication;

constexpr int64_t kUntilABaseFrame = std::numeric_limits<int64_t>::max();

}  // namespace

LayerVerdict DependencyLayerFilter::OnPacket(const RtpPacket& packet, const DependencyFrame& frame,
                                             Layers target) {
  const DependencyDescriptor& descriptor = frame.descriptor;
  if (!started_ && !BeginsKeyFrame(descriptor)) return {};
  int64_t number =
      newest_ + static_cast<int16_t>(descriptor.frame_number - static_cast<uint16_t>(newest_));
  if (!started_ || number > newest_) BeginFrame(number, frame, packet, target);
  Frame& decided = At(number);
  if (!decided.used || decided.number != descriptor.frame_number) return {};
  if (!decided.decided) {
    decided.decided = true;
    decided.forwarded = descriptor.frame.indications[decided.target] != Indication::kNotPresent &&
                        ReferencesForwarded(descriptor.frame, number);
  }
  if (!decided.forwarded) return {};
  bool highest = descriptor.frame.spatial_layer == targets_[decided.target].spatial_layer;
  LayerVerdict verdict{.forward = true,
                       .ends_picture = packet.marker || (descriptor.end_of_frame && highest)};
  if (verdict.ends_picture) ended_timestamp_ = packet.timestamp;
  TellTargets(descriptor, number, verdict);
  return verdict;
}

std::optional<Layers> DependencyLayerFilter::current() const {
  if (!started_) return std::nullopt;
  return LayersOf(following_);
}

bool DependencyLayerFilter::NeedsKeyFrame(Layers target) const {
  return !started_ || LayersOf(following_).spatial != LayersOf(Best(target)).spatial;
}

void DependencyLayerFilter::BeginFrame(int64_t number, const DependencyFrame& frame,
                                       const RtpPacket& packet, Layers target) {
  const DependencyDescriptor& descriptor = frame.descriptor;
  int64_t first = started_ ? std::max(newest_ + 1, number - kFramesKept + 1) : number;
  newest_ = number;
  if (descriptor.has_structure) {
    targets_ = frame.structure.targets;
    target_count_ = frame.structure.target_count;
    has_chains_ = frame.structure.chain_count > 0;
    structure_ = number;
    FindCovered(frame.structure);
  }
  if (descriptor.active_targets) active_ = *descriptor.active_targets;
  if (descriptor.has_structure && descriptor.frame.reference_count == 0) {
    started_ = true;
    following_ = Best(target);
  }
  // Where the picture's end was told already, nothing more of it may follow.
  bool rises_here = ended_timestamp_ != packet.timestamp;
  if (following_ != Best(target)) Follow(descriptor.frame, rises_here, target);
  // Frames between are late or lost; this one may need them, so they are judged like it.
  for (int64_t i = first; i <= number; ++i) {
    At(i) = Frame{.number = static_cast<uint16_t>(i), .target = following_, .used = true};
  }
}

// Goes over to the wanted decode target if this frame allows it, or as near as it does.
void DependencyLayerFilter::Follow(const FrameDependencies& frame, bool rises_here, Layers target) {
  uint8_t wanted = Best(target);
  Layers now = LayersOf(following_);
  if (now.spatial >= LayersOf(wanted).spatial) {
    Layers lower{.spatial = LayersOf(wanted).spatial,
                 .temporal = std::min(now.temporal, LayersOf(wanted).temporal)};
    uint8_t candidate = Best(lower);
    bool is_lower =
        LayersOf(candidate).spatial <= now.spatial && LayersOf(candidate).temporal <= now.temporal;
    // A.4: a target is decodable while its chain is unbroken.
    uint8_t distance = frame.chain_distances[targets_[candidate].chain];
    bool unbroken =
        has_chains_ && (distance == 0 || FateOf(newest_ - distance) == Fate::kForwarded);
    if (is_lower && unbroken) following_ = candidate;
  }
  if (!rises_here || following_ == wanted) return;
  // A.8.3: from a switch on, "all subsequent frames" of the target are decodable if it is.
  if (frame.indications[wanted] != Indication::kSwitch) return;
  for (uint8_t i = 0; i < frame.reference_count; ++i) {
    // One that is late yet would be judged by what was followed then.
    if (FateOf(newest_ - frame.references[i]) != Fate::kForwarded) return;
  }
  following_ = wanted;
}

void DependencyLayerFilter::FindCovered(const DependencyStructure& structure) {
  for (uint8_t target = 0; target < target_count_; ++target) {
    uint32_t& covered = covered_[target] = structure.all_targets();
    for (size_t i = 0; i < structure.template_count; ++i) {
      const DecodeTargetIndications& indications = structure.templates[i].indications;
      if (indications[target] != Indication::kNotPresent) continue;
      for (uint8_t other = 0; other < target_count_; ++other) {
        if (indications[other] != Indication::kNotPresent) covered &= ~(1u << other);
      }
    }
  }
}

// The frame with this number goes out. Appendix A.8.2: without active targets of its own a
// structure means that all are active, and a frame that they stay what they were.
void DependencyLayerFilter::TellTargets(const DependencyDescriptor& descriptor, int64_t number,
                                        LayerVerdict& verdict) {
  if (number < structure_) return;
  uint32_t active = active_ & covered_[At(number).target];
  if (number > told_newest_ || !told_) {
    told_newest_ = number;
    if (told_ != active || descriptor.has_structure) told_from_ = number;
    if (told_ != active) told_to_ = kUntilABaseFrame;
    bool is_base = descriptor.frame.temporal_layer == 0;
    if (is_base && told_to_ == kUntilABaseFrame) told_to_ = number;
    // Who misses this packet misses all that follows.
    if (descriptor.has_structure) told_to_ = number - 1;
    told_ = active;
  }
  bool owed = number >= told_from_ && number <= told_to_;
  bool tells = descriptor.active_targets.has_value();
  if (tells ? *descriptor.active_targets == active : !owed) return;
  verdict.target_count = target_count_;
  verdict.active_targets = active;
}

// The best decode target that is active and within these layers, or else the least of all.
uint8_t DependencyLayerFilter::Best(Layers within) const {
  std::optional<uint8_t> best;
  std::optional<uint8_t> least;
  for (uint8_t target = 0; target < target_count_; ++target) {
    if ((active_ >> target & 1) == 0) continue;
    Layers layers = LayersOf(target);
    if (!least || layers < LayersOf(*least)) least = target;
    if (layers.spatial > within.spatial || layers.temporal > within.temporal) continue;
    if (!best || layers > LayersOf(*best)) best = target;
  }
  return best ? *best : least.value_or(following_);
}

DependencyLayerFilter::Fate DependencyLayerFilter::FateOf(int64_t number) const {
  const Frame& frame = frames_[static_cast<size_t>(number & (kFramesKept - 1))];
  bool known = frame.used && frame.number == static_cast<uint16_t>(number) && frame.decided;
  if (!known) return Fate::kUnknown;
  return frame.forwarded ? Fate::kForwarded : Fate::kLeftOut;
}

// Whether nothing that the frame refers to was left out by us.
bool DependencyLayerFilter::ReferencesForwarded(const FrameDependencies& frame,
                                                int64_t number) const {
  for (uint8_t i = 0; i < frame.reference_count; ++i) {
    if (FateOf(number - frame.references[i]) == Fate::kLeftOut) return false;
  }
  return true;
}

}  // namespace millrace
