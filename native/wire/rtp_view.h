#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "base/byte_reader.h"
#include "base/strong.h"

namespace millrace {

// Version, counts, payload type, sequence number, timestamp and SSRC (RFC 3550 section 5.1).
inline constexpr size_t kRtpFixedHeaderBytes = 12;

// One parsed RTP packet: what its header says, and where its parts lie in bytes that somebody else
// owns and must keep alive. Every part lies within the packet; that was checked once, in Parse.
// Header-extension elements are found when asked for, and a broken one ends the list.
class RtpView {
 public:
  // A view of no packet, to be assigned to.
  RtpView() = default;

  // Nothing when the bytes are not an RTP packet of version 2 with room for all that it announces.
  // A packet without payload is one.
  [[nodiscard]] static std::optional<RtpView> Parse(Bytes packet);
  // The same for a packet whose payload is still encrypted (SRTP). The padding count stands inside
  // it, so the padding is not looked at: payload() is all that follows the header.
  [[nodiscard]] static std::optional<RtpView> ParseSealed(Bytes packet);

  [[nodiscard]] uint8_t payload_type() const { return payload_type_; }
  [[nodiscard]] bool marker() const { return marker_; }
  [[nodiscard]] uint16_t sequence_number() const { return sequence_number_; }
  [[nodiscard]] uint32_t timestamp() const { return timestamp_; }
  [[nodiscard]] Ssrc ssrc() const { return ssrc_; }

  // The whole packet.
  [[nodiscard]] Bytes bytes() const { return bytes_; }
  // Contributing sources, four bytes each.
  [[nodiscard]] Bytes csrcs() const {
    return bytes_.subspan(bytes_.empty() ? 0 : kRtpFixedHeaderBytes, csrc_size_);
  }
  // Bytes before the payload: fixed header, CSRC list and extension.
  [[nodiscard]] size_t header_size() const { return header_size_; }
  // Without padding.
  [[nodiscard]] Bytes payload() const {
    return bytes_.subspan(header_size_, bytes_.size() - header_size_ - padding_size_);
  }
  [[nodiscard]] size_t padding_size() const { return padding_size_; }

  // The value of the first element with this id, or empty bytes; ids begin at 1.
  [[nodiscard]] Bytes Extension(uint8_t id) const;

  // Calls f(uint8_t id, Bytes value) for each element of an RFC 8285 extension, of either form.
  template <typename F>
  void ForEachExtension(F&& f) const {
    ExtensionCursor cursor(*this);
    while (cursor.Next()) f(cursor.id, cursor.value);
  }

 private:
  enum class ExtensionForm : uint8_t { kNone, kOneByte, kTwoByte };

  // Walks the elements; stops at the end, at the reserved id, and at an element that is cut off.
  struct ExtensionCursor {
    explicit ExtensionCursor(const RtpView& view);
    bool Next();

    ByteReader reader;
    ExtensionForm form;
    uint8_t id = 0;
    Bytes value;
  };

  bool ReadHeader(Bytes packet);
  bool ReadPadding();

  Bytes bytes_;
  uint32_t timestamp_ = 0;
  Ssrc ssrc_;
  uint16_t sequence_number_ = 0;
  // Up to 12 + 60 + 4 + 262,140, so 32 bits.
  uint32_t header_size_ = 0;
  uint32_t extension_offset_ = 0;
  uint32_t extension_size_ = 0;
  uint8_t csrc_size_ = 0;
  uint8_t padding_size_ = 0;
  uint8_t payload_type_ = 0;
  bool marker_ = false;
  bool padded_ = false;
  ExtensionForm extension_form_ = ExtensionForm::kNone;
};

}  // namespace millrace
