#include "media/rtp_rewriter.h"

#include <algorithm>

#include "base/sequence.h"
#include "media/ntp_time.h"

namespace millrace {
namespace {

// How much farther than the time that has passed a timestamp may move and still be the same
// clock's: a source may have paused, or sent a burst.
constexpr int64_t kClockSlackSeconds = 10;

}  // namespace

uint16_t RandomInitialSequence(Random& random) {
  constexpr uint32_t kChoices = kInitialSequenceMax - kInitialSequenceMin + 1;
  return static_cast<uint16_t>(kInitialSequenceMin + random.Below(kChoices));
}

RtpRewriter::RtpRewriter(Ssrc ssrc, uint32_t clock_rate, uint16_t initial_sequence)
    : highest_out_(int64_t{initial_sequence} - 1), ssrc_(ssrc), clock_rate_(clock_rate) {}

std::optional<RtpRewrite> RtpRewriter::Forward(const RtpPacket& packet, Timestamp now) {
  int64_t sequence = packet.sequence;
  if (!started_) StartAt(sequence);
  if (sequence - highest_in_ > kGapMax) RestartAt(packet, now);

  uint32_t removed = removed_;
  if (sequence > highest_in_) {
    highest_in_ = sequence;
  } else {
    std::optional<uint32_t> removed_then = RemovedBefore(sequence);
    if (!removed_then) return std::nullopt;
    removed = *removed_then;
  }
  int64_t out = base_out_ + (sequence - base_in_) - removed;
  highest_out_ = std::max(highest_out_, out);

  uint32_t timestamp = packet.timestamp + timestamp_offset_;
  if (!forwarded_ || IsNewer(timestamp, last_timestamp_)) last_timestamp_ = timestamp;
  forwarded_ = true;
  last_forwarded_ = now;
  return RtpRewrite{.ssrc = ssrc_,
                    .timestamp = timestamp,
                    .sequence = static_cast<uint16_t>(out),
                    .original_sequence = 0,
                    .payload_type = packet.payload_type,
                    .marker = packet.marker,
                    .rtx = false,
                    .patch = {}};
}

void RtpRewriter::Drop(int64_t sequence) {
  // The place of a late packet was given away already; it stays a gap.
  if (!started_ || sequence <= highest_in_) return;
  if (sequence - highest_in_ > kGapMax) {
    StartAt(sequence + 1);
    return;
  }
  highest_in_ = sequence;
  ++removed_;
  if (runs_.empty()) runs_.resize(kRunsMax);
  bool continues_run = run_count_ > 0 && runs_[(run_count_ - 1) % kRunsMax].from == sequence;
  if (!continues_run) ++run_count_;
  runs_[(run_count_ - 1) % kRunsMax] = Run{.from = sequence + 1, .removed = removed_};
}

void RtpRewriter::Resume(int64_t sequence) { StartAt(sequence); }

void RtpRewriter::SwitchSource(int64_t sequence, uint32_t timestamp, Timestamp now) {
  uint32_t mapped = timestamp;
  if (forwarded_) {
    uint32_t passed = ToRtpTicks(std::max<int64_t>((now - last_forwarded_).us(), 0), clock_rate_);
    mapped = last_timestamp_ + passed;
  }
  SwitchSourceAligned(sequence, timestamp, mapped);
}

void RtpRewriter::SwitchSourceAligned(int64_t sequence, uint32_t timestamp,
                                      uint32_t mapped_timestamp) {
  StartAt(sequence);
  // Packets with one timestamp belong to one instant (RFC 3550 section 5.1); another source's first
  // picture is a later one.
  if (forwarded_ && !IsNewer(mapped_timestamp, last_timestamp_)) {
    mapped_timestamp = last_timestamp_ + 1;
  }
  timestamp_offset_ = mapped_timestamp - timestamp;
}

// The source counts anew. Its clock may have begun anew, too: then time goes on by what has passed.
void RtpRewriter::RestartAt(const RtpPacket& packet, Timestamp now) {
  int64_t moved = static_cast<int32_t>(packet.timestamp + timestamp_offset_ - last_timestamp_);
  int64_t passed = ToRtpTicks(std::max<int64_t>((now - last_forwarded_).us(), 0), clock_rate_);
  bool same_clock = moved >= 0 && moved <= passed + kClockSlackSeconds * clock_rate_;
  if (!forwarded_ || same_clock) {
    Resume(packet.sequence);
  } else {
    SwitchSource(packet.sequence, packet.timestamp, now);
  }
}

void RtpRewriter::StartAt(int64_t sequence) {
  started_ = true;
  base_in_ = sequence;
  base_out_ = highest_out_ + 1;
  highest_in_ = sequence - 1;
  removed_ = 0;
  run_count_ = 0;
}

std::optional<uint32_t> RtpRewriter::RemovedBefore(int64_t sequence) const {
  if (sequence < base_in_) return std::nullopt;
  uint64_t kept = std::min<uint64_t>(run_count_, kRunsMax);
  for (uint64_t i = 0; i < kept; ++i) {
    const Run& run = runs_[(run_count_ - 1 - i) % kRunsMax];
    if (sequence >= run.from) return run.removed;
  }
  if (run_count_ > kRunsMax) return std::nullopt;
  return 0;
}

}  // namespace millrace
