#include "protocol/sctp/crc32c.h"

#include <array>
#include <cstddef>

namespace millrace {

namespace {

// RFC 9260 appendix A: the polynomial 0x1EDC6F41, least significant bit first.
constexpr uint32_t kPolynomial = 0x82F63B78;
// Eight bytes a step: kTables[k][b] is what byte b, followed by k zero bytes, does to the sum.
constexpr size_t kStepBytes = 8;
using Tables = std::array<std::array<uint32_t, 256>, kStepBytes>;

constexpr Tables MakeTables() {
  Tables tables{};
  for (uint32_t i = 0; i < 256; ++i) {
    uint32_t value = i;
    for (int bit = 0; bit < 8; ++bit) value = (value >> 1) ^ ((value & 1) ? kPolynomial : 0);
    tables[0][i] = value;
  }
  for (size_t k = 1; k < kStepBytes; ++k) {
    for (size_t i = 0; i < 256; ++i) {
      uint32_t shorter = tables[k - 1][i];
      tables[k][i] = (shorter >> 8) ^ tables[0][shorter & 0xff];
    }
  }
  return tables;
}

constexpr Tables kTables = MakeTables();

}  // namespace

uint32_t Crc32c(Bytes bytes, uint32_t before) {
  uint32_t sum = ~before;
  while (bytes.size() >= kStepBytes) {
    uint32_t mixed =
        sum ^ (static_cast<uint32_t>(bytes[0]) | static_cast<uint32_t>(bytes[1]) << 8 |
               static_cast<uint32_t>(bytes[2]) << 16 | static_cast<uint32_t>(bytes[3]) << 24);
    sum = kTables[7][mixed & 0xff] ^ kTables[6][(mixed >> 8) & 0xff] ^
          kTables[5][(mixed >> 16) & 0xff] ^ kTables[4][mixed >> 24] ^ kTables[3][bytes[4]] ^
          kTables[2][bytes[5]] ^ kTables[1][bytes[6]] ^ kTables[0][bytes[7]];
    bytes = bytes.subspan(kStepBytes);
  }
  for (uint8_t byte : bytes) sum = (sum >> 8) ^ kTables[0][(sum ^ byte) & 0xff];
  return ~sum;
}

}  // namespace millrace
