#include "media/dependency_reader.h"

namespace millrace {

std::optional<DependencyFrame> DependencyReader::Read(const RtpPacket& packet) {
  Bytes value = packet.extensions.dependency_descriptor;
  if (value.empty()) return std::nullopt;
  uint16_t sequence = packet.view.sequence_number();
  auto behind = static_cast<uint16_t>(structure_sequence_ - sequence);
  bool is_late =
      structure_ && DependencyDescriptor::HasStructure(value) && behind > 0 && behind <= kLateMax;
  std::optional<DependencyStructure>& structure = is_late ? late_ : structure_;
  std::optional<DependencyDescriptor> descriptor = DependencyDescriptor::Parse(value, structure);
  if (!descriptor) return std::nullopt;
  descriptor_ = *descriptor;
  if (descriptor_.has_structure && !is_late) structure_sequence_ = sequence;
  return DependencyFrame{.descriptor = descriptor_, .structure = *structure};
}

bool BeginsKeyFrame(const DependencyDescriptor& descriptor) {
  return descriptor.has_structure && descriptor.start_of_frame &&
         descriptor.frame.reference_count == 0;
}

}  // namespace millrace
