#include "wire/rtcp/sender_report.h"

#include "base/check.h"

namespace millrace {

namespace {

// Packet header, SSRC and sender information (RFC 3550 section 6.4.1).
constexpr size_t kFixedBytes = kRtcpHeaderBytes + 24;

}  // namespace

std::optional<SenderReport> SenderReport::Parse(const RtcpBlock& block) {
  if (block.kind != RtcpKind::kSenderReport) return std::nullopt;
  ByteReader reader(block.body);
  SenderReport report;
  report.sender = Ssrc(reader.ReadU32());
  report.ntp = reader.ReadU64();
  report.rtp_timestamp = reader.ReadU32();
  report.packet_count = reader.ReadU32();
  report.octet_count = reader.ReadU32();
  report.report_blocks = ReportBlocks(reader.ReadBytes(block.count * ReportBlock::kBytes));
  if (!reader.ok()) return std::nullopt;
  return report;
}

bool SenderReport::Write(ByteWriter& writer, std::span<const ReportBlock> blocks) const {
  CHECK(blocks.size() <= kReportBlocksMax, "a report carries at most 31 blocks");
  size_t size = kFixedBytes + blocks.size() * ReportBlock::kBytes;
  if (!BeginRtcp(writer, kRtcpSenderReport, static_cast<uint8_t>(blocks.size()), size)) {
    return false;
  }
  writer.WriteU32(sender.value());
  writer.WriteU64(ntp);
  writer.WriteU32(rtp_timestamp);
  writer.WriteU32(packet_count);
  writer.WriteU32(octet_count);
  for (const ReportBlock& block : blocks) block.Write(writer);
  return true;
}

}  // namespace millrace
