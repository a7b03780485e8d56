#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "base/result.h"
#include "routing/registry.h"
#include "routing/turn.h"
#include "worker/channel_message.h"
#include "worker/machine.h"
#include "worker/request_table.h"

namespace millrace {

// One notification of the controller on its way to its verb.
struct NotificationCall {
  Machine& machine;
  Registry::Entry target;
  const NotificationBody& body;
  Turn& turn;
};
using NotificationVerb = Result<Done> (*)(const NotificationCall& call);

// An event that the controller tells the worker: its number and name, whom it is sent to, and what
// it does.
struct NotificationRow {
  uint8_t event = 0;
  std::string_view name;
  HandlerKind kind = HandlerKind::kWorker;
  NotificationVerb verb = nullptr;
};

// All of them in the order of their numbers.
[[nodiscard]] std::span<const NotificationRow> NotificationRows();

// Whether any of them is sent to such an object.
[[nodiscard]] bool TakesNotifications(const Registry::Entry& target);

// Does what the notification says. An error is for the log: there is nobody to answer.
[[nodiscard]] Result<Done> Perform(Machine& machine, const ChannelNotification& notification,
                                   Turn& turn);

}  // namespace millrace
