#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "base/strong.h"
#include "base/time.h"
#include "media/ntp_time.h"
#include "media/rate_counter.h"
#include "media/retransmission_buffer.h"
#include "media/rtp_packet.h"
#include "media/rtp_rewrite.h"
#include "media/stream_score.h"
#include "wire/rtcp/extended_report.h"
#include "wire/rtcp/nack.h"
#include "wire/rtcp/report_block.h"
#include "wire/rtcp/sender_report.h"

namespace millrace {

struct SendStreamSettings {
  Ssrc ssrc = {};
  uint32_t clock_rate = 90000;
  // How long packets are kept to be sent again; 0: never (no NACK negotiated).
  Duration history = {};
  std::optional<Ssrc> rtx_ssrc = {};
  uint8_t rtx_payload_type = 0;
  uint16_t rtx_initial_sequence = 1000;  // RandomInitialSequence
};

// A number for each row of RtpStream.SendStats.
struct SendStreamStats {
  uint64_t packet_count = 0;  // retransmissions included
  uint64_t byte_count = 0;
  uint64_t bitrate = 0;
  int32_t packets_lost = 0;
  uint8_t fraction_lost = 0;
  uint32_t jitter = 0;
  uint64_t packets_retransmitted = 0;
  uint64_t packets_repaired = 0;
  uint64_t nack_count = 0;
  uint64_t nack_packet_count = 0;
  uint64_t pli_count = 0;
  uint64_t fir_count = 0;
  float round_trip_time_ms = 0;
  uint8_t score = 0;
};

// Keeps account of one RTP stream that a consumer is sent: what went out (for sender reports,
// statistics and retransmission) and what its receiver says of it (round trip, loss, score).
// Never sends: what is to be sent again is returned.
class SendStream {
 public:
  // What one NACK brings: all packets to send again now, one Resend call for each number.
  struct Resend {
    RtpPacketRef packet;
    RtpRewrite rewrite;  // with RTX: its SSRC, payload type, number, and the original's number
  };

  explicit SendStream(const SendStreamSettings& settings);

  // A packet goes out. Remembers it for retransmission when there is a history.
  void Sent(const RtpPacketRef& packet, const RtpRewrite& rewrite, Timestamp now);

  // Sent will be called soon.
  void PrefetchSent() const { history_.PrefetchNext(); }

  // A NACK came that asks for `packet_count` packets; then TakeResend for each of them.
  void CountNack(size_t packet_count);
  // Nothing when the packet is gone, went out again less than a round trip ago, or retransmissions
  // would take more than the media itself (RT-14). Without RTX the rewrite is the first one, and
  // the packet has to leave as the very bytes sealed then.
  [[nodiscard]] std::optional<Resend> TakeResend(uint16_t sequence, Timestamp now);

  // A packet sent lately, once more by RTX, only to fill the link: the receiver drops what it has.
  // Nothing without RTX or before the first packet. Counts in no statistics of the stream.
  [[nodiscard]] std::optional<Resend> TakePadding(Timestamp now);

  // What the receiver reports; the new score, if it is another one.
  [[nodiscard]] std::optional<uint8_t> ReceiveReport(const ReportBlock& block, Timestamp now);
  // The receiver's clock (RFC 3611 section 4.4), answered by MakeDlrr.
  void ReceiveReferenceTime(uint64_t ntp, Timestamp now);
  [[nodiscard]] std::optional<DlrrItem> MakeDlrr(Ssrc receiver, Timestamp now) const;

  // One call for each RTCP interval. Nothing when nothing was sent yet. Also lets go of packets
  // that are too old to be asked for.
  [[nodiscard]] std::optional<SenderReport> MakeReport(Timestamp now);
  void CountKeyFrameRequest(bool fir) { ++(fir ? fir_count_ : pli_count_); }

  // The decoder begins anew with the next packet: nothing older is worth being sent again.
  void ForgetHistory() { history_.Clear(); }
  // The consumer was paused, or its producer: what was sent is history.
  void Pause();

  [[nodiscard]] SendStreamStats stats(Timestamp now) const;
  [[nodiscard]] uint64_t bitrate(Timestamp now) const { return rate_.BitsPerSecond(now); }
  [[nodiscard]] Duration rtt() const { return rtt_.value_or(kRttUnknown); }
  [[nodiscard]] uint8_t score() const { return score_.value(); }
  [[nodiscard]] const RetransmissionBuffer& history() const { return history_; }

 private:
  void MakeRtx(RtpRewrite& rewrite, uint16_t sequence);
  [[nodiscard]] StreamScore::Delivery DeliverySince(int32_t cumulative_lost);

  SendStreamSettings settings_;

  // --- written for each packet
  uint64_t packet_count_ = 0;  // media only
  uint64_t octet_count_ = 0;   // payload of it, as sender reports count
  uint64_t byte_count_ = 0;
  uint32_t last_timestamp_ = 0;
  Timestamp last_sent_;
  int64_t resend_budget_ = 0;  // bytes; the last packet may overdraw it
  RetransmissionBuffer history_;
  RateCounter rate_;

  StreamScore score_;
  uint16_t rtx_sequence_;
  size_t padding_count_ = 0;

  uint64_t retransmitted_ = 0;
  uint64_t resent_octets_ = 0;  // under the stream's own SSRC
  uint64_t repaired_ = 0;
  uint64_t nack_count_ = 0;
  uint64_t nack_packet_count_ = 0;
  uint64_t pli_count_ = 0;
  uint64_t fir_count_ = 0;

  struct Interval {
    uint64_t packet_count = 0;
    uint64_t repaired = 0;
    int32_t cumulative_lost = 0;
  };
  Interval reported_;  // at the last report of the receiver
  int32_t packets_lost_ = 0;
  uint8_t fraction_lost_ = 0;
  uint32_t jitter_ = 0;
  std::optional<Duration> rtt_;

  uint32_t reference_time_ = 0;  // compact; 0: none
  Timestamp reference_received_;
};

}  // namespace millrace
