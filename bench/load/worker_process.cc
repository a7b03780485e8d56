#include "worker_process.h"

#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <ctime>

#include "null_network.h"

namespace millrace {

namespace {

constexpr int kAnswerTimeoutMs = 10'000;
constexpr int kChannelIn = 3;
constexpr int kChannelOut = 4;

std::array<FileDescriptor, 2> MakePair() {
  std::array<int, 2> ends{};
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0) {
    GiveUp("no socket pair");
  }
  // Above the numbers that the child puts them to.
  std::array<FileDescriptor, 2> moved;
  for (size_t i = 0; i < 2; ++i) {
    moved[i] = FileDescriptor(fcntl(ends[i], F_DUPFD_CLOEXEC, kChannelOut + 1));
    close(ends[i]);
  }
  return moved;
}

}  // namespace

const schema::Response::Response& WorkerProcess::Ask(schema::Request::Method method,
                                                     const std::string& handler,
                                                     schema::Request::Body type, const Body& body) {
  flatbuffers::FlatBufferBuilder builder;
  flatbuffers::Offset<void> body_offset = body ? body(builder) : flatbuffers::Offset<void>();
  uint32_t id = ++last_id_;
  auto request = schema::Request::CreateRequest(builder, id, method, builder.CreateString(handler),
                                                type, body_offset);
  auto message =
      schema::Message::CreateMessage(builder, schema::Message::Body::Request, request.Union());
  builder.FinishSizePrefixed(message);
  if (write(to_worker_.get(), builder.GetBufferPointer(), builder.GetSize()) !=
      static_cast<ssize_t>(builder.GetSize())) {
    GiveUp("the worker does not take a request");
  }
  for (;;) {
    const schema::Message::Message* answer = Next(kAnswerTimeoutMs);
    errno = ETIMEDOUT;
    std::string name = schema::Request::EnumNameMethod(method);
    if (!answer) GiveUp("the worker does not answer " + name);
    const schema::Response::Response* response = answer->data_as_Response();
    if (!response || response->id() != id) continue;
    if (response->accepted()) return *response;
    errno = EPROTO;
    GiveUp("the worker refuses " + name + ": " +
           (response->reason() ? response->reason()->str() : std::string("(no reason)")));
  }
}

const schema::Response::Response& WorkerProcess::Ask(schema::Request::Method method,
                                                     const std::string& handler) {
  return Ask(method, handler, schema::Request::Body::NONE, nullptr);
}

int64_t WorkerProcess::ReadCpuNanos() const {
  clockid_t clock{};
  timespec time{};
  if (clock_getcpuclockid(pid_, &clock) != 0 || clock_gettime(clock, &time) != 0) {
    GiveUp("the worker is gone");
  }
  return int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec;
}

void WorkerProcess::Drain() {
  while (Next(0)) {
  }
}

WorkerProcess::WorkerProcess(const std::string& program,
                             const std::map<std::string, std::string>& environment, int processor) {
  Start(program, environment, processor);
  const schema::Message::Message* first = Next(kAnswerTimeoutMs);
  const schema::Notification::Notification* running =
      first ? first->data_as_Notification() : nullptr;
  errno = EPROTO;
  if (!running || running->event() != schema::Notification::Event::WORKER_RUNNING) {
    GiveUp("'" + program + "' does not say that it runs");
  }
}

WorkerProcess::~WorkerProcess() {
  {
    FileDescriptor closed = std::move(to_worker_);
  }
  {
    FileDescriptor closed = std::move(from_worker_);
  }
  waitpid(pid_, nullptr, 0);
}

void WorkerProcess::Start(const std::string& program,
                          const std::map<std::string, std::string>& environment, int processor) {
  std::array<FileDescriptor, 2> requests = MakePair();
  std::array<FileDescriptor, 2> answers = MakePair();
  pid_ = fork();
  if (pid_ < 0) GiveUp("no child process");
  if (pid_ == 0) {
    if (processor >= 0) {
      cpu_set_t set;
      CPU_ZERO(&set);
      CPU_SET(static_cast<size_t>(processor), &set);
      sched_setaffinity(0, sizeof(set), &set);
    }
    for (const auto& [name, value] : environment) setenv(name.c_str(), value.c_str(), 1);
    setenv("MEDIASOUP_VERSION", "3.27.1", 0);
    dup2(requests[1].get(), kChannelIn);
    dup2(answers[1].get(), kChannelOut);
    execl(program.c_str(), program.c_str(), "--logLevel=error", static_cast<char*>(nullptr));
    std::perror(program.c_str());
    _exit(127);
  }
  to_worker_ = std::move(requests[0]);
  from_worker_ = std::move(answers[0]);
}

const schema::Message::Message* WorkerProcess::Next(int timeout_ms) {
  for (;;) {
    Bytes frame = framing_.Next();
    if (!frame.empty()) {
      message_.assign(frame.begin(), frame.end());
      flatbuffers::Verifier verifier(message_.data(), message_.size());
      errno = EPROTO;
      if (!schema::Message::VerifySizePrefixedMessageBuffer(verifier)) {
        GiveUp("the worker sends a frame that is no message");
      }
      const auto* message = schema::Message::GetSizePrefixedMessage(message_.data());
      if (const schema::Log::Log* log = message->data_as_Log()) {
        std::fprintf(stderr, "worker: %s\n", log->data()->c_str());
      }
      return message;
    }
    pollfd readable{.fd = from_worker_.get(), .events = POLLIN, .revents = 0};
    if (poll(&readable, 1, timeout_ms) <= 0) return nullptr;
    MutableBytes space = framing_.Space();
    ssize_t count = read(from_worker_.get(), space.data(), space.size());
    errno = ECONNRESET;
    if (count <= 0) GiveUp("the worker has ended");
    framing_.Took(static_cast<size_t>(count));
  }
}

}  // namespace millrace
