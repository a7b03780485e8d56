#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "base/output.h"
#include "base/time.h"
#include "media/bwe/bandwidth_estimator.h"
#include "media/bwe/bitrate_allocator.h"
#include "media/bwe/pacer.h"
#include "routing/egress_packet.h"
#include "routing/probation_stream.h"

namespace millrace {

class Consumer;

// How much one peer may be sent, and what waits for that reason: the estimator, the pacer with the
// packets that wait under its handles, the allocator, and the stream that fills probes. Exists for
// transports whose consumers negotiated feedback. Never sends, and knows no consumer's inside: the
// router asks it what to do, and says what became of it.
class OutgoingBandwidth {
 public:
  // How often the target is shared anew when nothing else calls for it: layers' rates waver.
  static constexpr Duration kShareInterval = Duration::Millis(500);
  // From the first video packet to the first probe: then there is something to send again.
  static constexpr Duration kBegin = Duration::Millis(5);
  // What one deadline sends at most; what is due beyond it is due a millisecond later.
  static constexpr size_t kOrdersMax = 512;

  // What of it Offer reads.
  static constexpr size_t kHotBytes = 256;

  OutgoingBandwidth(const BandwidthSettings& settings, const RtpExtensionIds& ids, Random& random);

  // --- the packet path
  // What becomes of a consumer's packet. One that waits stays here, and its reference is taken.
  [[nodiscard]] PacerAnswer Offer(EgressPacket& packet, bool audio, Timestamp now);
  // OnSent will be called soon.
  void PrefetchSent() const { estimator_.PrefetchSent(); }
  // A packet with a transport-wide number was sealed.
  void OnSent(const SentPacket& packet) { estimator_.OnSent(packet); }

  // --- what the peer, the controller and time say; each answers what holds now
  BandwidthUpdate OnFeedback(const TransportFeedback& feedback, Timestamp now);
  BandwidthUpdate OnRemb(uint64_t bps, Timestamp now);
  BandwidthUpdate OnBounds(uint64_t min_bps, uint64_t max_bps, Timestamp now);
  BandwidthUpdate OnDeadline(Timestamp now);
  // The peer's feedback is of another kind from now on; what was found out is kept as a beginning.
  void SetSource(BandwidthSource source, Timestamp now);
  // The link does not carry media any more: nothing waits, and the next one is a new path.
  void OnLinkLost(Output& out);

  // --- what to send now, until it answers kNothing. `waited` is the packet of a kPacket.
  [[nodiscard]] PacerOrder Next(EgressPacket& waited, Timestamp now);
  // What was sent for a kPadding; 0 when there was nothing.
  void Padded(uint32_t bytes, Timestamp now) { pacer_.Padded(bytes, now); }
  // After the last Next.
  void Rest(Timestamp now) { UpdatePacerDeadline(now); }
  // The consumer is gone, and so is all of it that waits.
  void Forget(const Consumer& consumer);
  // The stream's decoder begins anew; answers how many packets waited in vain.
  size_t Forget(const ConsumerStream& stream);

  // --- sharing the target among consumers
  [[nodiscard]] bool share_due(Timestamp now) const { return share_at_ <= now; }
  void ShareSoon(Timestamp now) { share_at_ = std::min(share_at_, now); }
  // `fixed_bps`: what leaves anyhow, such as audio. No request: nothing is active, and nothing is
  // to be found out.
  AllocationTotal Share(uint64_t fixed_bps, std::span<const AllocationRequest> requests,
                        std::span<AllocationGrant> grants, Timestamp now);

  // A packet that leaves at once does not change the deadline, unless this is the first one.
  [[nodiscard]] bool begins() const { return phase_ == Phase::kBegins; }
  [[nodiscard]] ProbationStream& probation() { return probation_; }
  [[nodiscard]] Timestamp deadline() const;
  [[nodiscard]] uint64_t target_bps() const { return estimator_.target_bps(); }
  // The target when it was shared last.
  [[nodiscard]] uint64_t shared_bps() const { return shared_bps_; }
  [[nodiscard]] uint64_t wanted_bps() const { return wanted_bps_; }
  [[nodiscard]] const BandwidthSettings& settings() const { return settings_; }
  [[nodiscard]] BandwidthStats stats() const { return estimator_.stats(); }
  [[nodiscard]] size_t waiting() const { return pacer_.waiting(); }

 private:
  // In which state the search for the target is:
  //   idle --first video packet--> begins --deadline--> runs --link lost--> idle
  // Places for packets that are kept when none waits.
  static constexpr size_t kKept = 64;
  enum class Phase : uint8_t { kIdle, kBegins, kRuns };

  [[nodiscard]] PacketUrgency UrgencyOf(const EgressPacket& packet, bool audio) const;
  BandwidthUpdate Apply(const BandwidthUpdate& update, Timestamp now);
  void UpdatePacerDeadline(Timestamp now);
  void GiveBack();
  void Forget(size_t handle);

  // --- read for each packet
  Phase phase_ = Phase::kIdle;
  // The peer answers. Before that nothing is known that could justify a delay.
  bool heard_ = false;
  bool active_ = false;  // somebody wants video
  Pacer pacer_;
  BandwidthEstimator estimator_;

  BandwidthSettings settings_;
  BitrateAllocator allocator_;
  ProbationStream probation_;
  uint64_t wanted_bps_ = 0;
  uint64_t shared_bps_ = 0;
  Timestamp begins_at_;
  Timestamp share_at_ = Timestamp::Never();
  Timestamp pacer_deadline_ = Timestamp::Never();
  std::vector<EgressPacket> waiting_;  // by handle
  std::vector<uint32_t> free_;         // handles
};

}  // namespace millrace
