#include "routing/egress_header.h"

#include <algorithm>
#include <cstring>

#include "base/check.h"
#include "wire/rtp_writer.h"

namespace millrace {
namespace {

// RFC 8285 section 4.2: "the one-byte header form of extensions": profile 0xBEDE, ids 1 to 14,
// values of 1 to 16 bytes.
constexpr uint8_t kOneByteIdMax = 14;
constexpr size_t kOneByteValueMax = 16;
constexpr size_t kExtensionHeadBytes = 4;
// Carried values but the dependency descriptor, with their element heads: audio level 2,
// orientation 2, time offset 4, capture time 17, playout delay 4.
constexpr size_t kCarriedMax = 29 + 1 + kOneByteValueMax;

void StoreU16(uint8_t* target, uint16_t value) {
  target[0] = static_cast<uint8_t>(value >> 8);
  target[1] = static_cast<uint8_t>(value);
}
void StoreU24(uint8_t* target, uint32_t value) {
  target[0] = static_cast<uint8_t>(value >> 16);
  target[1] = static_cast<uint8_t>(value >> 8);
  target[2] = static_cast<uint8_t>(value);
}
void StoreU32(uint8_t* target, uint32_t value) {
  StoreU16(target, static_cast<uint16_t>(value >> 16));
  StoreU16(target + 2, static_cast<uint16_t>(value));
}
void StoreU64(uint8_t* target, uint64_t value) {
  StoreU32(target, static_cast<uint32_t>(value >> 32));
  StoreU32(target + 4, static_cast<uint32_t>(value));
}

// The values that a consumer is given as the source sent them, in their form on the wire.
class CarriedValues {
 public:
  CarriedValues(const RtpExtensions& extensions, const std::optional<PlayoutDelay>& own_delay,
                Bytes dependency_descriptor)
      : extensions_(extensions),
        playout_delay_(extensions.playout_delay ? extensions.playout_delay : own_delay),
        dependency_descriptor_(dependency_descriptor) {}

  // Calls f(RtpExtension, Bytes value) for each value that is there.
  template <typename F>
  void ForEach(F&& f) {
    if (extensions_.audio_level) {
      bytes_[0] = ToWire(*extensions_.audio_level);
      f(RtpExtension::kAudioLevel, Bytes(bytes_).first(1));
    }
    if (extensions_.video_orientation) {
      bytes_[1] = ToWire(*extensions_.video_orientation);
      f(RtpExtension::kVideoOrientation, Bytes(bytes_).subspan(1, 1));
    }
    if (extensions_.time_offset) {
      StoreU24(&bytes_[2], static_cast<uint32_t>(*extensions_.time_offset));
      f(RtpExtension::kTimeOffset, Bytes(bytes_).subspan(2, 3));
    }
    if (playout_delay_) {
      // Two 12-bit numbers in units of 10 ms.
      uint32_t min = playout_delay_->min_ms / 10u;
      uint32_t max = playout_delay_->max_ms / 10u;
      StoreU24(&bytes_[5], ((min & 0xFFFu) << 12) | (max & 0xFFFu));
      f(RtpExtension::kPlayoutDelay, Bytes(bytes_).subspan(5, 3));
    }
    if (extensions_.abs_capture_time) {
      StoreU64(&bytes_[8], extensions_.abs_capture_time->ntp);
      bool has_offset = extensions_.abs_capture_time->clock_offset.has_value();
      if (has_offset) {
        StoreU64(&bytes_[16], static_cast<uint64_t>(*extensions_.abs_capture_time->clock_offset));
      }
      f(RtpExtension::kAbsCaptureTime, Bytes(bytes_).subspan(8, has_offset ? 16 : 8));
    }
    if (!dependency_descriptor_.empty()) {
      f(RtpExtension::kDependencyDescriptor, dependency_descriptor_);
    }
  }

 private:
  const RtpExtensions& extensions_;
  std::optional<PlayoutDelay> playout_delay_;
  Bytes dependency_descriptor_;
  // Every value has a place of its own, because a writer may read them all at the end.
  std::array<uint8_t, 24> bytes_;
};

}  // namespace

EgressHeader::EgressHeader(const RtpExtensionIds& ids, std::string_view mid) : ids_(ids) {
  mid_size_ = static_cast<uint8_t>(
      ids.IdOf(RtpExtension::kMid) == 0 ? 0 : std::min(mid.size(), mid_.size()));
  std::copy_n(mid.begin(), mid_size_, mid_.begin());
  for (size_t i = 1; i < kRtpExtensionCount; ++i) {
    one_byte_form_ &= ids.IdOf(static_cast<RtpExtension>(i)) <= kOneByteIdMax;
  }
  one_byte_form_ &= mid_size_ <= kOneByteValueMax;
  uint8_t time_id = ids.IdOf(RtpExtension::kAbsSendTime);
  uint8_t sequence_id = ids.IdOf(RtpExtension::kTransportSequenceNumber);

  uint8_t at = kRtpFixedHeaderBytes + kExtensionHeadBytes;
  auto begin_element = [&](uint8_t id, uint8_t size) {
    template_[at] = static_cast<uint8_t>(((id & 0xFu) << 4) | ((size - 1u) & 0xFu));
    return ++at;
  };
  StoreU16(&template_[kRtpFixedHeaderBytes], 0xBEDE);
  if (mid_size_ != 0 && mid_size_ <= kOneByteValueMax) {
    at = begin_element(ids.IdOf(RtpExtension::kMid), mid_size_);
    std::memcpy(&template_[at], mid_.data(), mid_size_);
    at = static_cast<uint8_t>(at + mid_size_);
  }
  if (time_id != 0) {
    time_offset_ = begin_element(time_id, 3);
    at = static_cast<uint8_t>(at + 3);
  }
  if (sequence_id != 0) {
    sequence_offset_ = begin_element(sequence_id, 2);
    at = static_cast<uint8_t>(at + 2);
  }
  template_size_ = at;
  CHECK(template_size_ <= kTemplateMax, "fixed header, MID and two stamps fit the template");
}

size_t EgressHeader::Write(MutableBytes target, const RtpPacket& packet, const RtpRewrite& rewrite,
                           const EgressStamps& stamps) const {
  std::array<uint8_t, DependencyPatch::kBytesMax> own_descriptor;
  Bytes descriptor;
  if (!packet.extensions.dependency_descriptor.empty() &&
      ids_.IdOf(RtpExtension::kDependencyDescriptor) != 0) {
    descriptor =
        rewrite.dependencies.Apply(packet.extensions.dependency_descriptor, own_descriptor);
  }
  if (!one_byte_form_ || !packet.view.csrcs().empty() || descriptor.size() > kOneByteValueMax) {
    return WriteGeneral(target, packet, rewrite, descriptor, stamps);
  }
  if (target.size() < template_size_ + kCarriedMax + 3) return 0;
  uint8_t* begin = target.data();
  std::memcpy(begin, template_.data(),
              kTemplateMax <= target.size() ? kTemplateMax : template_size_);
  if (time_offset_ != 0) StoreU24(begin + time_offset_, stamps.abs_send_time);
  if (sequence_offset_ != 0) StoreU16(begin + sequence_offset_, stamps.transport_sequence_number);

  size_t size =
      template_size_ + AppendCarried(begin + template_size_, packet.extensions, descriptor);
  while (size % 4 != 0) begin[size++] = 0;
  size_t words = (size - kRtpFixedHeaderBytes - kExtensionHeadBytes) / 4;
  StoreU16(begin + kRtpFixedHeaderBytes + 2, static_cast<uint16_t>(words));
  if (words == 0) size = kRtpFixedHeaderBytes;

  // RFC 3550 section 5.1: version 2, no padding, extension bit, no CSRC.
  begin[0] = words == 0 ? 0x80 : 0x90;
  begin[1] = static_cast<uint8_t>((rewrite.marker ? 0x80u : 0u) | (rewrite.payload_type & 0x7Fu));
  StoreU16(begin + 2, rewrite.sequence);
  StoreU32(begin + 4, rewrite.timestamp);
  StoreU32(begin + 8, rewrite.ssrc.value());
  return size;
}

size_t EgressHeader::AppendCarried(uint8_t* end, const RtpExtensions& extensions,
                                   Bytes descriptor) const {
  uint8_t* begin = end;
  CarriedValues(extensions, playout_delay_, descriptor)
      .ForEach([&](RtpExtension extension, Bytes value) {
        uint8_t id = ids_.IdOf(extension);
        if (id == 0) return;
        *end++ = static_cast<uint8_t>((unsigned{id} << 4) | ((value.size() - 1) & 0xFu));
        std::memcpy(end, value.data(), value.size());
        end += value.size();
      });
  return static_cast<size_t>(end - begin);
}

size_t EgressHeader::WriteGeneral(MutableBytes target, const RtpPacket& packet,
                                  const RtpRewrite& rewrite, Bytes descriptor,
                                  const EgressStamps& stamps) const {
  RtpWriter writer(target, {.payload_type = rewrite.payload_type,
                            .marker = rewrite.marker,
                            .sequence_number = rewrite.sequence,
                            .timestamp = rewrite.timestamp,
                            .ssrc = rewrite.ssrc,
                            .csrcs = packet.view.csrcs()});
  writer.AddExtension(ids_.IdOf(RtpExtension::kMid),
                      Bytes(reinterpret_cast<const uint8_t*>(mid_.data()), mid_size_));
  writer.AddAbsSendTime(ids_.IdOf(RtpExtension::kAbsSendTime));
  writer.AddTransportSequenceNumber(ids_.IdOf(RtpExtension::kTransportSequenceNumber));
  CarriedValues carried(packet.extensions, playout_delay_, descriptor);
  carried.ForEach([&](RtpExtension extension, Bytes value) {
    writer.AddExtension(ids_.IdOf(extension), value);
  });
  size_t size = writer.FinishHeader();
  if (size == 0) return 0;
  if (std::optional<size_t> at = writer.abs_send_time_offset()) {
    StoreU24(&target[*at], stamps.abs_send_time);
  }
  if (std::optional<size_t> at = writer.transport_sequence_number_offset()) {
    StampTransportSequenceNumber(target, *at, stamps.transport_sequence_number);
  }
  return size;
}

}  // namespace millrace
