// The worker as its controllers start it: arguments, environment, descriptors, signals, exit codes.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdlib>
#include <string>
#include <vector>

#include "io/channel_framing.h"
#include "io/file_descriptor.h"
#include "schema/message_generated.h"

namespace millrace {
namespace {

namespace schema = ::Millrace::Schema;

using Frame = std::vector<uint8_t>;

Frame MakeRequest(uint32_t id) {
  flatbuffers::FlatBufferBuilder builder;
  auto request = schema::Request::CreateRequest(builder, id, schema::Request::Method::WORKER_DUMP,
                                                builder.CreateString(""));
  builder.FinishSizePrefixed(
      schema::Message::CreateMessage(builder, schema::Message::Body::Request, request.Union()));
  return {builder.GetBufferPointer(), builder.GetBufferPointer() + builder.GetSize()};
}

struct Start {
  std::vector<std::string> arguments = {};
  bool version = true;
  bool channel = true;
};

// A worker process with the controller's ends of its channel.
class Process {
 public:
  explicit Process(const Start& start) {
    auto [near_in, far_in] = MakePair();
    auto [near_out, far_out] = MakePair();
    pid_ = fork();
    if (pid_ == 0) Become(start, far_in.get(), far_out.get());
    to_worker_ = std::move(near_in);
    from_worker_ = std::move(near_out);
  }
  ~Process() {
    if (pid_ <= 0) return;
    kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
  }

  void HangUp() { FileDescriptor closed = std::move(to_worker_); }
  void Signal(int number) { kill(pid_, number); }
  void Send(const Frame& frame) {
    ASSERT_EQ(write(to_worker_.get(), frame.data(), frame.size()),
              static_cast<ssize_t>(frame.size()));
  }
  [[nodiscard]] pid_t pid() const { return pid_; }

  // The next frame; empty when the worker ended, or is silent for ten seconds.
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

  // Waits for the end. -1: not by itself.
  int ExitCode() {
    int status = 0;
    waitpid(pid_, &status, 0);
    pid_ = -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  }

 private:
  static std::pair<FileDescriptor, FileDescriptor> MakePair() {
    std::array<int, 2> ends;
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0) std::abort();
    // Above the numbers that the child puts them to.
    FileDescriptor near(fcntl(ends[0], F_DUPFD_CLOEXEC, 10));
    FileDescriptor far(fcntl(ends[1], F_DUPFD_CLOEXEC, 10));
    close(ends[0]);
    close(ends[1]);
    return {std::move(near), std::move(far)};
  }

  [[noreturn]] static void Become(const Start& start, int in, int out) {
    if (start.version) {
      setenv("MEDIASOUP_VERSION", "3.27.1", 1);
    } else {
      unsetenv("MEDIASOUP_VERSION");
    }
    close(3);
    close(4);
    if (start.channel) {
      dup2(in, 3);
      dup2(out, 4);
    }
    std::vector<std::string> texts = {MILLRACE_WORKER_PROGRAM};
    texts.insert(texts.end(), start.arguments.begin(), start.arguments.end());
    std::vector<char*> pointers;
    for (std::string& text : texts) pointers.push_back(text.data());
    pointers.push_back(nullptr);
    execv(MILLRACE_WORKER_PROGRAM, pointers.data());
    _exit(127);
  }

  pid_t pid_ = -1;
  FileDescriptor to_worker_;
  FileDescriptor from_worker_;
  ChannelFraming framing_;
};

TEST(WorkerProcessTest, SaysWithItsProcessIdThatItRuns) {
  Process worker({.arguments = {"--logLevel=warn", "--logTag=ice", "-rtcMinPort=40000",
                                "--rtcMaxPort=49999"}});
  Frame frame = worker.Next();
  ASSERT_FALSE(frame.empty());
  const auto* running =
      schema::Message::GetSizePrefixedMessage(frame.data())->data_as_Notification();
  ASSERT_NE(running, nullptr);
  EXPECT_EQ(running->handler_id()->str(), std::to_string(worker.pid()));
}

TEST(WorkerProcessTest, EndsWithZeroWhenTheControllerHangsUp) {
  Process worker({});
  ASSERT_FALSE(worker.Next().empty());
  worker.HangUp();
  EXPECT_EQ(worker.ExitCode(), 0);
}

TEST(WorkerProcessTest, EndsWithZeroOnSigintAndSigterm) {
  for (int number : {SIGINT, SIGTERM}) {
    Process worker({});
    ASSERT_FALSE(worker.Next().empty());
    worker.Signal(number);
    EXPECT_EQ(worker.ExitCode(), 0) << number;
  }
}

TEST(WorkerProcessTest, IgnoresTheSignalsThatMeanNothingToIt) {
  Process worker({});
  ASSERT_FALSE(worker.Next().empty());
  for (int number : {SIGPIPE, SIGHUP, SIGALRM, SIGUSR1, SIGUSR2}) worker.Signal(number);
  worker.Send(MakeRequest(1));
  EXPECT_FALSE(worker.Next().empty());
  worker.HangUp();
  EXPECT_EQ(worker.ExitCode(), 0);
}

TEST(WorkerProcessTest, WithoutAVersionInTheEnvironmentItEndsWith41) {
  Process worker({.version = false});
  EXPECT_EQ(worker.ExitCode(), 41);
}

TEST(WorkerProcessTest, WithWrongSettingsItEndsWith42) {
  for (const char* argument :
       {"--nonsense=1", "--logLevel=loud", "--log=error", "--rtcMinPort=70000", "word"}) {
    Process worker({.arguments = {argument}});
    EXPECT_EQ(worker.ExitCode(), 42) << argument;
  }
  // This file exists, and is no certificate.
  Process worker({.arguments = {"--dtlsCertificateFile=/proc/self/status",
                                "--dtlsPrivateKeyFile=/proc/self/status"}});
  EXPECT_EQ(worker.ExitCode(), 42);
}

TEST(WorkerProcessTest, WithoutAChannelItEndsWith40) {
  Process worker({.channel = false});
  EXPECT_EQ(worker.ExitCode(), 40);
}

TEST(WorkerProcessTest, AFrameAboveTheLimitIsAnErrorAndNotACrash) {
  Process worker({});
  ASSERT_FALSE(worker.Next().empty());
  worker.Send({0xff, 0xff, 0xff, 0xff});
  EXPECT_EQ(worker.ExitCode(), 1);
}

}  // namespace
}  // namespace millrace
