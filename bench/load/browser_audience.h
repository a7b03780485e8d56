#pragma once

#include <cstddef>
#include <memory>
#include <vector>

#include "base/endpoint.h"
#include "base/time.h"
#include "browser_peer.h"
#include "null_network.h"
#include "protocol/dtls.h"
#include "protocol/srtp.h"

namespace millrace {

// All browsers that watch a scene. Each answers ten times a second, at a moment of its own, so that
// the worker never gets all answers at once.
class BrowserAudience {
 public:
  static constexpr Duration kFeedbackInterval = Duration::Millis(100);
  // What feedback does not tell of yet: it may still be on its way.
  static constexpr Duration kDelay = Duration::Millis(5);

  explicit BrowserAudience(const NullNetwork& network);

  // A browser at `own`.
  BrowserPeer& Add(const Endpoint& own, const Endpoint& worker);
  // Of their certificate, which they share.
  [[nodiscard]] const DtlsContext& dtls() const { return *context_; }
  // Waits until all have shaken hands; the network delivers.
  void AwaitHandshakes();

  // The network delivers from now on, and what comes is read and answered.
  void BeginToListen();
  // Reads what came, and answers where an answer is due.
  void Listen(Timestamp now);
  [[nodiscard]] BrowserPeer& operator[](size_t index) { return *peers_[index]; }
  // Back to throwing away: the next number of each browser is known now.
  void EndListening();

  // A packet of the source was sent to all of them.
  void Assume(Timestamp now);
  // Sends the feedback that is due.
  void Answer(Timestamp now);

  [[nodiscard]] size_t size() const { return peers_.size(); }
  [[nodiscard]] uint64_t answers() const { return answers_; }

 private:
  const NullNetwork& network_;
  std::unique_ptr<DtlsContext> context_;
  std::unique_ptr<SrtpBackend> backend_;
  std::vector<std::unique_ptr<BrowserPeer>> peers_;
  size_t next_ = 0;  // the browser that answers next
  Timestamp next_at_;
  uint64_t answers_ = 0;
};

}  // namespace millrace
