#include "media/nack_generator.h"

#include <algorithm>

namespace millrace {
namespace {

// A peer sends nothing again within what it takes for the round trip; a request a little too early
// would be wasted. An eighth more outlasts the difference between its estimate and ours.
constexpr int64_t kSlackDivisor = 8;

}  // namespace

NackGenerator::Arrival NackGenerator::Receive(int64_t sequence, bool key_frame, Timestamp now,
                                              Origin origin) {
  if (key_frame) newest_key_frame_ = std::max(newest_key_frame_, sequence);
  if (!started_) {
    started_ = true;
    newest_ = sequence;
    return {};
  }
  if (sequence <= newest_) return TakeMissing(sequence, origin, now);
  Arrival arrival;
  if (sequence > newest_ + 1) arrival.ask_key_frame = !AddGap(newest_ + 1, sequence, now);
  newest_ = sequence;
  ForgetBefore(newest_ - kAgeMax + 1);
  return arrival;
}

void NackGenerator::ReceiveAgain(int64_t sequence, Timestamp now) {
  size_t kept = std::min(repair_count_, kRepairsKept);
  int64_t* end = repairs_.data() + kept;
  int64_t* found = std::find(repairs_.data(), end, sequence);
  if (found == end) return;
  *found = std::numeric_limits<int64_t>::min();
  first_delay_.CameAfterRepair(now);
}

NackGenerator::Due NackGenerator::TakeDue(Duration rtt, Timestamp now) {
  due_.clear();
  if (now < deadline_) return {};
  bool gave_up = false;
  deadline_ = Timestamp::Never();
  auto kept = missing_.begin();
  for (Missing& packet : missing_) {
    if (packet.due <= now) {
      if (GivesUp(packet, now)) {
        gave_up |= packet.sequence > newest_key_frame_;
        continue;
      }
      due_.push_back(static_cast<uint16_t>(packet.sequence));
      ++packet.requests;
      packet.due = now + IntervalAfter(packet, rtt);
    }
    deadline_ = std::min(deadline_, packet.due);
    *kept++ = packet;
  }
  missing_.erase(kept, missing_.end());
  return {.numbers = due_, .ask_key_frame = gave_up};
}

bool NackGenerator::GivesUp(const Missing& packet, Timestamp now) const {
  if (packet.requests < kRequestsMax) return false;
  // A key frame has made it needless to go on, and a long gap is many packets.
  if (packet.sequence < newest_key_frame_) return true;
  return packet.requests >= requests_max_ || now - packet.since >= kAskedFor;
}

Duration NackGenerator::IntervalAfter(const Missing& packet, Duration rtt) const {
  Duration interval = rtt + rtt / kSlackDivisor;
  // The path loses in one direction at least. If it was the request, the peer answers another one
  // at once; if it was the answer, the peer leaves it until a round trip has passed.
  bool repeats = requests_max_ > kRequestsMax && packet.requests > 1;
  return std::max(repeats ? interval / 2 : interval, kRepeatMin);
}

void NackGenerator::Reset() {
  missing_.clear();
  due_.clear();
  deadline_ = Timestamp::Never();
  newest_key_frame_ = std::numeric_limits<int64_t>::min();
  repair_count_ = 0;
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
  Timestamp due = now + first_delay_.At(now);
  for (int64_t sequence = begin; sequence < end; ++sequence) {
    missing_.push_back({.sequence = sequence, .since = now, .due = due, .requests = 0});
  }
  if (count > 0) deadline_ = std::min(deadline_, due);
  return true;
}

NackGenerator::Arrival NackGenerator::TakeMissing(int64_t sequence, Origin origin, Timestamp now) {
  auto found = std::lower_bound(
      missing_.begin(), missing_.end(), sequence,
      [](const Missing& packet, int64_t wanted) { return packet.sequence < wanted; });
  if (found == missing_.end() || found->sequence != sequence) return {};
  Arrival arrival{.was_missing = true, .was_asked = found->requests > 0, .ask_key_frame = false};
  // Without an RTX stream what was asked for counts as repaired; if it comes twice, it was not.
  bool is_repair = origin == Origin::kRepair || (origin == Origin::kUnknown && arrival.was_asked);
  if (!is_repair) {
    first_delay_.CameLate(now - found->since, now);
  } else if (arrival.was_asked) {
    first_delay_.WasLost();
    repairs_[repair_count_++ % kRepairsKept] = sequence;
  }
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
