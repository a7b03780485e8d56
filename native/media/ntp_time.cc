#include "media/ntp_time.h"

#include <algorithm>

#include "wire/rtcp/report_block.h"

namespace millrace {
namespace {

constexpr uint64_t kUsPerSecond = 1'000'000;
constexpr uint64_t kCompactPerSecond = 65'536;
// Two clocks that round differently make a round trip a little too short: by less than this.
constexpr int32_t kRoundingSlack = 66;  // one millisecond

}  // namespace

uint64_t ToNtp(Timestamp time) {
  uint64_t us = static_cast<uint64_t>(std::max<int64_t>(time.us(), 0));
  uint64_t ntp = (us / kUsPerSecond << 32) | ((us % kUsPerSecond << 32) / kUsPerSecond);
  return CompactNtp(ntp) == 0 ? ntp | kCompactPerSecond : ntp;
}

uint32_t ToCompactNtp(Duration duration) {
  uint64_t us = static_cast<uint64_t>(std::max<int64_t>(duration.us(), 0));
  uint64_t seconds = std::min<uint64_t>(us / kUsPerSecond, kCompactPerSecond);
  uint64_t units =
      seconds * kCompactPerSecond + us % kUsPerSecond * kCompactPerSecond / kUsPerSecond;
  return static_cast<uint32_t>(std::min<uint64_t>(units, UINT32_MAX));
}

Duration FromCompactNtp(uint32_t units) {
  return Duration::Micros(static_cast<int64_t>(units * kUsPerSecond / kCompactPerSecond));
}

uint32_t ToRtpTicks(int64_t micros, uint32_t clock_rate) {
  // In two parts, so that no time and no clock rate overflow; what is above 32 bits does not count.
  int64_t seconds = micros / static_cast<int64_t>(kUsPerSecond);
  int64_t rest = micros % static_cast<int64_t>(kUsPerSecond);
  uint64_t whole = static_cast<uint64_t>(seconds) * clock_rate;
  int64_t part = rest * clock_rate / static_cast<int64_t>(kUsPerSecond);
  return static_cast<uint32_t>(whole + static_cast<uint64_t>(part));
}

std::optional<Duration> RoundTripTime(Timestamp now, uint32_t last_report, uint32_t delay) {
  if (last_report == 0) return std::nullopt;
  uint32_t units = CompactNtp(ToNtp(now)) - last_report - delay;
  int32_t difference = static_cast<int32_t>(units);
  if (difference < -kRoundingSlack) return std::nullopt;
  Duration rtt = FromCompactNtp(static_cast<uint32_t>(std::max(difference, 1)));
  if (rtt > kRttMax) return std::nullopt;
  return rtt;
}

}  // namespace millrace
