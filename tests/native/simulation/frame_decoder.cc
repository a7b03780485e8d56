#include "simulation/frame_decoder.h"

#include <algorithm>

namespace millrace {

void FrameDecoder::Receive(const MediaUnit& unit, Timestamp now) {
  if (unit.frame <= last_shown_) return;
  Assembly& assembly = frames_[unit.frame];
  ++assembly.received;
  assembly.count = unit.count;
  assembly.key_frame = unit.key_frame;
  if (!assembly.whole()) return;
  if (assembly.key_frame || unit.frame == last_shown_ + 1) Show(unit.frame, now);
  // What waited for this picture follows.
  while (!frames_.empty() && frames_.begin()->first == last_shown_ + 1 &&
         frames_.begin()->second.whole()) {
    Show(frames_.begin()->first, now);
  }
}

void FrameDecoder::Show(uint32_t frame, Timestamp now) {
  last_shown_ = frame;
  shown_.push_back({frame, now});
  frames_.erase(frames_.begin(), frames_.upper_bound(frame));
}

Duration FrameDecoder::LongestFreeze(Timestamp from, Timestamp to) const {
  Duration longest;
  Timestamp last = from;
  for (const Shown& shown : shown_) {
    if (shown.at < from) continue;
    if (shown.at > to) break;
    longest = std::max(longest, shown.at - last);
    last = shown.at;
  }
  return std::max(longest, to - last);
}

Timestamp FrameDecoder::FirstShownAfter(Timestamp from) const {
  for (const Shown& shown : shown_) {
    if (shown.at >= from) return shown.at;
  }
  return Timestamp::Never();
}

}  // namespace millrace
