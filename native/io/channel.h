#pragma once

#include <cstddef>
#include <string>

#include "base/byte_reader.h"
#include "io/event_loop.h"

namespace millrace {

// The way between a worker and its controller: whole frames in, whole frames out. Two kinds exist,
// two descriptors of a process and the memory of a host program. It never looks into a frame.
//
//     open --end of file, or asked to end--> ended     (frames that came before are still given)
//     open --a rule of the channel broken--> broken
class Channel {
 public:
  enum class State { kOpen, kEnded, kBroken };

  virtual ~Channel() = default;

  // Something happened to one of its descriptors.
  virtual void OnEvent(const Event& event) = 0;
  // The next whole frame with its prefix, or nothing for now; valid until the next call.
  [[nodiscard]] virtual Bytes NextFrame() = 0;
  // Takes whole frames and writes as much as can be written without waiting.
  virtual void Write(Bytes frames) = 0;

  [[nodiscard]] virtual State state() const = 0;
  // What was taken by Write and is not out yet.
  [[nodiscard]] virtual size_t unwritten() const = 0;
  // One sentence, when the state is kBroken.
  [[nodiscard]] virtual std::string failure() const = 0;
};

}  // namespace millrace
