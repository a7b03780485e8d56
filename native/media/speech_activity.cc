#include "media/speech_activity.h"

#include <algorithm>
#include <cmath>

namespace millrace {
namespace {

// A frame counts for its medium time when more steps than these are heard in it, a medium time for
// the long one when more of its frames than these counted.
constexpr size_t kActiveSteps = 7;
constexpr size_t kActiveFrames = 4;
// The paper's parameters of the two hypotheses: speech fills each part with this probability, and
// without speech the number of active parts falls off exponentially with this rate, by length.
constexpr double kSpeechProbability = 0.5;
constexpr double kImmediateRate = 0.78;
constexpr double kMediumRate = 24;
constexpr double kLongRate = 47;

constexpr int32_t kSilence = 127;
// A step of loudness: speech is 20 dB and more above a room's noise, and then fills more than half
// of the steps.
constexpr int32_t kStepMdb = 2500;
// In a frame the noise is believed to have risen by so much: 1 dB a second, slower than a sentence.
constexpr int32_t kNoiseRiseMdb = 20;
// Packets may carry up to 120 ms of sound; a longer time without one is silence.
constexpr int64_t kFramesInPacketMax = 6;

double LogChoose(size_t all, size_t chosen) {
  double sum = 0;
  for (size_t i = 1; i <= chosen; ++i) {
    sum += std::log(static_cast<double>(all - chosen + i) / static_cast<double>(i));
  }
  return sum;
}

// The logarithm of the ratio of likelihoods that `active` of `all` parts are active: with speech
// (binomial) and without (exponential).
double ScoreOf(size_t active, size_t all, double rate) {
  double count = static_cast<double>(active);
  double rest = static_cast<double>(all - active);
  double speech = LogChoose(all, active) + count * std::log(kSpeechProbability) +
                  rest * std::log(1 - kSpeechProbability);
  double silence = std::log(rate) - rate * count;
  return std::max(speech - silence, SpeechActivity::kScoreMin);
}

}  // namespace

void SpeechActivity::Receive(uint8_t level, Timestamp now) {
  int32_t loudness_mdb = (kSilence - std::min<int32_t>(level, kSilence)) * 1000;
  if (!started_) {
    started_ = true;
    last_ = now - kFrame;
  }
  int64_t frames = (now - last_ + kFrame / 2).us() / kFrame.us();
  if (frames > kFramesInPacketMax) {
    FillWithSilence(now - kFrame);
    frames = 1;
  }
  // Several packets in one frame: they came late, and in a burst; the loudest counts.
  int32_t above = std::max(loudness_mdb - noise_mdb_, 0);
  uint8_t steps = static_cast<uint8_t>(std::min<int32_t>(above / kStepMdb, kSteps));
  if (frames <= 0) frames_[newest_] = std::max(frames_[newest_], steps);
  for (int64_t i = 0; i < frames; ++i) Push(steps);
  if (frames > 0) last_ = now;
  // Digital silence says nothing of the room.
  if (loudness_mdb == 0) return;
  int32_t rise = kNoiseRiseMdb * static_cast<int32_t>(std::max<int64_t>(frames, 0));
  noise_mdb_ = std::min(loudness_mdb, noise_mdb_ + rise);
}

void SpeechActivity::Advance(Timestamp now) {
  // The next packet may be on its way, and tell of all the time since the last one.
  if (!started_ || now - last_ < kFrame * kFramesInPacketMax) return;
  FillWithSilence(now);
}

void SpeechActivity::FillWithSilence(Timestamp now) {
  int64_t frames = (now - last_).us() / kFrame.us();
  last_ = last_ + kFrame * frames;
  for (int64_t i = 0; i < std::min<int64_t>(frames, kFrames); ++i) Push(0);
}

double SpeechActivity::Score(Length length) const {
  if (length == Length::kImmediate) return ScoreOf(frames_[newest_], kSteps, kImmediateRate);
  if (length == Length::kMedium) return ScoreOf(ActiveFrames(0), kFramesInMedium, kMediumRate);
  size_t active = 0;
  for (size_t medium = 0; medium < kMediumsInLong; ++medium) {
    if (ActiveFrames(medium) > kActiveFrames) ++active;
  }
  return ScoreOf(active, kMediumsInLong, kLongRate);
}

void SpeechActivity::Push(uint8_t steps) {
  newest_ = (newest_ + 1) % kFrames;
  frames_[newest_] = steps;
}

// Of the medium time so many medium times ago; 0 is the newest.
size_t SpeechActivity::ActiveFrames(size_t medium) const {
  size_t active = 0;
  for (size_t i = medium * kFramesInMedium; i < (medium + 1) * kFramesInMedium; ++i) {
    if (frames_[(newest_ + kFrames - i) % kFrames] > kActiveSteps) ++active;
  }
  return active;
}

}  // namespace millrace
