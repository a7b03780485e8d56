#include "simulation/model_source.h"

#include <algorithm>
#include <optional>

#include "media/ntp_time.h"

namespace millrace {

ModelSource::ModelSource(const SourceSettings& settings, uint64_t seed, Timestamp start)
    : settings_(settings),
      random_(seed),
      start_(start),
      deadline_(start),
      next_rtx_sequence_(settings.first_rtx_sequence.value_or(
          static_cast<uint16_t>(1000 + random_.Below(30'000)))) {}

std::vector<SourcePacket> ModelSource::TakeFrame(Timestamp now) {
  bool key_frame = settings_.video && key_frame_wanted_;
  key_frame_wanted_ = false;
  uint32_t packets = settings_.frame_packets;
  if (key_frame) {
    packets = settings_.key_frame_packets;
    ++key_frames_;
  } else if (packets > 2) {
    packets = packets - 2 + random_.Below(5);
  }
  std::vector<SourcePacket> frame;
  for (uint32_t place = 0; place < packets; ++place) {
    // The last packet of a picture is as long as what is left.
    bool whole = place + 1 < packets || !settings_.video;
    uint32_t size = whole ? settings_.payload_bytes : 100 + random_.Below(settings_.payload_bytes);
    MediaUnit unit{.video = settings_.video,
                   .index = static_cast<uint32_t>(records_.size()),
                   .frame = next_frame_,
                   .place = static_cast<uint16_t>(place),
                   .count = static_cast<uint16_t>(packets),
                   .key_frame = key_frame,
                   .payload_size = static_cast<uint16_t>(std::min(size, settings_.payload_bytes))};
    Record record{.unit = unit, .timestamp = TimestampOf(now), .sent = now};
    auto sequence = static_cast<uint16_t>(settings_.first_sequence + unit.index);
    frame.push_back({.unit = unit, .sequence = sequence, .timestamp = record.timestamp});
    records_.push_back(record);
    octets_ += unit.payload_size;
  }
  ++next_frame_;
  deadline_ = start_ + settings_.frame_interval * ++next_tick_;
  return frame;
}

void ModelSource::SkipTo(Timestamp time) {
  if (deadline_ == Timestamp::Never()) return;
  next_tick_ = std::max(next_tick_, (time - start_).us() / settings_.frame_interval.us() + 1);
  deadline_ = start_ + settings_.frame_interval * next_tick_;
}

std::vector<SourcePacket> ModelSource::Resend(std::span<const uint16_t> sequences, Timestamp now) {
  std::vector<SourcePacket> packets;
  if (deadline_ == Timestamp::Never()) return packets;
  for (uint16_t sequence : sequences) {
    // The newest packet with this number.
    auto last = static_cast<int64_t>(records_.size()) - 1;
    auto newest = static_cast<uint16_t>(settings_.first_sequence + last);
    int64_t index = last - static_cast<uint16_t>(newest - sequence);
    if (index < 0) continue;
    Record& record = records_[static_cast<size_t>(index)];
    if (now - record.sent > kHistory || now - record.resent < rtt_) continue;
    record.resent = now;
    packets.push_back({.unit = record.unit,
                       .sequence = sequence,
                       .timestamp = record.timestamp,
                       .rtx = true,
                       .rtx_sequence = next_rtx_sequence_++});
  }
  return packets;
}

SenderReport ModelSource::MakeReport(Timestamp now) const {
  return {.sender = settings_.ssrc,
          .ntp = ToNtp(now),
          .rtp_timestamp = TimestampOf(now),
          .packet_count = static_cast<uint32_t>(records_.size()),
          .octet_count = static_cast<uint32_t>(octets_),
          .report_blocks = {}};
}

uint32_t ModelSource::TimestampOf(Timestamp time) const {
  return settings_.first_timestamp + ToRtpTicks((time - start_).us(), settings_.clock_rate());
}

}  // namespace millrace
