#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "routing/commons.h"
#include "routing/link.h"
#include "routing/signalled_keys.h"

namespace millrace {

// A link to another router, of this worker or of another one: one socket for RTP and RTCP together,
// with SRTP keys from signalling or none at all. The controller names the other end; nothing that
// comes from elsewhere is looked at.
class PipeLink final : public Link {
 public:
  using DumpValue = PipeTransportDump;
  using StatsValue = PipeTransportStats;

  // `listeners` has one socket.
  PipeLink(std::string id, std::vector<Listener> listeners, const PipeTransportOptions& options,
           RouterCommons& commons);

  [[nodiscard]] Result<PipeConnectAnswer> Connect(const PipeConnectOptions& options);

  [[nodiscard]] std::optional<DropReason> Admit(const Path& path, bool rtcp) const override;
  // The path was fixed from the beginning.
  void Authenticated(const Path&, bool, Turn&) override {}
  void OnStun(const Path& path, Bytes datagram, Turn& turn) override;
  void OnDtls(const Path& path, Bytes datagram, Turn& turn) override;
  // As RTP: SCTP stands in the open, whatever SRTP does.
  [[nodiscard]] std::optional<DropReason> AdmitSctp(const Path& path) const override {
    return Admit(path, false);
  }
  void OnDeadline(Turn&) override {}
  [[nodiscard]] Timestamp deadline() const override { return Timestamp::Never(); }
  void Close(Turn& turn) override;

  void Dump(PipeTransportDump& dump) const;
  void Stats(PipeTransportStats& stats) const { stats.tuple = Tuple(); }

 private:
  [[nodiscard]] Result<Done> ConnectSrtp(const PipeConnectOptions& options);
  [[nodiscard]] TransportTuple Tuple() const;

  RouterCommons& commons_;
  bool rtx_;
  std::optional<SignalledKeys> keys_;
};

}  // namespace millrace
