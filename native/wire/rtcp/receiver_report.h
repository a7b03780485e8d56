#pragma once

#include <optional>
#include <span>

#include "base/byte_writer.h"
#include "base/strong.h"
#include "wire/rtcp/report_block.h"
#include "wire/rtcp/rtcp_reader.h"

namespace millrace {

// How a peer receives our streams (RFC 3550 section 6.4.2).
struct ReceiverReport {
  Ssrc sender;
  ReportBlocks report_blocks;  // of a received report; Write takes its own

  [[nodiscard]] static std::optional<ReceiverReport> Parse(const RtcpBlock& block);
  // At most kReportBlocksMax blocks. False, and nothing written, when the packet does not fit.
  [[nodiscard]] bool Write(ByteWriter& writer, std::span<const ReportBlock> blocks = {}) const;
};

}  // namespace millrace
