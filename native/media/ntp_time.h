#pragma once

#include <cstdint>
#include <optional>

#include "base/time.h"

namespace millrace {

// RTCP's 64-bit time, seconds in the upper half: the monotonic clock.
// RFC 3550 section 4: "An implementation is not required to run the Network Time Protocol", and
// only differences matter; the wall clock may jump. Its compact form (CompactNtp) is never 0, which
// would say "no report yet".
[[nodiscard]] uint64_t ToNtp(Timestamp time);

// Units of 1/65,536 second (DLSR, DLRR); clamped to what 32 bits hold.
[[nodiscard]] uint32_t ToCompactNtp(Duration duration);
[[nodiscard]] Duration FromCompactNtp(uint32_t units);

// A duration in steps of an RTP clock, and the step count of a point in time, modulo 2^32.
[[nodiscard]] uint32_t ToRtpTicks(int64_t micros, uint32_t clock_rate);

// A round trip longer than this is not believed: the report is forged, or ancient.
inline constexpr Duration kRttMax = Duration::Seconds(10);
// Taken until one is measured.
inline constexpr Duration kRttUnknown = Duration::Millis(100);

// The round trip that a report tells: A - LSR - DLSR (RFC 3550 section 6.4.1, and RFC 3611 section
// 4.5 with the same sum). Nothing when the report names no time of ours, or one that cannot be.
[[nodiscard]] std::optional<Duration> RoundTripTime(Timestamp now, uint32_t last_report,
                                                    uint32_t delay);

}  // namespace millrace
