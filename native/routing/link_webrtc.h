#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "protocol/dtls.h"
#include "protocol/ice_lite.h"
#include "routing/commons.h"
#include "routing/link.h"

namespace millrace {

// A link to a browser: ICE-lite finds the path, DTLS agrees on the keys, SRTP carries the media,
// all on one socket (RFC 8445, RFC 5764, RFC 5761). Bytes from a path that ICE has not validated
// never reach DTLS or SRTP; media leaves by the selected path only.
class WebRtcLink final : public Link {
 public:
  using DumpValue = WebRtcTransportDump;
  using StatsValue = WebRtcTransportStats;

  struct Settings {
    std::string id;
    std::vector<Listener> listeners;  // of its own, or empty when `server` is given
    WebRtcServer* server = nullptr;
    const WebRtcTransportOptions& options;
  };
  // The transport enters itself into the server's tables with AttachTo.
  WebRtcLink(Settings settings, RouterCommons& commons);

  void AttachTo(Transport& transport);
  [[nodiscard]] Result<DtlsRoleName> Connect(const DtlsParameters& remote, Turn& turn);
  [[nodiscard]] IceParameters RestartIce(Turn& turn);

  [[nodiscard]] std::optional<DropReason> Admit(const Path& path, bool rtcp) const override;
  void Authenticated(const Path& path, bool rtcp, Turn& turn) override;
  void OnStun(const Path& path, Bytes datagram, Turn& turn) override;
  void OnDtls(const Path& path, Bytes datagram, Turn& turn) override;
  void OnPathEnded(const Path& path, Turn& turn) override;
  size_t SendSctp(Bytes packet, Turn& turn) override;
  [[nodiscard]] bool ended() const override;
  void OnDeadline(Turn& turn) override;
  [[nodiscard]] Timestamp deadline() const override;
  void Close(Turn& turn) override;

  void Dump(WebRtcTransportDump& dump) const;
  void Stats(WebRtcTransportStats& stats) const;
  [[nodiscard]] WebRtcServer* server() const { return server_; }

 private:
  [[nodiscard]] std::span<const Listener> AllListeners() const;
  [[nodiscard]] std::vector<IceCandidate> MakeCandidates(
      const WebRtcTransportOptions& options) const;
  [[nodiscard]] std::optional<TransportTuple> SelectedTuple() const;
  void Apply(const IceEvents& events, Turn& turn);
  void StartDtlsWhenPossible(Turn& turn);
  void TakeDtlsOutput(Turn& turn);
  void UpdateReady();
  void RegisterFragments();

  RouterCommons& commons_;
  WebRtcServer* server_;
  Transport* transport_ = nullptr;
  std::vector<IceCandidate> candidates_;
  IceLite ice_;
  DtlsSession dtls_;
  DtlsOutput dtls_output_;
  // Names that the server knows: the current fragment, and the one before a restart.
  std::vector<std::string> registered_;
  std::optional<DtlsRoleName> role_;  // ours, once connected
  std::vector<DtlsFingerprint> remote_fingerprints_;
};

}  // namespace millrace
