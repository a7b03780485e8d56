#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/sequence.h"
#include "base/strong.h"
#include "base/time.h"
#include "simulation/media_unit.h"
#include "simulation/model_source.h"
#include "wire/rtp_view.h"

namespace millrace {

// What one consumer must do, packet by packet: an oracle of its own, that knows nothing of the
// worker's code. A consumer forwards from the first packet that a decoder can begin with until it
// is paused. Inside such a stretch its numbers and timestamps are the source's plus a constant, so
// that what was lost on the way to the worker (or came while the consumer waited, and was counted)
// stays a gap, and nothing else does; stretches follow each other without a seam. Answers that are
// not empty tell which law was broken.
class ConsumerLaw {
 public:
  // RTP's history for video is two seconds; the last tenth is the worker's to round.
  static constexpr Duration kHistory = Duration::Millis(1900);
  // A clock of 90 kHz has moved by half of its numbers after 6.6 hours; then nobody can tell what
  // is earlier.
  static constexpr Duration kComparable = Duration::Seconds(6 * 3600);
  // RT-14: retransmissions take no more bytes than the media, and not more than this at once. Near
  // the bound the worker may refuse, because it counts headers otherwise.
  static constexpr int64_t kResendMax = 512 * 1024;
  static constexpr int64_t kResendMargin = 64 * 1024;

  struct Settings {
    size_t peer = 0;
    size_t stream = 0;
    bool video = true;
    Ssrc ssrc = {};
    Ssrc rtx_ssrc = {};
    bool paused = false;
  };

  ConsumerLaw(const Settings& settings, const ModelSource& source)
      : settings_(settings), source_(&source), paused_(settings.paused) {}

  void SetPaused(bool paused);
  void SetProducerPaused(bool paused);
  void Close() { closed_ = true; }

  // The source is taken to count anew from this packet on: what is missing before it is no gap.
  void Restart(uint32_t index);
  // A packet that the worker never saw before arrived there. It must be forwarded in this turn,
  // unless it waits for the key frame's first packet, which it overtook; or it must be dropped with
  // a reason. Returns how many must be dropped: also those that waited in vain.
  [[nodiscard]] size_t Arrive(const MediaUnit& unit);
  // The receiver asks for these; they arrive at the worker in this turn.
  void Nack(std::span<const uint16_t> sequences, Timestamp now);

  // --- what the worker sent
  [[nodiscard]] std::string OnMedia(const RtpView& packet, Timestamp now);
  // `gap_min`: a packet does not go out again sooner.
  [[nodiscard]] std::string OnRetransmission(const RtpView& packet, Duration gap_min,
                                             Timestamp now);
  [[nodiscard]] std::string EndTurn();

  [[nodiscard]] const Settings& settings() const { return settings_; }
  [[nodiscard]] bool active() const { return !paused_ && !producer_paused_ && !closed_; }
  [[nodiscard]] bool closed() const { return closed_; }
  [[nodiscard]] uint64_t media_sent() const { return media_sent_; }
  [[nodiscard]] uint64_t retransmissions() const { return retransmissions_; }
  // Stretches that began.
  [[nodiscard]] uint64_t stretches() const { return stretches_; }

 private:
  // A stretch of continuous forwarding.
  struct Stretch {
    uint32_t first_index = 0;  // of the source
    int64_t first_number = 0;  // of the outgoing stream, unwrapped
    uint32_t timestamp_offset = 0;
    bool begun = false;  // its first packet was seen leaving
  };
  struct Sent {
    int64_t index = -1;  // of the source; -1: a gap
    uint32_t timestamp = 0;
    Timestamp sent;
    std::optional<Timestamp> resent;
  };

  // Forwarding begins anew, and what was sent is forgotten.
  void EndStretch();
  [[nodiscard]] std::string CheckNumbers(const RtpView& packet, const MediaUnit& unit,
                                         int64_t number, Timestamp now);
  [[nodiscard]] std::string CheckOrder(const Sent& sent, size_t position) const;
  [[nodiscard]] Sent* Find(uint16_t sequence);
  [[nodiscard]] std::string Broken(const std::string& law, const RtpView& packet) const;

  Settings settings_;
  const ModelSource* source_;
  bool paused_;
  bool producer_paused_ = false;
  bool closed_ = false;
  std::optional<Stretch> stretch_;
  std::deque<uint32_t> early_;     // indices of packets that wait for the first one, as they came
  std::deque<uint32_t> expected_;  // indices that must leave in this turn, in order
  std::deque<Sent*> asked_;        // by NACKs of this turn
  std::deque<Sent*> owed_;         // of these, the ones that must be answered

  SequenceUnwrapper<uint16_t> unwrapper_;
  int64_t first_number_ = -1;
  int64_t newest_number_ = -1;
  std::optional<uint32_t> newest_timestamp_;
  Timestamp newest_sent_;
  std::deque<Sent> sent_;      // by number, from first_number_
  size_t history_begins_ = 0;  // position in sent_
  int64_t resend_allowance_ = 0;
  uint64_t media_sent_ = 0;
  uint64_t retransmissions_ = 0;
  uint64_t stretches_ = 0;
};

}  // namespace millrace
