#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "base/endpoint.h"
#include "base/output.h"
#include "base/result.h"
#include "routing/edge.h"

namespace millrace {

// The sockets of a machine that does not exist: numbered sockets on numbered ports, without a
// kernel. It knows which ports are taken, runs out of them as a real host does, and can be told to
// run out of sockets. Tests and simulations look up which socket a candidate belongs to.
class ModelEdge final : public Edge {
 public:
  struct Socket {
    SocketRequest request;
    uint16_t port = 0;
  };

  // --- what the worker asks
  Result<OpenedSocket> Open(const SocketRequest& request) override {
    if (sockets_.size() >= socket_limit_) return Error::Of("no descriptor is left");
    if (foreign_.contains(request.address)) return Error::Of("the address is not one of this host");
    std::optional<uint16_t> port = FreePort(request);
    if (!port) return Error::Of("no port is left");
    SocketId id(next_id_++);
    sockets_[id] = {request, *port};
    ++opened_;
    return OpenedSocket{.id = id,
                        .port = *port,
                        .send_buffer = request.send_buffer,
                        .receive_buffer = request.receive_buffer};
  }

  ResourceUsage ReadResourceUsage() override { return usage_; }

  // --- what a test arranges
  void SetSocketLimit(size_t limit) { socket_limit_ = limit; }
  void SetResourceUsage(const ResourceUsage& usage) { usage_ = usage; }
  // Makes every Open on this address fail, as binding to another host's address does.
  void SetForeign(const IpAddress& address) { foreign_.insert(address); }
  // Takes a port as another program would.
  void OccupyPort(uint16_t port) { occupied_.insert(port); }
  void FreeOccupiedPorts() { occupied_.clear(); }
  // A number for a TCP connection that a model peer opened.
  [[nodiscard]] SocketId NewConnection() { return SocketId(next_id_++); }

  // Carries out the closing part of an output, as the io edge does.
  void CloseSocketsOf(const Output& out) {
    for (SocketId id : out.closed_sockets()) {
      closed_twice_ += sockets_.erase(id) == 0 ? 1u : 0u;
    }
  }

  // --- what a test asks
  [[nodiscard]] size_t open_sockets() const { return sockets_.size(); }
  [[nodiscard]] size_t opened() const { return opened_; }
  // Closings of sockets that were not open (connections count as such).
  [[nodiscard]] size_t closed_twice() const { return closed_twice_; }
  [[nodiscard]] const Socket* socket(SocketId id) const {
    auto found = sockets_.find(id);
    return found == sockets_.end() ? nullptr : &found->second;
  }
  [[nodiscard]] std::optional<SocketId> Find(SocketRequest::Protocol protocol,
                                             uint16_t port) const {
    for (const auto& [id, socket] : sockets_) {
      if (socket.port == port && socket.request.protocol == protocol) return id;
    }
    return std::nullopt;
  }

 private:
  std::optional<uint16_t> FreePort(const SocketRequest& request) const {
    for (uint32_t port = request.port_min; port <= request.port_max; ++port) {
      if (!IsTaken(request, static_cast<uint16_t>(port))) return static_cast<uint16_t>(port);
    }
    return std::nullopt;
  }

  bool IsTaken(const SocketRequest& request, uint16_t port) const {
    if (occupied_.contains(port)) return true;
    for (const auto& [id, socket] : sockets_) {
      bool same_place =
          socket.port == port && socket.request.protocol == request.protocol &&
          (socket.request.address == request.address || socket.request.address.is_unspecified() ||
           request.address.is_unspecified());
      bool shared = request.udp_reuse_port && socket.request.udp_reuse_port;
      if (same_place && !shared) return true;
    }
    return false;
  }

  std::map<SocketId, Socket> sockets_;
  std::set<uint16_t> occupied_;
  std::set<IpAddress> foreign_;
  ResourceUsage usage_{};
  uint32_t next_id_ = 1;
  size_t socket_limit_ = 100'000;
  size_t opened_ = 0;
  size_t closed_twice_ = 0;
};

}  // namespace millrace
