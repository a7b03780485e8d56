#include "protocol/sctp/data_channel.h"

#include <algorithm>
#include <limits>

#include "base/byte_writer.h"

namespace millrace {

namespace {

constexpr uint8_t kAck = 0x02;
constexpr uint8_t kOpen = 0x03;
constexpr uint8_t kAckMessage[] = {kAck};
constexpr size_t kFixedBytes = 12;

// RFC 8832 section 5.1: the channel types, and the bit that makes any of them unordered.
constexpr uint8_t kReliable = 0x00;
constexpr uint8_t kLimitedRetransmits = 0x01;
constexpr uint8_t kLimitedLifetime = 0x02;
constexpr uint8_t kUnordered = 0x80;

std::string_view TextOf(Bytes bytes) {
  // Bytes and characters are the same octets; the standard allows to look at them so.
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

void WriteText(std::string_view text, ByteWriter& writer) {
  for (char letter : text) writer.WriteU8(static_cast<uint8_t>(letter));
}

// The parameter of the channel type has 32 bits, our limits 16, as those of the page's interface.
uint16_t Clip(uint32_t parameter) {
  return static_cast<uint16_t>(std::min<uint32_t>(parameter, std::numeric_limits<uint16_t>::max()));
}

}  // namespace

std::optional<DataChannelOpen> DataChannelOpen::Parse(Bytes message) {
  ByteReader reader(message);
  if (reader.ReadU8() != kOpen) return std::nullopt;
  uint8_t type = reader.ReadU8();
  DataChannelOpen open;
  open.priority = reader.ReadU16();
  uint32_t parameter = reader.ReadU32();
  size_t label_bytes = reader.ReadU16();
  size_t protocol_bytes = reader.ReadU16();
  open.label = TextOf(reader.ReadBytes(label_bytes));
  open.protocol = TextOf(reader.ReadBytes(protocol_bytes));
  if (!reader.ok() || reader.remaining() > 0) return std::nullopt;
  open.reliability.ordered = (type & kUnordered) == 0;
  switch (type & ~kUnordered) {
    case kReliable:
      break;
    case kLimitedRetransmits:
      open.reliability.max_retransmits = Clip(parameter);
      break;
    case kLimitedLifetime:
      open.reliability.lifetime = Duration::Millis(Clip(parameter));
      break;
    default:
      return std::nullopt;
  }
  return open;
}

std::optional<std::vector<uint8_t>> DataChannelOpen::Write() const {
  if (label.size() > kTextBytesMax || protocol.size() > kTextBytesMax) return std::nullopt;
  std::vector<uint8_t> message(kFixedBytes + label.size() + protocol.size());
  ByteWriter writer(message);
  uint8_t type = kReliable;
  uint32_t parameter = 0;
  if (reliability.max_retransmits) {
    type = kLimitedRetransmits;
    parameter = *reliability.max_retransmits;
  } else if (reliability.lifetime) {
    type = kLimitedLifetime;
    parameter = static_cast<uint32_t>(reliability.lifetime->ms());
  }
  writer.WriteU8(kOpen);
  writer.WriteU8(reliability.ordered ? type : static_cast<uint8_t>(type | kUnordered));
  writer.WriteU16(priority);
  writer.WriteU32(parameter);
  writer.WriteU16(static_cast<uint16_t>(label.size()));
  writer.WriteU16(static_cast<uint16_t>(protocol.size()));
  WriteText(label, writer);
  WriteText(protocol, writer);
  return message;
}

bool IsDataChannelAck(Bytes message) { return message.size() == 1 && message[0] == kAck; }

Bytes DataChannelAck() { return kAckMessage; }

}  // namespace millrace
