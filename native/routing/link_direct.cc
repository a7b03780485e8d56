#include "routing/link_direct.h"

#include <utility>

namespace millrace {

DirectLink::DirectLink(std::string id) : Link(std::move(id), {}, false) {
  ready_ = true;
  direct_ = true;
}

std::optional<DropReason> DirectLink::Admit(const Path&, bool) const {
  return DropReason::kUnknownPath;
}

void DirectLink::OnStun(const Path&, Bytes, Turn& turn) {
  turn.out.CountDrop(DropReason::kUnknownPath);
}

void DirectLink::OnDtls(const Path&, Bytes, Turn& turn) {
  turn.out.CountDrop(DropReason::kUnknownPath);
}

size_t DirectLink::SendRtcp(Bytes compound, Turn& turn) {
  turn.events.notifications.push_back(DirectRtcpSent{id_, {compound.begin(), compound.end()}});
  return compound.size();
}

}  // namespace millrace
