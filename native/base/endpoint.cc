#include "base/endpoint.h"

#include <algorithm>
#include <charconv>
#include <vector>

namespace millrace {

namespace {

constexpr std::array<uint8_t, 12> kMappedPrefix = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

std::optional<std::array<uint8_t, 4>> ParseV4(std::string_view text) {
  std::array<uint8_t, 4> bytes{};
  const char* at = text.data();
  const char* end = at + text.size();
  for (size_t i = 0; i < 4; ++i) {
    auto [next, error] = std::from_chars(at, end, bytes[i]);
    if (error != std::errc() || next - at > 3) return std::nullopt;
    at = next;
    if (i == 3) break;
    if (at == end || *at != '.') return std::nullopt;
    ++at;
  }
  if (at != end) return std::nullopt;
  return bytes;
}

// One side of a "::", as bytes: groups of up to four hexadecimal digits. RFC 4291 section 2.2: IPv4
// may stand for the last two groups of an address, and so never before the "::".
std::optional<std::vector<uint8_t>> ParseGroups(std::string_view text, bool is_end) {
  std::vector<uint8_t> bytes;
  while (!text.empty()) {
    size_t colon = text.find(':');
    std::string_view group = text.substr(0, colon);
    if (colon == std::string_view::npos && group.find('.') != std::string_view::npos) {
      auto v4 = ParseV4(group);
      if (!v4 || !is_end) return std::nullopt;
      bytes.insert(bytes.end(), v4->begin(), v4->end());
      return bytes;
    }
    uint16_t value = 0;
    auto [next, error] = std::from_chars(group.data(), group.data() + group.size(), value, 16);
    bool whole = next == group.data() + group.size();
    if (error != std::errc() || !whole || group.size() > 4) return std::nullopt;
    bytes.push_back(static_cast<uint8_t>(value >> 8));
    bytes.push_back(static_cast<uint8_t>(value));
    if (bytes.size() > 16) return std::nullopt;
    if (colon == std::string_view::npos) return bytes;
    text.remove_prefix(colon + 1);
    if (text.empty()) return std::nullopt;
  }
  return bytes;
}

std::optional<IpAddress> ParseV6(std::string_view text) {
  std::array<uint8_t, 16> bytes{};
  size_t gap = text.find("::");
  if (gap == std::string_view::npos) {
    auto all = ParseGroups(text, true);
    if (!all || all->size() != 16) return std::nullopt;
    std::copy(all->begin(), all->end(), bytes.begin());
    return IpAddress(bytes);
  }
  auto head = ParseGroups(text.substr(0, gap), false);
  auto tail = ParseGroups(text.substr(gap + 2), true);
  if (!head || !tail || head->size() + tail->size() > 14) return std::nullopt;
  std::copy(head->begin(), head->end(), bytes.begin());
  std::copy(tail->begin(), tail->end(), bytes.end() - static_cast<ptrdiff_t>(tail->size()));
  return IpAddress(bytes);
}

// RFC 5952 section 4.2: the longest run of two or more zero groups is written as "::".
std::string V6ToString(const std::array<uint8_t, 16>& bytes) {
  std::array<unsigned, 8> groups{};
  for (size_t i = 0; i < 8; ++i) groups[i] = (unsigned{bytes[2 * i]} << 8) | bytes[2 * i + 1];
  size_t best = 8;
  size_t best_length = 1;
  for (size_t i = 0; i < 8; ++i) {
    size_t length = 0;
    while (i + length < 8 && groups[i + length] == 0) ++length;
    if (length > best_length) best = i, best_length = length;
  }
  std::string text;
  for (size_t i = 0; i < 8; ++i) {
    if (i == best) {
      text += "::";
      i += best_length - 1;
      continue;
    }
    if (!text.empty() && text.back() != ':') text += ':';
    char digits[8];
    auto [end, error] = std::to_chars(digits, digits + sizeof(digits), groups[i], 16);
    (void)error;
    text.append(digits, end);
  }
  return text;
}

}  // namespace

IpAddress IpAddress::FromV4(const std::array<uint8_t, 4>& bytes) {
  std::array<uint8_t, 16> mapped{};
  std::copy(kMappedPrefix.begin(), kMappedPrefix.end(), mapped.begin());
  std::copy(bytes.begin(), bytes.end(), mapped.begin() + kMappedPrefix.size());
  return IpAddress(mapped);
}

std::optional<IpAddress> IpAddress::Parse(std::string_view text) {
  if (text.find(':') != std::string_view::npos) return ParseV6(text);
  auto v4 = ParseV4(text);
  if (!v4) return std::nullopt;
  return FromV4(*v4);
}

bool IpAddress::is_v4() const {
  return std::equal(kMappedPrefix.begin(), kMappedPrefix.end(), bytes_.begin());
}

bool IpAddress::is_unspecified() const {
  return *this == IpAddress() || *this == FromV4({0, 0, 0, 0});
}

bool IpAddress::is_multicast() const {
  return is_v4() ? (bytes_[12] & 0xf0) == 0xe0 : bytes_[0] == 0xff;
}

std::string IpAddress::ToString() const {
  if (!is_v4()) return V6ToString(bytes_);
  std::string text;
  for (size_t i = 12; i < 16; ++i) {
    if (i > 12) text += '.';
    text += std::to_string(bytes_[i]);
  }
  return text;
}

std::string Endpoint::ToString() const {
  std::string host = address.ToString();
  if (!address.is_v4()) host = "[" + host + "]";
  return host + ":" + std::to_string(port);
}

}  // namespace millrace
