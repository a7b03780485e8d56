#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/byte_reader.h"

namespace millrace {

// A list of byte strings that stand back to back in one vector. Clearing keeps the memory.
class ByteStrings {
 public:
  void Append(Bytes bytes) {
    bytes_.insert(bytes_.end(), bytes.begin(), bytes.end());
    ends_.push_back(bytes_.size());
  }
  void Clear() {
    bytes_.clear();
    ends_.clear();
  }

  [[nodiscard]] bool empty() const { return ends_.empty(); }
  [[nodiscard]] size_t size() const { return ends_.size(); }
  [[nodiscard]] Bytes operator[](size_t index) const {
    size_t begin = index == 0 ? 0 : ends_[index - 1];
    return Bytes(bytes_).subspan(begin, ends_[index] - begin);
  }

 private:
  std::vector<uint8_t> bytes_;
  std::vector<size_t> ends_;
};

}  // namespace millrace
