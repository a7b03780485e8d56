#pragma once

#include <cstddef>
#include <cstdint>

#include "base/byte_reader.h"
#include "base/byte_writer.h"
#include "base/strong.h"

namespace millrace {

// The middle 32 bits of an NTP timestamp, as LSR and LRR carry it (RFC 3550 section 6.4.1).
[[nodiscard]] constexpr uint32_t CompactNtp(uint64_t ntp) {
  return static_cast<uint32_t>(ntp >> 16);
}

// How one stream was received (RFC 3550 section 6.4.1).
struct ReportBlock {
  static constexpr size_t kBytes = 24;

  Ssrc ssrc;
  uint8_t fraction_lost = 0;    // in 1/256
  int32_t cumulative_lost = 0;  // 24 bits, signed; clamped when written
  uint32_t highest_sequence_number = 0;
  uint32_t jitter = 0;                          // in units of the RTP clock
  uint32_t last_sender_report = 0;              // CompactNtp of it; 0: none yet
  uint32_t delay_since_last_sender_report = 0;  // in 1/65536 s

  void Write(ByteWriter& writer) const;
  bool operator==(const ReportBlock&) const = default;
};

// At most 31 of them fit into one packet: the count has five bits.
inline constexpr size_t kReportBlocksMax = 31;

// The report blocks of a received packet, parsed one by one when asked for.
class ReportBlocks {
 public:
  ReportBlocks() = default;
  // The bytes are a whole number of blocks.
  explicit ReportBlocks(Bytes bytes) : bytes_(bytes) {}

  [[nodiscard]] size_t size() const { return bytes_.size() / ReportBlock::kBytes; }
  [[nodiscard]] bool empty() const { return bytes_.empty(); }
  // `index` is less than size().
  [[nodiscard]] ReportBlock operator[](size_t index) const;

 private:
  Bytes bytes_;
};

}  // namespace millrace
