#include "worker/channel_text.h"

#include <cstdint>

namespace millrace {

namespace {

struct Lead {
  size_t length = 0;      // bytes of the whole sequence; 0: not a first byte
  uint32_t bits = 0;      // the payload bits of the first byte
  uint32_t smallest = 0;  // the smallest code point that needs so many bytes
};

// RFC 3629 section 3, the table of octet sequences.
Lead ReadLead(uint8_t byte) {
  if (byte < 0x80) return {1, byte, 0};
  if ((byte & 0xe0) == 0xc0) return {2, byte & 0x1fu, 0x80};
  if ((byte & 0xf0) == 0xe0) return {3, byte & 0x0fu, 0x800};
  if ((byte & 0xf8) == 0xf0) return {4, byte & 0x07u, 0x10000};
  return {};
}

// RFC 3629 section 3: "The definition of UTF-8 prohibits encoding character numbers between U+D800
// and U+DFFF", and overlong sequences and anything above U+10FFFF are invalid.
bool IsCodePoint(uint32_t value, uint32_t smallest) {
  return value >= smallest && value <= 0x10ffff && (value < 0xd800 || value > 0xdfff);
}

}  // namespace

bool IsCleanText(std::string_view text) {
  size_t position = 0;
  while (position < text.size()) {
    Lead lead = ReadLead(static_cast<uint8_t>(text[position]));
    if (lead.length == 0 || lead.length > text.size() - position) return false;
    uint32_t value = lead.bits;
    for (size_t i = 1; i < lead.length; ++i) {
      uint8_t byte = static_cast<uint8_t>(text[position + i]);
      if ((byte & 0xc0) != 0x80) return false;
      value = (value << 6) | (byte & 0x3fu);
    }
    if (value == 0 || !IsCodePoint(value, lead.smallest)) return false;
    position += lead.length;
  }
  return true;
}

bool IsCleanId(std::string_view text) {
  return !text.empty() && text.size() <= kMaxIdBytes && IsCleanText(text);
}

}  // namespace millrace
