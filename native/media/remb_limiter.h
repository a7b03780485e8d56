#pragma once

#include <cstdint>
#include <optional>

#include "base/time.h"

namespace millrace {

// Holds a peer to the transport's maximum incoming bitrate with REMB messages, which all senders
// obey, those with transport-wide feedback too.
// A limit is told at once and then again and again; when it is lifted, a few messages say so, and
// then it is silent. Says which bitrate to tell; the caller knows the streams.
class RembLimiter {
 public:
  static constexpr Duration kInterval = Duration::Millis(1500);
  // RTCP may be lost; the lifted limit is told this often.
  static constexpr int kLiftedMessages = 4;
  // "No limit", told as a rate beyond any encoder's: one gigabit a second.
  static constexpr uint64_t kUnlimited = 1'000'000'000;

  // 0: no limit.
  void SetMaxIncomingBitrate(uint64_t bits_per_second, Timestamp now);
  // The bitrate to tell now.
  [[nodiscard]] std::optional<uint64_t> OnDeadline(Timestamp now);

  [[nodiscard]] Timestamp deadline() const { return deadline_; }
  [[nodiscard]] uint64_t max_incoming_bitrate() const { return limit_; }

 private:
  uint64_t limit_ = 0;
  int lifted_left_ = 0;
  Timestamp deadline_ = Timestamp::Never();
};

}  // namespace millrace
