#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "base/byte_reader.h"
#include "base/time.h"
#include "protocol/sctp/sctp_types.h"

namespace millrace {

// All that the answerer of an INIT must know when the handshake goes on, kept by the peer in the
// meantime and signed with a key of ours (RFC 9260 section 5.1.3). Holds numbers of the protocol
// only; no address of our memory is ever on the wire.
struct StateCookie {
  static constexpr size_t kBytes = 64;
  static constexpr size_t kKeyBytes = 32;
  // RFC 9260 section 16: "Valid.Cookie.Life: 60 seconds".
  static constexpr Duration kLife = Duration::Seconds(60);
  using Key = std::array<uint8_t, kKeyBytes>;

  Timestamp created;
  uint32_t own_tag = 0;
  uint32_t peer_tag = 0;
  uint32_t own_initial_tsn = 0;
  uint32_t peer_initial_tsn = 0;
  uint32_t peer_window = 0;
  // Tags of the association that existed when the INIT came, or zero (section 5.2.2).
  uint32_t own_tie_tag = 0;
  uint32_t peer_tie_tag = 0;
  SctpNegotiated negotiated;

  [[nodiscard]] std::array<uint8_t, kBytes> Seal(const Key& key) const;
  // Nothing unless we signed exactly this. Whether it is too old is for the caller to see.
  [[nodiscard]] static std::optional<StateCookie> Open(Bytes bytes, const Key& key);
};

}  // namespace millrace
