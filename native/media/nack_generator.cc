#include "media/nack_generator.h"

#include <algorithm>

namespace millrace {
namespace {

// A peer sends nothing again within what it takes for the round trip; a request a little too early
// would be wasted. An eighth more outlasts the difference between its estimate and ours.
constexpr int64_t kSlackDivisor = 8;

}  // namespace

NackGenerator::Arrival NackGenerator::Receive(int64_t sequence, bool key_frame, Timestamp now) {
  if (key_frame) newest_key_frame_ = std::max(newest_key_frame_, sequence);
  if (!started_) {
    started_ = true;
    newest_ = sequence;
    return {};
  }
  if (sequence <= newest_) return TakeMissing(sequence);
  Arrival arrival;
  if (sequence > newest_ + 1) arrival.ask_key_frame = !AddGap(newest_ + 1, sequence, now);
  newest_ = sequence;
  ForgetBefore(newest_ - kAgeMax + 1);
  return arrival;
}

std::span<const uint16_t> NackGenerator::TakeDue(Duration rtt, Timestamp now) {
  due_.clear();
  if (now < deadline_) return due_;
  Timestamp again = now + std::max(rtt + rtt / kSlackDivisor, kRepeatMin);
  deadline_ = Timestamp::Never();
  auto kept = missing_.begin();
  for (Missing& packet : missing_) {
    if (packet.due <= now) {
      if (packet.requests == kRequestsMax) continue;
      due_.push_back(static_cast<uint16_t>(packet.sequence));
      ++packet.requests;
      packet.due = again;
    }
    deadline_ = std::min(deadline_, packet.due);
    *kept++ = packet;
  }
  missing_.erase(kept, missing_.end());
  return due_;
}

void NackGenerator::Reset() {
  missing_.clear();
  due_.clear();
  deadline_ = Timestamp::Never();
  newest_key_frame_ = std::numeric_limits<int64_t>::min();
  started_ = false;
}

// False: too much is missing, and all of it is given up.
bool NackGenerator::AddGap(int64_t begin, int64_t end, Timestamp now) {
  size_t count = static_cast<size_t>(end - begin);
  if (missing_.size() + count > kMissingMax) {
    // What stands before a key frame is no longer needed to go on.
    ForgetBefore(newest_key_frame_);
    begin = std::max(begin, std::min(newest_key_frame_, end));
    count = static_cast<size_t>(end - begin);
  }
  if (missing_.size() + count > kMissingMax) {
    missing_.clear();
    deadline_ = Timestamp::Never();
    return false;
  }
  Timestamp due = now + kFirstDelay;
  for (int64_t sequence = begin; sequence < end; ++sequence) {
    missing_.push_back({.sequence = sequence, .due = due, .requests = 0});
  }
  if (count > 0) deadline_ = std::min(deadline_, due);
  return true;
}

NackGenerator::Arrival NackGenerator::TakeMissing(int64_t sequence) {
  auto found = std::lower_bound(
      missing_.begin(), missing_.end(), sequence,
      [](const Missing& packet, int64_t wanted) { return packet.sequence < wanted; });
  if (found == missing_.end() || found->sequence != sequence) return {};
  Arrival arrival{.was_missing = true, .was_asked = found->requests > 0, .ask_key_frame = false};
  missing_.erase(found);
  if (missing_.empty()) deadline_ = Timestamp::Never();
  return arrival;
}

void NackGenerator::ForgetBefore(int64_t sequence) {
  if (missing_.empty() || missing_.front().sequence >= sequence) return;
  auto first_kept = std::lower_bound(
      missing_.begin(), missing_.end(), sequence,
      [](const Missing& packet, int64_t wanted) { return packet.sequence < wanted; });
  missing_.erase(missing_.begin(), first_kept);
  if (missing_.empty()) deadline_ = Timestamp::Never();
}

}  // namespace millrace
