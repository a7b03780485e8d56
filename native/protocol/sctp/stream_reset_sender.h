#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <vector>

#include "base/time.h"
#include "protocol/sctp/reconfig_chunk.h"

namespace millrace {

// Asks the peer to start over on streams of ours that came to rest (RFC 6525 section 5.1), one
// request at a time, again and again until it answers.
class StreamResetSender {
 public:
  // At the initial timeout and its doubles this is about the time for which ICE waits.
  static constexpr int kTriesMax = 8;

  enum class Outcome : uint8_t { kNone, kPerformed, kRefused };
  struct [[nodiscard]] Ended {
    Outcome outcome = Outcome::kNone;
    std::vector<SctpStreamId> streams;
  };

  explicit StreamResetSender(uint32_t first_request) : next_sequence_(first_request) {}

  void Add(SctpStreamId stream) { waiting_.insert(stream); }
  // What must be sent now. `timeout` is that of retransmissions.
  struct Context {
    int64_t last_tsn = 0;
    uint32_t last_peer_request = 0;
    Duration timeout;
    size_t room = 0;
  };
  [[nodiscard]] std::optional<OutgoingResetRequest> Take(const Context& context, Timestamp now);
  Ended OnResponse(const ReconfigResponse& response, Duration timeout, Timestamp now);
  // Ends the request that was asked too often.
  Ended OnDeadline(Timestamp now);

  // When Take has something to say again.
  [[nodiscard]] Timestamp deadline() const { return request_ ? again_at_ : Timestamp::Never(); }
  [[nodiscard]] bool due(Timestamp now) const {
    return request_ ? again_at_ <= now : !waiting_.empty();
  }

 private:
  Ended End(Outcome outcome);

  uint32_t next_sequence_;
  std::set<SctpStreamId> waiting_;
  std::optional<OutgoingResetRequest> request_;
  // The first number under which the request went out.
  uint32_t first_sequence_ = 0;
  // Its number is used up, and the next sending takes a new one: none may be left out.
  bool renumber_ = false;
  int tries_ = 0;
  Timestamp again_at_;
};

}  // namespace millrace
