#include "base/layer_cause.h"

#include "base/check.h"

namespace millrace {

std::string_view ToString(LayerCause cause) {
  switch (cause) {
    case LayerCause::kBegin:
      return "begin";
    case LayerCause::kPreference:
      return "preference";
    case LayerCause::kBandwidth:
      return "bandwidth";
    case LayerCause::kStreamStopped:
      return "stream-stopped";
    case LayerCause::kStreamStarted:
      return "stream-started";
    case LayerCause::kEnd:
      return "end";
  }
  CHECK(false, "every cause has a name");
}

}  // namespace millrace
