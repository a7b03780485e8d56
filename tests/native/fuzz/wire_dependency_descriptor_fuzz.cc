// Reads any bytes as the dependency descriptors of one stream, one after the other: each is led by
// its size. What was read must stay within its bounds, whatever structures came before.
#include <cstdlib>

#include "base/byte_reader.h"
#include "wire/dependency_descriptor.h"

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

}  // namespace
}  // namespace millrace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  millrace::ByteReader reader(millrace::Bytes(data, size));
  std::optional<millrace::DependencyStructure> structure;
  while (reader.remaining() > 0) {
    size_t length = reader.ReadU8();
    millrace::Bytes value =
        reader.ReadBytes(length < reader.remaining() ? length : reader.remaining());
    std::optional<millrace::DependencyDescriptor> read =
        millrace::DependencyDescriptor::Parse(value, structure);
    if (!read) continue;
    if (!structure || value.size() < 3) std::abort();
    if (read->active_targets && (*read->active_targets & ~structure->all_targets()) != 0) {
      std::abort();
    }
    millrace::CheckFrame(read->frame);
    millrace::CheckStructure(*structure);
  }
  return 0;
}
