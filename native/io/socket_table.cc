#include "io/socket_table.h"

#include <netinet/tcp.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include <cerrno>
#include <string>
#include <utility>

#include "base/check.h"
#include "io/bound_socket.h"
#include "io/socket_address.h"

namespace millrace {

namespace {

EventSource SourceOf(SocketId id) {
  return {.kind = EventSource::Kind::kSocket, .number = id.value()};
}

uint64_t ToMillis(const timeval& time) {
  return static_cast<uint64_t>(time.tv_sec) * 1000 + static_cast<uint64_t>(time.tv_usec) / 1000;
}

}  // namespace

Result<OpenedSocket> SocketTable::Open(const SocketRequest& request) {
  Result<BoundSocket> opened = OpenBoundSocket(request, random_);
  if (!opened.ok()) return opened.error();
  BoundSocket& bound = opened.value();
  SocketId id(++last_id_);
  Result<Done> watched = loop_.Watch(bound.descriptor.get(), SourceOf(id), {.readable = true});
  if (!watched.ok()) return watched.error();
  OpenedSocket answer{.id = id,
                      .port = bound.port,
                      .send_buffer = bound.send_buffer,
                      .receive_buffer = bound.receive_buffer};
  if (request.protocol == SocketRequest::Protocol::kUdp) {
    sockets_.emplace(id, UdpSocket(std::move(bound), kernel_segments_));
  } else {
    sockets_.emplace(id, TcpListener{.descriptor = std::move(bound.descriptor)});
  }
  return answer;
}

ResourceUsage SocketTable::ReadResourceUsage() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  auto count = [](long value) { return static_cast<uint64_t>(value); };
  return {.user_time_ms = ToMillis(usage.ru_utime),
          .system_time_ms = ToMillis(usage.ru_stime),
          .max_resident = count(usage.ru_maxrss),
          .shared_memory = count(usage.ru_ixrss),
          .unshared_data = count(usage.ru_idrss),
          .unshared_stack = count(usage.ru_isrss),
          .minor_faults = count(usage.ru_minflt),
          .major_faults = count(usage.ru_majflt),
          .swaps = count(usage.ru_nswap),
          .block_inputs = count(usage.ru_inblock),
          .block_outputs = count(usage.ru_oublock),
          .messages_sent = count(usage.ru_msgsnd),
          .messages_received = count(usage.ru_msgrcv),
          .signals = count(usage.ru_nsignals),
          .voluntary_switches = count(usage.ru_nvcsw),
          .involuntary_switches = count(usage.ru_nivcsw)};
}

void SocketTable::Close(SocketId id) {
  if (FindListener(id)) {
    for (SocketId connection : ConnectionsOf(id)) CloseOne(connection);
  }
  CloseOne(id);
}

std::vector<AcceptedConnection> SocketTable::Accept(SocketId listener, Timestamp now) {
  std::vector<AcceptedConnection> accepted;
  for (size_t i = 0; i < kAcceptMax; ++i) {
    sockaddr_storage storage{};
    socklen_t size = sizeof(storage);
    int socket =
        accept4(FindListener(listener)->descriptor.get(), reinterpret_cast<sockaddr*>(&storage),
                &size, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (socket < 0 && (errno == EINTR || errno == ECONNABORTED)) continue;
    if (socket < 0) break;
    auto connection = TakeConnection(listener, FileDescriptor(socket), ToEndpoint(storage), now);
    if (connection) accepted.push_back(*connection);
  }
  return accepted;
}

std::optional<AcceptedConnection> SocketTable::TakeConnection(SocketId listener_id,
                                                              FileDescriptor descriptor,
                                                              const Endpoint& remote,
                                                              Timestamp now) {
  if (connections_ >= kConnectionsMax) return std::nullopt;
  auto same_address = connections_by_address_.find(remote.address);
  size_t from_address = same_address == connections_by_address_.end() ? 0 : same_address->second;
  if (from_address >= kConnectionsPerAddressMax) return std::nullopt;
  SocketId id(++last_id_);
  // Datagrams are sent when they are due; waiting for more would only add delay.
  int on = 1;
  setsockopt(descriptor.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
  Result<Done> watched = loop_.Watch(descriptor.get(), SourceOf(id), {.readable = true});
  if (!watched.ok()) return std::nullopt;
  connections_by_address_[remote.address] = from_address + 1;
  ++connections_;
  sockets_.emplace(
      id, std::make_unique<TcpConnection>(std::move(descriptor), remote, listener_id, now));
  return AcceptedConnection{.listener = listener_id, .path = {id, remote}};
}

std::vector<SocketId> SocketTable::FindExpired(Timestamp now) {
  std::vector<SocketId> expired;
  if (connections_ == 0 || now < next_expiry_) return expired;
  next_expiry_ = now + kExpiryInterval;
  for (const auto& [id, socket] : sockets_) {
    const auto* connection = std::get_if<std::unique_ptr<TcpConnection>>(&socket);
    if (connection && (*connection)->expired(now)) expired.push_back(id);
  }
  return expired;
}

Timestamp SocketTable::deadline() const {
  return connections_ == 0 ? Timestamp::Never() : next_expiry_;
}

void SocketTable::UpdateInterest(TcpConnection& connection) {
  bool writing = connection.unwritten() > 0;
  if (writing == connection.watched_for_writing) return;
  connection.watched_for_writing = writing;
  loop_.Change(connection.descriptor(), {.readable = true, .writable = writing});
}

void SocketTable::WatchAgain(SocketId id) {
  auto found = sockets_.find(id);
  if (found != sockets_.end()) loop_.Change(DescriptorOf(found->second), {.readable = true});
}

UdpSocket* SocketTable::FindUdp(SocketId id) {
  auto found = sockets_.find(id);
  return found == sockets_.end() ? nullptr : std::get_if<UdpSocket>(&found->second);
}

TcpListener* SocketTable::FindListener(SocketId id) {
  auto found = sockets_.find(id);
  return found == sockets_.end() ? nullptr : std::get_if<TcpListener>(&found->second);
}

TcpConnection* SocketTable::FindConnection(SocketId id) {
  auto found = sockets_.find(id);
  if (found == sockets_.end()) return nullptr;
  auto* connection = std::get_if<std::unique_ptr<TcpConnection>>(&found->second);
  return connection ? connection->get() : nullptr;
}

std::vector<SocketId> SocketTable::ConnectionsOf(SocketId listener) const {
  std::vector<SocketId> connections;
  for (const auto& [id, socket] : sockets_) {
    const auto* connection = std::get_if<std::unique_ptr<TcpConnection>>(&socket);
    if (connection && (*connection)->listener() == listener) connections.push_back(id);
  }
  return connections;
}

SocketTable::SocketTable(EventLoop& loop, const Random::Seed& seed)
    : loop_(loop), random_(seed), kernel_segments_(KernelSegmentsUdp()) {}

SocketTable::~SocketTable() {
  for (const auto& [id, socket] : sockets_) loop_.Forget(DescriptorOf(socket));
}

int SocketTable::DescriptorOf(const Socket& socket) {
  if (const auto* udp = std::get_if<UdpSocket>(&socket)) return udp->descriptor();
  if (const auto* listener = std::get_if<TcpListener>(&socket)) return listener->descriptor.get();
  return std::get<std::unique_ptr<TcpConnection>>(socket)->descriptor();
}

void SocketTable::CloseOne(SocketId id) {
  auto found = sockets_.find(id);
  if (found == sockets_.end()) return;
  loop_.Forget(DescriptorOf(found->second));
  if (TcpConnection* connection = FindConnection(id)) {
    --connections_;
    auto from_address = connections_by_address_.find(connection->remote().address);
    CHECK(from_address != connections_by_address_.end(), "every connection is counted");
    if (--from_address->second == 0) connections_by_address_.erase(from_address);
  }
  sockets_.erase(found);
}

}  // namespace millrace
