#pragma once

#include <cstddef>
#include <cstdint>

#include "base/byte_reader.h"
#include "base/byte_writer.h"

namespace millrace {

// What the dependency descriptors that one viewer gets have in their own ("RTP Payload Format For
// AV1", appendix A.8): frames are numbered and templates are named on from the source that was
// forwarded before, and the viewer is told which decode targets it gets. A value: applied to the
// viewer's own copy when that is written.
struct DependencyPatch {
  // The length of a header extension's value is a byte (RFC 8285 section 4.3).
  static constexpr size_t kBytesMax = 255;

  uint16_t frame_number_shift = 0;  // added, modulo 65,536
  uint8_t template_id_shift = 0;    // added, modulo 64
  bool leave_out = false;           // the viewer gets no descriptor with this packet
  // How many decode targets the stream has; 0: what is said of active ones stays as it is.
  uint8_t target_count = 0;
  uint32_t active_targets = 0;

  [[nodiscard]] bool empty() const { return *this == DependencyPatch{}; }
  // The descriptor as the viewer gets it, in `buffer` where it differs; empty: none. One that would
  // grow beyond the buffer does not tell of active targets.
  [[nodiscard]] Bytes Apply(Bytes value, MutableBytes buffer) const;

  bool operator==(const DependencyPatch&) const = default;
};

}  // namespace millrace
