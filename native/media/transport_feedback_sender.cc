#include "media/transport_feedback_sender.h"

#include <algorithm>

namespace millrace {
namespace {

// The format has 16 signed bits of 250 us for the time between two packets.
constexpr Duration kDeltaMax = Duration::Seconds(8);
// One feedback packet's share in the loss: about the last second counts.
constexpr double kLossShare = 1.0 / 8;

}  // namespace

void TransportFeedbackSender::Receive(uint16_t sequence_number, Ssrc media, Timestamp arrival,
                                      Timestamp now) {
  std::optional<int64_t> sequence = Place(sequence_number);
  if (!sequence) return;
  newest_ = std::max(newest_, *sequence);
  media_ = media;
  // Beyond twice the limit nobody has asked for what is due; the packet is told as lost.
  if (pending_.size() == 2 * kArrivalsMax) return;
  pending_.push_back({.sequence = *sequence, .time = arrival});
  if (pending_.size() == 1) {
    deadline_ = now + kInterval;
    writes_ = 0;
  }
  if (pending_.size() >= kArrivalsMax) deadline_ = now;
}

bool TransportFeedbackSender::Write(ByteWriter& writer, Ssrc sender, Timestamp now) {
  if (pending_.empty() || now < deadline_) return false;
  if (writes_ == kWritesMax) {
    pending_.clear();
    deadline_ = Timestamp::Never();
    return false;
  }
  SortPending();
  told_.clear();
  bool repeats_last = RepeatsLast();
  if (repeats_last) {
    told_.push_back({static_cast<uint16_t>(last_told_->sequence), last_told_->time});
  }
  size_t telling = TellableNow();
  for (size_t i = 0; i < telling; ++i) {
    told_.push_back({static_cast<uint16_t>(pending_[i].sequence), pending_[i].time});
  }
  size_t written = TransportFeedback::Write(
      writer, {.sender = sender, .media = media_, .feedback_count = feedback_count_}, told_);
  if (written == 0) return false;
  ++feedback_count_;
  ++writes_;
  CountLoss(written);
  Forget(written - (repeats_last ? 1 : 0));
  return true;
}

void TransportFeedbackSender::CountLoss(size_t told) {
  auto span =
      static_cast<uint16_t>(told_[told - 1].sequence_number - told_.front().sequence_number);
  double lost = 1 - static_cast<double>(told) / (1.0 + span);
  loss_ += (lost - loss_) * kLossShare;
}

// A packet tells of losses between two arrivals only. When the first packets since the last
// feedback were lost, the last arrival told before them stands in front once more.
bool TransportFeedbackSender::RepeatsLast() const {
  const Arrival& first = pending_.front();
  return last_told_ && first.sequence > last_told_->sequence + 1 &&
         first.time - last_told_->time < kDeltaMax;
}

// What stands between two late packets may have been told as received, and must not be told as lost
// now: a run of late packets gets a feedback packet of its own.
size_t TransportFeedbackSender::TellableNow() const {
  if (!last_told_ || pending_.front().sequence > last_told_->sequence) return pending_.size();
  size_t run = 1;
  while (run < pending_.size() && pending_[run].sequence == pending_[run - 1].sequence + 1) ++run;
  return run;
}

void TransportFeedbackSender::Forget(size_t told) {
  // When only the repeated arrival fitted, the next packet goes without it.
  Arrival last =
      told > 0 ? pending_[told - 1]
               : Arrival{.sequence = pending_.front().sequence - 1, .time = pending_.front().time};
  if (!last_told_ || last.sequence > last_told_->sequence) last_told_ = last;
  pending_.erase(pending_.begin(), pending_.begin() + static_cast<std::ptrdiff_t>(told));
  if (pending_.empty()) deadline_ = Timestamp::Never();
}

std::optional<int64_t> TransportFeedbackSender::Place(uint16_t sequence_number) {
  if (!started_) {
    StartAt(sequence_number);
    return newest_;
  }
  int64_t distance =
      static_cast<int16_t>(static_cast<uint16_t>(sequence_number - static_cast<uint16_t>(newest_)));
  if (distance >= -kLateMax && distance <= kGapMax) {
    expected_after_jump_.reset();
    return newest_ + distance;
  }
  if (sequence_number == expected_after_jump_) {
    StartAt(sequence_number);
    return newest_;
  }
  expected_after_jump_ = static_cast<uint16_t>(sequence_number + 1);
  return std::nullopt;
}

void TransportFeedbackSender::StartAt(int64_t sequence) {
  started_ = true;
  newest_ = sequence;
  pending_.clear();
  last_told_.reset();
  expected_after_jump_.reset();
}

void TransportFeedbackSender::SortPending() {
  std::sort(pending_.begin(), pending_.end(), [](const Arrival& a, const Arrival& b) {
    return a.sequence != b.sequence ? a.sequence < b.sequence : a.time < b.time;
  });
  auto end = std::unique(pending_.begin(), pending_.end(), [](const Arrival& a, const Arrival& b) {
    return a.sequence == b.sequence;
  });
  pending_.erase(end, pending_.end());
}

}  // namespace millrace
