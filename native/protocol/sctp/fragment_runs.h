#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "protocol/sctp/data_chunk.h"

namespace millrace {

// A stretch of one message without holes.
struct FragmentRun {
  SctpStreamId stream;
  uint32_t sequence = 0;
  Ppid ppid;
  bool unordered = false;
  bool begin = false;
  bool end = false;
  int64_t last = 0;
  // Its bytes are gone; only where it begins and ends is still known.
  bool too_long = false;
  std::vector<uint8_t> bytes;

  [[nodiscard]] bool complete() const { return begin && end; }
};

// Puts the parts of messages together in whatever order they come. The parts of one message have
// consecutive indexes: TSNs for DATA (RFC 9260 section 6.9), fragment numbers for I-DATA. A part
// that does not fit its neighbours stands alone, and is never completed. Of a message that turns
// out longer than allowed no byte is kept.
class FragmentRuns {
 public:
  // What keeping a run costs beside its bytes; counted, so that many small ones are bounded too.
  static constexpr size_t kRunOverhead = 128;

  explicit FragmentRuns(size_t message_bytes_max) : message_bytes_max_(message_bytes_max) {}

  // The message that `chunk` completes, if it does.
  [[nodiscard]] std::optional<FragmentRun> Add(int64_t index, const DataChunk& chunk);
  // Forgets every run that begins at `index` or before it.
  void DropUpTo(int64_t index);

  [[nodiscard]] bool empty() const { return runs_.empty(); }
  [[nodiscard]] size_t cost() const { return cost_; }

 private:
  using Runs = std::map<int64_t, FragmentRun>;

  [[nodiscard]] static bool SameMessage(const FragmentRun& left, const FragmentRun& right);
  Runs::iterator JoinLeft(Runs::iterator run);
  void JoinRight(Runs::iterator run);
  void Bound(FragmentRun& run);

  size_t message_bytes_max_;
  Runs runs_;
  size_t cost_ = 0;
};

}  // namespace millrace
