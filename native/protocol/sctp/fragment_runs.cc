#include "protocol/sctp/fragment_runs.h"

#include <utility>

namespace millrace {

std::optional<FragmentRun> FragmentRuns::Add(int64_t index, const DataChunk& chunk) {
  FragmentRun single{.stream = chunk.stream,
                     .sequence = chunk.sequence,
                     .ppid = chunk.ppid,
                     .unordered = chunk.unordered,
                     .begin = chunk.begin,
                     .end = chunk.end,
                     .last = index,
                     .bytes = {chunk.payload.begin(), chunk.payload.end()}};
  if (single.complete()) {
    if (single.bytes.size() > message_bytes_max_) single.too_long = true;
    return single;
  }
  auto [run, added] = runs_.try_emplace(index, std::move(single));
  if (!added) return std::nullopt;
  cost_ += run->second.bytes.size() + kRunOverhead;
  Bound(run->second);
  JoinRight(run);
  run = JoinLeft(run);
  if (!run->second.complete()) return std::nullopt;
  FragmentRun message = std::move(run->second);
  cost_ -= message.bytes.size() + kRunOverhead;
  runs_.erase(run);
  return message;
}

bool FragmentRuns::SameMessage(const FragmentRun& left, const FragmentRun& right) {
  return !left.end && !right.begin && left.stream == right.stream &&
         left.unordered == right.unordered && left.sequence == right.sequence;
}

void FragmentRuns::JoinRight(Runs::iterator run) {
  auto next = std::next(run);
  if (next == runs_.end() || next->first != run->second.last + 1) return;
  if (!SameMessage(run->second, next->second)) return;
  FragmentRun& left = run->second;
  FragmentRun& right = next->second;
  left.bytes.insert(left.bytes.end(), right.bytes.begin(), right.bytes.end());
  left.end = right.end;
  left.last = right.last;
  left.too_long = left.too_long || right.too_long;
  cost_ -= kRunOverhead;
  runs_.erase(next);
  Bound(left);
}

void FragmentRuns::Bound(FragmentRun& run) {
  if (!run.too_long && run.bytes.size() <= message_bytes_max_) return;
  run.too_long = true;
  cost_ -= run.bytes.size();
  run.bytes = {};
}

FragmentRuns::Runs::iterator FragmentRuns::JoinLeft(Runs::iterator run) {
  if (run == runs_.begin()) return run;
  auto previous = std::prev(run);
  if (previous->second.last + 1 != run->first || !SameMessage(previous->second, run->second)) {
    return run;
  }
  JoinRight(previous);
  return previous;
}

void FragmentRuns::DropUpTo(int64_t index) {
  while (!runs_.empty() && runs_.begin()->first <= index) {
    cost_ -= runs_.begin()->second.bytes.size() + kRunOverhead;
    runs_.erase(runs_.begin());
  }
}

}  // namespace millrace
