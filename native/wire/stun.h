#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "base/byte_reader.h"
#include "base/byte_writer.h"
#include "base/endpoint.h"

namespace millrace {

enum class StunClass : uint8_t { kRequest = 0, kIndication = 1, kSuccess = 2, kError = 3 };

// The only method ICE uses (RFC 8489 section 18.2).
inline constexpr uint16_t kStunBinding = 0x001;

// Error codes an ICE agent answers with (RFC 8489 section 14.8, RFC 8445 section 7.3.1.1).
inline constexpr uint16_t kStunBadRequest = 400;
inline constexpr uint16_t kStunUnauthenticated = 401;
inline constexpr uint16_t kStunUnknownAttribute = 420;
inline constexpr uint16_t kStunRoleConflict = 487;

// Longer messages are refused: no ICE message comes near the size of one Ethernet frame.
inline constexpr size_t kStunMessageBytesMax = 1500;

using StunTransactionId = std::array<uint8_t, 12>;
using HmacSha1Digest = std::array<uint8_t, 20>;

// HMAC-SHA1 of `text` under `key`. The caller brings it: this room has no cryptography.
using HmacSha1Function = HmacSha1Digest (*)(Bytes key, Bytes text);

// The values of one STUN message (RFC 8489) that an ICE agent looks at.
// Text and bytes point into the datagram and live as long as it does. A FINGERPRINT that is there
// has been checked; MESSAGE-INTEGRITY has not, because that takes a key: see CheckIntegrity.
struct StunMessage {
  // How many unknown attributes a 420 answer can name; a peer that sends more learns of the first.
  static constexpr size_t kUnknownAttributesMax = 8;

  StunClass message_class = StunClass::kRequest;
  uint16_t method = 0;
  StunTransactionId transaction_id{};

  std::optional<std::string_view> username;
  std::optional<uint32_t> priority;
  bool use_candidate = false;
  std::optional<uint64_t> ice_controlled;
  std::optional<uint64_t> ice_controlling;
  std::optional<Endpoint> xor_mapped_address;
  std::optional<uint16_t> error_code;
  // Where the MESSAGE-INTEGRITY attribute begins in the datagram.
  std::optional<size_t> integrity_position;
  bool has_fingerprint = false;

  // Comprehension-required attributes that this parser does not know.
  std::array<uint16_t, kUnknownAttributesMax> unknown_required_types{};
  size_t unknown_required_count = 0;

  // Nothing unless the bytes are exactly one STUN message with a fitting FINGERPRINT, if any.
  [[nodiscard]] static std::optional<StunMessage> Parse(Bytes datagram);

  // Whether MESSAGE-INTEGRITY is there and was made with `key` over these very bytes, the ones that
  // this message was parsed from. Takes the same time whichever byte differs.
  [[nodiscard]] bool CheckIntegrity(Bytes datagram, Bytes key, HmacSha1Function hmac) const;

  [[nodiscard]] std::span<const uint16_t> unknown_required() const {
    return std::span(unknown_required_types).first(unknown_required_count);
  }
};

// Builds one STUN message in bytes that somebody else owns. Attributes leave in the order of the
// calls; AddMessageIntegrity and then AddFingerprint come last. What does not fit makes Finish
// answer nothing; no call writes past the end.
class StunWriter {
 public:
  StunWriter(MutableBytes target, StunClass message_class, uint16_t method,
             const StunTransactionId& transaction_id);

  void AddUsername(std::string_view username);
  void AddPriority(uint32_t priority);
  void AddUseCandidate();
  void AddIceControlled(uint64_t tie_breaker);
  void AddIceControlling(uint64_t tie_breaker);
  void AddXorMappedAddress(const Endpoint& endpoint);
  void AddErrorCode(uint16_t code, std::string_view reason);
  void AddUnknownAttributes(std::span<const uint16_t> types);
  void AddMessageIntegrity(Bytes key, HmacSha1Function hmac);
  void AddFingerprint();

  // The whole message, or empty bytes when it did not fit.
  [[nodiscard]] Bytes Finish();

 private:
  void AddBytes(uint16_t type, Bytes value);
  void BeginAttribute(uint16_t type, size_t size);
  // Makes the length field count what is written and `more` bytes.
  void SetLength(size_t more);

  ByteWriter writer_;
  StunTransactionId transaction_id_;
};

}  // namespace millrace
