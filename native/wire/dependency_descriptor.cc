#include "wire/dependency_descriptor.h"

#include <algorithm>

#include "wire/dependency_descriptor_bits.h"

namespace millrace {
namespace {

using Bits = DependencyDescriptorBits;

// Appendix A.8.1: the mandatory fields are three bytes.
constexpr size_t kMandatorySize = 3;
// A.8.2: five flags say what follows.
constexpr size_t kFlagsEnd = kMandatorySize * 8 + 5;
constexpr uint32_t kTemplateIds = 64;
// A.8.2, next_layer_idc.
constexpr uint32_t kNextTemporalLayer = 1;
constexpr uint32_t kNextSpatialLayer = 2;
constexpr uint32_t kNoMoreTemplates = 3;
// AV1 5.3.1: three bits of temporal_id and two of spatial_id.
constexpr uint8_t kTemporalLayersMax = 8;
constexpr uint8_t kSpatialLayersMax = 4;

DecodeTargetIndications ReadIndications(Bits& bits, size_t target_count) {
  DecodeTargetIndications indications;
  for (size_t target = 0; target < target_count; ++target) {
    indications.Set(target, static_cast<DecodeTargetIndication>(bits.Read(2)));
  }
  return indications;
}

// template_layers(). False: more templates or layers than there can be.
bool ReadLayers(Bits& bits, DependencyStructure& structure) {
  uint8_t spatial = 0;
  uint8_t temporal = 0;
  uint32_t next = 0;
  while (next != kNoMoreTemplates) {
    if (structure.template_count == DependencyStructure::kTemplatesMax) return false;
    if (spatial == kSpatialLayersMax || temporal == kTemporalLayersMax) return false;
    FrameDependencies& frame = structure.templates[structure.template_count++];
    frame.spatial_layer = spatial;
    frame.temporal_layer = temporal;
    structure.spatial_layers = std::max<uint8_t>(structure.spatial_layers, spatial + 1);
    structure.temporal_layers = std::max<uint8_t>(structure.temporal_layers, temporal + 1);
    next = bits.Read(2);
    if (!bits.ok()) return false;
    if (next == kNextTemporalLayer) ++temporal;
    if (next == kNextSpatialLayer) {
      temporal = 0;
      ++spatial;
    }
  }
  return true;
}

// template_fdiffs() of one template: four bits each.
bool ReadTemplateReferences(Bits& bits, FrameDependencies& frame) {
  while (bits.ReadFlag()) {
    if (frame.reference_count == FrameDependencies::kReferencesMax) return false;
    frame.references[frame.reference_count++] = static_cast<uint16_t>(bits.Read(4) + 1);
  }
  return bits.ok();
}

// frame_fdiffs(): four, eight or twelve bits each.
bool ReadFrameReferences(Bits& bits, FrameDependencies& frame) {
  frame.reference_count = 0;
  frame.references.fill(0);
  for (uint32_t size = bits.Read(2); size != 0; size = bits.Read(2)) {
    if (frame.reference_count == FrameDependencies::kReferencesMax) return false;
    frame.references[frame.reference_count++] = static_cast<uint16_t>(bits.Read(4 * size) + 1);
  }
  return bits.ok();
}

// template_chains().
void ReadChains(Bits& bits, DependencyStructure& structure) {
  structure.chain_count = static_cast<uint8_t>(bits.ReadNonSymmetric(structure.target_count + 1u));
  if (structure.chain_count == 0) return;
  for (size_t i = 0; i < structure.target_count; ++i) {
    structure.targets[i].chain = static_cast<uint8_t>(bits.ReadNonSymmetric(structure.chain_count));
  }
  for (size_t i = 0; i < structure.template_count; ++i) {
    for (size_t chain = 0; chain < structure.chain_count; ++chain) {
      structure.templates[i].chain_distances[chain] = static_cast<uint8_t>(bits.Read(4));
    }
  }
}

// decode_target_layers(): a target has the highest layers of the frames in it.
void FindTargetLayers(DependencyStructure& structure) {
  for (size_t i = 0; i < structure.target_count; ++i) {
    DependencyStructure::Target& target = structure.targets[i];
    for (size_t j = 0; j < structure.template_count; ++j) {
      const FrameDependencies& frame = structure.templates[j];
      if (frame.indications[i] == DecodeTargetIndication::kNotPresent) continue;
      target.spatial_layer = std::max(target.spatial_layer, frame.spatial_layer);
      target.temporal_layer = std::max(target.temporal_layer, frame.temporal_layer);
    }
  }
}

void ReadResolutions(Bits& bits, DependencyStructure& structure) {
  structure.has_resolutions = bits.ReadFlag();
  if (!structure.has_resolutions) return;
  for (size_t layer = 0; layer < structure.spatial_layers; ++layer) {
    // Stored minus one; 65,536 does not fit and is as good as 65,535.
    uint32_t width = std::min(bits.Read(16) + 1, 0xFFFFu);
    uint32_t height = std::min(bits.Read(16) + 1, 0xFFFFu);
    structure.resolutions[layer] = {static_cast<uint16_t>(width), static_cast<uint16_t>(height)};
  }
}

// template_dependency_structure().
bool ReadStructure(Bits& bits, DependencyStructure& structure) {
  structure.template_id_offset = static_cast<uint8_t>(bits.Read(6));
  structure.target_count = static_cast<uint8_t>(bits.Read(5) + 1);
  if (!ReadLayers(bits, structure)) return false;
  std::span templates(structure.templates.data(), structure.template_count);
  for (FrameDependencies& frame : templates) {
    frame.indications = ReadIndications(bits, structure.target_count);
  }
  for (FrameDependencies& frame : templates) {
    if (!ReadTemplateReferences(bits, frame)) return false;
  }
  ReadChains(bits, structure);
  FindTargetLayers(structure);
  ReadResolutions(bits, structure);
  return bits.ok();
}

}  // namespace

std::optional<size_t> DependencyDescriptor::ActiveTargetsAt(Bytes value) {
  if (!HasStructure(value)) return kFlagsEnd;
  Bits bits(value);
  bits.Skip(kFlagsEnd);
  DependencyStructure structure;
  if (!ReadStructure(bits, structure)) return std::nullopt;
  return bits.position();
}

std::optional<DependencyDescriptor> DependencyDescriptor::Parse(
    Bytes value, std::optional<DependencyStructure>& structure) {
  Bits bits(value);
  DependencyDescriptor descriptor;
  descriptor.start_of_frame = bits.ReadFlag();
  descriptor.end_of_frame = bits.ReadFlag();
  uint32_t template_id = bits.Read(6);
  descriptor.frame_number = static_cast<uint16_t>(bits.Read(16));

  bool has_active = false;
  bool custom_indications = false;
  bool custom_references = false;
  bool custom_chains = false;
  if (value.size() > kMandatorySize) {
    descriptor.has_structure = bits.ReadFlag();
    has_active = bits.ReadFlag();
    custom_indications = bits.ReadFlag();
    custom_references = bits.ReadFlag();
    custom_chains = bits.ReadFlag();
  }
  std::optional<DependencyStructure> own;
  if (descriptor.has_structure && !ReadStructure(bits, own.emplace())) return std::nullopt;
  const std::optional<DependencyStructure>& in_force = own ? own : structure;
  if (!in_force) return std::nullopt;
  if (descriptor.has_structure) descriptor.active_targets = in_force->all_targets();
  if (has_active) descriptor.active_targets = bits.Read(in_force->target_count);

  // frame_dependency_definition().
  uint32_t index = (template_id + kTemplateIds - in_force->template_id_offset) % kTemplateIds;
  if (index >= in_force->template_count) return std::nullopt;
  FrameDependencies& frame = descriptor.frame = in_force->templates[index];
  if (custom_indications) frame.indications = ReadIndications(bits, in_force->target_count);
  if (custom_references && !ReadFrameReferences(bits, frame)) return std::nullopt;
  if (custom_chains) {
    for (size_t chain = 0; chain < in_force->chain_count; ++chain) {
      frame.chain_distances[chain] = static_cast<uint8_t>(bits.Read(8));
    }
  }
  if (!bits.ok()) return std::nullopt;
  if (own) structure = own;
  return descriptor;
}

}  // namespace millrace
