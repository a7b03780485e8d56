#include "io/descriptor_channel.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdlib>
#include <vector>

#include "io/clock.h"
#include "io/file_descriptor.h"

namespace millrace {
namespace {

using Buffer = std::vector<uint8_t>;

Buffer MakeFrame(size_t body, uint8_t filling) {
  Buffer frame(body + 4, filling);
  for (size_t i = 0; i < 4; ++i) frame[i] = static_cast<uint8_t>(body >> (8 * i));
  return frame;
}

enum class Kind { kSocketPairs, kPipes };

// A channel with its controller's ends.
class DescriptorChannelTest : public testing::TestWithParam<Kind> {
 protected:
  DescriptorChannelTest() {
    std::signal(SIGPIPE, SIG_IGN);
    Connect(to_worker_, in_);
    Connect(out_, from_worker_);
    channel_ = std::make_unique<DescriptorChannel>(loop_, in_.get(), out_.get());
  }

  // What is written to `from` is read from `to`.
  static void Connect(FileDescriptor& from, FileDescriptor& to) {
    std::array<int, 2> ends;
    if (GetParam() == Kind::kPipes) {
      if (pipe(ends.data()) != 0) std::abort();
      std::swap(ends[0], ends[1]);
    } else if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends.data()) != 0) {
      std::abort();
    }
    from = FileDescriptor(ends[0]);
    to = FileDescriptor(ends[1]);
  }

  void Turn() {
    Timestamp now = MonotonicNow();
    for (const Event& event : loop_.Wait(now, now + Duration::Seconds(5))) channel_->OnEvent(event);
  }

  // The next frame, waiting for it; empty when the channel is not open any more.
  Buffer Await() {
    for (size_t i = 0; i < 100'000; ++i) {
      Bytes frame = channel_->NextFrame();
      if (!frame.empty()) return {frame.begin(), frame.end()};
      if (channel_->state() != Channel::State::kOpen) return {};
      Turn();
    }
    return {};
  }

  Buffer ReadFromWorker(size_t count) {
    Buffer bytes(count);
    size_t got = 0;
    while (got < count) {
      pollfd readable{.fd = from_worker_.get(), .events = POLLIN, .revents = 0};
      Timestamp now = MonotonicNow();
      if (poll(&readable, 1, 0) == 1) {
        ssize_t result = read(from_worker_.get(), bytes.data() + got, count - got);
        if (result <= 0) break;
        got += static_cast<size_t>(result);
      } else {
        for (const Event& event : loop_.Wait(now, now + Duration::Millis(1))) {
          channel_->OnEvent(event);
        }
      }
    }
    bytes.resize(got);
    return bytes;
  }

  void CloseToWorker() { FileDescriptor closed = std::move(to_worker_); }

  void WriteToWorker(Bytes bytes) {
    ASSERT_EQ(write(to_worker_.get(), bytes.data(), bytes.size()),
              static_cast<ssize_t>(bytes.size()));
  }

  EventLoop loop_;
  FileDescriptor to_worker_, in_, out_, from_worker_;
  std::unique_ptr<DescriptorChannel> channel_;
};

TEST_P(DescriptorChannelTest, ReadsAFrameThatComesOneByteAtATime) {
  Buffer frame = MakeFrame(40, 3);
  for (size_t i = 0; i < frame.size(); ++i) {
    WriteToWorker(Bytes(frame).subspan(i, 1));
    if (i + 1 == frame.size()) break;
    Turn();
    ASSERT_TRUE(channel_->NextFrame().empty());
  }
  EXPECT_EQ(Await(), frame);
}

TEST_P(DescriptorChannelTest, ReadsSixtyFourFramesOfOneWrite) {
  Buffer all;
  for (uint8_t i = 0; i < 64; ++i) {
    Buffer frame = MakeFrame(size_t{i} * 3, i);
    all.insert(all.end(), frame.begin(), frame.end());
  }
  WriteToWorker(all);
  for (uint8_t i = 0; i < 64; ++i) EXPECT_EQ(Await(), MakeFrame(size_t{i} * 3, i));
}

TEST_P(DescriptorChannelTest, BreaksOnAFrameAboveTheLimit) {
  WriteToWorker(Buffer{0xfd, 0xff, 0x7f, 0x00});  // 8,388,605 and its prefix: one byte too many
  EXPECT_TRUE(Await().empty());
  EXPECT_EQ(channel_->state(), Channel::State::kBroken);
  EXPECT_NE(channel_->failure().find("8388608"), std::string::npos);
}

TEST_P(DescriptorChannelTest, GivesTheLastFramesBeforeTheEndOfFile) {
  WriteToWorker(MakeFrame(10, 1));
  WriteToWorker(MakeFrame(20, 2));
  CloseToWorker();
  EXPECT_EQ(Await(), MakeFrame(10, 1));
  EXPECT_EQ(Await(), MakeFrame(20, 2));
  EXPECT_TRUE(Await().empty());
  EXPECT_EQ(channel_->state(), Channel::State::kEnded);
}

TEST_P(DescriptorChannelTest, WritesMoreThanAPipeHoldsWithoutLosingAByte) {
  Buffer all;
  for (size_t i = 0; i < 50; ++i) {
    Buffer frame = MakeFrame(60'000, static_cast<uint8_t>(i));
    all.insert(all.end(), frame.begin(), frame.end());
    channel_->Write(frame);
  }
  EXPECT_GT(channel_->unwritten(), 0u);
  EXPECT_EQ(ReadFromWorker(all.size()), all);
  EXPECT_EQ(channel_->unwritten(), 0u);
}

TEST_P(DescriptorChannelTest, LeavesRequestsUnreadWhileAnswersAreNotFetched) {
  channel_->Write(MakeFrame(2 * DescriptorChannel::kUnwrittenBytesHigh, 1));
  size_t size = 2 * DescriptorChannel::kUnwrittenBytesHigh + 4;
  WriteToWorker(MakeFrame(10, 2));
  Timestamp now = MonotonicNow();
  EXPECT_TRUE(loop_.Wait(now, now).empty());
  EXPECT_TRUE(channel_->NextFrame().empty());
  EXPECT_EQ(ReadFromWorker(size).size(), size);
  EXPECT_EQ(Await(), MakeFrame(10, 2));
}

TEST_P(DescriptorChannelTest, BreaksWhenNobodyEverReads) {
  Buffer frame = MakeFrame(8'000'000, 1);
  for (size_t i = 0; i < 10 && channel_->state() == Channel::State::kOpen; ++i) {
    channel_->Write(frame);
  }
  EXPECT_EQ(channel_->state(), Channel::State::kBroken);
  EXPECT_NE(channel_->failure().find("unread"), std::string::npos);
}

TEST_P(DescriptorChannelTest, AControllerThatIsGoneIsANormalEnd) {
  CloseToWorker();
  {
    FileDescriptor closed = std::move(from_worker_);
  }
  channel_->Write(MakeFrame(10, 1));
  EXPECT_TRUE(Await().empty());
  EXPECT_EQ(channel_->state(), Channel::State::kEnded);
  EXPECT_EQ(channel_->unwritten(), 0u);
}

TEST_P(DescriptorChannelTest, DescriptorsThatAreNotOpenAreNoChannel) {
  DescriptorChannel none(loop_, 9998, 9999);
  EXPECT_EQ(none.state(), Channel::State::kBroken);
  EXPECT_NE(none.failure().find("9998"), std::string::npos);
}

INSTANTIATE_TEST_SUITE_P(BothKinds, DescriptorChannelTest,
                         testing::Values(Kind::kSocketPairs, Kind::kPipes), [](const auto& info) {
                           return info.param == Kind::kPipes ? "Pipes" : "SocketPairs";
                         });

}  // namespace
}  // namespace millrace
