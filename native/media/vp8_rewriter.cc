#include "media/vp8_rewriter.h"

#include <algorithm>

#include "base/sequence.h"

namespace millrace {
namespace {

// RFC 7741 section 4.2: the picture id follows the two bytes of flags, TL0PICIDX follows it.
constexpr uint8_t kPictureIdOffset = 2;
constexpr uint8_t kLongPictureIdBit = 0x80;
constexpr int64_t kShortIds = 1 << 7;
constexpr int64_t kLongIds = 1 << 15;

}  // namespace

PayloadPatch Vp8Rewriter::Forward(const Vp8Descriptor& packet) {
  if (!started_) Start(packet);
  PayloadPatch patch{.offset = kPictureIdOffset, .size = 0, .bytes = {}};
  bool changed = false;
  if (packet.picture_id) {
    uint16_t id = PictureIdOf(packet);
    changed = id != *packet.picture_id;
    if (packet.long_picture_id) {
      patch.bytes[patch.size++] = static_cast<uint8_t>(kLongPictureIdBit | id >> 8);
    }
    patch.bytes[patch.size++] = static_cast<uint8_t>(id);
  }
  if (packet.tl0_picture_index) {
    uint8_t index = Tl0Of(packet);
    changed |= index != *packet.tl0_picture_index;
    patch.bytes[patch.size++] = index;
  }
  return changed ? patch : PayloadPatch{};
}

void Vp8Rewriter::Drop(const Vp8Descriptor& packet) {
  if (!started_ || !packet.picture_id) return;
  int64_t picture = Unwrap(packet);
  // The place of a late picture was given away already; it stays a gap.
  if (picture <= highest_in_) return;
  highest_in_ = picture;
  ++removed_;
  uint32_t place = static_cast<uint32_t>(picture - base_in_);
  bool continues_run = run_count_ > 0 && runs_[(run_count_ - 1) % kRunsMax].from == place;
  if (!continues_run) ++run_count_;
  runs_[(run_count_ - 1) % kRunsMax] = Run{.from = place + 1, .removed = removed_};
}

void Vp8Rewriter::Start(const Vp8Descriptor& first) {
  started_ = true;
  removed_ = 0;
  run_count_ = 0;
  if (first.picture_id) {
    base_in_ = *first.picture_id;
    base_out_ = has_pictures_ ? highest_out_ + 1 : base_in_;
    highest_in_ = base_in_ - 1;
    highest_out_ = base_out_ - 1;
    has_pictures_ = true;
  }
  if (first.tl0_picture_index && has_tl0_) {
    tl0_offset_ = static_cast<uint8_t>(tl0_last_ + 1 - *first.tl0_picture_index);
  }
}

uint16_t Vp8Rewriter::PictureIdOf(const Vp8Descriptor& packet) {
  int64_t picture = Unwrap(packet);
  if (!has_pictures_ || (packet.key_frame && highest_in_ - picture > kLateMax)) {
    Start(packet);
    picture = base_in_;
  }
  uint32_t removed = removed_;
  if (picture > highest_in_) {
    highest_in_ = picture;
  } else {
    removed = RemovedBefore(picture);
  }
  int64_t out = base_out_ + (picture - base_in_) - removed;
  highest_out_ = std::max(highest_out_, out);
  return static_cast<uint16_t>(out & ((packet.long_picture_id ? kLongIds : kShortIds) - 1));
}

uint8_t Vp8Rewriter::Tl0Of(const Vp8Descriptor& packet) {
  uint8_t index = static_cast<uint8_t>(*packet.tl0_picture_index + tl0_offset_);
  if (!has_tl0_ || IsNewer(index, tl0_last_)) tl0_last_ = index;
  has_tl0_ = true;
  return index;
}

// The picture's number without wrapping, nearest to the newest one.
int64_t Vp8Rewriter::Unwrap(const Vp8Descriptor& packet) const {
  int64_t ids = packet.long_picture_id ? kLongIds : kShortIds;
  int64_t ahead = (*packet.picture_id - highest_in_) & (ids - 1);
  return highest_in_ + (ahead < ids / 2 ? ahead : ahead - ids);
}

uint32_t Vp8Rewriter::RemovedBefore(int64_t picture) const {
  uint64_t kept = std::min<uint64_t>(run_count_, kRunsMax);
  for (uint64_t i = 0; i < kept; ++i) {
    const Run& run = runs_[(run_count_ - 1 - i) % kRunsMax];
    if (picture - base_in_ >= run.from) return run.removed;
  }
  return 0;
}

}  // namespace millrace
