#include "media/receive_stream.h"

#include <algorithm>

#include "media/rtx.h"

namespace millrace {
namespace {

// RFC 3550 section 6.4.1: "cumulative number of packets lost: 24 bits", signed.
constexpr int64_t kLostMax = 0x7FFFFF;
constexpr int64_t kLostMin = -0x800000;
// A transit time that changes by more is another clock, not jitter.
constexpr int64_t kTransitJumpSeconds = 10;

}  // namespace

ReceiveStream::ReceiveStream(const ReceiveStreamSettings& settings)
    : settings_(settings), nack_(settings.nack_requests_max) {
  size_t layers = size_t{settings.spatial_layers} * settings.temporal_layers;
  if (layers > 1) layer_rates_.resize(layers);
}

ReceiveStream::Received ReceiveStream::Receive(RtpPacket& packet, Timestamp now) {
  int64_t expected_until_now = Expected();
  uint16_t sequence_number = packet.view.sequence_number();
  SequenceWindow::Place place =
      packet.recovered ? window_.AddRecovered(sequence_number) : window_.Add(sequence_number);

  Received result;
  switch (place.verdict) {
    case SequenceWindow::Verdict::kNew:
      break;
    case SequenceWindow::Verdict::kRestarted:
      expected_before_ = expected_until_now;
      nack_.Reset();
      has_transit_ = false;
      result.ask_key_frame = !packet.key_frame;
      break;
    case SequenceWindow::Verdict::kDuplicate:
      ++(packet.recovered ? rtx_discarded_ : discarded_);
      if (!packet.recovered) nack_.ReceiveAgain(place.sequence, now);
      result.drop = DropReason::kDuplicate;
      return result;
    case SequenceWindow::Verdict::kTooOld:
    case SequenceWindow::Verdict::kJump:
      ++(packet.recovered ? rtx_discarded_ : discarded_);
      result.drop = DropReason::kTooOld;
      return result;
  }
  packet.sequence = place.sequence;
  CountPacket(packet, now);

  bool repaired = packet.recovered;
  // After a pause a late packet is no start: those behind it came in the pause and are not missing.
  bool counts = nack_.started() || packet.sequence == window_.newest();
  if (settings_.use_nack && !paused_ && counts) {
    NackGenerator::Origin origin = !settings_.rtx_ssrc ? NackGenerator::Origin::kUnknown
                                   : packet.recovered  ? NackGenerator::Origin::kRepair
                                                       : NackGenerator::Origin::kFirst;
    NackGenerator::Arrival arrival = nack_.Receive(packet.sequence, packet.key_frame, now, origin);
    result.ask_key_frame |= arrival.ask_key_frame;
    // Without an RTX stream a packet that was asked for comes again under its own number.
    if (arrival.was_asked && !settings_.rtx_ssrc) {
      ++retransmitted_;
      repaired = true;
    }
  }
  if (repaired) {
    ++repaired_;
  } else {
    ++received_;
    UpdateJitter(packet);
  }
  last_received_ = now;
  if (!active_ && !paused_) {
    active_ = true;
    result.score_change = score_.Reset(StreamScore::kMax);
  }
  return result;
}

std::optional<size_t> ReceiveStream::ReceiveRtx(const RtpView& rtx, RtpPacket& packet) {
  std::optional<size_t> size =
      UnwrapRtx(rtx, settings_.ssrc, settings_.payload_type, MutableBytes(packet.bytes));
  ++(size ? retransmitted_ : rtx_discarded_);
  return size;
}

void ReceiveStream::CountPacket(const RtpPacket& packet, Timestamp now) {
  ++packet_count_;
  byte_count_ += packet.size;
  rate_.Add(packet.size, now);
  if (layer_rates_.empty()) return;
  // What lies above the announced layers counts as the topmost.
  size_t spatial = std::min<size_t>(packet.spatial_layer, settings_.spatial_layers - 1u);
  size_t temporal = std::min<size_t>(packet.temporal_layer, settings_.temporal_layers - 1u);
  layer_rates_[spatial * settings_.temporal_layers + temporal].Add(packet.size, now);
}

// RFC 3550 A.8.
void ReceiveStream::UpdateJitter(const RtpPacket& packet) {
  uint32_t arrival = ToRtpTicks(packet.received.us(), settings_.clock_rate);
  uint32_t transit = arrival - packet.timestamp;
  int64_t difference = static_cast<int32_t>(transit - transit_);
  if (difference < 0) difference = -difference;
  transit_ = transit;
  if (!has_transit_ || difference > kTransitJumpSeconds * settings_.clock_rate) {
    has_transit_ = true;
    return;
  }
  jitter_x16_ = jitter_x16_ + static_cast<uint64_t>(difference) - ((jitter_x16_ + 8) >> 4);
}

// RFC 3550 A.3.
ReceiveStream::Report ReceiveStream::MakeReport(Timestamp now) {
  Report report;
  if (!window_.started()) return report;
  int64_t expected = Expected() - reported_.expected;
  int64_t lost = std::clamp<int64_t>(expected - (received_ - reported_.received), 0,
                                     std::max<int64_t>(expected, 0));
  fraction_lost_ = expected > 0
                       ? static_cast<uint8_t>(std::min<int64_t>(lost * 256 / expected, 255))
                       : uint8_t{0};
  if (expected > 0 && active_ && !paused_) {
    report.score_change = score_.Update({.expected = static_cast<uint64_t>(expected),
                                         .lost = static_cast<uint64_t>(lost),
                                         .repaired = repaired_ - reported_.repaired});
  }
  reported_ = {.expected = Expected(), .received = received_, .repaired = repaired_};

  ReportBlock block{.ssrc = settings_.ssrc};
  block.fraction_lost = fraction_lost_;
  block.cumulative_lost = static_cast<int32_t>(std::clamp(CumulativeLost(), kLostMin, kLostMax));
  block.highest_sequence_number = static_cast<uint32_t>(window_.newest());
  block.jitter = static_cast<uint32_t>(jitter_x16_ >> 4);
  if (sender_clock_) {
    block.last_sender_report = CompactNtp(sender_clock_->ntp);
    block.delay_since_last_sender_report = ToCompactNtp(now - sender_clock_->received);
  }
  report.block = block;
  return report;
}

void ReceiveStream::ReceiveSenderReport(const SenderReport& report, Timestamp now) {
  sender_clock_ =
      SenderClock{.ntp = report.ntp, .rtp_timestamp = report.rtp_timestamp, .received = now};
}

void ReceiveStream::Pause() {
  paused_ = true;
  nack_.Reset();
}

void ReceiveStream::Resume(Timestamp now) {
  if (!paused_) return;
  paused_ = false;
  // What came in the pause is not missing, but what is lost from now on is: a source that was still
  // meanwhile begins with a key frame.
  if (settings_.use_nack && window_.started()) {
    (void)nack_.Receive(window_.newest(), false, now);
  }
  // The sender has the whole time anew to send something.
  last_received_ = now;
}

ReceiveStream::Due ReceiveStream::OnDeadline(Timestamp now) {
  Due due;
  if (paused_) return due;
  NackGenerator::Due missing = nack_.TakeDue(rtt_.value_or(kRttUnknown), now);
  due.nacks = missing.numbers;
  due.ask_key_frame = missing.ask_key_frame;
  if (!due.nacks.empty()) {
    ++nack_count_;
    nack_packet_count_ += due.nacks.size();
  }
  if (active_ && now >= inactive_at()) {
    active_ = false;
    due.score_change = score_.Reset(0);
  }
  return due;
}

Timestamp ReceiveStream::deadline() const {
  if (paused_) return Timestamp::Never();
  return active_ ? std::min(nack_.deadline(), inactive_at()) : nack_.deadline();
}

ReceiveStreamStats ReceiveStream::stats(Timestamp now) const {
  ReceiveStreamStats stats;
  stats.packet_count = packet_count_;
  stats.byte_count = byte_count_;
  stats.bitrate = rate_.BitsPerSecond(now);
  for (uint8_t spatial = 0; !layer_rates_.empty() && spatial < settings_.spatial_layers;
       ++spatial) {
    for (uint8_t temporal = 0; temporal < settings_.temporal_layers; ++temporal) {
      stats.layer_bitrates.push_back({.spatial_layer = spatial,
                                      .temporal_layer = temporal,
                                      .bitrate = BitrateUpTo(spatial, temporal, now)});
    }
  }
  stats.packets_lost = static_cast<int32_t>(std::clamp(CumulativeLost(), kLostMin, kLostMax));
  stats.fraction_lost = fraction_lost_;
  stats.jitter = static_cast<uint32_t>(jitter_x16_ >> 4);
  stats.packets_discarded = discarded_;
  stats.packets_retransmitted = retransmitted_;
  stats.packets_repaired = repaired_;
  stats.nack_count = nack_count_;
  stats.nack_packet_count = nack_packet_count_;
  stats.pli_count = pli_count_;
  stats.fir_count = fir_count_;
  stats.rtx_packets_discarded = rtx_discarded_;
  stats.round_trip_time_ms = rtt_ ? static_cast<float>(rtt_->us()) / 1000 : 0;
  stats.score = score_.value();
  return stats;
}

// The bitrate of a viewer of this layer: it and all that it builds on.
uint64_t ReceiveStream::BitrateUpTo(uint8_t spatial, uint8_t temporal, Timestamp now) const {
  const auto rate_of = [&](size_t s, size_t t) {
    return layer_rates_[s * settings_.temporal_layers + t].BitsPerSecond(now);
  };
  if (rate_of(spatial, temporal) == 0) return 0;
  uint64_t sum = 0;
  for (size_t s = 0; s <= spatial; ++s) {
    for (size_t t = 0; t <= temporal; ++t) sum += rate_of(s, t);
  }
  return sum;
}

int64_t ReceiveStream::Expected() const {
  if (!window_.started()) return 0;
  return expected_before_ + window_.newest() - window_.oldest() + 1;
}

int64_t ReceiveStream::CumulativeLost() const { return Expected() - received_; }

Timestamp ReceiveStream::inactive_at() const {
  return last_received_ + (settings_.use_dtx ? ReceiveStreamSettings::kInactivityWithDtx
                                             : ReceiveStreamSettings::kInactivity);
}

}  // namespace millrace
