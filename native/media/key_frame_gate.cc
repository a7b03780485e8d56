#include "media/key_frame_gate.h"

namespace millrace {

bool KeyFrameGate::Ask(Timestamp now) {
  repeats_ = 0;
  if (now < next_) {
    owed_ = true;
    return false;
  }
  Sent(now);
  return true;
}

void KeyFrameGate::KeyFrameReceived() { owed_ = false; }

bool KeyFrameGate::OnDeadline(Timestamp now) {
  if (!owed_ || now < next_) return false;
  if (repeats_ == kRepeatsMax) {
    owed_ = false;
    return false;
  }
  ++repeats_;
  Sent(now);
  return true;
}

void KeyFrameGate::Cancel() { owed_ = false; }

void KeyFrameGate::Sent(Timestamp now) {
  next_ = now + interval_;
  owed_ = true;
}

}  // namespace millrace
