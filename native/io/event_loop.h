#pragma once

#include <cstdint>
#include <memory>
#include <span>

#include "base/result.h"
#include "base/time.h"

namespace millrace {

// Who an event is about, in the words of whoever asked for it.
struct EventSource {
  enum class Kind : uint8_t { kChannelIn, kChannelOut, kSignal, kSocket };
  Kind kind = Kind::kSocket;
  uint32_t number = 0;  // a SocketId's value, or a signal's number

  auto operator<=>(const EventSource&) const = default;
};

struct Interest {
  bool readable = false;
  bool writable = false;
};

struct Event {
  EventSource source;
  bool readable = false;
  bool writable = false;
  // The descriptor has an error pending and is not watched any more: reading or writing tells what
  // it was, and Change watches it again.
  bool failed = false;
};

// Waits for descriptors, signals, other threads and the time, and answers with a list of what is
// ready. It owns the libuv loop and hides its callbacks: nobody is called, events are values.
// All methods but Wake belong to one thread.
class EventLoop {
 public:
  EventLoop();
  ~EventLoop();
  EventLoop(const EventLoop&) = delete;
  EventLoop& operator=(const EventLoop&) = delete;

  // The descriptor stays the caller's; it must be forgotten here before it is closed.
  Result<Done> Watch(int descriptor, EventSource source, Interest interest);
  void Change(int descriptor, Interest interest);
  void Forget(int descriptor);

  // From now on the signal is an event instead of what it does to a process by default.
  Result<Done> WatchSignal(int signal_number);

  // Ends the present or the next Wait. From any thread.
  void Wake();

  // Sleeps until something is ready or `until` has come; returns at once when it lies behind `now`.
  // The list is valid until the next call.
  [[nodiscard]] std::span<const Event> Wait(Timestamp now, Timestamp until);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace millrace
