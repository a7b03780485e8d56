#include "routing/link_webrtc.h"

#include <algorithm>
#include <utility>

#include "wire/stun.h"

namespace millrace {
namespace {

constexpr size_t kFingerprintsMax = 16;

IceStateName NameOf(IceState state) {
  switch (state) {
    case IceState::kNew:
      return IceStateName::kNew;
    case IceState::kConnected:
      return IceStateName::kConnected;
    case IceState::kCompleted:
      return IceStateName::kCompleted;
    case IceState::kDisconnected:
      return IceStateName::kDisconnected;
  }
  return IceStateName::kNew;
}

DtlsStateName NameOf(DtlsState state) {
  switch (state) {
    case DtlsState::kNew:
      return DtlsStateName::kNew;
    case DtlsState::kConnecting:
      return DtlsStateName::kConnecting;
    case DtlsState::kConnected:
      return DtlsStateName::kConnected;
    case DtlsState::kFailed:
      return DtlsStateName::kFailed;
    case DtlsState::kClosed:
      return DtlsStateName::kClosed;
  }
  return DtlsStateName::kNew;
}

// RFC 8445 section 5.1.2.1: type preference 126 for host candidates, component 1.
uint32_t PriorityOf(uint16_t local_preference) {
  return (126u << 24) | (uint32_t{local_preference} << 8) | 255u;
}

Duration ConsentOf(uint8_t seconds) { return Duration::Seconds(seconds); }

}  // namespace

WebRtcLink::WebRtcLink(Settings settings, RouterCommons& commons)
    : Link(std::move(settings.id), std::move(settings.listeners), true),
      commons_(commons),
      server_(settings.server),
      candidates_(MakeCandidates(settings.options)),
      ice_(IceCredentials::Make(commons.random), ConsentOf(settings.options.ice_consent_timeout_s)),
      dtls_(commons.dtls) {
  webrtc_ = true;
}

void WebRtcLink::AttachTo(Transport& transport) {
  transport_ = &transport;
  if (!server_) return;
  server_->AddTransport(transport);
  RegisterFragments();
}

Result<DtlsRoleName> WebRtcLink::Connect(const DtlsParameters& remote, Turn& turn) {
  if (role_) return Error::Of("connect() already called");
  if (remote.fingerprints.empty()) return Error::Type("empty fingerprints");
  if (remote.fingerprints.size() > kFingerprintsMax) return Error::Type("too many fingerprints");
  std::vector<DtlsFingerprint> fingerprints;
  for (const FingerprintText& text : remote.fingerprints) {
    std::optional<DtlsFingerprint> fingerprint = DtlsFingerprint::Parse(text.algorithm, text.value);
    if (!fingerprint) return Error::Type("invalid fingerprint value");
    fingerprints.push_back(std::move(*fingerprint));
  }
  remote_fingerprints_ = std::move(fingerprints);
  // RFC 8842 section 5.3 leaves the choice to us when the peer takes either role: being the client
  // starts the handshake as soon as a path is valid.
  role_ = remote.role == DtlsRoleName::kClient ? DtlsRoleName::kServer : DtlsRoleName::kClient;
  StartDtlsWhenPossible(turn);
  return *role_;
}

IceParameters WebRtcLink::RestartIce(Turn&) {
  ice_.Restart(IceCredentials::Make(commons_.random));
  RegisterFragments();
  return {.username_fragment = ice_.local().username_fragment, .password = ice_.local().password};
}

std::optional<DropReason> WebRtcLink::Admit(const Path& path, bool) const {
  if (!ice_.IsValidated(path)) return DropReason::kPathNotValidated;
  return std::nullopt;
}

void WebRtcLink::Authenticated(const Path& path, bool, Turn& turn) {
  Apply(ice_.ConfirmPath(path, turn.now), turn);
}

void WebRtcLink::OnStun(const Path& path, Bytes datagram, Turn& turn) {
  std::optional<StunMessage> message = StunMessage::Parse(datagram);
  if (!message) {
    turn.out.CountDrop(DropReason::kMalformed);
    return;
  }
  Apply(ice_.Receive(*message, datagram, path, turn.now, turn.out), turn);
  StartDtlsWhenPossible(turn);
}

void WebRtcLink::OnDtls(const Path& path, Bytes datagram, Turn& turn) {
  std::optional<ValidatedPath> validated = ice_.Validated(path);
  if (!validated) {
    turn.out.CountDrop(DropReason::kPathNotValidated);
    return;
  }
  StartDtlsWhenPossible(turn);
  if (dtls_.state() == DtlsState::kNew) {
    // Not connected by the controller yet: the peer sends its flight again (RFC 6347
    // section 4.2.4).
    turn.out.CountDrop(DropReason::kNotConnected);
    return;
  }
  dtls_output_.Clear();
  dtls_.Receive(*validated, datagram, turn.now, dtls_output_);
  bool connected_now = dtls_output_.state == DtlsState::kConnected;
  TakeDtlsOutput(turn);
  application_data_.Clear();
  std::swap(application_data_, dtls_output_.application_data);
  if (connected_now) Apply(ice_.ConfirmPath(path, turn.now), turn);
}

void WebRtcLink::OnPathEnded(const Path& path, Turn& turn) {
  Apply(ice_.Lose(path, turn.now), turn);
}

size_t WebRtcLink::SendSctp(Bytes packet, Turn& turn) {
  dtls_output_.Clear();
  if (!ready_ || !dtls_.Send(packet, dtls_output_)) {
    turn.out.CountDrop(DropReason::kNotConnected);
    return 0;
  }
  size_t bytes = 0;
  for (size_t i = 0; i < dtls_output_.datagrams.size(); ++i) {
    bytes += dtls_output_.datagrams[i].size();
  }
  TakeDtlsOutput(turn);
  return bytes;
}

bool WebRtcLink::ended() const {
  return dtls_.state() == DtlsState::kFailed || dtls_.state() == DtlsState::kClosed;
}

void WebRtcLink::OnDeadline(Turn& turn) {
  if (ice_.deadline() <= turn.now) Apply(ice_.OnDeadline(turn.now), turn);
  if (dtls_.deadline() <= turn.now) {
    dtls_output_.Clear();
    dtls_.OnDeadline(turn.now, dtls_output_);
    TakeDtlsOutput(turn);
  }
}

Timestamp WebRtcLink::deadline() const { return std::min(ice_.deadline(), dtls_.deadline()); }

void WebRtcLink::Close(Turn& turn) {
  dtls_output_.Clear();
  dtls_.Close(dtls_output_);
  dtls_output_.state.reset();  // nobody listens to a closed transport any more
  TakeDtlsOutput(turn);
  ready_ = false;
  if (server_) server_->RemoveTransport(*transport_);
  for (const Listener& listener : listeners_) turn.out.CloseSocket(listener.socket);
}

void WebRtcLink::Dump(WebRtcTransportDump& dump) const {
  dump.ice_parameters = {.username_fragment = ice_.local().username_fragment,
                         .password = ice_.local().password};
  dump.ice_candidates = candidates_;
  dump.ice_state = NameOf(ice_.state());
  dump.ice_selected_tuple = SelectedTuple();
  dump.dtls_state = NameOf(dtls_.state());
  dump.dtls_parameters.role = role_.value_or(DtlsRoleName::kAuto);
  for (const DtlsFingerprint& fingerprint : commons_.dtls.fingerprints()) {
    dump.dtls_parameters.fingerprints.push_back({fingerprint.algorithm, fingerprint.value()});
  }
}

void WebRtcLink::Stats(WebRtcTransportStats& stats) const {
  stats.ice_state = NameOf(ice_.state());
  stats.ice_selected_tuple = SelectedTuple();
  stats.dtls_state = NameOf(dtls_.state());
}

std::span<const Listener> WebRtcLink::AllListeners() const {
  return server_ ? server_->listeners() : std::span<const Listener>(listeners_);
}

std::vector<IceCandidate> WebRtcLink::MakeCandidates(const WebRtcTransportOptions& options) const {
  std::vector<IceCandidate> candidates;
  // Listeners stand in the order of the controller's preference; the wish for one protocol weighs
  // more than the order.
  uint16_t preference = 10'000;
  auto add = [&](const Listener& listener, const std::string& address) {
    bool tcp = listener.info.protocol == TransportProtocol::kTcp;
    bool preferred = tcp ? options.prefer_tcp : options.prefer_udp;
    candidates.push_back(
        {.foundation = tcp ? "tcpcandidate" : "udpcandidate",
         .priority = PriorityOf(static_cast<uint16_t>(preference + (preferred ? 10'000 : 0))),
         .address = address,
         .protocol = listener.info.protocol,
         .port = listener.port});
    preference = static_cast<uint16_t>(preference - 100);
  };
  for (const Listener& listener : AllListeners()) {
    bool tcp = listener.info.protocol == TransportProtocol::kTcp;
    // The options choose among a server's sockets; sockets of its own were all asked for.
    if (server_ && !(tcp ? options.enable_tcp : options.enable_udp)) continue;
    const std::string& announced = listener.info.announced_address;
    add(listener, announced.empty() ? listener.info.ip : announced);
    if (!announced.empty() && listener.info.expose_internal_ip) add(listener, listener.info.ip);
  }
  return candidates;
}

std::optional<TransportTuple> WebRtcLink::SelectedTuple() const {
  std::optional<ValidatedPath> selected = ice_.selected();
  if (!selected) return std::nullopt;
  return TupleOf(selected->path(), AllListeners());
}

void WebRtcLink::Apply(const IceEvents& events, Turn& turn) {
  if (server_) {
    if (events.added) server_->AddPath(*events.added, *transport_);
    for (const Path& path : events.removed) server_->RemovePath(path);
    if (ice_.old_local() ? registered_.size() != 2 : registered_.size() != 1) RegisterFragments();
  }
  if (events.selected_changed) {
    if (std::optional<ValidatedPath> selected = ice_.selected()) {
      rtp_path_ = selected->path();
      rtcp_path_ = selected->path();
      turn.events.notifications.push_back(
          IceSelectedTupleChanged{id_, TupleOf(selected->path(), AllListeners())});
    }
  }
  if (events.state)
    turn.events.notifications.push_back(IceStateChanged{id_, NameOf(*events.state)});
  UpdateReady();
}

void WebRtcLink::StartDtlsWhenPossible(Turn& turn) {
  if (!role_ || dtls_.state() != DtlsState::kNew) return;
  // SI-16: no DTLS byte leaves before a pair is valid.
  std::optional<ValidatedPath> selected = ice_.selected();
  if (!selected) return;
  // The peer's next check or flight asks again.
  if (!dtls_.MayStart()) return turn.out.CountDrop(DropReason::kBufferLimit);
  dtls_output_.Clear();
  dtls_.Start(*selected, *role_ == DtlsRoleName::kClient ? DtlsRole::kClient : DtlsRole::kServer,
              std::move(remote_fingerprints_), turn.now, dtls_output_);
  TakeDtlsOutput(turn);
}

void WebRtcLink::TakeDtlsOutput(Turn& turn) {
  if (std::optional<ValidatedPath> selected = ice_.selected()) {
    for (size_t i = 0; i < dtls_output_.datagrams.size(); ++i) {
      turn.out.Send(selected->path(), dtls_output_.datagrams[i]);
    }
  }
  if (dtls_output_.drop) turn.out.CountDrop(*dtls_output_.drop);
  if (!dtls_output_.state) return;
  DtlsState state = *dtls_output_.state;
  if (state == DtlsState::kConnected) {
    if (std::optional<DtlsSrtpKeys> keys = dtls_.TakeSrtpKeys()) {
      SetKeys(commons_.srtp, keys->sending, keys->receiving);
    }
  } else if (state == DtlsState::kFailed || state == DtlsState::kClosed) {
    DropKeys();
  }
  if (state == DtlsState::kFailed) {
    turn.out.Log(LogLevel::kWarn, LogTag::kDtls,
                 "WebRtcLink::TakeDtlsOutput() | DTLS failed: " + dtls_output_.failure);
  }
  turn.events.notifications.push_back(DtlsStateChanged{
      id_, NameOf(state),
      state == DtlsState::kConnected ? dtls_.remote_certificate() : std::string()});
  UpdateReady();
}

void WebRtcLink::UpdateReady() {
  ready_ = has_keys() && dtls_.state() == DtlsState::kConnected && ice_.selected().has_value();
}

void WebRtcLink::RegisterFragments() {
  std::vector<std::string> names = {ice_.local().username_fragment};
  if (ice_.old_local()) names.push_back(ice_.old_local()->username_fragment);
  if (!server_) {
    registered_ = std::move(names);
    return;
  }
  for (const std::string& name : registered_) {
    if (std::ranges::find(names, name) == names.end()) server_->RemoveUfrag(name);
  }
  for (const std::string& name : names) server_->AddUfrag(name, *transport_);
  registered_ = std::move(names);
}

}  // namespace millrace
