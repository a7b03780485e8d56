#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "base/time.h"

namespace millrace {

// How much one source speaks, over three lengths of time, from the levels its packets name
// (RFC 6464). After I. Volfin and I. Cohen, "Dominant speaker identification for multipoint
// videoconferencing", Computer Speech and Language 27 (2013), sections 3 and 4: a short time is
// active in so many of its parts, and each count is scored by how much likelier it is in speech
// than without. Their sub-bands are steps of loudness above the source's own noise here, because a
// level is all that is known of a packet.
class SpeechActivity {
 public:
  // The times of the paper: a frame, some tens of frames, a second.
  enum class Length : uint8_t { kImmediate, kMedium, kLong };
  static constexpr Duration kFrame = Duration::Millis(20);
  static constexpr size_t kSteps = 13;          // of loudness in a frame
  static constexpr size_t kFramesInMedium = 5;  // frames
  static constexpr size_t kMediumsInLong = 10;  // times of medium length

  // `level` as the packet has it: 0 is the loudest, 127 silence (-dBov).
  void Receive(uint8_t level, Timestamp now);
  // What passed since the last packet was silence, if it is longer than a packet can be.
  void Advance(Timestamp now);
  // Never below kScoreMin; the ratio of two sources' scores is what counts.
  [[nodiscard]] double Score(Length length) const;

  static constexpr double kScoreMin = 1e-10;

 private:
  static constexpr size_t kFrames = kFramesInMedium * kMediumsInLong;

  void FillWithSilence(Timestamp now);
  void Push(uint8_t steps);
  [[nodiscard]] size_t ActiveFrames(size_t medium) const;

  std::array<uint8_t, kFrames> frames_{};  // steps of loudness, a ring
  size_t newest_ = 0;
  Timestamp last_;  // up to here the frames are filled
  bool started_ = false;
  // The source's noise above silence, in thousandths of a decibel. Taken as -65 dBov until heard.
  int32_t noise_mdb_ = 62'000;
};

}  // namespace millrace
