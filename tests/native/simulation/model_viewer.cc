#include "simulation/model_viewer.h"

#include <algorithm>

#include "media/ntp_time.h"

namespace millrace {

bool ModelViewer::Receive(const RtpView& packet, Timestamp now) {
  Bytes payload = packet.payload();
  if (packet.ssrc() == settings_.ssrc) {
    int64_t sequence = unwrapper_.Unwrap(packet.sequence_number());
    if (!first_sequence_) first_sequence_ = newest_sequence_ = sequence;
    newest_sequence_ = std::max(newest_sequence_, sequence);
    ++received_originals_;
    Accept(sequence, payload, now);
    return true;
  }
  if (!settings_.video || packet.ssrc() != settings_.rtx_ssrc) return false;
  // RFC 4588 section 4: the original's sequence number stands before the original's payload.
  if (payload.size() < 2 || !first_sequence_) return true;
  auto original = static_cast<uint16_t>((payload[0] << 8) | payload[1]);
  Accept(unwrapper_.Peek(original), payload.subspan(2), now);
  return true;
}

void ModelViewer::Accept(int64_t sequence, Bytes payload, Timestamp now) {
  last_received_ = now;
  int64_t& seen = seen_[static_cast<size_t>(sequence) % kSeen];
  if (seen == sequence) return;
  seen = sequence;
  std::optional<MediaUnit> unit = MediaUnit::Parse(payload, settings_.video);
  if (!unit) {
    ++faults_;
    return;
  }
  if (arrivals_.size() <= unit->index) arrivals_.resize(unit->index + 1, Timestamp::Never());
  if (arrivals_[unit->index] != Timestamp::Never()) ++faults_;
  arrivals_[unit->index] = now;
  ++received_total_;
  if (!settings_.video) return;
  bool first = received_total_ == 1;
  size_t shown = decoder_.shown().size();
  decoder_.Receive(*unit, now);
  if (first || decoder_.shown().size() != shown) {
    still_since_ = now;
    key_frame_needed_ = false;
  }
  key_frame_needed_ |= nack_.Receive(sequence, unit->begins_key_frame(), now).ask_key_frame;
}

void ModelViewer::ReceiveSenderReport(const SenderReport& report, Timestamp now) {
  last_sender_report_ = CompactNtp(report.ntp);
  sender_report_received_ = now;
}

std::span<const uint16_t> ModelViewer::TakeNacks(Timestamp now) {
  NackGenerator::Due due = nack_.TakeDue(rtt_, now);
  nacks_ += due.numbers.size();
  key_frame_needed_ |= settings_.video && due.ask_key_frame;
  return due.numbers;
}

bool ModelViewer::TakeKeyFrameRequest(Timestamp now) {
  if (key_frame_due() > now) return false;
  last_key_frame_request_ = now;
  if (now - last_received_ > kStreamEnds) return false;
  ++key_frame_requests_;
  return true;
}

std::optional<ReportBlock> ModelViewer::MakeReport(Timestamp now) {
  if (!first_sequence_) return std::nullopt;
  int64_t expected = newest_sequence_ - *first_sequence_ + 1;
  int64_t expected_now = expected - reported_expected_;
  // RFC 3550 section 6.4.1: a block for each source that was heard since the last report.
  if (expected_now == 0 && received_originals_ == reported_received_) return std::nullopt;
  int64_t lost_now =
      std::max<int64_t>(expected_now - (received_originals_ - reported_received_), 0);
  reported_expected_ = expected;
  reported_received_ = received_originals_;
  ReportBlock block{.ssrc = settings_.ssrc};
  if (expected_now > 0) {
    block.fraction_lost =
        static_cast<uint8_t>(std::min<int64_t>(lost_now * 256 / expected_now, 255));
  }
  block.cumulative_lost = static_cast<int32_t>(expected - received_originals_);
  block.highest_sequence_number = static_cast<uint32_t>(newest_sequence_);
  block.last_sender_report = last_sender_report_;
  if (last_sender_report_ != 0) {
    block.delay_since_last_sender_report = ToCompactNtp(now - sender_report_received_);
  }
  return block;
}

std::vector<uint16_t> ModelViewer::Newest(size_t count) const {
  std::vector<uint16_t> numbers;
  if (!first_sequence_) return numbers;
  int64_t first = std::max(*first_sequence_, newest_sequence_ + 1 - static_cast<int64_t>(count));
  for (int64_t number = first; number <= newest_sequence_; ++number) {
    numbers.push_back(static_cast<uint16_t>(number));
  }
  return numbers;
}

Timestamp ModelViewer::deadline() const { return std::min(nack_.deadline(), key_frame_due()); }

Timestamp ModelViewer::key_frame_due() const {
  if (!settings_.video || received_total_ == 0) return Timestamp::Never();
  Timestamp next = last_key_frame_request_ + kKeyFrameInterval;
  return key_frame_needed_ ? next : std::max(still_since_ + kStillMax, next);
}

}  // namespace millrace
