#include "wire/rtcp/extended_report.h"

#include "base/check.h"

namespace millrace {

namespace {

constexpr size_t kBlockHeaderBytes = 4;
// RFC 3611 sections 4.4 and 4.5.
constexpr uint8_t kReceiverReferenceTime = 4;
constexpr uint8_t kDlrr = 5;
constexpr size_t kReferenceTimeBytes = 8;
// What one datagram holds, less its headers.
constexpr size_t kDlrrItemsMax = 100;

bool Begin(ByteWriter& writer, Ssrc sender, uint8_t block_type, size_t block_size) {
  size_t size = kRtcpHeaderBytes + sizeof(uint32_t) + kBlockHeaderBytes + block_size;
  if (!BeginRtcp(writer, kRtcpExtendedReport, 0, size)) return false;
  writer.WriteU32(sender.value());
  writer.WriteU8(block_type);
  writer.WriteU8(0);
  writer.WriteU16(static_cast<uint16_t>(block_size / 4));
  return true;
}

}  // namespace

std::optional<ExtendedReport> ExtendedReport::Parse(const RtcpBlock& block) {
  if (block.kind != RtcpKind::kExtendedReport) return std::nullopt;
  ByteReader reader(block.body);
  ExtendedReport report;
  report.sender_ = Ssrc(reader.ReadU32());
  while (reader.remaining() > 0) {
    uint8_t type = reader.ReadU8();
    reader.Skip(1);
    // RFC 3611 3: "The length of this report block, including the header, in 32-bit words minus
    // one."
    Bytes content = reader.ReadBytes(size_t{4} * reader.ReadU16());
    if (!reader.ok()) return std::nullopt;
    if (type == kReceiverReferenceTime && content.size() == kReferenceTimeBytes) {
      report.reference_time_ = ByteReader(content).ReadU64();
    }
    if (type == kDlrr && report.dlrr_.empty()) report.dlrr_ = content;
  }
  if (!reader.ok()) return std::nullopt;
  return report;
}

bool ExtendedReport::WriteReferenceTime(ByteWriter& writer, Ssrc sender, uint64_t ntp) {
  if (!Begin(writer, sender, kReceiverReferenceTime, kReferenceTimeBytes)) return false;
  writer.WriteU64(ntp);
  return true;
}

bool ExtendedReport::WriteDlrr(ByteWriter& writer, Ssrc sender, std::span<const DlrrItem> items) {
  CHECK(items.size() <= kDlrrItemsMax, "a DLRR block fits into a datagram");
  if (!Begin(writer, sender, kDlrr, items.size() * DlrrItem::kBytes)) return false;
  for (const DlrrItem& item : items) {
    writer.WriteU32(item.ssrc.value());
    writer.WriteU32(item.last_receiver_report);
    writer.WriteU32(item.delay_since_last_receiver_report);
  }
  return true;
}

DlrrItem ExtendedReport::ReadDlrr(ByteReader& reader) {
  DlrrItem item;
  item.ssrc = Ssrc(reader.ReadU32());
  item.last_receiver_report = reader.ReadU32();
  item.delay_since_last_receiver_report = reader.ReadU32();
  return item;
}

}  // namespace millrace
