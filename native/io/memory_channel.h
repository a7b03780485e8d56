#pragma once

#include <cstdint>
#include <deque>
#include <mutex>
#include <string>
#include <vector>

#include "io/channel.h"

namespace millrace {

// The channel of a worker inside another program: frames come in from any thread and go out through
// a function of the host. Its mutex is the only one of the worker.
class MemoryChannel final : public Channel {
 public:
  // A plain C function, because that is what crosses the border of the library.
  using Receiver = void (*)(void* user, const uint8_t* frame, size_t size);

  // Sent and not yet read by the worker; room for two of the largest frames.
  static constexpr size_t kQueueBytesMax = 16 * 1024 * 1024;

  enum class Sent { kTaken, kFull, kClosed };

  MemoryChannel(EventLoop& loop, Receiver receiver, void* user);

  // From any thread. Copies the frame.
  [[nodiscard]] Sent Send(Bytes frame);
  // From any thread: the worker ends after the frames that were sent before.
  void End();

  // On the worker's thread.
  void OnEvent(const Event&) override {}
  [[nodiscard]] Bytes NextFrame() override;
  void Write(Bytes frames) override;
  [[nodiscard]] State state() const override { return state_; }
  [[nodiscard]] size_t unwritten() const override { return 0; }
  [[nodiscard]] std::string failure() const override { return {}; }

 private:
  using Frame = std::vector<uint8_t>;

  EventLoop& loop_;
  Receiver receiver_;
  void* user_;
  State state_ = State::kOpen;
  std::deque<Frame> taken_;  // moved out of the queue, for the worker's thread alone
  Frame current_;

  std::mutex mutex_;
  std::deque<Frame> queue_;
  size_t queued_bytes_ = 0;
  bool end_asked_ = false;
};

}  // namespace millrace
