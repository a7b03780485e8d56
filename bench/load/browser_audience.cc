#include "browser_audience.h"

#include <algorithm>
#include <cerrno>
#include <utility>

#include "io/clock.h"
#include "processor.h"

namespace millrace {

namespace {

constexpr Duration kHandshakeLimit = Duration::Seconds(30);

}  // namespace

BrowserAudience::BrowserAudience(const NullNetwork& network)
    : network_(network),
      context_(std::move(DtlsContext::Make({}).value())),
      backend_(SrtpBackend::MakeFastest()) {}

BrowserPeer& BrowserAudience::Add(const Endpoint& own, const Endpoint& worker) {
  peers_.push_back(std::make_unique<BrowserPeer>(own, worker, *context_, *backend_));
  return *peers_.back();
}

void BrowserAudience::AwaitHandshakes() {
  Timestamp give_up = MonotonicNow() + kHandshakeLimit;
  for (;;) {
    Timestamp now = MonotonicNow();
    size_t connected = 0;
    for (const auto& peer : peers_) {
      peer->Receive(now, WallToMonotonic());
      if (peer->connected()) {
        ++connected;
      } else {
        peer->OnDeadline(now);
      }
    }
    if (connected == peers_.size()) return;
    errno = ETIMEDOUT;
    if (now > give_up) GiveUp("the browsers' handshakes do not end");
    Rest(Duration::Millis(1));
  }
}

void BrowserAudience::BeginToListen() {
  network_.SetDelivery(true);
  for (const auto& peer : peers_) {
    peer->SendFeedback(MonotonicNow() - kDelay);
    peer->SendCheck();
  }
}

void BrowserAudience::Listen(Timestamp now) {
  for (const auto& peer : peers_) peer->Receive(now, WallToMonotonic());
  Answer(now);
}

void BrowserAudience::EndListening() {
  network_.SetDelivery(false);
  Timestamp now = MonotonicNow();
  for (const auto& peer : peers_) {
    peer->Receive(now, WallToMonotonic());
    errno = EPROTO;
    if (!peer->heard()) GiveUp("a browser got no packet with a transport-wide number");
  }
  next_at_ = now;
}

void BrowserAudience::Assume(Timestamp now) {
  for (const auto& peer : peers_) peer->Assume(now);
}

void BrowserAudience::Answer(Timestamp now) {
  if (peers_.empty()) return;
  Duration step = kFeedbackInterval / static_cast<int64_t>(peers_.size());
  // After a long rest nobody makes up for what was not said.
  if (now - next_at_ > kFeedbackInterval) next_at_ = now - kFeedbackInterval;
  while (next_at_ <= now) {
    peers_[next_]->SendFeedback(now - kDelay);
    ++answers_;
    next_ = (next_ + 1) % peers_.size();
    next_at_ = next_at_ + step;
  }
}

}  // namespace millrace
