#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "base/growing_ring.h"
#include "base/ring.h"
#include "base/strong.h"
#include "base/time.h"
#include "media/bwe/bitrate.h"
#include "media/bwe/probe_cluster.h"

namespace millrace {

// What a packet is to the pacer, the most urgent first.
enum class PacketUrgency : uint8_t { kAudio, kVideo, kRetransmission };

// The caller's name for a packet that waits.
using PacketHandle = Strong<struct PacketHandleTag, uint32_t>;

struct PacedPacket {
  PacketHandle handle = {};
  PacketUrgency urgency = PacketUrgency::kVideo;
  uint32_t bytes = 0;
};

// What becomes of an offered packet.
struct PacerAnswer {
  enum class Fate : uint8_t {
    kSendNow,  // it leaves in this tick, and is counted
    kWait,     // Next will give its handle back
    kRefused,  // nothing more can wait: drop it
  };
  Fate fate = Fate::kSendNow;
  ProbeId probe = 0;  // what it was sent for as well
};

// What to send next.
struct PacerOrder {
  enum class Kind : uint8_t {
    kNothing,
    kPacket,   // the one that waited under `handle`
    kPadding,  // about `bytes` of padding or of packets sent before; then tell Padded
  };
  Kind kind = Kind::kNothing;
  PacketHandle handle = {};
  uint32_t bytes = 0;
  ProbeId probe = 0;
};

// Spreads over time what would otherwise burst onto a thin link: retransmissions, the rest of a
// video that exceeds its target, probes and padding. An SFU's media has been spread by its sender
// already, so video below the target passes at once, bursts of half a second's worth included, and
// audio passes always. Holds handles, never packets, and sends nothing itself.
class Pacer {
 public:
  static constexpr size_t kWaitingMax = 1024;  // of each of video and retransmissions
  // What waits leaves at this multiple of the target: soon gone, and no burst.
  static constexpr double kPace = 2.5;
  // What video may send at once beyond the target's pace.
  static constexpr Duration kVideoBurst = Duration::Millis(500);
  // The least of it, and what a retransmission may: a few packets.
  static constexpr uint64_t kBurstBytesMin = 6'000;
  static constexpr Duration kRetransmissionBurst = Duration::Millis(5);
  // What retransmissions may take beside the media, of the target: a third of all lost can be sent
  // again, and a link that lost much because it shrank is not filled with what it lost.
  static constexpr double kRetransmissionShare = 0.5;
  // While they are few they leave as one burst: so much of the target's worth.
  static constexpr Duration kRetransmissionCredit = Duration::Millis(250);
  // More than this at their rate does not wait: who still misses it by then asks again.
  static constexpr Duration kRetransmissionWait = Duration::Millis(250);
  // Video that waited longer than this is sent whatever the pace.
  static constexpr Duration kWaitMax = Duration::Millis(250);
  static constexpr size_t kProbesMax = 4;
  // A probe that nobody feeds is given up.
  static constexpr Duration kProbeTimeMax = Duration::Seconds(1);
  static constexpr uint32_t kPaddingBytes = 1200;

  void SetTarget(uint64_t target_bps, Timestamp now);
  // Padding up to this rate, all packets together, while there is nothing else; usually 0.
  void SetPadding(uint64_t padding_bps) { padding_bps_ = padding_bps; }
  void Begin(const ProbePlan& probes, Timestamp now);

  // Hot path: a packet that wants to leave.
  [[nodiscard]] PacerAnswer Offer(const PacedPacket& packet, Timestamp now);
  // Call until it answers kNothing.
  [[nodiscard]] PacerOrder Next(Timestamp now);
  // What was sent for the last kPadding; 0: there was nothing to pad with, do not ask again soon.
  void Padded(uint32_t bytes, Timestamp now);
  // The packet does not exist any more; its handle never comes back.
  void Forget(PacketHandle handle);

  // When Next may have something.
  [[nodiscard]] Timestamp deadline(Timestamp now) const;
  [[nodiscard]] size_t waiting() const { return video_.size() + retransmissions_.size(); }

 private:
  struct Waiting {
    PacedPacket packet;
    Timestamp since = {};
  };
  using Queue = GrowingRing<Waiting>;
  struct Probe {
    ProbeCluster cluster = {};
    std::optional<Timestamp> begun = {};
    Timestamp planned = {};
    uint32_t packets = 0;
    uint32_t bytes = 0;
  };

  void Pass(Timestamp now);
  [[nodiscard]] double VideoBurst() const;
  [[nodiscard]] double RetransmissionCredit() const;
  [[nodiscard]] bool TooMuchWaits(const Queue& queue) const;
  [[nodiscard]] bool MayPass(const PacedPacket& packet) const;
  // Counts a packet that leaves, and says which probe it serves.
  ProbeId Count(uint32_t bytes, Timestamp now);
  ProbeId Count(const PacedPacket& packet, Timestamp now);
  [[nodiscard]] Queue* Urgent();
  [[nodiscard]] bool IsDue(const Queue& queue, Timestamp now) const;
  [[nodiscard]] Timestamp DueOf(const Queue& queue, Timestamp now) const;
  [[nodiscard]] Timestamp ProbeDue() const;
  void DropOldProbes(Timestamp now);

  uint64_t target_bps_ = kInitialBitrate;
  uint64_t padding_bps_ = 0;
  Timestamp passed_;
  bool used_ = false;
  double debt_bytes_ = 0;            // sent and not yet paid for at the pace
  double video_bytes_ = 0;           // what video may still send at once
  double retransmission_bytes_ = 0;  // what retransmissions may
  uint64_t waiting_retransmission_bytes_ = 0;
  double padding_debt_bytes_ = 0;
  Timestamp padding_allowed_;
  Queue video_;
  Queue retransmissions_;
  Ring<Probe, kProbesMax> probes_;
};

}  // namespace millrace
