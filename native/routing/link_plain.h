#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "routing/commons.h"
#include "routing/link.h"
#include "routing/signalled_keys.h"

namespace millrace {

// A link to a plain RTP endpoint: one socket for RTP and RTCP together, or one for each, with SRTP
// keys from signalling or none at all. The peer's address comes from the controller or, with
// comedia, from the first packet that arrives; where SRTP is on, from the first authentic one.
class PlainLink final : public Link {
 public:
  using DumpValue = PlainTransportDump;
  using StatsValue = PlainTransportStats;

  // `listeners` has one socket, or a second one for RTCP.
  PlainLink(std::string id, std::vector<Listener> listeners, const PlainTransportOptions& options,
            RouterCommons& commons);

  [[nodiscard]] Result<PlainConnectAnswer> Connect(const PlainConnectOptions& options);

  [[nodiscard]] std::optional<DropReason> Admit(const Path& path, bool rtcp) const override;
  void Authenticated(const Path& path, bool rtcp, Turn& turn) override;
  void OnStun(const Path& path, Bytes datagram, Turn& turn) override;
  void OnDtls(const Path& path, Bytes datagram, Turn& turn) override;
  [[nodiscard]] std::optional<DropReason> AdmitSctp(const Path& path) const override;
  void OnDeadline(Turn&) override {}
  [[nodiscard]] Timestamp deadline() const override { return Timestamp::Never(); }
  void Close(Turn& turn) override;

  void Dump(PlainTransportDump& dump) const;
  void Stats(PlainTransportStats& stats) const;

 private:
  [[nodiscard]] Result<Done> CheckAddress(const PlainConnectOptions& options) const;
  [[nodiscard]] Result<Done> ConnectSrtp(const PlainConnectOptions& options);
  [[nodiscard]] const Listener& rtcp_listener() const { return listeners_.back(); }
  [[nodiscard]] TransportTuple Tuple() const;
  [[nodiscard]] std::optional<TransportTuple> RtcpTuple() const;
  [[nodiscard]] std::optional<SrtpParameters> LocalSrtp() const;
  void UpdateReady() { ready_ = has_rtp_path_ && has_keys(); }

  RouterCommons& commons_;
  bool rtcp_mux_;
  bool comedia_;
  bool connect_called_ = false;
  bool has_rtp_path_ = false;
  // With RTCP-mux, the path is that of an RTCP packet. Senders that speak RTCP from a socket of its
  // own often speak it first; the first RTP packet then says where the peer really is.
  bool learned_from_rtcp_ = false;
  std::optional<SignalledKeys> keys_;
};

}  // namespace millrace
