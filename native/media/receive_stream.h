#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "base/drop_reason.h"
#include "base/strong.h"
#include "base/time.h"
#include "media/nack_generator.h"
#include "media/ntp_time.h"
#include "media/rate_counter.h"
#include "media/rtp_packet.h"
#include "media/sequence_window.h"
#include "media/stream_score.h"
#include "wire/rtcp/report_block.h"
#include "wire/rtcp/sender_report.h"

namespace millrace {

struct ReceiveStreamSettings {
  // A stream that sends nothing for this long has the score 0.
  static constexpr Duration kInactivity = Duration::Millis(1500);
  static constexpr Duration kInactivityWithDtx = Duration::Seconds(5);

  Ssrc ssrc = {};
  uint8_t payload_type = 0;  // the peer's, for unwrapped retransmissions
  uint32_t clock_rate = 90000;
  std::optional<Ssrc> rtx_ssrc = {};
  bool use_nack = false;
  int nack_requests_max = NackGenerator::kRequestsOfServer;  // for one packet
  bool use_dtx = false;
  uint8_t spatial_layers = 1;
  uint8_t temporal_layers = 1;
};

// A number for each row of RtpStream.RecvStats.
struct ReceiveStreamStats {
  struct LayerBitrate {
    uint8_t spatial_layer = 0;
    uint8_t temporal_layer = 0;
    uint64_t bitrate = 0;
  };

  uint64_t packet_count = 0;  // retransmissions included
  uint64_t byte_count = 0;
  uint64_t bitrate = 0;
  std::vector<LayerBitrate> layer_bitrates;  // of scalable streams
  int32_t packets_lost = 0;
  uint8_t fraction_lost = 0;
  uint32_t jitter = 0;  // in units of the RTP clock
  uint64_t packets_discarded = 0;
  uint64_t packets_retransmitted = 0;
  uint64_t packets_repaired = 0;
  uint64_t nack_count = 0;
  uint64_t nack_packet_count = 0;
  uint64_t pli_count = 0;
  uint64_t fir_count = 0;
  uint64_t rtx_packets_discarded = 0;
  float round_trip_time_ms = 0;
  uint8_t score = 0;
};

// Receives one RTP stream of a peer: gives its packets their place, throws out what was there
// before, notices loss and asks for it, repairs it from the RTX stream, and keeps the numbers of
// RFC 3550 appendix A for reports, statistics and the score. Owns no packet. Never sends: what is
// to be sent is returned.
class ReceiveStream {
 public:
  struct Received {
    std::optional<DropReason> drop;       // the packet goes no further
    bool ask_key_frame = false;           // more is missing than can be asked for, or a new start
    std::optional<uint8_t> score_change;  // the stream came to life
  };
  // What a deadline brought about.
  struct Due {
    std::span<const uint16_t> nacks;      // ask for these; valid until the next call
    bool ask_key_frame = false;           // one that was asked for does not come
    std::optional<uint8_t> score_change;  // the stream fell silent
  };
  struct Report {
    std::optional<ReportBlock> block;  // nothing before the first packet
    std::optional<uint8_t> score_change;
  };
  // Where the sender's clock stood at its last report, to compare streams of one sender.
  struct SenderClock {
    uint64_t ntp = 0;
    uint32_t rtp_timestamp = 0;
    Timestamp received;
  };

  explicit ReceiveStream(const ReceiveStreamSettings& settings);

  // A parsed packet, with `recovered` set if UnwrapRtx made it. Gives it its `sequence` when it is
  // not to be dropped.
  [[nodiscard]] Received Receive(RtpPacket& packet, Timestamp now);
  // A packet of the RTX stream stands in `packet.bytes`. Turns these into the original packet and
  // answers its size: Parse it then, set `recovered`, and Receive it.
  [[nodiscard]] std::optional<size_t> ReceiveRtx(const RtpView& rtx, RtpPacket& packet);

  // One call for each RTCP interval: makes the report block, and the score of the interval.
  [[nodiscard]] Report MakeReport(Timestamp now);
  void ReceiveSenderReport(const SenderReport& report, Timestamp now);
  // The round trip to the peer, by whatever means (RoundTripTime of a DLRR item).
  void SetRoundTripTime(Duration rtt) { rtt_ = rtt; }
  [[nodiscard]] Duration rtt() const { return rtt_.value_or(kRttUnknown); }
  // Of first transmissions, 0..1, in the last report.
  [[nodiscard]] double loss() const { return fraction_lost_ / 256.0; }
  void CountKeyFrameRequest(bool fir) { ++(fir ? fir_count_ : pli_count_); }

  // A paused stream is neither missed nor asked for anything, and its score is frozen. Packets that
  // come all the same are received and counted; to forward them or not is the caller's.
  void Pause();
  void Resume(Timestamp now);

  [[nodiscard]] Due OnDeadline(Timestamp now);
  [[nodiscard]] Timestamp deadline() const;

  [[nodiscard]] ReceiveStreamStats stats(Timestamp now) const;
  [[nodiscard]] const ReceiveStreamSettings& settings() const { return settings_; }
  [[nodiscard]] const std::optional<SenderClock>& sender_clock() const { return sender_clock_; }
  [[nodiscard]] uint64_t bitrate(Timestamp now) const { return rate_.BitsPerSecond(now); }
  [[nodiscard]] uint8_t score() const { return score_.value(); }
  [[nodiscard]] bool active() const { return active_; }

 private:
  struct IntervalCounts {
    int64_t expected = 0;
    int64_t received = 0;
    uint64_t repaired = 0;
  };

  void UpdateJitter(const RtpPacket& packet);
  void CountPacket(const RtpPacket& packet, Timestamp now);
  [[nodiscard]] uint64_t BitrateUpTo(uint8_t spatial, uint8_t temporal, Timestamp now) const;
  [[nodiscard]] int64_t Expected() const;
  [[nodiscard]] int64_t CumulativeLost() const;
  [[nodiscard]] Timestamp inactive_at() const;

  ReceiveStreamSettings settings_;
  SequenceWindow window_;
  NackGenerator nack_;
  StreamScore score_{0};
  RateCounter rate_;
  std::vector<RateCounter> layer_rates_;  // by spatial, then temporal layer; empty: not scalable

  // RFC 3550 A.8
  uint32_t transit_ = 0;
  uint64_t jitter_x16_ = 0;
  bool has_transit_ = false;

  int64_t expected_before_ = 0;  // of the time before the source started anew
  int64_t received_ = 0;         // first transmissions, without duplicates
  IntervalCounts reported_;      // at the last report
  uint8_t fraction_lost_ = 0;

  uint64_t packet_count_ = 0;
  uint64_t byte_count_ = 0;
  uint64_t discarded_ = 0;
  uint64_t retransmitted_ = 0;
  uint64_t repaired_ = 0;
  uint64_t nack_count_ = 0;
  uint64_t nack_packet_count_ = 0;
  uint64_t pli_count_ = 0;
  uint64_t fir_count_ = 0;
  uint64_t rtx_discarded_ = 0;

  std::optional<SenderClock> sender_clock_;
  std::optional<Duration> rtt_;
  Timestamp last_received_;
  bool active_ = false;
  bool paused_ = false;
};

}  // namespace millrace
