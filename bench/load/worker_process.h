#pragma once

#include <sys/types.h>

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "base/time.h"
#include "io/channel_framing.h"
#include "io/file_descriptor.h"
#include "schema/message_generated.h"

namespace millrace {

namespace schema = ::Millrace::Schema;

// Any worker that speaks the channel, as a child process on socket pairs at descriptors 3 and 4.
// Requests are made one after the other; an answer that is an error ends the program with its text.
class WorkerProcess {
 public:
  // `environment` is added to ours. Waits for WORKER_RUNNING.
  WorkerProcess(const std::string& program, const std::map<std::string, std::string>& environment,
                int processor);
  ~WorkerProcess();
  WorkerProcess(const WorkerProcess&) = delete;
  WorkerProcess& operator=(const WorkerProcess&) = delete;

  // Fills in a request's body; answers its offset.
  using Body = std::function<flatbuffers::Offset<void>(flatbuffers::FlatBufferBuilder&)>;

  // The answer is valid until the next request.
  const schema::Response::Response& Ask(schema::Request::Method method, const std::string& handler,
                                        schema::Request::Body type, const Body& body);
  const schema::Response::Response& Ask(schema::Request::Method method, const std::string& handler);

  // CPU time that all of its threads have used, in user and kernel mode.
  [[nodiscard]] int64_t ReadCpuNanos() const;
  // Reads notifications and log messages, so that the worker never waits for us.
  void Drain();

 private:
  void Start(const std::string& program, const std::map<std::string, std::string>& environment,
             int processor);
  // The next message, or null when none came in time.
  const schema::Message::Message* Next(int timeout_ms);

  pid_t pid_ = -1;
  FileDescriptor to_worker_;
  FileDescriptor from_worker_;
  ChannelFraming framing_;
  std::vector<uint8_t> message_;
  uint32_t last_id_ = 0;
};

}  // namespace millrace
