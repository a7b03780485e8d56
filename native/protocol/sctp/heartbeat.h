#pragma once

#include <cstdint>
#include <optional>

#include "base/byte_reader.h"
#include "base/time.h"
#include "protocol/sctp/packet_writer.h"

namespace millrace {

// Asks a silent peer whether it is still there (RFC 9260 section 8.3).
class Heartbeat {
 public:
  // RFC 9260 section 16: "HB.interval: 30 seconds".
  static constexpr Duration kInterval = Duration::Seconds(30);

  Heartbeat(uint64_t nonce, Timestamp now) : nonce_(nonce), next_at_(now + kInterval) {}

  // Data was acknowledged: no need to ask.
  void Postpone(Timestamp now) {
    if (!sent_) next_at_ = now + kInterval;
  }
  // True when the last question stayed without an answer.
  [[nodiscard]] bool OnDeadline(Timestamp now);
  [[nodiscard]] bool due() const { return due_; }
  void Write(Duration timeout, Timestamp now, PacketWriter& packet);
  // The round trip, when this is the answer to the last question.
  [[nodiscard]] std::optional<Duration> OnAnswer(Bytes value, Timestamp now);

  [[nodiscard]] Timestamp deadline() const { return next_at_; }

 private:
  uint64_t nonce_;
  Timestamp next_at_;
  std::optional<Timestamp> sent_;
  bool due_ = false;
};

}  // namespace millrace
