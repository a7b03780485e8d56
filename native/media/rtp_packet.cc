#include "media/rtp_packet.h"

namespace millrace {

bool RtpPacket::Parse(size_t byte_count, const RtpExtensionIds& ids, Codec codec,
                      uint8_t mapped_payload_type) {
  if (byte_count > kBytesMax) return false;
  std::optional<RtpView> parsed = RtpView::Parse(Bytes(bytes.data(), byte_count));
  if (!parsed) return false;
  view = *parsed;
  extensions = ReadRtpExtensions(view, ids);
  sequence = 0;
  timestamp = view.timestamp();
  size = static_cast<uint16_t>(byte_count);
  payload_size = static_cast<uint16_t>(view.payload().size());
  header_size = static_cast<uint16_t>(view.header_size());
  payload_type = mapped_payload_type;
  marker = view.marker();
  recovered = false;
  ReadPayload(codec);
  return true;
}

void RtpPacket::ReadPayload(Codec codec) {
  descriptor = std::monostate{};
  key_frame = false;
  spatial_layer = 0;
  temporal_layer = 0;
  if (payload_size == 0) return;
  if (codec == Codec::kVp8) {
    std::optional<Vp8Descriptor> vp8 = Vp8Descriptor::Parse(payload());
    if (!vp8) return;
    key_frame = vp8->key_frame;
    temporal_layer = vp8->temporal_layer.value_or(0);
    descriptor = *vp8;
  } else if (codec == Codec::kVp9) {
    std::optional<Vp9Descriptor> vp9 = Vp9Descriptor::Parse(payload());
    if (!vp9) return;
    key_frame = vp9->key_frame;
    spatial_layer = vp9->spatial_layer;
    temporal_layer = vp9->temporal_layer;
    descriptor = *vp9;
  } else {
    key_frame = StartsKeyFrame(codec, payload());
  }
}

}  // namespace millrace
