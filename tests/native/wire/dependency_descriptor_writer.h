#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "wire/dependency_descriptor.h"

namespace millrace {

// Writes dependency descriptors for tests, from the syntax tables of "RTP Payload Format For AV1",
// appendix A.8.
class DependencyDescriptorWriter {
 public:
  // Which parts follow the mandatory fields.
  struct Parts {
    const DependencyStructure* structure = nullptr;
    const uint32_t* active_targets = nullptr;
    bool indications = false;
    bool references = false;
    bool chains = false;
  };

  [[nodiscard]] static std::vector<uint8_t> Write(const DependencyDescriptor& descriptor,
                                                  uint8_t template_id, const Parts& parts,
                                                  const DependencyStructure& in_force) {
    DependencyDescriptorWriter writer;
    writer.Put(descriptor.start_of_frame, 1);
    writer.Put(descriptor.end_of_frame, 1);
    writer.Put(template_id, 6);
    writer.Put(descriptor.frame_number, 16);
    bool extended = parts.structure != nullptr || parts.active_targets != nullptr ||
                    parts.indications || parts.references || parts.chains;
    if (!extended) return writer.bytes_;
    writer.Put(parts.structure != nullptr, 1);
    writer.Put(parts.active_targets != nullptr, 1);
    writer.Put(parts.indications, 1);
    writer.Put(parts.references, 1);
    writer.Put(parts.chains, 1);
    if (parts.structure != nullptr) writer.PutStructure(*parts.structure);
    if (parts.active_targets != nullptr) {
      writer.Put(*parts.active_targets, in_force.target_count);
    }
    const FrameDependencies& frame = descriptor.frame;
    if (parts.indications) writer.PutIndications(frame, in_force.target_count);
    if (parts.references) writer.PutFrameReferences(frame);
    for (size_t i = 0; parts.chains && i < in_force.chain_count; ++i) {
      writer.Put(frame.chain_distances[i], 8);
    }
    return writer.bytes_;
  }

 private:
  void Put(uint32_t value, uint32_t count) {
    for (uint32_t i = count; i-- > 0; ++position_) {
      if (position_ % 8 == 0) bytes_.push_back(0);
      bytes_.back() =
          static_cast<uint8_t>(bytes_.back() | (value >> i & 1u) << (7 - position_ % 8));
    }
  }
  // ns(n) of AV1 section 4.10.7.
  void PutNonSymmetric(uint32_t value, uint32_t values) {
    uint32_t width = 0;
    while (values >> width != 0) ++width;
    uint32_t shorts = (1u << width) - values;
    if (value < shorts) return Put(value, width - 1);
    Put(value + shorts, width);
  }
  void PutIndications(const FrameDependencies& frame, size_t targets) {
    for (size_t i = 0; i < targets; ++i) Put(static_cast<uint32_t>(frame.indications[i]), 2);
  }
  void PutFrameReferences(const FrameDependencies& frame) {
    for (size_t i = 0; i < frame.reference_count; ++i) {
      uint32_t value = frame.references[i] - 1u;
      uint32_t size = value < 16 ? 1 : value < 256 ? 2 : 3;
      Put(size, 2);
      Put(value, 4 * size);
    }
    Put(0, 2);
  }
  void PutStructure(const DependencyStructure& structure) {
    Put(structure.template_id_offset, 6);
    Put(structure.target_count - 1u, 5);
    size_t count = structure.template_count;
    for (size_t i = 0; i < count; ++i) {
      bool last = i + 1 == count;
      const FrameDependencies& frame = structure.templates[i];
      const FrameDependencies& next = structure.templates[last ? i : i + 1];
      uint32_t step = next.spatial_layer > frame.spatial_layer     ? 2
                      : next.temporal_layer > frame.temporal_layer ? 1
                                                                   : 0;
      Put(last ? 3 : step, 2);
    }
    for (size_t i = 0; i < count; ++i) {
      PutIndications(structure.templates[i], structure.target_count);
    }
    for (size_t i = 0; i < count; ++i) {
      const FrameDependencies& frame = structure.templates[i];
      for (size_t j = 0; j < frame.reference_count; ++j) Put(0x10u | (frame.references[j] - 1u), 5);
      Put(0, 1);
    }
    PutNonSymmetric(structure.chain_count, structure.target_count + 1u);
    if (structure.chain_count > 0) PutChains(structure);
    Put(structure.has_resolutions, 1);
    for (size_t i = 0; structure.has_resolutions && i < structure.spatial_layers; ++i) {
      Put(structure.resolutions[i].width - 1u, 16);
      Put(structure.resolutions[i].height - 1u, 16);
    }
  }
  void PutChains(const DependencyStructure& structure) {
    for (size_t i = 0; i < structure.target_count; ++i) {
      PutNonSymmetric(structure.targets[i].chain, structure.chain_count);
    }
    for (size_t i = 0; i < structure.template_count; ++i) {
      for (size_t j = 0; j < structure.chain_count; ++j) {
        Put(structure.templates[i].chain_distances[j], 4);
      }
    }
  }

  std::vector<uint8_t> bytes_;
  size_t position_ = 0;
};

}  // namespace millrace
