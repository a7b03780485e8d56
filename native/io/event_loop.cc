#include "io/event_loop.h"

#include <uv.h>

#include <algorithm>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/check.h"

namespace millrace {

namespace {

// The longest sleep libuv is asked for; its time is in milliseconds of 32-bit range.
constexpr int64_t kSleepMsMax = 3'600'000;

int ToUv(Interest interest) {
  return (interest.readable ? UV_READABLE : 0) | (interest.writable ? UV_WRITABLE : 0);
}

}  // namespace

struct EventLoop::State {
  struct Watcher {
    uv_poll_t poll{};
    State* state = nullptr;
    EventSource source;
  };
  struct SignalWatcher {
    uv_signal_t signal{};
    State* state = nullptr;
  };

  static void OnPoll(uv_poll_t* poll, int status, int events);
  static void OnSignal(uv_signal_t* signal, int number);
  static void OnClosed(uv_handle_t* handle);
  void StartPolling(Watcher& watcher, Interest interest);

  uv_loop_t loop{};
  uv_async_t wake{};
  uv_timer_t timer{};
  std::unordered_map<int, std::unique_ptr<Watcher>> watchers;
  // libuv touches a handle until its close callback ran.
  std::unordered_map<uv_handle_t*, std::unique_ptr<Watcher>> closing;
  std::vector<std::unique_ptr<SignalWatcher>> signals;
  std::vector<Event> events;
};

std::span<const Event> EventLoop::Wait(Timestamp now, Timestamp until) {
  state_->events.clear();
  if (until <= now) {
    uv_run(&state_->loop, UV_RUN_NOWAIT);
    return state_->events;
  }
  bool timed = until != Timestamp::Never();
  if (timed) {
    // Rounded up: waking a moment early would only mean one more turn without work.
    int64_t sleep_ms = std::min(((until - now).us() + 999) / 1000, kSleepMsMax);
    uv_update_time(&state_->loop);
    uv_timer_start(&state_->timer, [](uv_timer_t*) {}, static_cast<uint64_t>(sleep_ms), 0);
  }
  uv_run(&state_->loop, UV_RUN_ONCE);
  if (timed) uv_timer_stop(&state_->timer);
  return state_->events;
}

EventLoop::EventLoop() : state_(std::make_unique<State>()) {
  CHECK(uv_loop_init(&state_->loop) == 0, "an event loop can be made");
  CHECK(uv_async_init(&state_->loop, &state_->wake, [](uv_async_t*) {}) == 0,
        "an event loop can be woken");
  uv_timer_init(&state_->loop, &state_->timer);
}

EventLoop::~EventLoop() {
  while (!state_->watchers.empty()) Forget(state_->watchers.begin()->first);
  for (auto& watcher : state_->signals) {
    uv_close(reinterpret_cast<uv_handle_t*>(&watcher->signal), nullptr);
  }
  uv_close(reinterpret_cast<uv_handle_t*>(&state_->timer), nullptr);
  uv_close(reinterpret_cast<uv_handle_t*>(&state_->wake), nullptr);
  uv_run(&state_->loop, UV_RUN_DEFAULT);
  CHECK(uv_loop_close(&state_->loop) == 0, "every handle of the loop was closed before");
}

Result<Done> EventLoop::Watch(int descriptor, EventSource source, Interest interest) {
  auto watcher = std::make_unique<State::Watcher>();
  watcher->state = state_.get();
  watcher->source = source;
  watcher->poll.data = watcher.get();
  int status = uv_poll_init(&state_->loop, &watcher->poll, descriptor);
  if (status != 0) {
    return Error::Of("descriptor " + std::to_string(descriptor) +
                     " cannot be watched: " + uv_strerror(status));
  }
  state_->StartPolling(*watcher, interest);
  state_->watchers[descriptor] = std::move(watcher);
  return Done{};
}

void EventLoop::Change(int descriptor, Interest interest) {
  auto found = state_->watchers.find(descriptor);
  CHECK(found != state_->watchers.end(), "only a watched descriptor can be watched otherwise");
  state_->StartPolling(*found->second, interest);
}

void EventLoop::Forget(int descriptor) {
  auto found = state_->watchers.find(descriptor);
  if (found == state_->watchers.end()) return;
  auto* handle = reinterpret_cast<uv_handle_t*>(&found->second->poll);
  uv_close(handle, &State::OnClosed);
  state_->closing[handle] = std::move(found->second);
  state_->watchers.erase(found);
}

Result<Done> EventLoop::WatchSignal(int signal_number) {
  auto watcher = std::make_unique<State::SignalWatcher>();
  watcher->state = state_.get();
  watcher->signal.data = watcher.get();
  uv_signal_init(&state_->loop, &watcher->signal);
  int status = uv_signal_start(&watcher->signal, &State::OnSignal, signal_number);
  state_->signals.push_back(std::move(watcher));
  if (status != 0) {
    return Error::Of("signal " + std::to_string(signal_number) +
                     " cannot be watched: " + uv_strerror(status));
  }
  return Done{};
}

void EventLoop::Wake() { uv_async_send(&state_->wake); }

void EventLoop::State::StartPolling(Watcher& watcher, Interest interest) {
  int events = ToUv(interest);
  if (events == 0) {
    uv_poll_stop(&watcher.poll);
    return;
  }
  CHECK(uv_poll_start(&watcher.poll, events, &State::OnPoll) == 0, "an open descriptor is polled");
}

void EventLoop::State::OnPoll(uv_poll_t* poll, int status, int events) {
  auto* watcher = static_cast<Watcher*>(poll->data);
  bool failed = status < 0;
  watcher->state->events.push_back({.source = watcher->source,
                                    .readable = failed || (events & UV_READABLE) != 0,
                                    .writable = failed || (events & UV_WRITABLE) != 0,
                                    .failed = failed});
}

void EventLoop::State::OnSignal(uv_signal_t* signal, int number) {
  auto* watcher = static_cast<SignalWatcher*>(signal->data);
  EventSource source{.kind = EventSource::Kind::kSignal, .number = static_cast<uint32_t>(number)};
  watcher->state->events.push_back({.source = source, .readable = true});
}

void EventLoop::State::OnClosed(uv_handle_t* handle) {
  auto* watcher = static_cast<Watcher*>(handle->data);
  watcher->state->closing.erase(handle);
}

}  // namespace millrace
