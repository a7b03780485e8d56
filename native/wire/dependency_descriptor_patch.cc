#include "wire/dependency_descriptor_patch.h"

#include <algorithm>
#include <cstring>
#include <optional>

#include "wire/dependency_descriptor.h"
#include "wire/dependency_descriptor_bits.h"

namespace millrace {
namespace {

// Appendix A.8.1: two flags, template id and frame number; then A.8.2's five flags.
constexpr size_t kMandatoryBytes = 3;
constexpr uint32_t kFlagBits = 5;
constexpr uint8_t kHasActiveTargets = 0x40;
constexpr uint8_t kFlags = 0xF8;
constexpr uint8_t kTemplateIdMask = 0x3F;

// Writes numbers that keep to no byte bounds into bytes that are zero.
class BitWriter {
 public:
  BitWriter(MutableBytes bytes, size_t position) : bytes_(bytes), position_(position) {}

  void Write(uint32_t value, uint32_t count) {
    for (uint32_t i = count; i-- > 0; ++position_) {
      uint32_t bit = (value >> i & 1u) << (7 - position_ % 8);
      bytes_[position_ / 8] = static_cast<uint8_t>(bytes_[position_ / 8] | bit);
    }
  }
  [[nodiscard]] size_t position() const { return position_; }

 private:
  MutableBytes bytes_;
  size_t position_;
};

void Copy(DependencyDescriptorBits& from, size_t count, BitWriter& to) {
  for (; count >= 32; count -= 32) to.Write(from.Read(32), 32);
  auto rest = static_cast<uint32_t>(count);
  if (rest > 0) to.Write(from.Read(rest), rest);
}

// The numbers that stand at fixed places.
void ShiftNumbers(MutableBytes value, const DependencyPatch& patch) {
  auto frame_number = static_cast<uint16_t>((value[1] << 8 | value[2]) + patch.frame_number_shift);
  value[1] = static_cast<uint8_t>(frame_number >> 8);
  value[2] = static_cast<uint8_t>(frame_number);
  uint8_t shift = patch.template_id_shift & kTemplateIdMask;
  value[0] =
      static_cast<uint8_t>((value[0] & ~kTemplateIdMask) | ((value[0] + shift) & kTemplateIdMask));
  if (!DependencyDescriptor::HasStructure(value) || value.size() < 5) return;
  // template_id_offset: six bits behind the five flags.
  auto offset = static_cast<uint8_t>((value[3] & 0x07) << 3 | value[4] >> 5);
  offset = (offset + shift) & kTemplateIdMask;
  value[3] = static_cast<uint8_t>((value[3] & kFlags) | offset >> 3);
  value[4] = static_cast<uint8_t>((value[4] & 0x1F) | offset << 5);
}

// `value` with the active targets put in; its size in `target`, or zero when it does not fit.
size_t TellTargets(Bytes value, const DependencyPatch& patch, MutableBytes target) {
  std::optional<size_t> place = DependencyDescriptor::ActiveTargetsAt(value);
  if (!place) return 0;
  uint8_t flags = value.size() > kMandatoryBytes ? value[3] : uint8_t{0};
  uint32_t told = (flags & kHasActiveTargets) != 0 ? patch.target_count : 0;
  size_t bits = std::max(value.size() * 8, *place);
  if (bits < *place + told) return 0;
  size_t size = (bits - told + patch.target_count + 7) / 8;
  if (size > target.size()) return 0;
  std::fill_n(target.begin(), size, uint8_t{0});
  std::copy_n(value.begin(), kMandatoryBytes, target.begin());
  BitWriter writer(target, kMandatoryBytes * 8);
  writer.Write((flags | kHasActiveTargets) >> (8 - kFlagBits), kFlagBits);
  DependencyDescriptorBits reader(value);
  reader.Skip(writer.position());
  if (value.size() > kMandatoryBytes) Copy(reader, *place - writer.position(), writer);
  writer.Write(patch.active_targets, patch.target_count);
  reader.Skip(told);
  if (value.size() > kMandatoryBytes) Copy(reader, bits - *place - told, writer);
  return size;
}

}  // namespace

Bytes DependencyPatch::Apply(Bytes value, MutableBytes buffer) const {
  if (leave_out || value.size() < kMandatoryBytes) return {};
  if (empty()) return value;
  size_t size = target_count > 0 ? TellTargets(value, *this, buffer) : 0;
  if (size == 0) {
    if (value.size() > buffer.size()) return {};
    std::memcpy(buffer.data(), value.data(), value.size());
    size = value.size();
  }
  ShiftNumbers(buffer.first(size), *this);
  return buffer.first(size);
}

}  // namespace millrace
