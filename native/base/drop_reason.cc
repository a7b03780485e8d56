#include "base/drop_reason.h"

#include "base/check.h"

namespace millrace {

std::string_view ToString(DropReason reason) {
  switch (reason) {
    case DropReason::kUnknownProtocol:
      return "unknown-protocol";
    case DropReason::kUnknownPath:
      return "unknown-path";
    case DropReason::kMalformed:
      return "malformed";
    case DropReason::kStunUnauthenticated:
      return "stun-unauthenticated";
    case DropReason::kPathNotValidated:
      return "path-not-validated";
    case DropReason::kNoSrtpKeys:
      return "no-srtp-keys";
    case DropReason::kSrtpAuthentication:
      return "srtp-authentication";
    case DropReason::kSrtpReplay:
      return "srtp-replay";
    case DropReason::kSrtpIndexExhausted:
      return "srtp-index-exhausted";
    case DropReason::kUnknownStream:
      return "unknown-stream";
    case DropReason::kStreamLimit:
      return "stream-limit";
    case DropReason::kProducerPaused:
      return "producer-paused";
    case DropReason::kConsumerPaused:
      return "consumer-paused";
    case DropReason::kNotConnected:
      return "not-connected";
    case DropReason::kDuplicate:
      return "duplicate";
    case DropReason::kTooOld:
      return "too-old";
    case DropReason::kWaitingForKeyFrame:
      return "waiting-for-key-frame";
    case DropReason::kLayerNotSelected:
      return "layer-not-selected";
    case DropReason::kNotSubscribed:
      return "not-subscribed";
    case DropReason::kUnsupportedPayload:
      return "unsupported-payload";
    case DropReason::kEmptyPayload:
      return "empty-payload";
    case DropReason::kTooLarge:
      return "too-large";
    case DropReason::kBufferLimit:
      return "buffer-limit";
    case DropReason::kPacingLimit:
      return "pacing-limit";
    case DropReason::kBitrateLimit:
      return "bitrate-limit";
    case DropReason::kRateLimit:
      return "rate-limit";
    case DropReason::kSendFailed:
      return "send-failed";
    case DropReason::kClosed:
      return "closed";
  }
  CHECK(false, "every drop reason has a name");
}

}  // namespace millrace
