#pragma once

#include <string>
#include <vector>

#include "io/channel.h"
#include "io/channel_framing.h"

namespace millrace {

// The channel of a worker process: requests on one descriptor, everything else on another; pipes or
// socket pairs. A controller that stops reading is felt in two steps: first its requests wait,
// because each would only add an answer; then, when even notifications alone reach the limit, the
// channel breaks.
class DescriptorChannel final : public Channel {
 public:
  // With so much unwritten, requests are left where they are.
  static constexpr size_t kUnwrittenBytesHigh = 1024 * 1024;
  // With so much unwritten, nobody reads: hours of notifications of a quiet room, minutes of a busy
  // one. Room for several of the largest frames.
  static constexpr size_t kUnwrittenBytesMax = 64 * 1024 * 1024;

  // The descriptors are borrowed: a process has them from its start to its end.
  DescriptorChannel(EventLoop& loop, int in, int out);
  ~DescriptorChannel() override;

  void OnEvent(const Event& event) override;
  [[nodiscard]] Bytes NextFrame() override;
  void Write(Bytes frames) override;
  [[nodiscard]] State state() const override { return state_; }
  [[nodiscard]] size_t unwritten() const override { return unwritten_.size() - written_; }
  [[nodiscard]] std::string failure() const override { return failure_; }

 private:
  bool ReadOnce();
  void WriteSome();
  void UpdateInterest();
  void Break(std::string failure);

  EventLoop& loop_;
  int in_;
  int out_;
  ChannelFraming framing_;
  std::vector<uint8_t> unwritten_;
  size_t written_ = 0;  // of unwritten_, from its front
  State state_ = State::kOpen;
  std::string failure_;
  bool readable_ = true;  // until a read says otherwise
  bool end_of_file_ = false;
  Interest in_interest_;
  Interest out_interest_;
};

}  // namespace millrace
