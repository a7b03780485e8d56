#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "base/byte_reader.h"
#include "base/byte_writer.h"
#include "base/strong.h"
#include "base/time.h"

namespace millrace {

// What the fixed header of an RTP packet says. `csrcs` are borrowed, four bytes each, at most 15.
struct RtpHeader {
  uint8_t payload_type = 0;
  bool marker = false;
  uint16_t sequence_number = 0;
  uint32_t timestamp = 0;
  Ssrc ssrc;
  Bytes csrcs = {};
};

// Writes one RTP packet into bytes that somebody else owns. The extension block takes the one-byte
// form of RFC 8285 when all elements allow it, else the two-byte form. Values are borrowed until
// the header is finished. Ask for the header alone when the payload is encrypted straight into its
// place.
//
// Two values are known only when the packet leaves. Their elements are written as zeros, and the
// writer tells where, so that Stamp... can fill them in just before the packet is sealed.
class RtpWriter {
 public:
  // Twelve extensions are known; the rest is room for a peer's own.
  static constexpr size_t kExtensionsMax = 16;

  RtpWriter(MutableBytes target, const RtpHeader& header) : target_(target), header_(header) {}

  // An id of zero means "not negotiated", and an empty value means "absent": nothing is added.
  // A value of more than 255 bytes, or a 17th element, makes the packet fail.
  void AddExtension(uint8_t id, Bytes value);
  void AddAbsSendTime(uint8_t id);
  void AddTransportSequenceNumber(uint8_t id);

  // Writes all that stands before the payload. Answers its size; zero when it did not fit.
  [[nodiscard]] size_t FinishHeader();
  // Writes the whole packet, with `padding_size` bytes of padding. Answers its size; zero when it
  // did not fit.
  [[nodiscard]] size_t Finish(Bytes payload, uint8_t padding_size = 0);

  // Offsets within the packet, known when the header is finished.
  [[nodiscard]] std::optional<size_t> abs_send_time_offset() const { return abs_send_time_offset_; }
  [[nodiscard]] std::optional<size_t> transport_sequence_number_offset() const {
    return transport_sequence_number_offset_;
  }

 private:
  enum class Stamp : uint8_t { kNone, kAbsSendTime, kTransportSequenceNumber };
  // No initial values: sixteen elements are not worth clearing for the three that a packet has.
  struct Element {
    uint8_t id;
    uint8_t size;
    Stamp stamp;
    const uint8_t* value;
  };

  void Add(uint8_t id, Bytes value, Stamp stamp);
  void WriteHeader(ByteWriter& writer, bool padding) const;
  void WriteExtensions(ByteWriter& writer);

  MutableBytes target_;
  RtpHeader header_;
  std::array<Element, kExtensionsMax> elements_;
  size_t element_count_ = 0;
  size_t extension_bytes_ = 0;  // of the values alone
  bool two_byte_form_ = false;
  bool failed_ = false;
  std::optional<size_t> abs_send_time_offset_;
  std::optional<size_t> transport_sequence_number_offset_;
};

// Fill in a value that the writer left open. The packet must reach past the value.
void StampAbsSendTime(MutableBytes packet, size_t offset, Timestamp now);
void StampTransportSequenceNumber(MutableBytes packet, size_t offset, uint16_t sequence_number);

}  // namespace millrace
