#include "io/worker_host.h"

#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "io/channel_framing.h"
#include "io/descriptor_channel.h"
#include "io/file_descriptor.h"
#include "schema/message_generated.h"

namespace millrace {
namespace {

namespace schema = ::Millrace::Schema;

using Frame = std::vector<uint8_t>;

Frame MakeRequest(uint32_t id, schema::Request::Method method, const std::string& handler) {
  flatbuffers::FlatBufferBuilder builder;
  auto request = schema::Request::CreateRequest(builder, id, method, builder.CreateString(handler));
  builder.FinishSizePrefixed(
      schema::Message::CreateMessage(builder, schema::Message::Body::Request, request.Union()));
  return {builder.GetBufferPointer(), builder.GetBufferPointer() + builder.GetSize()};
}

Frame MakeClose() {
  flatbuffers::FlatBufferBuilder builder;
  auto close = schema::Notification::CreateNotification(builder, builder.CreateString(""),
                                                        schema::Notification::Event::WORKER_CLOSE);
  builder.FinishSizePrefixed(
      schema::Message::CreateMessage(builder, schema::Message::Body::Notification, close.Union()));
  return {builder.GetBufferPointer(), builder.GetBufferPointer() + builder.GetSize()};
}

// A worker on a thread with a controller's end of the channel.
class WorkerHostTest : public testing::Test {
 protected:
  WorkerHostTest() {
    Connect(to_worker_, in_);
    Connect(from_worker_, out_);
    thread_ = std::thread([this] {
      EventLoop loop;
      DescriptorChannel channel(loop, in_.get(), out_.get());
      WorkerSettings settings;
      settings.pid = "4711";
      WorkerHost host({.settings = settings}, loop, channel);
      host.Run();
      state_ = channel.state();
    });
  }
  ~WorkerHostTest() override {
    HangUp();
    if (thread_.joinable()) thread_.join();
  }

  static void Connect(FileDescriptor& near, FileDescriptor& far) {
    std::array<int, 2> ends;
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0) std::abort();
    near = FileDescriptor(ends[0]);
    far = FileDescriptor(ends[1]);
  }

  void HangUp() { FileDescriptor closed = std::move(to_worker_); }

  void Send(const Frame& frame) {
    ASSERT_EQ(write(to_worker_.get(), frame.data(), frame.size()),
              static_cast<ssize_t>(frame.size()));
  }

  // The next frame; empty when the worker is silent for ten seconds.
  Frame Next() {
    for (;;) {
      Bytes frame = framing_.Next();
      if (!frame.empty()) return {frame.begin(), frame.end()};
      pollfd readable{.fd = from_worker_.get(), .events = POLLIN, .revents = 0};
      if (poll(&readable, 1, 10'000) <= 0) return {};
      MutableBytes space = framing_.Space();
      ssize_t count = read(from_worker_.get(), space.data(), space.size());
      if (count <= 0) return {};
      framing_.Took(static_cast<size_t>(count));
    }
  }

  // Joins the worker's thread; what the channel came to.
  Channel::State AwaitEnd() {
    thread_.join();
    return state_;
  }

  FileDescriptor to_worker_, in_, out_, from_worker_;
  ChannelFraming framing_;
  Channel::State state_ = Channel::State::kOpen;
  std::thread thread_;
};

const schema::Message::Message& Read(const Frame& frame) {
  return *schema::Message::GetSizePrefixedMessage(frame.data());
}

TEST_F(WorkerHostTest, SaysFirstThatItRuns) {
  Frame first = Next();
  ASSERT_FALSE(first.empty());
  const auto* running = Read(first).data_as_Notification();
  ASSERT_NE(running, nullptr);
  EXPECT_EQ(running->event(), schema::Notification::Event::WORKER_RUNNING);
  EXPECT_EQ(running->handler_id()->str(), "4711");
}

TEST_F(WorkerHostTest, AnswersEveryRequestInOrderThoughManyComeAtOnce) {
  (void)Next();
  Frame all;
  constexpr uint32_t kRequests = 1000;  // more than one tick reads
  for (uint32_t id = 1; id <= kRequests; ++id) {
    Frame request = MakeRequest(id, schema::Request::Method::WORKER_DUMP, "");
    all.insert(all.end(), request.begin(), request.end());
  }
  std::thread writer([&] { Send(all); });
  for (uint32_t id = 1; id <= kRequests; ++id) {
    Frame answer = Next();
    ASSERT_FALSE(answer.empty());
    const auto* response = Read(answer).data_as_Response();
    ASSERT_NE(response, nullptr);
    ASSERT_EQ(response->id(), id);
  }
  writer.join();
}

TEST_F(WorkerHostTest, GarbageIsNeitherAnsweredNorItsEnd) {
  (void)Next();
  Send({8, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff});
  Send({0, 0, 0, 0});
  Send(MakeRequest(7, schema::Request::Method::WORKER_DUMP, ""));
  for (;;) {
    Frame frame = Next();
    ASSERT_FALSE(frame.empty());
    const auto* response = Read(frame).data_as_Response();
    if (!response) continue;  // a log message about the garbage
    EXPECT_EQ(response->id(), 7u);
    break;
  }
}

TEST_F(WorkerHostTest, TheEndOfTheChannelIsItsEndAfterTheLastAnswer) {
  (void)Next();
  Send(MakeRequest(1, schema::Request::Method::WORKER_DUMP, ""));
  HangUp();
  Frame answer = Next();
  ASSERT_FALSE(answer.empty());
  EXPECT_NE(Read(answer).data_as_Response(), nullptr);
  EXPECT_EQ(AwaitEnd(), Channel::State::kEnded);
}

TEST_F(WorkerHostTest, AWorkerThatIsClosedEndsByItself) {
  Send(MakeClose());
  EXPECT_EQ(AwaitEnd(), Channel::State::kOpen);
}

TEST_F(WorkerHostTest, AFrameAboveTheLimitBreaksTheChannel) {
  Send({0xff, 0xff, 0xff, 0xff});
  EXPECT_EQ(AwaitEnd(), Channel::State::kBroken);
}

}  // namespace
}  // namespace millrace
