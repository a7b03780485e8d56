#include "media/send_stream.h"

#include <algorithm>

#include "base/sequence.h"

namespace millrace {
namespace {

// Retransmissions may take as much as the media has since they were last used, but no more than
// this at once: three seconds of a 1.4 Mbit/s stream.
constexpr int64_t kResendBudgetMax = 512 * 1024;
// Padding goes through so many of the newest packets: of these some may be lost and not yet missed.
constexpr size_t kPaddingChoice = 8;

}  // namespace

SendStream::SendStream(const SendStreamSettings& settings)
    : settings_(settings),
      history_(settings.ssrc, settings.history),
      rtx_sequence_(settings.rtx_initial_sequence) {}

void SendStream::Sent(const RtpPacketRef& packet, const RtpRewrite& rewrite, Timestamp now) {
  if (packet_count_ == 0 || IsNewer(rewrite.timestamp, last_timestamp_)) {
    last_timestamp_ = rewrite.timestamp;
    last_sent_ = now;
  }
  ++packet_count_;
  octet_count_ += packet->payload_size;
  byte_count_ += packet->size;
  rate_.Add(packet->size, now);
  if (settings_.history == Duration()) return;
  resend_budget_ = std::min(resend_budget_ + packet->size, kResendBudgetMax);
  history_.Insert(packet, rewrite, now);
}

void SendStream::CountNack(size_t packet_count) {
  ++nack_count_;
  nack_packet_count_ += packet_count;
}

std::optional<SendStream::Resend> SendStream::TakeResend(uint16_t sequence, Timestamp now) {
  if (resend_budget_ <= 0) return std::nullopt;
  std::optional<RetransmissionBuffer::Found> found = history_.Take(sequence, rtt(), now);
  if (!found) return std::nullopt;
  uint16_t size = found->packet->size;
  resend_budget_ -= size;
  ++retransmitted_;
  if (found->first) ++repaired_;
  byte_count_ += size;
  rate_.Add(size, now);

  Resend resend{.packet = found->packet, .rewrite = found->rewrite};
  if (settings_.rtx_ssrc) {
    MakeRtx(resend.rewrite, sequence);
  } else {
    // The packet counts for its own SSRC once more.
    resent_octets_ += found->packet->payload_size;
  }
  return resend;
}

std::optional<SendStream::Resend> SendStream::TakePadding(Timestamp now) {
  if (!settings_.rtx_ssrc) return std::nullopt;
  size_t back = padding_count_++ % kPaddingChoice;
  std::optional<RetransmissionBuffer::Found> found = history_.Recent(back, now);
  if (!found) found = history_.Recent(0, now);
  if (!found) return std::nullopt;
  Resend resend{.packet = found->packet, .rewrite = found->rewrite};
  MakeRtx(resend.rewrite, found->rewrite.sequence);
  return resend;
}

// RFC 4588 section 4: the retransmission's own SSRC, payload type and number.
void SendStream::MakeRtx(RtpRewrite& rewrite, uint16_t sequence) {
  rewrite.rtx = true;
  rewrite.original_sequence = sequence;
  rewrite.ssrc = *settings_.rtx_ssrc;
  rewrite.payload_type = settings_.rtx_payload_type;
  rewrite.sequence = rtx_sequence_++;
}

std::optional<uint8_t> SendStream::ReceiveReport(const ReportBlock& block, Timestamp now) {
  std::optional<Duration> rtt =
      RoundTripTime(now, block.last_sender_report, block.delay_since_last_sender_report);
  if (rtt) rtt_ = rtt;
  packets_lost_ = block.cumulative_lost;
  fraction_lost_ = block.fraction_lost;
  jitter_ = block.jitter;
  StreamScore::Delivery delivery = DeliverySince(block.cumulative_lost);
  if (delivery.expected == 0) return std::nullopt;
  return score_.Update(delivery);
}

StreamScore::Delivery SendStream::DeliverySince(int32_t cumulative_lost) {
  int64_t lost = int64_t{cumulative_lost} - reported_.cumulative_lost;
  StreamScore::Delivery delivery{.expected = packet_count_ - reported_.packet_count,
                                 .lost = static_cast<uint64_t>(std::max<int64_t>(lost, 0)),
                                 .repaired = repaired_ - reported_.repaired};
  reported_ = {
      .packet_count = packet_count_, .repaired = repaired_, .cumulative_lost = cumulative_lost};
  return delivery;
}

void SendStream::ReceiveReferenceTime(uint64_t ntp, Timestamp now) {
  reference_time_ = CompactNtp(ntp);
  reference_received_ = now;
}

std::optional<DlrrItem> SendStream::MakeDlrr(Ssrc receiver, Timestamp now) const {
  if (reference_time_ == 0) return std::nullopt;
  return DlrrItem{.ssrc = receiver,
                  .last_receiver_report = reference_time_,
                  .delay_since_last_receiver_report = ToCompactNtp(now - reference_received_)};
}

std::optional<SenderReport> SendStream::MakeReport(Timestamp now) {
  history_.Expire(now);
  if (packet_count_ == 0) return std::nullopt;
  SenderReport report;
  report.sender = settings_.ssrc;
  report.ntp = ToNtp(now);
  // RFC 3550 section 6.4.1: the RTP timestamp "corresponds to the same time as the NTP timestamp".
  report.rtp_timestamp =
      last_timestamp_ + ToRtpTicks((now - last_sent_).us(), settings_.clock_rate);
  bool own_resends = !settings_.rtx_ssrc;
  report.packet_count = static_cast<uint32_t>(packet_count_ + (own_resends ? retransmitted_ : 0));
  report.octet_count = static_cast<uint32_t>(octet_count_ + resent_octets_);
  return report;
}

void SendStream::Pause() {
  history_.Clear();
  rate_.Reset();
}

SendStreamStats SendStream::stats(Timestamp now) const {
  return {.packet_count = packet_count_ + retransmitted_,
          .byte_count = byte_count_,
          .bitrate = rate_.BitsPerSecond(now),
          .packets_lost = packets_lost_,
          .fraction_lost = fraction_lost_,
          .jitter = jitter_,
          .packets_retransmitted = retransmitted_,
          .packets_repaired = repaired_,
          .nack_count = nack_count_,
          .nack_packet_count = nack_packet_count_,
          .pli_count = pli_count_,
          .fir_count = fir_count_,
          .round_trip_time_ms = rtt_ ? static_cast<float>(rtt_->us()) / 1000 : 0,
          .score = score_.value()};
}

}  // namespace millrace
