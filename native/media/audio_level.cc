#include "media/audio_level.h"

#include <algorithm>

namespace millrace {

void AudioLevelMean::Add(uint8_t level) {
  // RFC 6464 section 3: seven bits.
  sum_ += std::min<uint8_t>(level, 127);
  ++count_;
}

std::optional<int8_t> AudioLevelMean::TakeMean() {
  uint64_t sum = sum_;
  uint32_t count = count_;
  *this = AudioLevelMean();
  if (count < kPacketsMin) return std::nullopt;
  return static_cast<int8_t>(-static_cast<int64_t>((sum + count / 2) / count));
}

AudioLevelRanking::AudioLevelRanking(const Settings& settings, Timestamp now)
    : settings_(settings) {
  settings_.interval = std::clamp(settings.interval, kIntervalMin, kIntervalMax);
  next_ = now + settings_.interval;
}

uint32_t AudioLevelRanking::AddSource() {
  for (size_t slot = 0; slot < sources_.size(); ++slot) {
    if (sources_[slot].used) continue;
    sources_[slot] = Source{.mean = {}, .used = true};
    return static_cast<uint32_t>(slot);
  }
  sources_.push_back(Source{.mean = {}, .used = true});
  return static_cast<uint32_t>(sources_.size() - 1);
}

void AudioLevelRanking::RemoveSource(uint32_t slot) {
  if (slot < sources_.size()) sources_[slot] = Source();
}

void AudioLevelRanking::Receive(uint32_t slot, uint8_t level) {
  if (paused_ || slot >= sources_.size() || !sources_[slot].used) return;
  sources_[slot].mean.Add(level);
}

std::optional<std::vector<AudioLevelRanking::Volume>> AudioLevelRanking::OnDeadline(Timestamp now) {
  if (paused_ || now < next_) return std::nullopt;
  next_ = now + settings_.interval;

  std::vector<Volume> loudest;
  for (size_t slot = 0; slot < sources_.size(); ++slot) {
    std::optional<int8_t> mean = sources_[slot].mean.TakeMean();
    if (!mean || *mean < settings_.threshold) continue;
    loudest.push_back({.slot = static_cast<uint32_t>(slot), .volume = *mean});
  }
  // Equally loud sources stand in the order of their slots, so that a run can be repeated.
  std::sort(loudest.begin(), loudest.end(), [](const Volume& a, const Volume& b) {
    return a.volume != b.volume ? a.volume > b.volume : a.slot < b.slot;
  });
  if (loudest.size() > settings_.max_entries) loudest.resize(settings_.max_entries);

  bool was_silent = silent_;
  silent_ = loudest.empty();
  if (silent_ && was_silent) return std::nullopt;
  return loudest;
}

bool AudioLevelRanking::Pause() {
  bool tell_silence = !paused_ && !silent_;
  paused_ = true;
  silent_ = true;
  next_ = Timestamp::Never();
  return tell_silence;
}

void AudioLevelRanking::Resume(Timestamp now) {
  if (!paused_) return;
  paused_ = false;
  next_ = now + settings_.interval;
  for (Source& source : sources_) source.mean = AudioLevelMean();
}

}  // namespace millrace
