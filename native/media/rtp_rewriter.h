#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "base/random.h"
#include "base/strong.h"
#include "base/time.h"
#include "media/rtp_packet.h"
#include "media/rtp_rewrite.h"

namespace millrace {

// RFC 3711 section 3.3.1 starts the roll-over counter at zero. A receiver that misses the first
// packets of a stream that starts just below 65,536 guesses it wrong, so streams start below half.
inline constexpr uint16_t kInitialSequenceMin = 1000;
inline constexpr uint16_t kInitialSequenceMax = 32767;
[[nodiscard]] uint16_t RandomInitialSequence(Random& random);

// Numbers the packets of one outgoing stream.
// A receiver must see one stream without seams, whatever we do to the sources behind it: packets
// that are left out on purpose close ranks, packets that were lost on the way to us stay a gap (so
// that late ones still fit), and another source goes on where the last one ended. Works on
// unwrapped source sequence numbers; packets of one source at a time. Never decides what to
// forward: a selector does, and then calls Forward or Drop for each packet.
class RtpRewriter {
 public:
  // So many separate runs of left-out packets are remembered for packets that come late; at 30
  // left-out frames a second, two seconds.
  static constexpr size_t kRunsMax = 64;
  // A longer gap is no loss: the source has begun to count anew (SequenceWindow), and what it left
  // out is closed.
  static constexpr int64_t kGapMax = 3000;

  RtpRewriter(Ssrc ssrc, uint32_t clock_rate, uint16_t initial_sequence);

  // Each of the next three makes `sequence` the first packet that can be forwarded from now on, and
  // gives it the number after the last one forwarded.
  // The same source goes on after a time in which nothing was forwarded: its clock still counts.
  void Resume(int64_t sequence);
  // Another source whose clock is not known in relation to the last: time goes on by what has
  // passed.
  void SwitchSource(int64_t sequence, uint32_t timestamp, Timestamp now);
  // Another source whose clock is known (by sender reports): `timestamp` maps to
  // `mapped_timestamp`, moved later where it would not come after what was sent already.
  void SwitchSourceAligned(int64_t sequence, uint32_t timestamp, uint32_t mapped_timestamp);

  // How the packet goes out; nothing when it comes too late to have a place.
  [[nodiscard]] std::optional<RtpRewrite> Forward(const RtpPacket& packet, Timestamp now);
  // The packet with this number is left out on purpose; later ones close ranks.
  void Drop(int64_t sequence);

  [[nodiscard]] Ssrc ssrc() const { return ssrc_; }
  [[nodiscard]] bool started() const { return started_; }
  // Meaningful once something was forwarded.
  [[nodiscard]] uint16_t last_sequence() const { return static_cast<uint16_t>(highest_out_); }
  [[nodiscard]] uint32_t last_timestamp() const { return last_timestamp_; }
  // What is added to a source timestamp; a selector needs it for packets it compares.
  [[nodiscard]] uint32_t timestamp_offset() const { return timestamp_offset_; }

 private:
  // From the source packet `from` on, `removed` packets were left out since the base.
  struct Run {
    int64_t from = 0;
    uint32_t removed = 0;
  };

  void StartAt(int64_t sequence);
  void RestartAt(const RtpPacket& packet, Timestamp now);
  [[nodiscard]] std::optional<uint32_t> RemovedBefore(int64_t sequence) const;

  // --- read and written for each packet
  int64_t base_in_ = 0;      // first packet of the source that can be forwarded
  int64_t base_out_ = 0;     // its number in the outgoing stream
  int64_t highest_in_ = 0;   // newest packet forwarded or left out
  int64_t highest_out_ = 0;  // newest number given
  uint32_t removed_ = 0;     // packets left out since base_in_
  uint32_t timestamp_offset_ = 0;
  uint32_t last_timestamp_ = 0;
  Ssrc ssrc_;
  Timestamp last_forwarded_;
  uint32_t clock_rate_;
  bool started_ = false;
  bool forwarded_ = false;

  // --- read only for late packets
  uint64_t run_count_ = 0;  // since the base; the ring holds the last kRunsMax of them
  std::vector<Run> runs_;   // kRunsMax of them as soon as something was left out
};

}  // namespace millrace
