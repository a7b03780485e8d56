#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/byte_reader.h"
#include "base/endpoint.h"
#include "base/result.h"
#include "routing/dumps.h"
#include "routing/edge.h"

namespace millrace {

class Transport;

// A socket that listens for peers, and how it is announced to them.
struct Listener {
  SocketId socket;
  ListenInfo info;
  uint16_t port = 0;
};

// Opens sockets for all `infos`, or none of them. Port 0 means one of the range of the info, and a
// range of zeros means [port_min, port_max].
[[nodiscard]] Result<std::vector<Listener>> OpenListeners(Edge& edge,
                                                          std::span<const ListenInfo> infos,
                                                          uint16_t port_min, uint16_t port_max,
                                                          class Output& out);

// Sockets that many WebRTC transports share. A datagram finds its transport by its path once ICE
// has validated the path, and before that by the local user name fragment of its STUN request.
class WebRtcServer {
 public:
  WebRtcServer(std::string id, std::vector<Listener> listeners);

  // The transport that a datagram belongs to, or null when nobody knows its sender.
  [[nodiscard]] Transport* Find(const Path& path, Bytes datagram) const;

  // --- edited by the WebRTC links of its transports and by router_control
  void AddTransport(Transport& transport);
  void RemoveTransport(Transport& transport);  // with its names and paths
  void AddUfrag(const std::string& ufrag, Transport& transport);
  void RemoveUfrag(const std::string& ufrag);
  void AddPath(const Path& path, Transport& transport);
  void RemovePath(const Path& path);

  [[nodiscard]] const std::string& id() const { return id_; }
  [[nodiscard]] std::span<const Listener> listeners() const { return listeners_; }
  [[nodiscard]] const std::vector<Transport*>& transports() const { return transports_; }
  [[nodiscard]] WebRtcServerDump Dump() const;

 private:
  struct TextHash {
    using is_transparent = void;
    size_t operator()(std::string_view text) const { return std::hash<std::string_view>()(text); }
  };

  std::string id_;
  std::vector<Listener> listeners_;
  std::vector<Transport*> transports_;
  std::unordered_map<Path, Transport*> paths_;
  std::unordered_map<std::string, Transport*, TextHash, std::equal_to<>> ufrags_;
};

}  // namespace millrace
