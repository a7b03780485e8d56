#pragma once

#include <string>

#include "routing/dumps.h"
#include "routing/link.h"

namespace millrace {

// A link to the controller itself: what leaves is told to it in events, and what arrives is brought
// by its notifications. No socket, no keys, and always there.
class DirectLink final : public Link {
 public:
  using DumpValue = DirectTransportDump;
  using StatsValue = DirectTransportStats;

  explicit DirectLink(std::string id);

  // No path leads here.
  [[nodiscard]] std::optional<DropReason> Admit(const Path& path, bool rtcp) const override;
  void Authenticated(const Path&, bool, Turn&) override {}
  void OnStun(const Path& path, Bytes datagram, Turn& turn) override;
  void OnDtls(const Path& path, Bytes datagram, Turn& turn) override;
  size_t SendRtcp(Bytes compound, Turn& turn) override;
  void OnDeadline(Turn&) override {}
  [[nodiscard]] Timestamp deadline() const override { return Timestamp::Never(); }
  void Close(Turn&) override { ready_ = false; }

  // There is nothing to tell beside what every transport tells.
  void Dump(DirectTransportDump&) const {}
  void Stats(DirectTransportStats&) const {}
};

}  // namespace millrace
