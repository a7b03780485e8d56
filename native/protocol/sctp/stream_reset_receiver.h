#pragma once

#include <cstdint>

#include "base/time.h"
#include "protocol/sctp/reconfig_chunk.h"

namespace millrace {

// Answers the peer's RE-CONFIG requests (RFC 6525 section 5.2). Of them only the reset of the
// peer's own streams is granted; it is performed once everything sent before it has come.
class StreamResetReceiver {
 public:
  // A page closes a channel now and then; a flood is put off, and the peer asks again.
  static constexpr int kResetsPerSecond = 50;

  struct [[nodiscard]] Answer {
    ReconfigResponse response;
    bool perform = false;
  };

  explicit StreamResetReceiver(uint32_t first_request) : expected_(first_request) {}

  // `ready` when every TSN up to the request's last one is here; `known` when its streams exist.
  Answer OnReset(const OutgoingResetRequest& request, bool ready, bool known, Timestamp now);
  // Requests that nobody in WebRTC makes: refused.
  Answer OnOther(uint32_t request_sequence);

  // The last request that was answered, as our own requests repeat it.
  [[nodiscard]] uint32_t last_request() const { return expected_ - 1; }

 private:
  enum class Turn : uint8_t { kNew, kRepeated, kWrong };

  [[nodiscard]] Turn TurnOf(uint32_t request_sequence) const;
  Answer Conclude(uint32_t request_sequence, ReconfigResult result);
  [[nodiscard]] bool TakeTurn(Timestamp now);

  uint32_t expected_;
  ReconfigResult last_result_ = ReconfigResult::kNothingToDo;
  int resets_this_second_ = 0;
  Timestamp second_began_;
};

}  // namespace millrace
