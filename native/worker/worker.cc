#include "worker/worker.h"

#include <algorithm>
#include <utility>

#include "worker/convert_request.h"
#include "worker/machine.h"
#include "worker/notification_table.h"
#include "worker/request_table.h"

namespace millrace {

namespace {

// How soon the same transport or router is called again at the earliest. A deadline that does not
// move must not keep the worker busy for ever.
constexpr Duration kShortestWait = Duration::Millis(1);

std::unique_ptr<DtlsContext> MakeDtlsContext(const DtlsContext::Settings& settings) {
  auto context = DtlsContext::Make(settings);
  return context.ok() ? std::move(context.value()) : nullptr;
}

// The context of the settings; when they cannot be used, one of our own in its place, and `usable`
// becomes false.
std::unique_ptr<DtlsContext> MakeDtlsContext(const WorkerSettings& settings, bool& usable) {
  auto context = MakeDtlsContext({.certificate = settings.dtls_certificate.value_or(""),
                                  .private_key = settings.dtls_private_key.value_or("")});
  usable = context != nullptr && settings.rtc_min_port <= settings.rtc_max_port &&
           settings.dtls_certificate.has_value() == settings.dtls_private_key.has_value();
  if (!context) context = MakeDtlsContext(DtlsContext::Settings{});
  CHECK(context, "a certificate of our own can always be made");
  return context;
}

void OnUnreadable(const UnreadableFrame& frame, Output& out) {
  ++out.counters().unreadable_frames;
  out.Log(LogLevel::kError, LogTag::kMessage, "Worker::OnFrame() | frame ignored: " + frame.why);
}

void OnNotification(Machine& machine, const ChannelNotification& notification, Turn& turn) {
  ++turn.out.counters().notifications_received;
  Result<Done> done = Perform(machine, notification, turn);
  if (!done.ok()) ++turn.out.counters().notifications_refused;
  if (done.ok() || !turn.out.WouldLog(LogLevel::kWarn, LogTag::kMessage)) return;
  turn.out.Log(LogLevel::kWarn, LogTag::kMessage,
               "Worker::OnFrame() | notification ignored: event " +
                   std::to_string(notification.event) + " for '" + notification.handler_id +
                   "': " + done.error().reason);
}

void OnRequest(Machine& machine, const ChannelRequest& request, Turn& turn) {
  ++turn.out.counters().requests;
  Result<Answer> answer = Perform(machine, request, turn);
  std::string_view method = MethodName(request.method);
  if (answer.ok()) {
    machine.frames.Respond(request.id, answer.value(), method, turn.out);
    return;
  }
  ++turn.out.counters().requests_refused;
  machine.frames.Refuse(request.id, answer.error(), method, turn.out);
  if (turn.out.WouldLog(LogLevel::kWarn, LogTag::kMessage)) {
    turn.out.Log(LogLevel::kWarn, LogTag::kMessage,
                 "Worker::OnFrame() | request refused: " + answer.error().reason);
  }
}

// Calls everybody in the heap who is due, each once.
template <typename Owner, typename Call>
void CallDue(DeadlineHeap<Owner>& heap, Timestamp now, Call call) {
  for (size_t left = heap.size(); left > 0 && heap.earliest() <= now; --left) {
    Owner& owner = heap.first();
    // The entry may be older than the owner's last word.
    if (owner.deadline() <= now) call(owner);
    heap.Update(owner, std::max(owner.deadline(), now + kShortestWait));
  }
}

}  // namespace

Worker::Worker(const WorkerSettings& settings, const Random::Seed& seed, Edge& edge) {
  auto dtls = MakeDtlsContext(settings, usable_);
  machine_ = std::make_unique<Machine>(settings, seed, edge, std::move(dtls));
}

Worker::~Worker() = default;

void Worker::Start(Timestamp, Output& out) {
  machine_->ApplyLogSettings(out);
  machine_->frames.NotifyRunning(machine_->settings.pid, out);
}

void Worker::OnDatagrams(Timestamp now, std::span<const InboundDatagram> datagrams, Output& out) {
  Turn turn{now, machine_->events, out};
  for (const InboundDatagram& datagram : datagrams) {
    out.counters().received.Add(datagram.bytes.size());
    Transport* transport = machine_->demux.Find(datagram.path, datagram.bytes);
    if (!transport) {
      out.CountDrop(DropReason::kUnknownPath);
      continue;
    }
    transport->router().OnDatagram(*transport, datagram.path, datagram.bytes, datagram.received,
                                   turn);
  }
  machine_->Settle(turn);
}

void Worker::OnFrame(Timestamp now, Bytes frame, Output& out) {
  if (machine_->closed) return;
  Turn turn{now, machine_->events, out};
  ChannelMessage message = ReadFrame(frame);
  if (const auto* request = std::get_if<ChannelRequest>(&message)) {
    OnRequest(*machine_, *request, turn);
  } else if (const auto* notification = std::get_if<ChannelNotification>(&message)) {
    OnNotification(*machine_, *notification, turn);
  } else {
    OnUnreadable(std::get<UnreadableFrame>(message), out);
  }
  machine_->Settle(turn);
}

void Worker::OnConnectionOpened(Timestamp now, SocketId listener, const Path& path, Output& out) {
  if (!machine_->demux.AddConnection(listener, path)) out.CloseSocket(path.socket);
  Turn turn{now, machine_->events, out};
  machine_->Settle(turn);
}

void Worker::OnConnectionClosed(Timestamp now, SocketId connection, Output& out) {
  Turn turn{now, machine_->events, out};
  if (auto ended = machine_->demux.RemoveConnection(connection)) {
    ended->transport->router().OnPathEnded(*ended->transport, ended->path, turn);
  }
  machine_->Settle(turn);
}

void Worker::OnDeadline(Timestamp now, Output& out) {
  Turn turn{now, machine_->events, out};
  CallDue(machine_->transport_deadlines, now,
          [&](Transport& transport) { transport.router().OnTransportDeadline(transport, turn); });
  CallDue(machine_->router_deadlines, now, [&](Router& router) { router.OnDeadline(turn); });
  machine_->Settle(turn);
}

bool Worker::Seal(Timestamp now, Output& out) {
  Turn turn{now, machine_->events, out};
  bool more = machine_->commons.dirty.Seal(turn);
  machine_->Settle(turn);
  return more;
}

Timestamp Worker::deadline() const {
  return std::min(machine_->transport_deadlines.earliest(), machine_->router_deadlines.earliest());
}

bool Worker::closed() const { return machine_->closed; }

}  // namespace millrace
