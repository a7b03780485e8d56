#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace millrace {

// Why a packet was not processed or not sent. Every packet that is dropped has exactly one.
enum class DropReason : uint8_t {
  kUnknownProtocol,      // neither STUN, DTLS, RTP nor RTCP (RFC 7983)
  kUnknownPath,          // no transport listens to this path
  kMalformed,            // the bytes do not parse
  kStunUnauthenticated,  // MESSAGE-INTEGRITY or the user name does not fit
  kPathNotValidated,     // ICE has not validated the path
  kNoSrtpKeys,           // SRTP before DTLS is done
  kSrtpAuthentication,   // the authentication tag is wrong
  kSrtpReplay,           // seen before, or older than the replay window
  kSrtpIndexExhausted,   // the key would be used for more packets than it may
  kUnknownStream,        // no producer for this SSRC, MID or RID
  kStreamLimit,          // more streams than a transport may have
  kProducerPaused,
  kConsumerPaused,
  kNotConnected,  // the receiving transport has no selected path or no keys
  kDuplicate,
  kTooOld,
  kWaitingForKeyFrame,
  kLayerNotSelected,
  kNotSubscribed,       // a message of subchannels that the data consumer does not have
  kUnsupportedPayload,  // payload type or codec that the consumer did not negotiate
  kEmptyPayload,
  kTooLarge,
  kBufferLimit,   // a pool or queue is at its named limit
  kPacingLimit,   // more waits for a thin link already than may wait
  kBitrateLimit,  // over the configured maximum incoming bitrate
  kRateLimit,     // more messages of a kind than a peer may send
  kSendFailed,    // the kernel refused the datagram
  kClosed,
};

inline constexpr size_t kDropReasonCount = static_cast<size_t>(DropReason::kClosed) + 1;

[[nodiscard]] std::string_view ToString(DropReason reason);

}  // namespace millrace
