#include "simulation/descriptor_law.h"

namespace millrace {

std::string DescriptorLaw::OnPacket(Bytes descriptor, size_t frame, int place,
                                    const LayeredFrame& truth) {
  if (descriptor.empty()) return "each packet has a descriptor";
  std::string broken = Read({{descriptor.begin(), descriptor.end()}, frame, place}, truth);
  if (!DependencyDescriptor::HasStructure(descriptor)) return broken;
  std::vector<std::pair<Waiting, LayeredFrame>> waiting;
  waiting.swap(waiting_);
  for (const auto& [packet, waits] : waiting) {
    if (waits.captured < structure_captured_) {
      late_.insert(packet.frame);
    } else {
      broken += Read(packet, waits);
    }
  }
  return broken;
}

std::string DescriptorLaw::Read(const Waiting& packet, const LayeredFrame& truth) {
  std::optional<DependencyStructure> structure = structure_;
  std::optional<DependencyDescriptor> read =
      DependencyDescriptor::Parse(packet.descriptor, structure);
  if (!read) {
    waiting_.push_back({packet, truth});
    return {};
  }
  int64_t number = unwrapper_.Unwrap(read->frame_number);
  std::string broken;
  if (read->has_structure) {
    // A browser takes no structure from the past: one that was repaired late, it does without.
    if (number < structure_number_) {
      if (truth.captured > structure_captured_) return "a structure is newer than those before";
      late_.insert(packet.frame);
      return {};
    }
    structure_ = structure;
    structure_number_ = number;
    structure_captured_ = truth.captured;
  }
  if (read->start_of_frame != (packet.place == 0)) broken = "a frame begins where it begins";
  bool last = packet.place + 1 == truth.packet_count;
  if (read->end_of_frame != last) broken = "a frame ends where it ends";
  if (read->active_targets && number >= active_number_) {
    active_ = read->active_targets;
    active_number_ = number;
  }
  Described described{.number = number, .indications = read->frame.indications};
  for (size_t i = 0; i < read->frame.reference_count; ++i) {
    described.references.insert(number - read->frame.references[i]);
  }
  auto [known, is_new] = described_.insert({packet.frame, described});
  if (!is_new && known->second.number != number) broken = "a frame has one number";
  if (numbers_.insert({number, packet.frame}).first->second != packet.frame) {
    broken = "a number is one frame's";
  }
  return broken;
}

std::string DescriptorLaw::OnDecodable(size_t frame, const LayeredFrame& truth) {
  if (late_.contains(frame)) return {};
  auto found = described_.find(frame);
  // Repaired behind the structure of a later key frame: a browser does without it, and so may all
  // that is before that key frame.
  bool is_past = structure_ && truth.captured <= structure_captured_;
  if (found == described_.end()) return is_past ? "" : "a frame is explained by a structure";
  const Described& described = found->second;
  std::set<size_t> needed;
  for (int64_t reference : described.references) {
    auto number = numbers_.find(reference);
    if (number == numbers_.end()) {
      return is_past ? "" : "what a frame needs has the number it names";
    }
    needed.insert(number->second);
  }
  if (needed != std::set<size_t>(truth.references.begin(), truth.references.end())) {
    return "a frame names the frames that it needs";
  }
  // The viewer heard of what is active with a frame up to this one, or after a key frame.
  if (!active_ || described.number < active_number_) return {};
  for (size_t target = 0; target < structure_->target_count; ++target) {
    bool active = (*active_ >> target & 1) != 0;
    if (active && described.indications[target] != DecodeTargetIndication::kNotPresent) return {};
  }
  return "a frame is of an active decode target";
}

}  // namespace millrace
