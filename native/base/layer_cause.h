#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace millrace {

// Why a consumer with layers came to forward other ones than before.
enum class LayerCause : uint8_t {
  kBegin,          // nothing was forwarded, and the source sends
  kPreference,     // its viewer prefers others
  kBandwidth,      // there is less bandwidth for it, or more
  kStreamStopped,  // the source fell silent on a layer
  kStreamStarted,  // the source sends a layer again
  kEnd,            // paused, or nothing to forward it to
};

inline constexpr size_t kLayerCauseCount = static_cast<size_t>(LayerCause::kEnd) + 1;

[[nodiscard]] std::string_view ToString(LayerCause cause);

}  // namespace millrace
