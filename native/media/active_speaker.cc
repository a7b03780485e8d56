#include "media/active_speaker.h"

#include <algorithm>
#include <cmath>

namespace millrace {
namespace {

using Length = SpeechActivity::Length;

// The paper's thresholds: so much more (as the logarithm of the ratio of scores) a challenger has
// to speak than the present speaker, at each length of time.
constexpr double kImmediateLead = 3;
constexpr double kMediumLead = 2;
constexpr double kLongLead = 0;

}  // namespace

ActiveSpeaker::ActiveSpeaker(Duration interval, Timestamp now)
    : interval_(std::clamp(interval, kIntervalMin, kIntervalMax)), next_(now + interval_) {}

uint32_t ActiveSpeaker::AddSource() {
  for (size_t slot = 0; slot < sources_.size(); ++slot) {
    if (sources_[slot].used) continue;
    sources_[slot] = Source{.activity = {}, .used = true};
    return static_cast<uint32_t>(slot);
  }
  sources_.push_back(Source{.activity = {}, .used = true});
  return static_cast<uint32_t>(sources_.size() - 1);
}

void ActiveSpeaker::RemoveSource(uint32_t slot) {
  if (slot >= sources_.size()) return;
  sources_[slot] = Source();
  if (dominant_ == slot) dominant_.reset();
}

void ActiveSpeaker::Receive(uint32_t slot, uint8_t level, Timestamp now) {
  if (paused_ || slot >= sources_.size() || !sources_[slot].used) return;
  sources_[slot].activity.Receive(level, now);
}

std::optional<uint32_t> ActiveSpeaker::OnDeadline(Timestamp now) {
  if (paused_ || now < next_) return std::nullopt;
  next_ = now + interval_;
  for (Source& source : sources_) source.activity.Advance(now);

  std::optional<uint32_t> winner;
  double most = 0;
  for (size_t slot = 0; slot < sources_.size(); ++slot) {
    if (!sources_[slot].used || dominant_ == slot) continue;
    std::optional<double> lead = Challenge(sources_[slot]);
    // Of equal challengers the first one wins, so that a run can be repeated.
    if (!lead || (winner && *lead <= most)) continue;
    winner = static_cast<uint32_t>(slot);
    most = *lead;
  }
  if (winner) dominant_ = winner;
  return winner;
}

void ActiveSpeaker::Pause() {
  paused_ = true;
  next_ = Timestamp::Never();
}

void ActiveSpeaker::Resume(Timestamp now) {
  if (!paused_) return;
  paused_ = false;
  next_ = now + interval_;
  for (Source& source : sources_) source.activity = SpeechActivity();
}

// By how much the challenger leads over a medium time; nothing when it does not at every length.
std::optional<double> ActiveSpeaker::Challenge(const Source& challenger) const {
  auto lead = [&](Length length) {
    double speaker =
        dominant_ ? sources_[*dominant_].activity.Score(length) : SpeechActivity::kScoreMin;
    return std::log(challenger.activity.Score(length) / speaker);
  };
  double medium = lead(Length::kMedium);
  bool wins = lead(Length::kImmediate) > kImmediateLead && medium > kMediumLead &&
              lead(Length::kLong) > kLongLead;
  return wins ? std::optional<double>(medium) : std::nullopt;
}

}  // namespace millrace
