#include "routing/link_plain.h"

#include <utility>

#include "base/check.h"

namespace millrace {

PlainLink::PlainLink(std::string id, std::vector<Listener> listeners,
                     const PlainTransportOptions& options, RouterCommons& commons)
    : Link(std::move(id), std::move(listeners), options.enable_srtp),
      commons_(commons),
      rtcp_mux_(options.rtcp_mux),
      comedia_(options.comedia) {
  CHECK(listeners_.size() == (rtcp_mux_ ? 1u : 2u), "RTCP has a socket of its own unless muxed");
  if (encrypted_) {
    keys_.emplace(options.srtp_suite.value_or(SrtpSuiteName::kAeadAes128Gcm), commons.random);
  }
}

Result<PlainConnectAnswer> PlainLink::Connect(const PlainConnectOptions& options) {
  if (connect_called_) return Error::Of("connect() already called");
  Result<Done> address = CheckAddress(options);
  if (!address.ok()) return address.error();
  Result<Done> srtp = ConnectSrtp(options);
  if (!srtp.ok()) return srtp.error();
  connect_called_ = true;
  if (!comedia_) {
    IpAddress ip = IpAddress::Parse(options.ip).value_or(IpAddress());
    rtp_path_ = {listeners_.front().socket, {ip, options.port.value_or(0)}};
    rtcp_path_ =
        rtcp_mux_ ? rtp_path_ : Path{rtcp_listener().socket, {ip, options.rtcp_port.value_or(0)}};
    has_rtp_path_ = true;
  }
  UpdateReady();
  return PlainConnectAnswer{Tuple(), RtcpTuple(), LocalSrtp()};
}

std::optional<DropReason> PlainLink::Admit(const Path& path, bool rtcp) const {
  const Listener& listener = rtcp && !rtcp_mux_ ? rtcp_listener() : listeners_.front();
  if (path.socket != listener.socket) return DropReason::kUnknownPath;
  bool known = rtcp && !rtcp_mux_ ? rtcp_path_.has_value() : has_rtp_path_;
  if (known) {
    const Path& peer = rtcp && !rtcp_mux_ ? *rtcp_path_ : rtp_path_;
    bool may_move = learned_from_rtcp_ && !rtcp;
    if (path != peer && !may_move) return DropReason::kUnknownPath;
    return std::nullopt;
  }
  if (!comedia_) return DropReason::kNotConnected;
  return std::nullopt;
}

void PlainLink::Authenticated(const Path& path, bool rtcp, Turn& turn) {
  if (!comedia_) return;
  bool second = rtcp && !rtcp_mux_;
  if (second ? rtcp_path_.has_value() : has_rtp_path_) {
    if (rtcp || !learned_from_rtcp_) return;
    learned_from_rtcp_ = false;
    if (path == rtp_path_) return;
  }
  if (second) {
    rtcp_path_ = path;
  } else {
    rtp_path_ = path;
    has_rtp_path_ = true;
    if (rtcp_mux_) rtcp_path_ = path;
    learned_from_rtcp_ = rtcp;
  }
  turn.events.notifications.push_back(PlainTupleLearned{id_, TupleOf(path, listeners_), second});
  UpdateReady();
}

void PlainLink::OnStun(const Path&, Bytes, Turn& turn) {
  turn.out.CountDrop(DropReason::kUnknownProtocol);
}

void PlainLink::OnDtls(const Path&, Bytes, Turn& turn) {
  turn.out.CountDrop(DropReason::kUnknownProtocol);
}

std::optional<DropReason> PlainLink::AdmitSctp(const Path& path) const {
  // SRTP does not protect SCTP: where it is on, the peer's address comes from a genuine packet of
  // SRTP, and never from this one.
  if (encrypted_ && !has_rtp_path_) return DropReason::kNotConnected;
  return Admit(path, false);
}

void PlainLink::Close(Turn& turn) {
  ready_ = false;
  for (const Listener& listener : listeners_) turn.out.CloseSocket(listener.socket);
}

void PlainLink::Dump(PlainTransportDump& dump) const {
  dump.rtcp_mux = rtcp_mux_;
  dump.comedia = comedia_;
  dump.tuple = Tuple();
  dump.rtcp_tuple = RtcpTuple();
  dump.srtp_parameters = LocalSrtp();
}

void PlainLink::Stats(PlainTransportStats& stats) const {
  stats.rtcp_mux = rtcp_mux_;
  stats.comedia = comedia_;
  stats.tuple = Tuple();
  stats.rtcp_tuple = RtcpTuple();
}

Result<Done> PlainLink::CheckAddress(const PlainConnectOptions& options) const {
  if (comedia_) {
    if (!options.ip.empty()) return Error::Type("cannot set ip with comedia");
    if (options.port) return Error::Type("cannot set port with comedia");
    if (options.rtcp_port) return Error::Type("cannot set rtcpPort with comedia");
    return Done{};
  }
  if (options.ip.empty()) return Error::Type("missing ip");
  std::optional<IpAddress> ip = IpAddress::Parse(options.ip);
  if (!ip) return Error::Type("invalid ip");
  if (ip->is_unspecified()) return Error::Type("invalid ip");
  if (options.port.value_or(0) == 0) return Error::Type("missing port");
  if (rtcp_mux_ && options.rtcp_port) return Error::Type("cannot use rtcpPort with RTCP-mux");
  if (!rtcp_mux_ && options.rtcp_port.value_or(0) == 0) {
    return Error::Type("missing rtcpPort (RTCP-mux is not enabled)");
  }
  return Done{};
}

Result<Done> PlainLink::ConnectSrtp(const PlainConnectOptions& options) {
  if (!encrypted_) {
    if (options.srtp_parameters) return Error::Type("invalid srtpParameters (SRTP not enabled)");
    return Done{};
  }
  if (!options.srtp_parameters) return Error::Type("missing srtpParameters (SRTP enabled)");
  Result<SrtpKeyMaterial> remote = keys_->Accept(*options.srtp_parameters, commons_.random);
  if (!remote.ok()) return remote.error();
  SetKeys(commons_.srtp, keys_->local(), remote.value());
  return Done{};
}

TransportTuple PlainLink::Tuple() const {
  if (has_rtp_path_) return TupleOf(rtp_path_, listeners_);
  return TupleOf({listeners_.front().socket, {}}, listeners_);
}

std::optional<TransportTuple> PlainLink::RtcpTuple() const {
  if (rtcp_mux_) return std::nullopt;
  return TupleOf(rtcp_path_.value_or(Path{rtcp_listener().socket, {}}), listeners_);
}

std::optional<SrtpParameters> PlainLink::LocalSrtp() const {
  if (!keys_) return std::nullopt;
  return keys_->Parameters();
}

}  // namespace millrace
