#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "base/byte_reader.h"
#include "base/byte_writer.h"
#include "base/strong.h"
#include "wire/rtcp/rtcp_reader.h"

namespace millrace {

// The answer to a receiver reference time, from which that receiver knows the round trip.
struct DlrrItem {
  static constexpr size_t kBytes = 12;

  Ssrc ssrc;                                      // the receiver that is answered
  uint32_t last_receiver_report = 0;              // CompactNtp of its reference time
  uint32_t delay_since_last_receiver_report = 0;  // in 1/65536 s

  bool operator==(const DlrrItem&) const = default;
};

// Extended reports (RFC 3611), of which the worker knows RRTR (section 4.4) and DLRR (section 4.5).
// Other report blocks are skipped.
class ExtendedReport {
 public:
  // Nothing when a report block is cut off.
  [[nodiscard]] static std::optional<ExtendedReport> Parse(const RtcpBlock& block);

  // Packets with one report block. False, and nothing written, when they do not fit.
  [[nodiscard]] static bool WriteReferenceTime(ByteWriter& writer, Ssrc sender, uint64_t ntp);
  [[nodiscard]] static bool WriteDlrr(ByteWriter& writer, Ssrc sender,
                                      std::span<const DlrrItem> items);

  [[nodiscard]] Ssrc sender() const { return sender_; }
  // The sender's clock, when the report has a receiver reference time.
  [[nodiscard]] std::optional<uint64_t> reference_time() const { return reference_time_; }
  // Calls f(const DlrrItem&) for each item of the first DLRR block.
  template <typename F>
  void ForEachDlrr(F&& f) const {
    ByteReader reader(dlrr_);
    while (reader.remaining() >= DlrrItem::kBytes) f(ReadDlrr(reader));
  }

 private:
  static DlrrItem ReadDlrr(ByteReader& reader);

  Ssrc sender_;
  std::optional<uint64_t> reference_time_;
  Bytes dlrr_;
};

}  // namespace millrace
