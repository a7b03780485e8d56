#pragma once

#include "routing/routing_event.h"
#include "schema/notification_generated.h"
#include "worker/convert_fields.h"

namespace millrace {

// What routing has to tell the controller, as a notification of the channel.
[[nodiscard]] flatbuffers::Offset<Millrace::Schema::Notification::Notification> WriteEvent(
    flatbuffers::FlatBufferBuilder& builder, const RoutingEvent& event);

}  // namespace millrace
