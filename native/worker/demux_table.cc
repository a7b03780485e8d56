#include "worker/demux_table.h"

#include <algorithm>

namespace millrace {

void DemuxTable::AddSocket(SocketId socket, Transport& transport) { owners_[socket] = &transport; }

void DemuxTable::AddSocket(SocketId socket, WebRtcServer& server) { owners_[socket] = &server; }

bool DemuxTable::AddConnection(SocketId listener, const Path& path) {
  auto owner = owners_.find(listener);
  if (owner == owners_.end() || connections_.size() >= kMaxConnections) return false;
  connections_[path.socket] = path;
  owners_[path.socket] = owner->second;
  return true;
}

std::optional<DemuxTable::EndedPath> DemuxTable::RemoveConnection(SocketId connection) {
  auto known = connections_.find(connection);
  if (known == connections_.end()) return std::nullopt;
  Path path = known->second;
  Transport* transport = Find(path, {});
  connections_.erase(known);
  owners_.erase(connection);
  if (!transport) return std::nullopt;
  return EndedPath{transport, path};
}

Transport* DemuxTable::Find(const Path& path, Bytes datagram) const {
  auto owner = owners_.find(path.socket);
  if (owner == owners_.end()) return nullptr;
  if (Transport* const* transport = std::get_if<Transport*>(&owner->second)) return *transport;
  return std::get<WebRtcServer*>(owner->second)->Find(path, datagram);
}

void DemuxTable::Forget(Transport& transport, Output& out) {
  CloseConnectionsTo(transport, out);
  ForgetOwner(&transport, out);
}

void DemuxTable::Forget(WebRtcServer& server, Output& out) { ForgetOwner(&server, out); }

void DemuxTable::ForgetOwner(Owner owner, Output& out) {
  std::vector<SocketId> gone;
  for (const auto& [socket, its_owner] : owners_) {
    if (its_owner == owner) gone.push_back(socket);
  }
  // The table's own order is chance; what leaves the worker must not depend on it.
  std::sort(gone.begin(), gone.end());
  for (SocketId socket : gone) {
    owners_.erase(socket);
    if (connections_.erase(socket) != 0) out.CloseSocket(socket);
  }
}

// A peer that came over TCP to a shared listener has nothing to say to anybody once its transport
// is gone.
void DemuxTable::CloseConnectionsTo(const Transport& transport, Output& out) {
  std::vector<SocketId> gone;
  for (const auto& [connection, path] : connections_) {
    if (Find(path, {}) == &transport) gone.push_back(connection);
  }
  std::sort(gone.begin(), gone.end());
  for (SocketId connection : gone) {
    connections_.erase(connection);
    owners_.erase(connection);
    out.CloseSocket(connection);
  }
}

}  // namespace millrace
