#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "base/byte_writer.h"
#include "base/strong.h"
#include "wire/rtcp/report_block.h"
#include "wire/rtcp/rtcp_reader.h"

namespace millrace {

// What a sender says of its own stream (RFC 3550 section 6.4.1). Profile-specific extensions that
// may follow the report blocks are skipped.
struct SenderReport {
  Ssrc sender;
  uint64_t ntp = 0;  // 32.32 fixed point seconds since 1900
  uint32_t rtp_timestamp = 0;
  uint32_t packet_count = 0;
  uint32_t octet_count = 0;
  ReportBlocks report_blocks;  // of a received report; Write takes its own

  [[nodiscard]] static std::optional<SenderReport> Parse(const RtcpBlock& block);
  // At most kReportBlocksMax blocks. False, and nothing written, when the packet does not fit.
  [[nodiscard]] bool Write(ByteWriter& writer, std::span<const ReportBlock> blocks = {}) const;
};

}  // namespace millrace
