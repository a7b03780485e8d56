#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <variant>

#include "base/byte_reader.h"
#include "base/pool.h"
#include "base/time.h"
#include "wire/payload/codec.h"
#include "wire/payload/vp8.h"
#include "wire/payload/vp9.h"
#include "wire/rtp_extensions.h"
#include "wire/rtp_view.h"

namespace millrace {

// One received RTP packet after decryption, in a pooled buffer that all consumers share.
// Filled once (bytes, then Parse, then the receive stream's sequence number) and never edited after
// the receive stream took it: what a consumer sees otherwise is an RtpRewrite.
// The fields that each consumer reads stand together in front.
struct RtpPacket {
  // The largest UDP payload that an Ethernet path carries. RT-05: larger packets are dropped.
  static constexpr size_t kBytesMax = 1500;

  int64_t sequence = 0;  // unwrapped by the receive stream: continuous over 65,535 -> 0
  uint32_t timestamp = 0;
  uint16_t size = 0;          // used bytes
  uint16_t payload_size = 0;  // without padding
  uint16_t header_size = 0;   // offset of the payload in `bytes`
  uint8_t payload_type = 0;   // as consumers know it, after the producer's mapping
  uint8_t stream_index = 0;   // encoding of the producer (simulcast layer) it belongs to
  uint8_t spatial_layer = 0;  // inside the stream, for scalable codecs
  uint8_t temporal_layer = 0;
  bool marker = false;
  bool key_frame = false;  // the packet begins a key frame
  bool recovered = false;  // it came by a retransmission
  Timestamp received;      // the kernel's time where there is one

  RtpView view;  // of `bytes`
  RtpExtensions extensions;
  std::variant<std::monostate, Vp8Descriptor, Vp9Descriptor> descriptor;
  std::array<uint8_t, kBytesMax> bytes;

  [[nodiscard]] Bytes payload() const { return {bytes.data() + header_size, payload_size}; }

  // Reads the first `byte_count` of `bytes` into the fields above; `ids` are the peer's extension
  // ids, `codec` what the payload type means, `mapped_payload_type` what consumers call it. False:
  // it is no RTP. `sequence` and `stream_index` are the caller's.
  [[nodiscard]] bool Parse(size_t byte_count, const RtpExtensionIds& ids, Codec codec,
                           uint8_t mapped_payload_type);

 private:
  void ReadPayload(Codec codec);
};

using RtpPacketRef = Ref<RtpPacket>;
using RtpPacketPool = Pool<RtpPacket>;

}  // namespace millrace
