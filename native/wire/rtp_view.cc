#include "wire/rtp_view.h"

namespace millrace {

namespace {

constexpr uint8_t kVersion = 2;
constexpr uint8_t kPaddingBit = 0x20;
constexpr uint8_t kExtensionBit = 0x10;
constexpr uint8_t kCsrcCountBits = 0x0F;
constexpr uint8_t kMarkerBit = 0x80;
constexpr size_t kCsrcBytes = 4;

// RFC 8285 4.2: the one-byte form is known by this value in the profile's field.
constexpr uint16_t kOneByteProfile = 0xBEDE;
// RFC 8285 4.3: 0x100 followed by four "appbits", which the application may set.
constexpr uint16_t kTwoByteProfile = 0x1000;
constexpr uint16_t kTwoByteProfileBits = 0xFFF0;
constexpr uint8_t kReservedId = 15;

}  // namespace

std::optional<RtpView> RtpView::Parse(Bytes packet) {
  RtpView view;
  if (!view.ReadHeader(packet) || !view.ReadPadding()) return std::nullopt;
  return view;
}

std::optional<RtpView> RtpView::ParseSealed(Bytes packet) {
  RtpView view;
  if (!view.ReadHeader(packet)) return std::nullopt;
  return view;
}

Bytes RtpView::Extension(uint8_t id) const {
  ExtensionCursor cursor(*this);
  while (cursor.Next()) {
    if (cursor.id == id) return cursor.value;
  }
  return {};
}

bool RtpView::ReadHeader(Bytes packet) {
  ByteReader reader(packet);
  uint8_t first = reader.ReadU8();
  uint8_t second = reader.ReadU8();
  sequence_number_ = reader.ReadU16();
  timestamp_ = reader.ReadU32();
  ssrc_ = Ssrc(reader.ReadU32());
  // RFC 3550 5.1: "The version defined by this specification is two (2)."
  if (!reader.ok() || first >> 6 != kVersion) return false;

  bytes_ = packet;
  padded_ = (first & kPaddingBit) != 0;
  marker_ = (second & kMarkerBit) != 0;
  payload_type_ = second & static_cast<uint8_t>(~kMarkerBit);
  csrc_size_ = static_cast<uint8_t>((first & kCsrcCountBits) * kCsrcBytes);
  reader.Skip(csrc_size_);
  if ((first & kExtensionBit) != 0) {
    uint16_t profile = reader.ReadU16();
    // RFC 3550 5.3.1: the length "counts the number of 32-bit words in the extension, excluding the
    // four-octet extension header (therefore zero is a valid length)."
    extension_size_ = reader.ReadU16() * uint32_t{4};
    extension_offset_ = static_cast<uint32_t>(reader.position());
    reader.Skip(extension_size_);
    if (profile == kOneByteProfile) extension_form_ = ExtensionForm::kOneByte;
    if ((profile & kTwoByteProfileBits) == kTwoByteProfile) {
      extension_form_ = ExtensionForm::kTwoByte;
    }
  }
  header_size_ = static_cast<uint32_t>(reader.position());
  return reader.ok();
}

bool RtpView::ReadPadding() {
  if (!padded_) return true;
  size_t behind_header = bytes_.size() - header_size_;
  if (behind_header == 0) return false;
  // RFC 3550 5.1: "The last octet of the padding contains a count of how many padding octets should
  // be ignored, including itself."
  padding_size_ = ByteReader(bytes_.last(1)).ReadU8();
  return padding_size_ != 0 && padding_size_ <= behind_header;
}

RtpView::ExtensionCursor::ExtensionCursor(const RtpView& view)
    : reader(view.extension_form_ == ExtensionForm::kNone
                 ? Bytes()
                 : view.bytes_.subspan(view.extension_offset_, view.extension_size_)),
      form(view.extension_form_) {}

bool RtpView::ExtensionCursor::Next() {
  while (reader.remaining() > 0) {
    uint8_t head = reader.ReadU8();
    // RFC 8285 4.1: "When a padding byte is found, it is ignored, and the parser moves on to
    // interpreting the next byte."
    if (head == 0) continue;
    size_t size = 0;
    if (form == ExtensionForm::kOneByte) {
      id = head >> 4;
      // RFC 8285 4.2: "The 4-bit length is the number, minus one, of data bytes of this header
      // extension element following the one-byte header."
      size = (head & 0x0Fu) + 1;
      // RFC 8285 4.2: "If the ID value 15 is encountered, its length field MUST be ignored,
      // processing of the entire extension MUST terminate at that point". An id of 0 with a length
      // is neither padding nor an element, and what follows it cannot be trusted either.
      if (id == kReservedId || id == 0) return false;
    } else {
      id = head;
      size = reader.ReadU8();
    }
    value = reader.ReadBytes(size);
    return reader.ok();
  }
  return false;
}

}  // namespace millrace
