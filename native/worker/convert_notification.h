#pragma once

#include "schema/notification_generated.h"
#include "worker/channel_message.h"
#include "worker/convert_fields.h"

namespace millrace {

// The body of a notification that a worker takes. What is wrong with it, the reader remembers.
[[nodiscard]] NotificationBody ReadNotificationBody(
    FieldReader& reader, const Millrace::Schema::Notification::Notification& table);

}  // namespace millrace
