#include "wire/rtp_writer.h"

#include <algorithm>

#include "base/check.h"
#include "wire/rtp_extensions.h"
#include "wire/rtp_view.h"

namespace millrace {

namespace {

constexpr uint8_t kVersionBits = 0x80;
constexpr uint8_t kPaddingBit = 0x20;
constexpr uint8_t kExtensionBit = 0x10;
constexpr uint8_t kMarkerBit = 0x80;
constexpr size_t kCsrcBytes = 4;
constexpr size_t kCsrcCountMax = 15;

// RFC 8285 sections 4.2 and 4.3.
constexpr uint16_t kOneByteProfile = 0xBEDE;
constexpr uint16_t kTwoByteProfile = 0x1000;
constexpr uint8_t kOneByteIdMax = 14;
constexpr size_t kOneByteValueMax = 16;
constexpr size_t kTwoByteValueMax = 255;

constexpr size_t kAbsSendTimeBytes = 3;
constexpr size_t kTransportSequenceNumberBytes = 2;
constexpr std::array<uint8_t, kAbsSendTimeBytes> kZeros{};

}  // namespace

void RtpWriter::AddExtension(uint8_t id, Bytes value) { Add(id, value, Stamp::kNone); }

void RtpWriter::AddAbsSendTime(uint8_t id) {
  Add(id, Bytes(kZeros).first(kAbsSendTimeBytes), Stamp::kAbsSendTime);
}

void RtpWriter::AddTransportSequenceNumber(uint8_t id) {
  Add(id, Bytes(kZeros).first(kTransportSequenceNumberBytes), Stamp::kTransportSequenceNumber);
}

size_t RtpWriter::FinishHeader() {
  ByteWriter writer(target_);
  WriteHeader(writer, /*padding=*/false);
  WriteExtensions(writer);
  return writer.ok() && !failed_ ? writer.position() : 0;
}

size_t RtpWriter::Finish(Bytes payload, uint8_t padding_size) {
  ByteWriter writer(target_);
  WriteHeader(writer, padding_size > 0);
  WriteExtensions(writer);
  writer.WriteBytes(payload);
  if (padding_size > 0) {
    writer.WriteZeros(padding_size - size_t{1});
    writer.WriteU8(padding_size);
  }
  return writer.ok() && !failed_ ? writer.position() : 0;
}

void RtpWriter::Add(uint8_t id, Bytes value, Stamp stamp) {
  if (id == 0 || value.empty()) return;
  if (element_count_ == kExtensionsMax || value.size() > kTwoByteValueMax) {
    failed_ = true;
    return;
  }
  // RFC 8285 4.2: "The 4-bit ID is the local identifier of this element in the range 1-14
  // inclusive." Its four bits of length can say 1 to 16.
  if (id > kOneByteIdMax || value.size() > kOneByteValueMax) two_byte_form_ = true;
  extension_bytes_ += value.size();
  elements_[element_count_++] = {id, static_cast<uint8_t>(value.size()), stamp, value.data()};
}

void RtpWriter::WriteHeader(ByteWriter& writer, bool padding) const {
  size_t csrc_count = std::min(header_.csrcs.size() / kCsrcBytes, kCsrcCountMax);
  writer.WriteU8(static_cast<uint8_t>(kVersionBits | (padding ? kPaddingBit : 0) |
                                      (element_count_ > 0 ? kExtensionBit : 0) | csrc_count));
  writer.WriteU8(
      static_cast<uint8_t>((header_.marker ? kMarkerBit : 0) | (header_.payload_type & 0x7F)));
  writer.WriteU16(header_.sequence_number);
  writer.WriteU32(header_.timestamp);
  writer.WriteU32(header_.ssrc.value());
  writer.WriteBytes(header_.csrcs.first(csrc_count * kCsrcBytes));
}

void RtpWriter::WriteExtensions(ByteWriter& writer) {
  if (element_count_ == 0) return;
  size_t size = extension_bytes_ + element_count_ * (two_byte_form_ ? 2 : 1);
  size_t padded_size = (size + 3) / 4 * 4;
  writer.WriteU16(two_byte_form_ ? kTwoByteProfile : kOneByteProfile);
  writer.WriteU16(static_cast<uint16_t>(padded_size / 4));
  for (size_t i = 0; i < element_count_; ++i) {
    const Element& element = elements_[i];
    if (two_byte_form_) {
      writer.WriteU8(element.id);
      writer.WriteU8(element.size);
    } else {
      writer.WriteU8(static_cast<uint8_t>((element.id << 4) | (element.size - 1)));
    }
    if (element.stamp == Stamp::kAbsSendTime) abs_send_time_offset_ = writer.position();
    if (element.stamp == Stamp::kTransportSequenceNumber) {
      transport_sequence_number_offset_ = writer.position();
    }
    writer.WriteBytes({element.value, element.size});
  }
  writer.WriteZeros(padded_size - size);
}

void StampAbsSendTime(MutableBytes packet, size_t offset, Timestamp now) {
  CHECK(offset + kAbsSendTimeBytes <= packet.size(), "the value to stamp lies within the packet");
  ByteWriter(packet.subspan(offset)).WriteU24(ToAbsSendTime(now));
}

void StampTransportSequenceNumber(MutableBytes packet, size_t offset, uint16_t sequence_number) {
  CHECK(offset + kTransportSequenceNumberBytes <= packet.size(),
        "the value to stamp lies within the packet");
  ByteWriter(packet.subspan(offset)).WriteU16(sequence_number);
}

}  // namespace millrace
