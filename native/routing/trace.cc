#include "routing/trace.h"

namespace millrace {

RtpPacketDump DumpOf(const RtpPacket& packet) {
  return {
      .payload_type = packet.payload_type,
      .sequence_number = packet.view.sequence_number(),
      .timestamp = packet.timestamp,
      .marker = packet.marker,
      .ssrc = packet.view.ssrc().value(),
      .key_frame = packet.key_frame,
      .size = packet.size,
      .payload_size = packet.payload_size,
      .spatial_layer = packet.spatial_layer,
      .temporal_layer = packet.temporal_layer,
      .mid = std::string(packet.extensions.mid),
      .rid = std::string(packet.extensions.rid),
      .repaired_rid = std::string(packet.extensions.repaired_rid),
      .transport_sequence_number = packet.extensions.transport_sequence_number,
  };
}

RtpPacketDump DumpOf(const RtpPacket& packet, const RtpRewrite& rewrite) {
  RtpPacketDump dump = DumpOf(packet);
  dump.payload_type = rewrite.payload_type;
  dump.sequence_number = rewrite.sequence;
  dump.timestamp = rewrite.timestamp;
  dump.marker = rewrite.marker;
  dump.ssrc = rewrite.ssrc.value();
  return dump;
}

}  // namespace millrace
