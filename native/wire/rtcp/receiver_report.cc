#include "wire/rtcp/receiver_report.h"

#include "base/check.h"

namespace millrace {

std::optional<ReceiverReport> ReceiverReport::Parse(const RtcpBlock& block) {
  if (block.kind != RtcpKind::kReceiverReport) return std::nullopt;
  ByteReader reader(block.body);
  ReceiverReport report;
  report.sender = Ssrc(reader.ReadU32());
  report.report_blocks = ReportBlocks(reader.ReadBytes(block.count * ReportBlock::kBytes));
  if (!reader.ok()) return std::nullopt;
  return report;
}

bool ReceiverReport::Write(ByteWriter& writer, std::span<const ReportBlock> blocks) const {
  CHECK(blocks.size() <= kReportBlocksMax, "a report carries at most 31 blocks");
  size_t size = kRtcpHeaderBytes + sizeof(uint32_t) + blocks.size() * ReportBlock::kBytes;
  if (!BeginRtcp(writer, kRtcpReceiverReport, static_cast<uint8_t>(blocks.size()), size)) {
    return false;
  }
  writer.WriteU32(sender.value());
  for (const ReportBlock& block : blocks) block.Write(writer);
  return true;
}

}  // namespace millrace
