#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "base/byte_reader.h"
#include "base/byte_writer.h"

namespace millrace {

// What one packet of a compound is, told by its packet type and, for feedback, its format.
enum class RtcpKind : uint8_t {
  kSenderReport,
  kReceiverReport,
  kSdes,
  kBye,
  kApp,
  kNack,
  kTransportFeedback,
  kPli,
  kFir,
  kRemb,
  kExtendedReport,
  kUnknown,
};

// One packet of a compound. Each kind's own type parses its body.
struct RtcpBlock {
  RtcpKind kind = RtcpKind::kUnknown;
  uint8_t packet_type = 0;
  uint8_t count = 0;  // report count, source count or feedback format
  Bytes body;         // after the four bytes that all packets share, without padding
  Bytes bytes;        // the whole packet
};

// Cuts a compound RTCP packet (RFC 3550 section 6.1), of normal or reduced size (RFC 5506), into
// its packets. Stops at the first one that does not fit into the rest; what came before it counts.
class RtcpReader {
 public:
  explicit RtcpReader(Bytes compound) : reader_(compound) {}

  [[nodiscard]] std::optional<RtcpBlock> Next();
  // False after a packet that did not parse.
  [[nodiscard]] bool ok() const { return ok_; }

 private:
  ByteReader reader_;
  bool ok_ = true;
};

// Packet types (RFC 3550 section 12.1, RFC 4585 section 6.1, RFC 3611 section 2).
inline constexpr uint8_t kRtcpSenderReport = 200;
inline constexpr uint8_t kRtcpReceiverReport = 201;
inline constexpr uint8_t kRtcpSdes = 202;
inline constexpr uint8_t kRtcpBye = 203;
inline constexpr uint8_t kRtcpApp = 204;
inline constexpr uint8_t kRtcpTransportLayerFeedback = 205;
inline constexpr uint8_t kRtcpPayloadSpecificFeedback = 206;
inline constexpr uint8_t kRtcpExtendedReport = 207;

// The four bytes that all RTCP packets begin with.
inline constexpr size_t kRtcpHeaderBytes = 4;

// Starts a packet of `size` bytes, a multiple of four. When that many are not left it answers
// false, writes nothing and leaves the writer usable: the compound is full, and the packet belongs
// in the next one.
[[nodiscard]] bool BeginRtcp(ByteWriter& writer, uint8_t packet_type, uint8_t count, size_t size);

}  // namespace millrace
