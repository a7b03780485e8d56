#include "media/sequence_window.h"

namespace millrace {

SequenceWindow::Place SequenceWindow::Add(uint16_t sequence_number) {
  if (!started_) {
    StartAt(sequence_number);
    return {Verdict::kNew, newest_};
  }
  int64_t distance = DistanceOf(sequence_number);
  if (IsNear(distance)) {
    expected_after_jump_ = kNoJump;
    return Put(newest_ + distance);
  }
  // RFC 3550 A.1: "two sequential packets -- assume that the other side restarted without telling
  // us".
  if (sequence_number == expected_after_jump_) {
    // The number line goes on, so that what comes later has the greater number.
    StartAt(newest_ + static_cast<uint16_t>(sequence_number - static_cast<uint16_t>(newest_)));
    return {Verdict::kRestarted, newest_};
  }
  expected_after_jump_ = static_cast<uint16_t>(sequence_number + 1);
  return {distance < 0 ? Verdict::kTooOld : Verdict::kJump, 0};
}

SequenceWindow::Place SequenceWindow::AddRecovered(uint16_t sequence_number) {
  if (!started_) return {Verdict::kTooOld, 0};
  int64_t distance = DistanceOf(sequence_number);
  if (!IsNear(distance)) return {Verdict::kTooOld, 0};
  return Put(newest_ + distance);
}

void SequenceWindow::StartAt(int64_t sequence) {
  started_ = true;
  seen_.fill(0);
  newest_ = sequence;
  oldest_ = sequence;
  expected_after_jump_ = kNoJump;
  (void)Put(sequence);
}

SequenceWindow::Place SequenceWindow::Put(int64_t sequence) {
  if (sequence > newest_) AdvanceTo(sequence);
  if (sequence < oldest_) oldest_ = sequence;
  uint64_t bit = static_cast<uint64_t>(sequence) % kWindow;
  uint64_t mask = uint64_t{1} << (bit % 64);
  uint64_t& word = seen_[bit / 64];
  if ((word & mask) != 0) return {Verdict::kDuplicate, sequence};
  word |= mask;
  return {Verdict::kNew, sequence};
}

void SequenceWindow::AdvanceTo(int64_t sequence) {
  if (sequence - newest_ >= kWindow) {
    seen_.fill(0);
  } else {
    for (int64_t skipped = newest_ + 1; skipped <= sequence; ++skipped) {
      uint64_t bit = static_cast<uint64_t>(skipped) % kWindow;
      seen_[bit / 64] &= ~(uint64_t{1} << (bit % 64));
    }
  }
  newest_ = sequence;
}

bool SequenceWindow::IsNear(int64_t distance) const {
  return distance > -kWindow && distance < kDropoutMax;
}

int64_t SequenceWindow::DistanceOf(uint16_t sequence_number) const {
  return static_cast<int16_t>(
      static_cast<uint16_t>(sequence_number - static_cast<uint16_t>(newest_)));
}

}  // namespace millrace
