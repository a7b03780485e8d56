#include "wire/rtcp/report_block.h"

#include <algorithm>

namespace millrace {

namespace {

constexpr int32_t kCumulativeLostMax = 0x7FFFFF;
constexpr int32_t kCumulativeLostMin = -0x800000;

}  // namespace

void ReportBlock::Write(ByteWriter& writer) const {
  // RFC 3550 A.3: "Since this signed number is carried in 24 bits, it should be clamped at 0x7fffff
  // for positive loss or 0x800000 for negative loss rather than wrapping around."
  int32_t lost = std::clamp(cumulative_lost, kCumulativeLostMin, kCumulativeLostMax);
  writer.WriteU32(ssrc.value());
  writer.WriteU8(fraction_lost);
  writer.WriteU24(static_cast<uint32_t>(lost) & 0xFFFFFF);
  writer.WriteU32(highest_sequence_number);
  writer.WriteU32(jitter);
  writer.WriteU32(last_sender_report);
  writer.WriteU32(delay_since_last_sender_report);
}

ReportBlock ReportBlocks::operator[](size_t index) const {
  ByteReader reader(bytes_.subspan(index * ReportBlock::kBytes, ReportBlock::kBytes));
  ReportBlock block;
  block.ssrc = Ssrc(reader.ReadU32());
  block.fraction_lost = reader.ReadU8();
  block.cumulative_lost = static_cast<int32_t>(reader.ReadU24() << 8) >> 8;
  block.highest_sequence_number = reader.ReadU32();
  block.jitter = reader.ReadU32();
  block.last_sender_report = reader.ReadU32();
  block.delay_since_last_sender_report = reader.ReadU32();
  return block;
}

}  // namespace millrace
