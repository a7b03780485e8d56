#include "base/output.h"

#include <cstring>
#include <utility>

#include "base/check.h"

namespace millrace {

Output::Output() : slab_(kSlabBytes) { datagrams_.reserve(1024); }

MutableBytes Output::Reserve(size_t size) {
  if (size > slab_free()) return {};
  return MutableBytes(slab_).subspan(slab_used_);
}

void Output::Commit(const Path& path, size_t size) {
  CHECK(size <= slab_free(), "a datagram is committed from bytes that were reserved");
  datagrams_.push_back({path, static_cast<uint32_t>(slab_used_), static_cast<uint32_t>(size)});
  slab_used_ += size;
  counters_.sent.Add(size);
}

void Output::Send(const Path& path, Bytes bytes) {
  MutableBytes target = Reserve(bytes.size());
  if (target.empty()) {
    CountDrop(DropReason::kBufferLimit);
    return;
  }
  std::memcpy(target.data(), bytes.data(), bytes.size());
  Commit(path, bytes.size());
}

Bytes Output::bytes_of(const Datagram& datagram) const {
  return Bytes(slab_).subspan(datagram.offset, datagram.size);
}

void Output::AppendFrame(Bytes frame) { frames_.insert(frames_.end(), frame.begin(), frame.end()); }

void Output::Log(LogLevel level, LogTag tag, std::string text) {
  if (WouldLog(level, tag)) log_lines_.push_back({level, std::move(text)});
}

bool Output::WouldLog(LogLevel level, LogTag tag) const {
  if (log_off_ || level < log_least_) return false;
  if (level == LogLevel::kError || tag == LogTag::kNone) return true;
  return ((log_tags_ >> static_cast<uint32_t>(tag)) & 1u) != 0;
}

void Output::ClearDatagrams() {
  datagrams_.clear();
  slab_used_ = 0;
}

void Output::Clear() {
  ClearDatagrams();
  frames_.clear();
  log_lines_.clear();
  closed_sockets_.clear();
}

}  // namespace millrace
