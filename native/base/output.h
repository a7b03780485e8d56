#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/byte_reader.h"
#include "base/counters.h"
#include "base/drop_reason.h"
#include "base/endpoint.h"

namespace millrace {

enum class LogLevel : uint8_t { kDebug, kWarn, kError };
enum class LogTag : uint8_t {
  kNone,
  kInfo,
  kIce,
  kDtls,
  kRtp,
  kSrtp,
  kRtcp,
  kRtx,
  kBwe,
  kScore,
  kSimulcast,
  kSvc,
  kSctp,
  kMessage,
};

// Everything the worker wants to happen, in order: datagrams to send, frames for the channel,
// sockets to close. The worker only appends; the edge (or a simulation) carries it out and clears
// it. Datagrams stand back to back in one slab, so that a run of equal sizes to one path can leave
// in one segmented send without a copy.
class Output {
 public:
  // A slab holds the batch of about sixteen transports, which fits the second-level cache.
  static constexpr size_t kSlabBytes = 256 * 1024;

  struct Datagram {
    Path path;
    uint32_t offset = 0;
    uint32_t size = 0;
  };
  struct LogLine {
    LogLevel level;
    std::string text;
  };

  Output();

  // --- datagrams
  // Free bytes at the slab's end; empty when fewer than `size` are left. Valid until the next call.
  [[nodiscard]] MutableBytes Reserve(size_t size);
  // Makes the first `size` reserved bytes a datagram.
  void Commit(const Path& path, size_t size);
  // Copies a whole datagram; counted as kBufferLimit when the slab is full.
  void Send(const Path& path, Bytes bytes);
  [[nodiscard]] size_t slab_free() const { return slab_.size() - slab_used_; }
  [[nodiscard]] const std::vector<Datagram>& datagrams() const { return datagrams_; }
  [[nodiscard]] Bytes bytes_of(const Datagram& datagram) const;

  // --- channel frames, each with its size prefix, in the order in which they must leave
  void AppendFrame(Bytes frame);
  [[nodiscard]] Bytes frames() const { return frames_; }

  // --- log lines; the worker turns them into channel frames by its level and tags
  void Log(LogLevel level, LogTag tag, std::string text);
  void SetLogFilter(LogLevel least, uint32_t tag_bits) { log_least_ = least, log_tags_ = tag_bits; }
  void SetLogOff() { log_off_ = true; }
  [[nodiscard]] bool WouldLog(LogLevel level, LogTag tag) const;
  [[nodiscard]] std::vector<LogLine>& log_lines() { return log_lines_; }

  // --- sockets that nobody needs any more
  void CloseSocket(SocketId socket) { closed_sockets_.push_back(socket); }
  [[nodiscard]] const std::vector<SocketId>& closed_sockets() const { return closed_sockets_; }

  // --- counters; they grow and are never cleared
  [[nodiscard]] Counters& counters() { return counters_; }
  [[nodiscard]] const Counters& counters() const { return counters_; }
  void CountDrop(DropReason reason) { ++drops_[static_cast<size_t>(reason)]; }
  [[nodiscard]] const std::array<uint64_t, kDropReasonCount>& drops() const { return drops_; }
  [[nodiscard]] uint64_t drops(DropReason reason) const {
    return drops_[static_cast<size_t>(reason)];
  }

  // Forgets the datagrams, after they were sent. Frames and the rest stay.
  void ClearDatagrams();
  // Forgets everything but counters and the log filter.
  void Clear();

 private:
  std::vector<uint8_t> slab_;
  size_t slab_used_ = 0;
  std::vector<Datagram> datagrams_;
  std::vector<uint8_t> frames_;
  std::vector<LogLine> log_lines_;
  std::vector<SocketId> closed_sockets_;
  std::array<uint64_t, kDropReasonCount> drops_{};
  Counters counters_;
  LogLevel log_least_ = LogLevel::kError;
  uint32_t log_tags_ = 0;
  bool log_off_ = false;
};

}  // namespace millrace
