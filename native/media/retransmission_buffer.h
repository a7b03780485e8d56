#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "base/prefetch.h"
#include "base/sequence.h"
#include "base/strong.h"
#include "base/time.h"
#include "media/rtp_packet.h"
#include "media/rtp_rewrite.h"

namespace millrace {

// What one stream has sent lately, so that it can be sent again: for each packet a reference to the
// shared bytes and the rewrite it went out with, 32 bytes a packet.
// Costs nothing before the first packet, and then grows with what the history demands; Expire gives
// the memory back when the stream falls silent. Also serves consumers without RTX, whose
// caller inserts references to the very bytes that were sealed.
class RetransmissionBuffer {
 public:
  static constexpr size_t kPacketsMax = 2500;
  static constexpr Duration kVideoHistory = Duration::Seconds(2);
  static constexpr Duration kAudioHistory = Duration::Seconds(1);

  struct Found {
    RtpPacketRef packet;
    RtpRewrite rewrite;  // as it was sent the first time
    bool first = false;  // it was not sent again before
  };

  RetransmissionBuffer(Ssrc ssrc, Duration history) : ssrc_(ssrc), history_(history) {}

  void Insert(const RtpPacketRef& packet, const RtpRewrite& rewrite, Timestamp now);
  // Insert will be called soon, for the next number.
  void PrefetchNext() const {
    if (span_ == 0) return;
    size_t index = first_slot_ + span_;
    Prefetch(&slots_[index < slots_.size() ? index : index - slots_.size()], kBurst * sizeof(Slot));
    Prefetch(&slots_[first_slot_], kBurst * sizeof(Slot));
  }
  // The packet to send again now; nothing when it is not there any more, or went out again less
  // than a round trip ago. What is returned counts as sent again.
  [[nodiscard]] std::optional<Found> Take(uint16_t sequence, Duration rtt, Timestamp now);
  // The packet that is `back` packets older than the newest one, to fill the link with; nothing
  // where there is none. It does not count as sent again.
  [[nodiscard]] std::optional<Found> Recent(size_t back, Timestamp now);
  // Lets go of packets beyond the history. For streams that send nothing: Insert does it by itself.
  void Expire(Timestamp now);
  void Clear();

  [[nodiscard]] size_t size() const { return used_; }
  [[nodiscard]] size_t memory_bytes() const { return slots_.capacity() * sizeof(Slot); }

 private:
  // Aligned so that no slot lies across two cache lines.
  struct alignas(32) Slot {
    RtpPacketRef packet;  // empty: a number that was never sent
    uint32_t timestamp = 0;
    uint32_t sent_us = 0;    // low bits: the history is much shorter than their turn
    uint32_t resent_us = 0;  // likewise; meaningful with kResent
    PayloadPatch patch;  // with kTargets: how many decode targets there are, and which are active
    uint8_t payload_type = 0;
    uint8_t flags = 0;
    uint16_t frame_number_shift = 0;
    uint8_t template_id_shift = 0;
  };
  static_assert(sizeof(Slot) == 32);
  static constexpr uint8_t kMarker = 1;
  static constexpr uint8_t kResent = 2;
  static constexpr uint8_t kLeaveOut = 4;  // the dependency descriptor
  static constexpr uint8_t kTargets = 8;
  static constexpr size_t kSlotsFirst = 64;
  // What is sent at once, mostly.
  static constexpr size_t kBurst = 8;
  // The oldest slots are seldom in the cache: looked at once in so many packets, a run at a time.
  static constexpr int64_t kEvictEvery = 16;

  [[nodiscard]] Slot& SlotOf(int64_t sequence);
  static void Keep(const DependencyPatch& dependencies, Slot& slot);
  [[nodiscard]] static DependencyPatch DependenciesOf(const Slot& slot);
  [[nodiscard]] Found FoundIn(const Slot& slot, uint16_t sequence) const;
  [[nodiscard]] bool TooOld(const Slot& slot, Timestamp now) const;
  void EvictOld(Timestamp now);
  void PopOldest();
  void MakeRoomFor(int64_t sequence, Timestamp now);
  [[nodiscard]] bool MakeRoomBefore(int64_t sequence);
  [[nodiscard]] size_t SpanWith(int64_t sequence) const;
  void Grow(size_t slot_count);

  // The slots hold the numbers [first_sequence_, first_sequence_ + span_), as a ring.
  std::vector<Slot> slots_;
  size_t first_slot_ = 0;
  size_t span_ = 0;
  size_t used_ = 0;
  int64_t first_sequence_ = 0;
  SequenceUnwrapper<uint16_t> unwrapper_;
  Timestamp newest_;
  Ssrc ssrc_;
  Duration history_;
};

}  // namespace millrace
