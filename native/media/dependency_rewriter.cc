#include "media/dependency_rewriter.h"

#include "base/sequence.h"

namespace millrace {
namespace {

constexpr uint8_t kTemplateIdMask = 0x3F;

}  // namespace

void DependencyRewriter::Begin(const DependencyFrame* frame) {
  has_structure_ = frame != nullptr && frame->descriptor.has_structure;
  if (!has_structure_ || !told_) return;
  frame_number_shift_ = static_cast<uint16_t>(newest_ + 1 - frame->descriptor.frame_number);
  template_id_shift_ = (next_template_id_ - frame->structure.template_id_offset) & kTemplateIdMask;
}

DependencyPatch DependencyRewriter::Forward(const DependencyFrame* frame,
                                            const LayerVerdict& verdict) {
  if (frame == nullptr) return {.leave_out = true};
  const DependencyDescriptor& descriptor = frame->descriptor;
  if (!has_structure_) Begin(frame);
  if (!has_structure_) return {.leave_out = true};
  auto number = static_cast<uint16_t>(descriptor.frame_number + frame_number_shift_);
  if (!told_ || IsNewer(number, newest_)) newest_ = number;
  told_ = true;
  if (descriptor.has_structure && number == newest_) {
    const DependencyStructure& structure = frame->structure;
    next_template_id_ =
        (structure.template_id_offset + structure.template_count + template_id_shift_) &
        kTemplateIdMask;
  }
  return {.frame_number_shift = frame_number_shift_,
          .template_id_shift = template_id_shift_,
          .target_count = verdict.target_count,
          .active_targets = verdict.active_targets};
}

}  // namespace millrace
