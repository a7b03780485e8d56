#pragma once

#include <cstdint>
#include <optional>

#include "base/byte_reader.h"

namespace millrace {

// A type, a length and a value: the form of chunk parameters and of error causes alike
// (RFC 9260 sections 3.2.1 and 3.3.10).
struct ParameterView {
  uint16_t type = 0;
  Bytes value;
  Bytes whole;  // with its header, without padding
};

inline constexpr size_t kParameterHeaderBytes = 4;

// Reads the parameters of a chunk one after the other, at most kParametersMax of them.
class ParameterReader {
 public:
  // An INIT of a browser has about eight; the rest would be an attempt to keep us busy.
  static constexpr int kParametersMax = 64;

  explicit ParameterReader(Bytes parameters) : reader_(parameters) {}

  // Nothing at the end, or when the next one is wrong or one too many: ask ok() then.
  [[nodiscard]] std::optional<ParameterView> Next();
  [[nodiscard]] bool ok() const { return ok_; }

 private:
  ByteReader reader_;
  int count_ = 0;
  bool ok_ = true;
};

}  // namespace millrace
