#include "media/source_clocks.h"

namespace millrace {

void SourceClocks::OnSenderReport(uint8_t stream, uint64_t ntp, uint32_t rtp_timestamp) {
  if (stream >= clocks_.size()) return;
  clocks_[stream] = {.ntp = ntp, .rtp_timestamp = rtp_timestamp, .known = true};
}

std::optional<uint32_t> SourceClocks::Convert(uint8_t from, uint32_t timestamp, uint8_t to) const {
  if (from == to) return timestamp;
  if (from >= clocks_.size() || to >= clocks_.size()) return std::nullopt;
  const Clock& source = clocks_[from];
  const Clock& target = clocks_[to];
  if (!source.known || !target.known) return std::nullopt;
  // RFC 3550 section 4: seconds in the upper 32 bits, their fraction in the lower. Modulo 2^32 like
  // every timestamp, so neither part can overflow.
  uint64_t between = source.ntp - target.ntp;
  uint32_t seconds = static_cast<uint32_t>(between >> 32);
  uint64_t fraction = between & 0xFFFF'FFFF;
  uint32_t ticks = seconds * clock_rate_ + static_cast<uint32_t>((fraction * clock_rate_) >> 32);
  return timestamp - source.rtp_timestamp + target.rtp_timestamp + ticks;
}

}  // namespace millrace
