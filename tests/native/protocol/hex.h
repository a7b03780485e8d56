#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/byte_reader.h"

namespace millrace {

// Test vectors as the RFCs print them: hexadecimal digits, blanks ignored.
inline std::vector<uint8_t> FromHex(std::string_view text) {
  std::vector<uint8_t> bytes;
  int digits = 0;
  unsigned value = 0;
  for (char letter : text) {
    if (letter == ' ' || letter == '\n') continue;
    value =
        value * 16 + static_cast<unsigned>(letter <= '9' ? letter - '0' : (letter | 32) - 'a' + 10);
    if (++digits % 2 != 0) continue;
    bytes.push_back(static_cast<uint8_t>(value));
    value = 0;
  }
  return bytes;
}

inline std::string ToHex(Bytes bytes) {
  std::string text;
  for (uint8_t byte : bytes) {
    text += "0123456789abcdef"[byte >> 4];
    text += "0123456789abcdef"[byte & 15];
  }
  return text;
}

}  // namespace millrace
