#include "worker/notification_table.h"

#include <algorithm>
#include <array>
#include <string>

#include "worker/data_verbs.h"

namespace millrace {
namespace {

Result<Done> CloseWorker(const NotificationCall& call) {
  call.machine.closed = true;
  return Done{};
}

// Makes a row's verb of a function with typed arguments, as request_table.cc does for requests.
template <auto kFunction>
struct Heard;

template <typename Object, typename Body,
          Result<Done> (*kFunction)(Machine&, Object&, const Body&, Turn&)>
struct Heard<kFunction> {
  static Result<Done> Call(const NotificationCall& call) {
    Object* const* object = std::get_if<Object*>(&call.target);
    CHECK(object, "a row names the kind of object that its verb works on");
    const Body* body = std::get_if<Body>(&call.body);
    if (!body) return Error::Type("missing body, or the body of another event");
    return kFunction(call.machine, **object, *body, call.turn);
  }
};

Result<Done> BringRtp(Machine&, Producer& producer, const SendRtp& body, Turn& turn) {
  return producer.transport().router().ReceiveDirectRtp(producer, body.packet, turn);
}

Result<Done> BringRtcp(Machine&, Transport& transport, const SendRtcp& body, Turn& turn) {
  return transport.router().ReceiveDirectRtcp(transport, body.packet, turn);
}

Result<Done> BringMessage(Machine& machine, DataProducer& producer, const SendFromProducer& body,
                          Turn& turn) {
  return SendFromDirect(machine, producer.id(), body, turn);
}

using Kind = HandlerKind;

// The numbers of the channel's events; those from the worker begin at 4.
constexpr std::array<NotificationRow, 4> kRows = {{
    {0, "worker.close", Kind::kWorker, &CloseWorker},
    {1, "transport.sendRtcp", Kind::kTransport, &Heard<&BringRtcp>::Call},
    {2, "producer.send", Kind::kProducer, &Heard<&BringRtp>::Call},
    {3, "dataProducer.send", Kind::kDataProducer, &Heard<&BringMessage>::Call},
}};

}  // namespace

std::span<const NotificationRow> NotificationRows() { return kRows; }

bool TakesNotifications(const Registry::Entry& target) {
  return std::ranges::any_of(kRows, [&](const NotificationRow& row) {
    return row.kind != Kind::kWorker && IsOfKind(target, row.kind);
  });
}

Result<Done> Perform(Machine& machine, const ChannelNotification& notification, Turn& turn) {
  auto row = std::ranges::find(kRows, notification.event, &NotificationRow::event);
  if (row == kRows.end()) {
    return Error::Of("unknown event " + std::to_string(notification.event));
  }
  Registry::Entry target;
  if (row->kind != Kind::kWorker) {
    target = machine.commons.registry.Find(notification.handler_id);
    if (!IsOfKind(target, row->kind)) return Error::NotFound("no such object");
  }
  return row->verb({machine, target, notification.body, turn});
}

}  // namespace millrace
