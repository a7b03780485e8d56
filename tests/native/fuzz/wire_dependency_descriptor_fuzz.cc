// Reads any bytes as the dependency descriptors of one stream, one after the other: each is led by
// its size. What was read must stay within its bounds, whatever structures came before; and what a
// patch makes of it must read back as the patch says.
#include <array>
#include <cstdlib>

#include "base/byte_reader.h"
#include "wire/dependency_descriptor.h"
#include "wire/dependency_descriptor_patch.h"

namespace millrace {
namespace {

void CheckFrame(const FrameDependencies& frame) {
  if (frame.reference_count > FrameDependencies::kReferencesMax) std::abort();
  for (size_t i = 0; i < frame.reference_count; ++i) {
    if (frame.references[i] == 0 || frame.references[i] > 4096) std::abort();
  }
}

void CheckStructure(const DependencyStructure& structure) {
  if (structure.template_count == 0) std::abort();
  if (structure.template_count > DependencyStructure::kTemplatesMax) std::abort();
  if (structure.target_count == 0) std::abort();
  if (structure.target_count > DependencyStructure::kTargetsMax) std::abort();
  if (structure.chain_count > structure.target_count) std::abort();
  if (structure.spatial_layers > structure.resolutions.size()) std::abort();
  for (size_t i = 0; i < structure.target_count; ++i) {
    const DependencyStructure::Target& target = structure.targets[i];
    if (structure.chain_count > 0 && target.chain >= structure.chain_count) std::abort();
    if (target.spatial_layer >= structure.spatial_layers) std::abort();
    if (target.temporal_layer >= structure.temporal_layers) std::abort();
  }
  for (size_t i = 0; i < structure.template_count; ++i) CheckFrame(structure.templates[i]);
}

// A patch that the descriptor's own bytes choose.
DependencyPatch PatchFor(Bytes value, const DependencyStructure& structure) {
  DependencyPatch patch{.frame_number_shift = static_cast<uint16_t>(value[0] * 257),
                        .template_id_shift = static_cast<uint8_t>(value[1] % 64)};
  if (value[2] % 2 == 0) {
    patch.target_count = structure.target_count;
    patch.active_targets = value[2] * 0x01010101u & structure.all_targets();
  }
  return patch;
}

void CheckPatched(Bytes value, const DependencyDescriptor& read,
                  const DependencyStructure& structure) {
  std::array<uint8_t, DependencyPatch::kBytesMax> buffer;
  DependencyPatch patch = PatchFor(value, structure);
  Bytes patched = patch.Apply(value, buffer);
  // A viewer's structure has the shifted names.
  std::optional<DependencyStructure> theirs = structure;
  theirs->template_id_offset = (theirs->template_id_offset + patch.template_id_shift) % 64;
  std::optional<DependencyDescriptor> again = DependencyDescriptor::Parse(patched, theirs);
  if (!again) std::abort();
  auto number = static_cast<uint16_t>(read.frame_number + patch.frame_number_shift);
  if (again->frame_number != number || again->has_structure != read.has_structure) std::abort();
  if (again->frame.indications != read.frame.indications) std::abort();
  if (again->frame.references != read.frame.references) std::abort();
  if (again->frame.chain_distances != read.frame.chain_distances) std::abort();
  bool fits = patched.size() < DependencyPatch::kBytesMax && value.size() < 240;
  if (patch.target_count == 0 || !fits) return;
  if (again->active_targets != patch.active_targets) std::abort();
}

}  // namespace
}  // namespace millrace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  millrace::ByteReader reader(millrace::Bytes(data, size));
  std::optional<millrace::DependencyStructure> structure;
  while (reader.remaining() > 0) {
    size_t length = reader.ReadU8();
    millrace::Bytes value =
        reader.ReadBytes(length < reader.remaining() ? length : reader.remaining());
    millrace::DependencyPatch any{.frame_number_shift = 7, .target_count = 9};
    std::array<uint8_t, millrace::DependencyPatch::kBytesMax> buffer;
    (void)any.Apply(value, buffer);
    std::optional<millrace::DependencyDescriptor> read =
        millrace::DependencyDescriptor::Parse(value, structure);
    if (!read) continue;
    if (!structure || value.size() < 3) std::abort();
    if (read->active_targets && (*read->active_targets & ~structure->all_targets()) != 0) {
      std::abort();
    }
    millrace::CheckFrame(read->frame);
    millrace::CheckStructure(*structure);
    millrace::CheckPatched(value, *read, *structure);
  }
  return 0;
}
