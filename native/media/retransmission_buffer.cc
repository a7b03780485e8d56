#include "media/retransmission_buffer.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace millrace {
namespace {

uint32_t LowMicros(Timestamp time) { return static_cast<uint32_t>(time.us()); }

}  // namespace

void RetransmissionBuffer::Insert(const RtpPacketRef& packet, const RtpRewrite& rewrite,
                                  Timestamp now) {
  int64_t sequence = unwrapper_.Unwrap(rewrite.sequence);
  if (sequence % kEvictEvery == 0 || now - newest_ > history_) EvictOld(now);
  newest_ = std::max(newest_, now);
  if (span_ > 0 && sequence < first_sequence_) {
    if (!MakeRoomBefore(sequence)) return;
  } else {
    MakeRoomFor(sequence, now);
  }

  Slot& slot = SlotOf(sequence);
  if (!slot.packet) ++used_;
  slot.packet = packet;
  slot.timestamp = rewrite.timestamp;
  slot.sent_us = LowMicros(now);
  slot.patch = rewrite.patch;
  slot.payload_type = rewrite.payload_type;
  slot.flags = rewrite.marker ? kMarker : 0;
  Keep(rewrite.dependencies, slot);
}

void RetransmissionBuffer::Keep(const DependencyPatch& dependencies, Slot& slot) {
  slot.frame_number_shift = dependencies.frame_number_shift;
  slot.template_id_shift = dependencies.template_id_shift;
  if (dependencies.leave_out) slot.flags |= kLeaveOut;
  if (dependencies.target_count == 0 || !slot.patch.empty()) return;
  slot.flags |= kTargets;
  slot.patch.size = dependencies.target_count;
  std::memcpy(slot.patch.bytes.data(), &dependencies.active_targets, sizeof(uint32_t));
}

DependencyPatch RetransmissionBuffer::DependenciesOf(const Slot& slot) {
  DependencyPatch dependencies{.frame_number_shift = slot.frame_number_shift,
                               .template_id_shift = slot.template_id_shift,
                               .leave_out = (slot.flags & kLeaveOut) != 0};
  if ((slot.flags & kTargets) == 0) return dependencies;
  dependencies.target_count = slot.patch.size;
  std::memcpy(&dependencies.active_targets, slot.patch.bytes.data(), sizeof(uint32_t));
  return dependencies;
}

std::optional<RetransmissionBuffer::Found> RetransmissionBuffer::Take(uint16_t sequence,
                                                                      Duration rtt, Timestamp now) {
  if (span_ == 0 || now - newest_ > history_) return std::nullopt;
  int64_t place = unwrapper_.Peek(sequence);
  if (place < first_sequence_ || place >= first_sequence_ + static_cast<int64_t>(span_)) {
    return std::nullopt;
  }
  Slot& slot = SlotOf(place);
  if (!slot.packet || TooOld(slot, now)) return std::nullopt;
  bool resent = (slot.flags & kResent) != 0;
  if (resent && int64_t{LowMicros(now) - slot.resent_us} < rtt.us()) return std::nullopt;
  Found found = FoundIn(slot, sequence);
  slot.resent_us = LowMicros(now);
  slot.flags |= kResent;
  return found;
}

std::optional<RetransmissionBuffer::Found> RetransmissionBuffer::Recent(size_t back,
                                                                        Timestamp now) {
  if (back >= span_ || now - newest_ > history_) return std::nullopt;
  int64_t place = first_sequence_ + static_cast<int64_t>(span_ - 1 - back);
  const Slot& slot = SlotOf(place);
  if (!slot.packet || TooOld(slot, now)) return std::nullopt;
  return FoundIn(slot, static_cast<uint16_t>(place));
}

void RetransmissionBuffer::Expire(Timestamp now) {
  EvictOld(now);
  if (span_ == 0) std::vector<Slot>().swap(slots_);
}

void RetransmissionBuffer::Clear() {
  while (span_ > 0) PopOldest();
  unwrapper_.Reset();
}

RetransmissionBuffer::Slot& RetransmissionBuffer::SlotOf(int64_t sequence) {
  size_t index = first_slot_ + static_cast<size_t>(sequence - first_sequence_);
  return slots_[index < slots_.size() ? index : index - slots_.size()];
}

RetransmissionBuffer::Found RetransmissionBuffer::FoundIn(const Slot& slot,
                                                          uint16_t sequence) const {
  return {.packet = slot.packet,
          .rewrite = {.ssrc = ssrc_,
                      .timestamp = slot.timestamp,
                      .sequence = sequence,
                      .original_sequence = 0,
                      .payload_type = slot.payload_type,
                      .marker = (slot.flags & kMarker) != 0,
                      .rtx = false,
                      .patch = (slot.flags & kTargets) != 0 ? PayloadPatch{} : slot.patch,
                      .dependencies = DependenciesOf(slot)},
          .first = (slot.flags & kResent) == 0};
}

bool RetransmissionBuffer::TooOld(const Slot& slot, Timestamp now) const {
  return int64_t{LowMicros(now) - slot.sent_us} > history_.us();
}

void RetransmissionBuffer::EvictOld(Timestamp now) {
  // After a pause longer than the history the low bits say nothing any more.
  bool all = now - newest_ > history_;
  while (span_ > 0) {
    const Slot& oldest = slots_[first_slot_];
    if (oldest.packet && !all && !TooOld(oldest, now)) return;
    PopOldest();
  }
}

void RetransmissionBuffer::PopOldest() {
  Slot& oldest = slots_[first_slot_];
  if (oldest.packet) --used_;
  oldest.packet = RtpPacketRef();
  first_slot_ = first_slot_ + 1 == slots_.size() ? 0 : first_slot_ + 1;
  ++first_sequence_;
  --span_;
}

void RetransmissionBuffer::MakeRoomFor(int64_t sequence, Timestamp now) {
  constexpr int64_t kSpanMax = kPacketsMax;
  while (span_ > 0 && sequence - first_sequence_ >= kSpanMax) PopOldest();
  if (SpanWith(sequence) > slots_.size()) {
    EvictOld(now);
    size_t needed = SpanWith(sequence);
    if (needed > slots_.size()) {
      Grow(std::min(kPacketsMax, std::max({needed, slots_.size() * 3 / 2, kSlotsFirst})));
    }
  }
  if (span_ == 0) first_sequence_ = sequence;
  span_ = SpanWith(sequence);
}

// For packets that reached us late, after everything older was forgotten. False: too far back.
bool RetransmissionBuffer::MakeRoomBefore(int64_t sequence) {
  auto more = static_cast<size_t>(first_sequence_ - sequence);
  if (more > kPacketsMax - span_) return false;
  if (span_ + more > slots_.size()) Grow(span_ + more);
  first_slot_ = (first_slot_ + slots_.size() - more) % slots_.size();
  first_sequence_ = sequence;
  span_ += more;
  return true;
}

size_t RetransmissionBuffer::SpanWith(int64_t sequence) const {
  if (span_ == 0) return 1;
  return std::max(span_, static_cast<size_t>(sequence - first_sequence_) + 1);
}

void RetransmissionBuffer::Grow(size_t slot_count) {
  std::vector<Slot> grown(slot_count);
  for (size_t i = 0; i < span_; ++i) {
    grown[i] = std::move(SlotOf(first_sequence_ + static_cast<int64_t>(i)));
  }
  slots_ = std::move(grown);
  first_slot_ = 0;
}

}  // namespace millrace
