#include "io/memory_channel.h"

#include <gtest/gtest.h>

#include <thread>
#include <vector>

#include "io/clock.h"

namespace millrace {
namespace {

using Buffer = std::vector<uint8_t>;

Buffer MakeFrame(size_t body, uint8_t filling) {
  Buffer frame(body + 4, filling);
  for (size_t i = 0; i < 4; ++i) frame[i] = static_cast<uint8_t>(body >> (8 * i));
  return frame;
}

struct Host {
  static void Receive(void* user, const uint8_t* frame, size_t size) {
    static_cast<Host*>(user)->received.emplace_back(frame, frame + size);
  }
  std::vector<Buffer> received;
};

Buffer Copy(Bytes bytes) { return {bytes.begin(), bytes.end()}; }

TEST(MemoryChannelTest, CutsWhatTheWorkerWritesIntoFrames) {
  EventLoop loop;
  Host host;
  MemoryChannel channel(loop, &Host::Receive, &host);
  Buffer two = MakeFrame(5, 1);
  Buffer second = MakeFrame(7, 2);
  two.insert(two.end(), second.begin(), second.end());
  channel.Write(two);
  EXPECT_EQ(host.received, (std::vector<Buffer>{MakeFrame(5, 1), MakeFrame(7, 2)}));
}

TEST(MemoryChannelTest, KeepsTheOrderOfEachSendingThread) {
  EventLoop loop;
  Host host;
  MemoryChannel channel(loop, &Host::Receive, &host);
  constexpr size_t kFrames = 2000;
  auto send = [&channel](uint8_t thread) {
    for (size_t i = 0; i < kFrames; ++i) {
      Buffer frame = MakeFrame(9, thread);
      frame[5] = static_cast<uint8_t>(i);
      frame[6] = static_cast<uint8_t>(i >> 8);
      ASSERT_EQ(channel.Send(frame), MemoryChannel::Sent::kTaken);
    }
  };
  std::vector<std::thread> threads;
  for (uint8_t i = 0; i < 3; ++i) threads.emplace_back(send, i);
  std::array<size_t, 3> next{};
  for (size_t i = 0; i < 3 * kFrames;) {
    Bytes frame = channel.NextFrame();
    if (frame.empty()) {
      (void)loop.Wait(MonotonicNow(), Timestamp::Never());
      continue;
    }
    ASSERT_EQ(size_t{frame[5]} | size_t{frame[6]} << 8, next[frame[4]]);
    ++next[frame[4]];
    ++i;
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_TRUE(channel.NextFrame().empty());
}

TEST(MemoryChannelTest, RefusesWhatTheWorkerDoesNotRead) {
  EventLoop loop;
  MemoryChannel channel(loop, &Host::Receive, nullptr);
  Buffer frame = MakeFrame(MemoryChannel::kQueueBytesMax / 2 - 4, 1);
  EXPECT_EQ(channel.Send(frame), MemoryChannel::Sent::kTaken);
  EXPECT_EQ(channel.Send(frame), MemoryChannel::Sent::kTaken);
  EXPECT_EQ(channel.Send(MakeFrame(0, 1)), MemoryChannel::Sent::kFull);
  EXPECT_EQ(channel.NextFrame().size(), frame.size());
  EXPECT_EQ(channel.Send(MakeFrame(0, 1)), MemoryChannel::Sent::kTaken);
}

TEST(MemoryChannelTest, EndsAfterTheFramesThatWereSentBefore) {
  EventLoop loop;
  MemoryChannel channel(loop, &Host::Receive, nullptr);
  EXPECT_EQ(channel.Send(MakeFrame(3, 1)), MemoryChannel::Sent::kTaken);
  channel.End();
  EXPECT_EQ(channel.Send(MakeFrame(3, 2)), MemoryChannel::Sent::kClosed);
  EXPECT_EQ(channel.state(), Channel::State::kOpen);
  EXPECT_EQ(Copy(channel.NextFrame()), MakeFrame(3, 1));
  EXPECT_TRUE(channel.NextFrame().empty());
  EXPECT_EQ(channel.state(), Channel::State::kEnded);
}

}  // namespace
}  // namespace millrace
