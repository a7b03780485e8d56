#include "routing/link.h"

#include <cstring>

namespace millrace {

std::optional<SrtpStream> Link::AddSending(Ssrc ssrc) {
  if (!sender_) return SrtpStream(0);
  auto known = sending_.find(ssrc);
  if (known != sending_.end()) return known->second;
  std::optional<SrtpStream> stream = sender_->AddStream(ssrc);
  if (stream) sending_.emplace(ssrc, *stream);
  return stream;
}

void Link::RemoveSending(Ssrc ssrc) {
  auto known = sending_.find(ssrc);
  if (known == sending_.end()) return;
  sender_->RemoveStream(known->second);
  sending_.erase(known);
}

SrtpResult Link::SealRtp(SrtpStream stream, MutableBytes target, size_t header_size,
                         Bytes payload) {
  if (sender_) return sender_->SealRtp(stream, target, header_size, payload);
  if (header_size + payload.size() > target.size()) return DropReason::kTooLarge;
  if (!payload.empty()) std::memmove(&target[header_size], payload.data(), payload.size());
  return header_size + payload.size();
}

size_t Link::SendRtcp(Bytes compound, Turn& turn) {
  if (!ready_ || !rtcp_path_) {
    turn.out.CountDrop(DropReason::kNotConnected);
    return 0;
  }
  MutableBytes target = turn.out.Reserve(compound.size() + kSrtpRtcpOverheadMax);
  if (target.empty()) {
    turn.out.CountDrop(DropReason::kBufferLimit);
    return 0;
  }
  std::memcpy(target.data(), compound.data(), compound.size());
  SrtpResult sealed = sender_ ? sender_->SealRtcp(target, compound.size()) : compound.size();
  if (!sealed.ok()) {
    turn.out.CountDrop(sealed.reason());
    return 0;
  }
  turn.out.Commit(*rtcp_path_, sealed.size());
  return sealed.size();
}

size_t Link::SendSctp(Bytes packet, Turn& turn) {
  if (!ready_) {
    turn.out.CountDrop(DropReason::kNotConnected);
    return 0;
  }
  turn.out.Send(rtp_path_, packet);
  return packet.size();
}

std::vector<SocketId> Link::sockets() const {
  std::vector<SocketId> sockets;
  for (const Listener& listener : listeners_) sockets.push_back(listener.socket);
  return sockets;
}

void Link::SetKeys(SrtpBackend& backend, const SrtpKeyMaterial& sending,
                   const SrtpKeyMaterial& receiving, size_t stream_limit) {
  sender_.emplace(backend, sending);
  receiver_.emplace(backend, receiving, stream_limit);
}

void Link::DropKeys() {
  sending_.clear();
  sender_.reset();
  receiver_.reset();
}

TransportTuple Link::TupleOf(const Path& path, std::span<const Listener> listeners) {
  // An accepted TCP connection is a socket of its own; it came in by a listener for TCP.
  const Listener* local = nullptr;
  for (const Listener& listener : listeners) {
    if (listener.socket == path.socket) local = &listener;
  }
  for (const Listener& listener : listeners) {
    if (!local && listener.info.protocol == TransportProtocol::kTcp) local = &listener;
  }
  TransportTuple tuple;
  if (local) {
    const ListenInfo& info = local->info;
    tuple.local_address = info.announced_address.empty() ? info.ip : info.announced_address;
    tuple.local_port = local->port;
    tuple.protocol = info.protocol;
  }
  if (path.remote.port != 0) {
    tuple.remote_ip = path.remote.address.ToString();
    tuple.remote_port = path.remote.port;
  }
  return tuple;
}

SrtpResult Link::Open(Bytes packet, MutableBytes plain, bool rtcp) {
  if (receiver_) {
    return rtcp ? receiver_->OpenRtcp(packet, plain) : receiver_->OpenRtp(packet, plain);
  }
  if (encrypted_) return DropReason::kNoSrtpKeys;
  if (packet.size() > plain.size()) return DropReason::kTooLarge;
  std::memcpy(plain.data(), packet.data(), packet.size());
  return packet.size();
}

}  // namespace millrace
