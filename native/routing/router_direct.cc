// RTP and RTCP that the controller brings to a direct transport.
#include <cstring>

#include "routing/router.h"
#include "routing/transport.h"
#include "wire/demux.h"

namespace millrace {

Result<Done> Router::ReceiveDirectRtp(Producer& producer, Bytes bytes, Turn& turn) {
  Transport& transport = producer.transport();
  if (!transport.is_direct()) return Error::Type("the producer's transport is not direct");
  if (bytes.size() > RtpPacket::kBytesMax) return Error::Type("the RTP packet is too long");
  if (Classify(bytes) != DatagramKind::kRtp) return Error::Type("not an RTP packet");
  RtpPacketRef packet = commons_.packets.Take();
  if (!packet) return Error::Of("too many packets are alive in this worker");
  std::memcpy(packet->bytes.data(), bytes.data(), bytes.size());
  std::optional<RtpView> view = RtpView::Parse(Bytes(packet->bytes).first(bytes.size()));
  if (!view) return Error::Type("not an RTP packet");
  const StreamRoute* route = transport.listener().Find(view->ssrc());
  if (route && route->producer != &producer) {
    return Error::Type("the RTP packet's SSRC is of another producer");
  }
  transport.traffic().received.Add(bytes.size(), turn.now);
  packet->received = turn.now;
  packet->size = static_cast<uint16_t>(bytes.size());
  OnOpenedRtp(transport, packet, *view, turn);
  return Done{};
}

Result<Done> Router::ReceiveDirectRtcp(Transport& transport, Bytes bytes, Turn& turn) {
  if (!transport.is_direct()) return Error::Type("the transport is not direct");
  if (bytes.size() > RtpPacket::kBytesMax) return Error::Type("the RTCP packet is too long");
  if (Classify(bytes) != DatagramKind::kRtcp || !RtcpReader(bytes).Next()) {
    return Error::Type("not an RTCP packet");
  }
  transport.traffic().received.Add(bytes.size(), turn.now);
  OnOpenedRtcp(transport, bytes, turn);
  return Done{};
}

}  // namespace millrace
