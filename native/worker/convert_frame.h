#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/output.h"
#include "base/result.h"
#include "routing/routing_event.h"
#include "worker/channel_message.h"

namespace millrace {

// Turns answers, events and log lines into frames of the channel and appends them to the output,
// each with its size prefix. One buffer is used for all of them, again and again.
class FrameWriter {
 public:
  FrameWriter();
  ~FrameWriter();
  FrameWriter(const FrameWriter&) = delete;
  FrameWriter& operator=(const FrameWriter&) = delete;

  // An answer too long for the channel becomes an error that says so.
  void Respond(uint32_t request_id, const Answer& answer, std::string_view method, Output& out);
  // The reason is completed with the method's name, as every controller of this channel shows it.
  void Refuse(uint32_t request_id, const Error& error, std::string_view method, Output& out);
  void NotifyRunning(const std::string& pid, Output& out);
  void Notify(const RoutingEvent& event, Output& out);
  void WriteLog(const Output::LogLine& line, Output& out);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace millrace
