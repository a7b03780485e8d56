#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "base/byte_reader.h"
#include "base/byte_writer.h"
#include "base/strong.h"
#include "wire/rtcp/rtcp_reader.h"

namespace millrace {

// A request for packets that did not arrive: the generic NACK of RFC 4585 section 6.2.1.
class Nack {
 public:
  [[nodiscard]] static std::optional<Nack> Parse(const RtcpBlock& block);

  // Writes one packet that asks for as many of `sequence_numbers` as fit, in their order, and
  // answers how many that were; zero when not even one fits. The numbers ascend on their circle.
  [[nodiscard]] static size_t Write(ByteWriter& writer, Ssrc sender, Ssrc media,
                                    std::span<const uint16_t> sequence_numbers);

  [[nodiscard]] Ssrc sender() const { return sender_; }
  [[nodiscard]] Ssrc media() const { return media_; }
  // Calls f(uint16_t sequence_number) for each packet that is asked for, at most 17 an item.
  template <typename F>
  void ForEach(F&& f) const {
    ByteReader reader(items_);
    while (reader.remaining() >= kItemBytes) {
      uint16_t first = reader.ReadU16();
      uint16_t following = reader.ReadU16();
      f(first);
      // RFC 4585 6.2.1: "bitmask of following lost packets (BLP)": bit i stands for PID + i + 1.
      for (uint16_t i = 0; i < 16; ++i) {
        if ((following >> i) & 1u) f(static_cast<uint16_t>(first + i + 1));
      }
    }
  }

 private:
  static constexpr size_t kItemBytes = 4;

  Ssrc sender_;
  Ssrc media_;
  Bytes items_;
};

}  // namespace millrace
