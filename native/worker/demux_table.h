#pragma once

#include <optional>
#include <unordered_map>
#include <variant>
#include <vector>

#include "base/byte_reader.h"
#include "base/endpoint.h"
#include "base/output.h"
#include "base/strong.h"
#include "routing/transport.h"
#include "routing/webrtc_server.h"

namespace millrace {

// Finds the transport that a datagram belongs to. A socket, and each TCP connection that a
// listening socket accepted, belongs either to one transport or to a WebRTC server, which knows its
// transports by path and by ICE user name fragment.
// It does not own what it points to: who closes a transport or a server says so with Forget first.
class DemuxTable {
 public:
  // TCP connections of the whole worker. A listener that is flooded must not take all memory.
  static constexpr size_t kMaxConnections = 20'000;

  void AddSocket(SocketId socket, Transport& transport);
  void AddSocket(SocketId socket, WebRtcServer& server);
  // False when nobody owns the listener or there are too many connections; close it then.
  [[nodiscard]] bool AddConnection(SocketId listener, const Path& path);
  // The connection has ended. Answers the transport that it was a path of, if there is one.
  struct EndedPath {
    Transport* transport;
    Path path;
  };
  [[nodiscard]] std::optional<EndedPath> RemoveConnection(SocketId connection);

  // Null when nobody knows the sender.
  [[nodiscard]] Transport* Find(const Path& path, Bytes datagram) const;

  // The owner is about to go. Its sockets are forgotten, and its connections closed.
  void Forget(Transport& transport, Output& out);
  void Forget(WebRtcServer& server, Output& out);

  [[nodiscard]] size_t sockets() const { return owners_.size(); }
  [[nodiscard]] size_t connections() const { return connections_.size(); }

 private:
  using Owner = std::variant<Transport*, WebRtcServer*>;

  void ForgetOwner(Owner owner, Output& out);
  void CloseConnectionsTo(const Transport& transport, Output& out);

  std::unordered_map<SocketId, Owner> owners_;
  std::unordered_map<SocketId, Path> connections_;
};

}  // namespace millrace
