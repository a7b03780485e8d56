#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "base/byte_reader.h"
#include "base/byte_writer.h"
#include "base/strong.h"
#include "wire/dependency_descriptor_patch.h"

namespace millrace {

// A few payload bytes that one consumer sees otherwise than the shared packet has them, such as the
// picture id and TL0PICIDX of a VP8 descriptor after a layer switch. Those stand side by side, so
// one run of bytes is enough. A value: applied to the consumer's own copy when that is written.
struct PayloadPatch {
  static constexpr size_t kBytesMax = 4;

  uint8_t offset = 0;
  uint8_t size = 0;
  std::array<uint8_t, kBytesMax> bytes{};

  [[nodiscard]] bool empty() const { return size == 0; }
  // Does nothing when the payload is too short for the patch.
  void Apply(MutableBytes payload) const {
    if (size > kBytesMax || size_t{offset} + size > payload.size()) return;
    for (size_t i = 0; i < size; ++i) payload[offset + i] = bytes[i];
  }
  bool operator==(const PayloadPatch&) const = default;
};

// What one consumer's copy of a shared packet has in its own: written into the copy's header (and,
// for a patch, its payload) at the flush.
struct RtpRewrite {
  Ssrc ssrc = {};
  uint32_t timestamp = 0;
  uint16_t sequence = 0;
  // RFC 4588 section 4: the original's number is the payload header of a retransmission.
  // Meaningful only when `rtx` is set; two bytes that stand before the payload.
  uint16_t original_sequence = 0;
  uint8_t payload_type = 0;
  bool marker = false;
  bool rtx = false;
  // In any codec but VP8 a packet whose active decode targets are told has no patch.
  PayloadPatch patch = {};
  DependencyPatch dependencies = {};

  bool operator==(const RtpRewrite&) const = default;
};

}  // namespace millrace
