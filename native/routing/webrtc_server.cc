#include "routing/webrtc_server.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "base/output.h"
#include "routing/transport.h"
#include "wire/demux.h"
#include "wire/stun.h"

namespace millrace {
namespace {

// SO_SNDBUF and the like are clamped by the system; the protocol number is checked by the schema.
Result<SocketRequest> RequestFor(const ListenInfo& info, uint16_t port_min, uint16_t port_max) {
  std::optional<IpAddress> address = IpAddress::Parse(info.ip);
  if (!address) return Error::Type("invalid IP '" + info.ip + "'");
  if (address->is_multicast())
    return Error::Type("cannot listen on multicast IP '" + info.ip + "'");
  SocketRequest request{
      .protocol = info.protocol == TransportProtocol::kTcp ? SocketRequest::Protocol::kTcp
                                                           : SocketRequest::Protocol::kUdp,
      .address = *address,
      .port_min = port_min,
      .port_max = port_max,
      .ipv6_only = info.ipv6_only,
      .udp_reuse_port = info.udp_reuse_port,
      .send_buffer = info.send_buffer_size,
      .receive_buffer = info.receive_buffer_size,
  };
  if (info.port != 0) {
    request.port_min = request.port_max = info.port;
  } else if (info.port_min != 0 || info.port_max != 0) {
    request.port_min = info.port_min;
    request.port_max = info.port_max;
  }
  if (request.port_min == 0 || request.port_max < request.port_min) {
    return Error::Type("invalid port range");
  }
  return request;
}

}  // namespace

Result<std::vector<Listener>> OpenListeners(Edge& edge, std::span<const ListenInfo> infos,
                                            uint16_t port_min, uint16_t port_max, Output& out) {
  std::vector<Listener> listeners;
  auto give_back = [&](const Error& error) -> Result<std::vector<Listener>> {
    for (const Listener& listener : listeners) out.CloseSocket(listener.socket);
    return error;
  };
  for (const ListenInfo& info : infos) {
    Result<SocketRequest> request = RequestFor(info, port_min, port_max);
    if (!request.ok()) return give_back(request.error());
    Result<OpenedSocket> opened = edge.Open(request.value());
    if (!opened.ok()) return give_back(opened.error());
    listeners.push_back({opened.value().id, info, opened.value().port});
  }
  return listeners;
}

WebRtcServer::WebRtcServer(std::string id, std::vector<Listener> listeners)
    : id_(std::move(id)), listeners_(std::move(listeners)) {}

Transport* WebRtcServer::Find(const Path& path, Bytes datagram) const {
  auto known = paths_.find(path);
  if (known != paths_.end()) return known->second;
  if (Classify(datagram) != DatagramKind::kStun) return nullptr;
  std::optional<StunMessage> message = StunMessage::Parse(datagram);
  if (!message || !message->username) return nullptr;
  // RFC 8445 section 7.2.2: the user name is the receiver's fragment, a colon, the sender's.
  std::string_view name = *message->username;
  auto named = ufrags_.find(name.substr(0, name.find(':')));
  return named == ufrags_.end() ? nullptr : named->second;
}

void WebRtcServer::AddTransport(Transport& transport) { transports_.push_back(&transport); }

void WebRtcServer::RemoveTransport(Transport& transport) {
  std::erase(transports_, &transport);
  std::erase_if(paths_, [&](const auto& entry) { return entry.second == &transport; });
  std::erase_if(ufrags_, [&](const auto& entry) { return entry.second == &transport; });
}

void WebRtcServer::AddUfrag(const std::string& ufrag, Transport& transport) {
  ufrags_[ufrag] = &transport;
}

void WebRtcServer::RemoveUfrag(const std::string& ufrag) { ufrags_.erase(ufrag); }

void WebRtcServer::AddPath(const Path& path, Transport& transport) { paths_[path] = &transport; }

void WebRtcServer::RemovePath(const Path& path) { paths_.erase(path); }

WebRtcServerDump WebRtcServer::Dump() const {
  WebRtcServerDump dump{.id = id_};
  for (const Listener& listener : listeners_) {
    auto& list =
        listener.info.protocol == TransportProtocol::kUdp ? dump.udp_sockets : dump.tcp_servers;
    list.push_back({listener.info.ip, listener.port});
  }
  for (const Transport* transport : transports_) dump.transport_ids.push_back(transport->id());
  for (const auto& [ufrag, transport] : ufrags_) {
    dump.ufrag_transport_ids.emplace_back(ufrag, transport->id());
  }
  return dump;
}

}  // namespace millrace
