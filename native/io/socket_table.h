#pragma once

#include <map>
#include <memory>
#include <optional>
#include <span>
#include <unordered_map>
#include <variant>
#include <vector>

#include "base/output.h"
#include "base/random.h"
#include "base/time.h"
#include "io/event_loop.h"
#include "io/tcp_connection.h"
#include "io/udp_socket.h"
#include "routing/edge.h"

namespace millrace {

// A TCP socket that accepts ICE connections.
struct TcpListener {
  FileDescriptor descriptor;
};

struct AcceptedConnection {
  SocketId listener;
  Path path;  // its socket is the connection
};

// All sockets of a worker by their numbers. Opens them for the worker, accepts connections within
// the limits that keep strangers from filling memory, and closes what nobody uses.
class SocketTable final : public Edge {
 public:
  // All connections of a worker, and those from one address: as many people as one household or
  // small office has behind its router. Beyond it a connection is closed as soon as it is accepted.
  static constexpr size_t kConnectionsMax = 4096;
  static constexpr size_t kConnectionsPerAddressMax = 64;
  // How often connections are looked at for their time limits.
  static constexpr Duration kExpiryInterval = Duration::Seconds(1);

  SocketTable(EventLoop& loop, const Random::Seed& seed);
  ~SocketTable() override;

  Result<OpenedSocket> Open(const SocketRequest& request) override;
  ResourceUsage ReadResourceUsage() override;
  // With a listener goes every connection it accepted. Unknown numbers are closed already.
  void Close(SocketId id);

  // Accepts what waits at a listener, up to kAcceptMax.
  [[nodiscard]] std::vector<AcceptedConnection> Accept(SocketId listener, Timestamp now);
  // Connections whose time is over. Looks at them once every kExpiryInterval.
  [[nodiscard]] std::vector<SocketId> FindExpired(Timestamp now);
  // When FindExpired wants to be asked again.
  [[nodiscard]] Timestamp deadline() const;
  // Watches the connection for writing while something waits to be written, and only then.
  void UpdateInterest(TcpConnection& connection);
  // A descriptor with an error pending has fallen out of the event loop; this takes it in again.
  void WatchAgain(SocketId id);

  [[nodiscard]] UdpSocket* FindUdp(SocketId id);
  [[nodiscard]] TcpListener* FindListener(SocketId id);
  [[nodiscard]] TcpConnection* FindConnection(SocketId id);
  [[nodiscard]] std::vector<SocketId> ConnectionsOf(SocketId listener) const;
  [[nodiscard]] size_t size() const { return sockets_.size(); }

 private:
  static constexpr size_t kAcceptMax = 64;

  using Socket = std::variant<UdpSocket, TcpListener, std::unique_ptr<TcpConnection>>;

  [[nodiscard]] std::optional<AcceptedConnection> TakeConnection(SocketId listener_id,
                                                                 FileDescriptor descriptor,
                                                                 const Endpoint& remote,
                                                                 Timestamp now);
  [[nodiscard]] static int DescriptorOf(const Socket& socket);
  void CloseOne(SocketId id);

  EventLoop& loop_;
  Random random_;
  bool kernel_segments_;
  uint32_t last_id_ = 0;
  std::unordered_map<SocketId, Socket> sockets_;
  std::map<IpAddress, size_t> connections_by_address_;
  size_t connections_ = 0;
  Timestamp next_expiry_;
};

}  // namespace millrace
