#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "base/byte_reader.h"
#include "base/strong.h"
#include "base/time.h"

namespace millrace {

using SctpStreamId = Strong<struct SctpStreamIdTag, uint16_t>;

// Payload protocol identifier (RFC 9260 section 3.3.1); data_channel.h names those of WebRTC.
using Ppid = Strong<struct PpidTag, uint32_t>;

//   kNew --Connect or the peer's COOKIE ECHO--> kConnecting ---> kConnected
//                                                   |               |
//                            no answer in time  kFailed <-----------|   too many losses, our ABORT
//                                               kClosed <-----------'   SHUTDOWN, peer's ABORT
// From kFailed and kClosed a new handshake of the peer leads to kConnected again, unless we closed.
enum class SctpState : uint8_t { kNew, kConnecting, kConnected, kFailed, kClosed };

struct SctpPorts {
  uint16_t local = 5000;
  uint16_t remote = 5000;
};

// How hard the association tries to deliver one message (RFC 3758, RFC 7496). With neither limit it
// never gives up; with both, the first one reached counts.
struct SctpReliability {
  bool ordered = true;
  std::optional<uint16_t> max_retransmits = {};
  std::optional<Duration> lifetime = {};
};

// One message to be sent; the payload is copied when it is taken.
struct SctpOutgoingMessage {
  SctpStreamId stream;
  Ppid ppid;
  SctpReliability reliability = {};
  Bytes payload;
};

// What both sides can do, known once connected.
struct SctpNegotiated {
  uint16_t outbound_streams = 0;
  uint16_t inbound_streams = 0;
  bool partial_reliability = false;
  bool stream_reset = false;
  bool interleaving = false;
};

// Bounds of what an association may keep, whoever asks for it.
struct SctpLimits {
  // Payload of messages that are not delivered yet, with a share for keeping them.
  static constexpr size_t kReassemblyBytesMax = 1024 * 1024;
  // The window that is announced leaves room for chunks that fill gaps below it.
  static constexpr uint32_t kReceiveWindowMax = 768 * 1024;
  // RFC 9260 3.3.2: "The Advertised Receiver Window Credit (a_rwnd) value MUST be" at least 1500.
  static constexpr uint32_t kReceiveWindowMin = 1500;
  static constexpr uint32_t kMessageBytesMax = 512 * 1024;
  static constexpr uint32_t kSendBufferBytesMax = 16 * 1024 * 1024;
  // What one DTLS record of a 1,200 byte datagram carries, in whole words.
  static constexpr size_t kPacketBytesDefault = 1148;
  static constexpr size_t kPacketBytesMin = 512;
  static constexpr size_t kPacketBytesMax = 1400;
};

struct SctpSettings {
  SctpPorts ports = {};
  // Chromium opens no more; a peer may ask for 65,535 and gets this.
  uint16_t streams_max = 1024;
  uint32_t max_send_message_size = 262144;
  uint32_t max_receive_message_size = 262144;
  uint32_t send_buffer_size = 2 * 1024 * 1024;
  uint32_t per_stream_send_queue_limit = 2 * 1024 * 1024;
  uint32_t receive_window = SctpLimits::kReceiveWindowMax;
  uint32_t buffered_amount_low_threshold = 0;
  // The longest SCTP packet that the layer below carries.
  size_t packet_bytes_max = SctpLimits::kPacketBytesDefault;
  // Offers I-DATA (RFC 8260): long messages on one stream then do not block the others.
  bool interleaving = false;

  // The same within SctpLimits.
  [[nodiscard]] SctpSettings Bounded() const {
    using Limits = SctpLimits;
    SctpSettings result = *this;
    result.streams_max = std::max<uint16_t>(streams_max, 1);
    result.max_send_message_size = std::clamp(max_send_message_size, 1u, Limits::kMessageBytesMax);
    result.max_receive_message_size =
        std::clamp(max_receive_message_size, 1u, Limits::kMessageBytesMax);
    result.send_buffer_size = std::min(send_buffer_size, Limits::kSendBufferBytesMax);
    result.receive_window =
        std::clamp(receive_window, Limits::kReceiveWindowMin, Limits::kReceiveWindowMax);
    // Whole words: a chunk is padded to a multiple of four.
    result.packet_bytes_max =
        std::clamp(packet_bytes_max, Limits::kPacketBytesMin, Limits::kPacketBytesMax) / 4 * 4;
    return result;
  }
};

// Why a message was not taken for sending.
enum class SctpSendResult : uint8_t {
  kQueued,
  kEmpty,          // SCTP has no empty messages; WebRTC sends one byte under another PPID
  kTooLarge,       // above max_send_message_size
  kBufferFull,     // the association's or the stream's queue is at its limit
  kUnknownStream,  // at or above the negotiated number of streams
  kClosed,         // closed, failed, or being shut down
};

}  // namespace millrace
