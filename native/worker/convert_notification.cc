#include "worker/convert_notification.h"

#include "media/rtp_packet.h"
#include "worker/convert_data.h"

namespace millrace {

namespace fbs = Millrace::Schema;

namespace {

using BodyType = fbs::Notification::Body;

// A packet of RTP or RTCP, never longer than one that comes in a datagram.
std::vector<uint8_t> ReadPacket(FieldReader& reader, const flatbuffers::Vector<uint8_t>& data) {
  if (data.size() > RtpPacket::kBytesMax) {
    reader.Refuse("data", "longer than a datagram");
    return {};
  }
  return {data.begin(), data.end()};
}

}  // namespace

NotificationBody ReadNotificationBody(FieldReader& reader,
                                      const fbs::Notification::Notification& table) {
  if ((table.body() != nullptr) != (table.body_type() != BodyType::NONE)) {
    reader.Refuse("body", "no such type");
    return NoBody{};
  }
  if (table.body_type() == BodyType::NONE) return NoBody{};
  if (const auto* body = table.body_as_Producer_SendNotification()) {
    return SendRtp{ReadPacket(reader, *body->data())};
  }
  if (const auto* body = table.body_as_Transport_SendRtcpNotification()) {
    return SendRtcp{ReadPacket(reader, *body->data())};
  }
  if (const auto* body = table.body_as_DataProducer_SendNotification()) {
    return ReadSendFromProducer(reader, *body);
  }
  return UnreadBody{};
}

}  // namespace millrace
