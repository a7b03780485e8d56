#include "wire/rtp_extensions.h"

namespace millrace {

namespace {

// 64 seconds, after which the abs-send-time value starts anew.
constexpr int64_t kAbsSendTimePeriodUs = 64'000'000;
constexpr int kAbsSendTimeFractionBits = 18;

constexpr uint8_t kVoiceBit = 0x80;
constexpr uint8_t kBackCameraBit = 0x08;
constexpr uint8_t kFlipBit = 0x04;
constexpr uint16_t kRightAngle = 90;
// The playout-delay extension counts in tens of milliseconds.
constexpr uint32_t kPlayoutDelayUnitMs = 10;

int32_t SignExtend24(uint32_t value) { return static_cast<int32_t>(value << 8) >> 8; }

std::optional<AbsCaptureTime> ReadAbsCaptureTime(Bytes value) {
  ByteReader reader(value);
  AbsCaptureTime time{.ntp = reader.ReadU64(), .clock_offset = {}};
  if (!reader.ok()) return std::nullopt;
  if (reader.remaining() == 0) return time;
  time.clock_offset = static_cast<int64_t>(reader.ReadU64());
  if (!reader.ok() || reader.remaining() != 0) return std::nullopt;
  return time;
}

PlayoutDelay ToPlayoutDelay(uint32_t value) {
  return {.min_ms = static_cast<uint16_t>((value >> 12) * kPlayoutDelayUnitMs),
          .max_ms = static_cast<uint16_t>((value & 0xFFF) * kPlayoutDelayUnitMs)};
}

AudioLevel ToAudioLevel(uint8_t value) {
  return {.level = static_cast<uint8_t>(value & ~kVoiceBit), .voice = (value & kVoiceBit) != 0};
}

VideoOrientation ToVideoOrientation(uint8_t value) {
  return {.back_camera = (value & kBackCameraBit) != 0,
          .flip = (value & kFlipBit) != 0,
          .rotation_degrees = static_cast<uint16_t>((value & 0x3) * kRightAngle)};
}

void SetText(Bytes value, std::string_view& text) {
  if (text.empty()) text = {reinterpret_cast<const char*>(value.data()), value.size()};
}

template <typename T>
void SetOnce(bool well_formed, T value, std::optional<T>& target) {
  if (well_formed && !target) target = value;
}

void Take(RtpExtension extension, Bytes value, RtpExtensions& out) {
  ByteReader reader(value);
  switch (extension) {
    case RtpExtension::kNone:
      return;
    case RtpExtension::kMid:
      return SetText(value, out.mid);
    case RtpExtension::kRid:
      return SetText(value, out.rid);
    case RtpExtension::kRepairedRid:
      return SetText(value, out.repaired_rid);
    case RtpExtension::kAbsSendTime:
      return SetOnce(value.size() == 3, reader.ReadU24(), out.abs_send_time);
    case RtpExtension::kTransportSequenceNumber:
      return SetOnce(value.size() == 2, reader.ReadU16(), out.transport_sequence_number);
    case RtpExtension::kAudioLevel:
      return SetOnce(value.size() == 1, ToAudioLevel(reader.ReadU8()), out.audio_level);
    case RtpExtension::kDependencyDescriptor:
      if (out.dependency_descriptor.empty()) out.dependency_descriptor = value;
      return;
    case RtpExtension::kVideoOrientation:
      return SetOnce(value.size() == 1, ToVideoOrientation(reader.ReadU8()), out.video_orientation);
    case RtpExtension::kTimeOffset:
      return SetOnce(value.size() == 3, SignExtend24(reader.ReadU24()), out.time_offset);
    case RtpExtension::kAbsCaptureTime:
      if (!out.abs_capture_time) out.abs_capture_time = ReadAbsCaptureTime(value);
      return;
    case RtpExtension::kPlayoutDelay:
      return SetOnce(value.size() == 3, ToPlayoutDelay(reader.ReadU24()), out.playout_delay);
    case RtpExtension::kPacketId:
      return SetOnce(value.size() == 4, reader.ReadU32(), out.packet_id);
  }
}

}  // namespace

RtpExtensionIds RtpExtensionIds::Internal() {
  RtpExtensionIds ids;
  for (uint8_t id = 1; id < kRtpExtensionCount; ++id) {
    ids.id_of_[id] = id;
    ids.extension_of_[id] = static_cast<RtpExtension>(id);
  }
  return ids;
}

bool RtpExtensionIds::Set(RtpExtension extension, uint8_t id) {
  if (extension == RtpExtension::kNone || id == 0) return false;
  RtpExtension holder = extension_of_[id];
  if (holder != RtpExtension::kNone && holder != extension) return false;
  extension_of_[IdOf(extension)] = RtpExtension::kNone;
  extension_of_[id] = extension;
  id_of_[static_cast<size_t>(extension)] = id;
  return true;
}

RtpExtensions ReadRtpExtensions(const RtpView& packet, const RtpExtensionIds& ids) {
  RtpExtensions extensions;
  packet.ForEachExtension(
      [&](uint8_t id, Bytes value) { Take(ids.ExtensionOf(id), value, extensions); });
  return extensions;
}

uint32_t ToAbsSendTime(Timestamp time) {
  int64_t us = time.us() % kAbsSendTimePeriodUs;
  return static_cast<uint32_t>((us << kAbsSendTimeFractionBits) / 1'000'000) & 0xFFFFFF;
}

uint8_t ToWire(const AudioLevel& level) {
  // RFC 6464 3: "The audio level is expressed in -dBov, with values from 0 to 127".
  return static_cast<uint8_t>((level.voice ? kVoiceBit : 0) | (level.level & 0x7F));
}

uint8_t ToWire(const VideoOrientation& orientation) {
  return static_cast<uint8_t>((orientation.back_camera ? kBackCameraBit : 0) |
                              (orientation.flip ? kFlipBit : 0) |
                              ((orientation.rotation_degrees / kRightAngle) & 0x3));
}

}  // namespace millrace
