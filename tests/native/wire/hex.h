#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace millrace {

// The bytes that a text of hexadecimal digits names; everything else in it is ignored.
inline std::vector<uint8_t> Hex(std::string_view text) {
  std::vector<uint8_t> bytes;
  int high = -1;
  for (char letter : text) {
    int digit = -1;
    if (letter >= '0' && letter <= '9') digit = letter - '0';
    if (letter >= 'a' && letter <= 'f') digit = letter - 'a' + 10;
    if (digit < 0) continue;
    if (high < 0) {
      high = digit;
      continue;
    }
    bytes.push_back(static_cast<uint8_t>(high * 16 + digit));
    high = -1;
  }
  return bytes;
}

}  // namespace millrace
