#pragma once

#include <gtest/gtest.h>

#include <optional>
#include <string_view>
#include <vector>

#include "wire/hex.h"
#include "wire/rtcp/rtcp_reader.h"

namespace millrace {

// Bytes of RTCP that live as long as the values parsed from them.
struct RtcpBytes {
  explicit RtcpBytes(std::string_view hex) : bytes(Hex(hex)) {}
  explicit RtcpBytes(Bytes source) : bytes(source.begin(), source.end()) {}

  // The first packet, which must be there, parsed as T.
  template <typename T>
  [[nodiscard]] std::optional<T> As() const {
    std::optional<RtcpBlock> block = RtcpReader(bytes).Next();
    EXPECT_TRUE(block.has_value());
    return block ? T::Parse(*block) : std::nullopt;
  }

  std::vector<uint8_t> bytes;
};

// What `write(ByteWriter&)` wrote into `room` bytes.
template <typename F>
std::vector<uint8_t> Written(F&& write, size_t room = 2000) {
  std::vector<uint8_t> bytes(room);
  ByteWriter writer(bytes);
  write(writer);
  EXPECT_TRUE(writer.ok());
  bytes.resize(writer.position());
  return bytes;
}

}  // namespace millrace
