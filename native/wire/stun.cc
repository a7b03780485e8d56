#include "wire/stun.h"

#include <algorithm>
#include <tuple>

namespace millrace {

namespace {

constexpr size_t kHeaderBytes = 20;
constexpr size_t kLengthPosition = 2;
constexpr size_t kAttributeHeaderBytes = 4;
constexpr size_t kIntegrityBytes = std::tuple_size_v<HmacSha1Digest>;
// A binding request has about ten; more than this is an attempt to keep us busy.
constexpr size_t kAttributesMax = 64;
// RFC 8489 5: "The Magic Cookie field MUST contain the fixed value 0x2112A442 in network byte
// order."
constexpr uint32_t kMagicCookie = 0x2112A442;
// RFC 8489 14.7: FINGERPRINT is the CRC-32 "XOR'ed with the 32-bit value 0x5354554e".
constexpr uint32_t kFingerprintXor = 0x5354554e;
// RFC 8489 14.3: a user name has "fewer than 509 bytes".
constexpr size_t kUsernameBytesMax = 508;

// Attribute types (RFC 8489 section 18.3, RFC 8445 section 16.1).
constexpr uint16_t kMappedAddress = 0x0001;
constexpr uint16_t kUsername = 0x0006;
constexpr uint16_t kMessageIntegrity = 0x0008;
constexpr uint16_t kErrorCode = 0x0009;
constexpr uint16_t kUnknownAttributes = 0x000A;
constexpr uint16_t kRealm = 0x0014;
constexpr uint16_t kNonce = 0x0015;
constexpr uint16_t kMessageIntegritySha256 = 0x001C;
constexpr uint16_t kXorMappedAddress = 0x0020;
constexpr uint16_t kPriority = 0x0024;
constexpr uint16_t kUseCandidate = 0x0025;
constexpr uint16_t kFirstOptional = 0x8000;
constexpr uint16_t kFingerprint = 0x8028;
constexpr uint16_t kIceControlled = 0x8029;
constexpr uint16_t kIceControlling = 0x802A;

constexpr uint8_t kFamilyV4 = 0x01;
constexpr uint8_t kFamilyV6 = 0x02;

constexpr size_t PaddingAfter(size_t size) { return (4 - size % 4) % 4; }

constexpr std::array<uint32_t, 256> MakeCrcTable() {
  // ITU-T V.42, least significant bit first.
  constexpr uint32_t kPolynomial = 0xEDB88320;
  std::array<uint32_t, 256> table{};
  for (uint32_t i = 0; i < table.size(); ++i) {
    uint32_t value = i;
    for (int bit = 0; bit < 8; ++bit) value = (value >> 1) ^ ((value & 1) ? kPolynomial : 0);
    table[i] = value;
  }
  return table;
}

constexpr std::array<uint32_t, 256> kCrcTable = MakeCrcTable();

uint32_t Crc32(Bytes bytes) {
  uint32_t crc = 0xFFFFFFFF;
  for (uint8_t byte : bytes) crc = (crc >> 8) ^ kCrcTable[(crc ^ byte) & 0xFF];
  return ~crc;
}

// RFC 8489 5, figure 3: the class bits C1 and C0 stand between the method's bits.
constexpr StunClass ClassOf(uint16_t type) {
  return static_cast<StunClass>(((type >> 7) & 0x2) | ((type >> 4) & 0x1));
}
constexpr uint16_t MethodOf(uint16_t type) {
  return static_cast<uint16_t>((type & 0x000F) | ((type >> 1) & 0x0070) | ((type >> 2) & 0x0F80));
}
constexpr uint16_t TypeOf(StunClass message_class, uint16_t method) {
  unsigned bits = static_cast<unsigned>(message_class);
  return static_cast<uint16_t>((method & 0x000Fu) | ((method & 0x0070u) << 1) |
                               ((method & 0x0F80u) << 2) | ((bits & 0x2u) << 7) |
                               ((bits & 0x1u) << 4));
}

// The bytes that the address is XORed with: the magic cookie, then the transaction id.
std::array<uint8_t, 16> AddressMask(const StunTransactionId& transaction_id) {
  std::array<uint8_t, 16> mask{};
  ByteWriter writer(mask);
  writer.WriteU32(kMagicCookie);
  writer.WriteBytes(transaction_id);
  return mask;
}

std::optional<Endpoint> ReadXorMappedAddress(Bytes value, const StunTransactionId& transaction_id) {
  ByteReader reader(value);
  reader.Skip(1);
  uint8_t family = reader.ReadU8();
  // RFC 8489 14.2: "X-Port is computed by XOR'ing the mapped port with the most significant 16 bits
  // of the magic cookie."
  uint16_t port = static_cast<uint16_t>(reader.ReadU16() ^ (kMagicCookie >> 16));
  Bytes masked = reader.rest();
  size_t size = family == kFamilyV4 ? 4 : 16;
  if (!reader.ok() || masked.size() != size) return std::nullopt;
  if (family != kFamilyV4 && family != kFamilyV6) return std::nullopt;
  std::array<uint8_t, 16> address = AddressMask(transaction_id);
  for (size_t i = 0; i < size; ++i) address[i] ^= masked[i];
  if (family == kFamilyV6) return Endpoint{IpAddress(address), port};
  return Endpoint{IpAddress::FromV4({address[0], address[1], address[2], address[3]}), port};
}

std::optional<uint16_t> ReadErrorCode(Bytes value) {
  ByteReader reader(value);
  reader.Skip(2);
  uint8_t hundreds = reader.ReadU8() & 0x7;
  uint8_t number = reader.ReadU8();
  // RFC 8489 14.8: the class is "between 3 and 6", the number "between 0 and 99".
  if (!reader.ok() || hundreds < 3 || hundreds > 6 || number > 99) return std::nullopt;
  return static_cast<uint16_t>(hundreds * 100 + number);
}

// Whether the value has the size that its type demands.
bool IsWellFormed(uint16_t type, size_t size) {
  switch (type) {
    case kUsername:
      return size <= kUsernameBytesMax;
    case kMessageIntegrity:
      return size == kIntegrityBytes;
    case kPriority:
    case kFingerprint:
      return size == 4;
    case kIceControlled:
    case kIceControlling:
      return size == 8;
    case kUseCandidate:
      return size == 0;
    default:
      return true;
  }
}

void NoteUnknown(uint16_t type, StunMessage& message) {
  if (type >= kFirstOptional) return;
  if (message.unknown_required_count == StunMessage::kUnknownAttributesMax) return;
  message.unknown_required_types[message.unknown_required_count++] = type;
}

// Puts one well-formed attribute into the message; false when its content makes no sense.
bool TakeAttribute(uint16_t type, Bytes value, StunMessage& message) {
  ByteReader reader(value);
  switch (type) {
    case kUsername: {
      // RFC 8489 14: "only the first occurrence needs to be processed by a receiver, and any
      // duplicates MAY be ignored by a receiver."
      std::string_view text(reinterpret_cast<const char*>(value.data()), value.size());
      if (!message.username) message.username = text;
      return true;
    }
    case kPriority:
      if (!message.priority) message.priority = reader.ReadU32();
      return true;
    case kUseCandidate:
      message.use_candidate = true;
      return true;
    case kIceControlled:
      if (!message.ice_controlled) message.ice_controlled = reader.ReadU64();
      return true;
    case kIceControlling:
      if (!message.ice_controlling) message.ice_controlling = reader.ReadU64();
      return true;
    case kErrorCode:
      if (!message.error_code) message.error_code = ReadErrorCode(value);
      return message.error_code.has_value();
    case kXorMappedAddress:
      if (!message.xor_mapped_address) {
        message.xor_mapped_address = ReadXorMappedAddress(value, message.transaction_id);
      }
      return message.xor_mapped_address.has_value();
    // Known, and of no use to ICE, which only has short-term credentials and SHA-1.
    case kMappedAddress:
    case kUnknownAttributes:
    case kRealm:
    case kNonce:
    case kMessageIntegritySha256:
      return true;
    default:
      NoteUnknown(type, message);
      return true;
  }
}

// Reads attribute after attribute up to the message's end; false when one of them is broken.
bool ReadAttributes(Bytes datagram, ByteReader& reader, StunMessage& message) {
  for (size_t i = 0; reader.remaining() > 0; ++i) {
    if (i == kAttributesMax) return false;
    size_t position = reader.position();
    uint16_t type = reader.ReadU16();
    size_t size = reader.ReadU16();
    Bytes value = reader.ReadBytes(size);
    reader.Skip(PaddingAfter(size));
    if (!reader.ok() || !IsWellFormed(type, size)) return false;
    if (type == kFingerprint) {
      message.has_fingerprint = true;
      uint32_t expected = Crc32(datagram.first(position)) ^ kFingerprintXor;
      // RFC 8489 14.7: "When present, the FINGERPRINT attribute MUST be the last attribute in the
      // message".
      return ByteReader(value).ReadU32() == expected && reader.remaining() == 0;
    }
    // RFC 8489 14.5: "agents MUST ignore all other attributes that follow MESSAGE-INTEGRITY."
    if (message.integrity_position) continue;
    if (type == kMessageIntegrity) {
      message.integrity_position = position;
    } else if (!TakeAttribute(type, value, message)) {
      return false;
    }
  }
  return true;
}

}  // namespace

std::optional<StunMessage> StunMessage::Parse(Bytes datagram) {
  if (datagram.size() > kStunMessageBytesMax) return std::nullopt;
  ByteReader reader(datagram);
  uint16_t type = reader.ReadU16();
  size_t length = reader.ReadU16();
  uint32_t cookie = reader.ReadU32();
  Bytes transaction_id = reader.ReadBytes(std::tuple_size_v<StunTransactionId>);
  if (!reader.ok()) return std::nullopt;
  // RFC 8489 5: "The most significant 2 bits of every STUN message MUST be zeroes."
  if ((type & 0xC000) != 0 || cookie != kMagicCookie) return std::nullopt;
  // RFC 8489 5: "Since all STUN attributes are padded to a multiple of 4 bytes, the last 2 bits of
  // this field are always zero."
  if (length % 4 != 0 || length != reader.remaining()) return std::nullopt;

  StunMessage message;
  message.message_class = ClassOf(type);
  message.method = MethodOf(type);
  std::copy(transaction_id.begin(), transaction_id.end(), message.transaction_id.begin());
  if (!ReadAttributes(datagram, reader, message)) return std::nullopt;
  return message;
}

bool StunMessage::CheckIntegrity(Bytes datagram, Bytes key, HmacSha1Function hmac) const {
  if (!integrity_position || datagram.size() > kStunMessageBytesMax) return false;
  size_t end = *integrity_position + kAttributeHeaderBytes + kIntegrityBytes;
  if (end > datagram.size()) return false;
  // RFC 8489 14.5: the length must be "adjusted to point to the end of the MESSAGE-INTEGRITY
  // attribute prior to calculating the HMAC".
  std::array<uint8_t, kStunMessageBytesMax> copy;
  ByteWriter text(copy);
  text.WriteBytes(datagram.first(*integrity_position));
  text.PatchU16(kLengthPosition, static_cast<uint16_t>(end - kHeaderBytes));
  HmacSha1Digest expected = hmac(key, text.written());
  Bytes given = datagram.subspan(*integrity_position + kAttributeHeaderBytes, kIntegrityBytes);
  unsigned difference = 0;
  for (size_t i = 0; i < kIntegrityBytes; ++i) difference |= unsigned{expected[i]} ^ given[i];
  return difference == 0;
}

StunWriter::StunWriter(MutableBytes target, StunClass message_class, uint16_t method,
                       const StunTransactionId& transaction_id)
    : writer_(target.first(std::min(target.size(), kStunMessageBytesMax))),
      transaction_id_(transaction_id) {
  writer_.WriteU16(TypeOf(message_class, method));
  writer_.WriteU16(0);
  writer_.WriteU32(kMagicCookie);
  writer_.WriteBytes(transaction_id_);
}

void StunWriter::AddUsername(std::string_view username) {
  AddBytes(kUsername, {reinterpret_cast<const uint8_t*>(username.data()), username.size()});
}

void StunWriter::AddPriority(uint32_t priority) {
  BeginAttribute(kPriority, 4);
  writer_.WriteU32(priority);
}

void StunWriter::AddUseCandidate() { BeginAttribute(kUseCandidate, 0); }

void StunWriter::AddIceControlled(uint64_t tie_breaker) {
  BeginAttribute(kIceControlled, 8);
  writer_.WriteU64(tie_breaker);
}

void StunWriter::AddIceControlling(uint64_t tie_breaker) {
  BeginAttribute(kIceControlling, 8);
  writer_.WriteU64(tie_breaker);
}

void StunWriter::AddXorMappedAddress(const Endpoint& endpoint) {
  bool v4 = endpoint.address.is_v4();
  std::array<uint8_t, 16> masked = AddressMask(transaction_id_);
  Bytes address = Bytes(endpoint.address.bytes()).last(v4 ? 4 : 16);
  for (size_t i = 0; i < address.size(); ++i) masked[i] ^= address[i];
  BeginAttribute(kXorMappedAddress, 4 + address.size());
  writer_.WriteU8(0);
  writer_.WriteU8(v4 ? kFamilyV4 : kFamilyV6);
  writer_.WriteU16(static_cast<uint16_t>(endpoint.port ^ (kMagicCookie >> 16)));
  writer_.WriteBytes(Bytes(masked).first(address.size()));
}

void StunWriter::AddErrorCode(uint16_t code, std::string_view reason) {
  BeginAttribute(kErrorCode, 4 + reason.size());
  writer_.WriteU16(0);
  writer_.WriteU8(static_cast<uint8_t>(code / 100));
  writer_.WriteU8(static_cast<uint8_t>(code % 100));
  writer_.WriteBytes({reinterpret_cast<const uint8_t*>(reason.data()), reason.size()});
  writer_.WriteZeros(PaddingAfter(reason.size()));
}

void StunWriter::AddUnknownAttributes(std::span<const uint16_t> types) {
  BeginAttribute(kUnknownAttributes, 2 * types.size());
  for (uint16_t type : types) writer_.WriteU16(type);
  writer_.WriteZeros(PaddingAfter(2 * types.size()));
}

void StunWriter::AddMessageIntegrity(Bytes key, HmacSha1Function hmac) {
  SetLength(kAttributeHeaderBytes + kIntegrityBytes);
  if (!writer_.ok()) return;
  AddBytes(kMessageIntegrity, hmac(key, writer_.written()));
}

void StunWriter::AddFingerprint() {
  SetLength(kAttributeHeaderBytes + sizeof(uint32_t));
  uint32_t fingerprint = Crc32(writer_.written()) ^ kFingerprintXor;
  BeginAttribute(kFingerprint, sizeof(uint32_t));
  writer_.WriteU32(fingerprint);
}

Bytes StunWriter::Finish() {
  SetLength(0);
  if (!writer_.ok()) return {};
  return writer_.written();
}

void StunWriter::AddBytes(uint16_t type, Bytes value) {
  BeginAttribute(type, value.size());
  writer_.WriteBytes(value);
  // RFC 8489 14: "The padding bits MUST be set to zero on sending".
  writer_.WriteZeros(PaddingAfter(value.size()));
}

void StunWriter::BeginAttribute(uint16_t type, size_t size) {
  writer_.WriteU16(type);
  writer_.WriteU16(static_cast<uint16_t>(size));
}

void StunWriter::SetLength(size_t more) {
  if (!writer_.ok()) return;
  // RFC 8489 5: the length is that of the message "not including the 20-byte STUN header".
  size_t length = writer_.position() - kHeaderBytes + more;
  writer_.PatchU16(kLengthPosition, static_cast<uint16_t>(length));
}

}  // namespace millrace
