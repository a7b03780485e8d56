#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "protocol/sctp/sctp_types.h"

namespace millrace {

// RFC 8831 section 8: what a message on a data channel is. SCTP has no empty messages, so an empty
// one is a single byte under a PPID of its own.
inline constexpr Ppid kPpidControl{50};
inline constexpr Ppid kPpidString{51};
inline constexpr Ppid kPpidBinary{53};
inline constexpr Ppid kPpidEmptyString{56};
inline constexpr Ppid kPpidEmptyBinary{57};

// RFC 8832 section 6: the side whose DTLS role is client opens even streams, the other odd ones.
[[nodiscard]] constexpr bool MayOpenDataChannel(SctpStreamId stream, bool dtls_client) {
  return (stream.value() % 2 == 0) == dtls_client;
}

// DATA_CHANNEL_OPEN (RFC 8832 section 5.1).
struct DataChannelOpen {
  static constexpr size_t kTextBytesMax = 65535;

  SctpReliability reliability = {};
  uint16_t priority = 256;
  std::string_view label;
  std::string_view protocol;

  // Nothing when clipped, of an unknown channel type, or with bytes to spare. The texts stand in
  // `message`; they are any bytes, for the caller to check.
  [[nodiscard]] static std::optional<DataChannelOpen> Parse(Bytes message);
  // Nothing when a text is too long for its length field.
  [[nodiscard]] std::optional<std::vector<uint8_t>> Write() const;
};

// DATA_CHANNEL_ACK (RFC 8832 section 5.2).
[[nodiscard]] bool IsDataChannelAck(Bytes message);
[[nodiscard]] Bytes DataChannelAck();

}  // namespace millrace
