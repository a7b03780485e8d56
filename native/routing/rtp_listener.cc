#include "routing/rtp_listener.h"

#include <optional>

#include "routing/producer.h"

namespace millrace {
namespace {

// Calls f(uint32_t ssrc, stream index, rtx) for each SSRC that the parameters name.
template <typename F>
void ForEachNamedSsrc(const RtpParameters& parameters, F&& f) {
  for (size_t i = 0; i < parameters.encodings.size(); ++i) {
    const RtpEncodingParameters& encoding = parameters.encodings[i];
    if (encoding.ssrc) f(*encoding.ssrc, static_cast<uint8_t>(i), false);
    if (encoding.rtx_ssrc) f(*encoding.rtx_ssrc, static_cast<uint8_t>(i), true);
  }
}

}  // namespace

Result<Done> RtpListener::Add(Producer& producer) {
  const RtpParameters& parameters = producer.parameters();
  size_t named = 0;
  bool conflict = false;
  ForEachNamedSsrc(parameters, [&](uint32_t ssrc, uint8_t, bool) {
    conflict |= Find(Ssrc(ssrc)) != nullptr;
    ++named;
  });
  if (conflict) return Error::Of("SSRC already exists in the RTP listener");
  if (ssrcs_.size() + named > streams_max_)
    return Error::Of("too many RTP streams on the transport");
  if (!parameters.mid.empty() && mids_.contains(parameters.mid)) {
    return Error::Of("MID already exists in the RTP listener [mid:" + parameters.mid + "]");
  }
  bool by_rid = parameters.mid.empty();
  for (const RtpEncodingParameters& encoding : parameters.encodings) {
    if (by_rid && !encoding.rid.empty() && rids_.contains(encoding.rid)) {
      return Error::Of("RID already exists in the RTP listener [rid:" + encoding.rid + "]");
    }
  }

  ForEachNamedSsrc(parameters, [&](uint32_t ssrc, uint8_t stream, bool rtx) {
    if (!Find(Ssrc(ssrc))) Insert(Ssrc(ssrc), {&producer, stream, rtx});
  });
  if (!parameters.mid.empty()) mids_[parameters.mid] = &producer;
  for (const RtpEncodingParameters& encoding : parameters.encodings) {
    if (by_rid && !encoding.rid.empty()) rids_[encoding.rid] = &producer;
  }
  return Done{};
}

void RtpListener::Remove(const Producer& producer) {
  size_t kept = 0;
  for (size_t i = 0; i < ssrcs_.size(); ++i) {
    if (routes_[i].producer == &producer) {
      places_.erase(ssrcs_[i]);
      continue;
    }
    ssrcs_[kept] = ssrcs_[i];
    routes_[kept] = routes_[i];
    places_[ssrcs_[i]] = static_cast<uint32_t>(kept);
    ++kept;
  }
  ssrcs_.resize(kept);
  routes_.resize(kept);
  std::erase_if(mids_, [&](const auto& entry) { return entry.second == &producer; });
  std::erase_if(rids_, [&](const auto& entry) { return entry.second == &producer; });
}

RtpListener::Learned RtpListener::Learn(const RtpView& packet, const RtpExtensions& extensions) {
  Producer* producer = FindByNames(extensions);
  if (!producer) return {};
  std::optional<StreamRoute> route = producer->Adopt(packet, extensions);
  if (!route) return {};
  if (ssrcs_.size() >= kStreamsMax) return {nullptr, DropReason::kStreamLimit};
  producer->SetSsrc(*route, packet.ssrc());
  Insert(packet.ssrc(), *route);
  return {&routes_.back(), {}};
}

RtpListenerDump RtpListener::Dump() const {
  RtpListenerDump dump;
  for (size_t i = 0; i < ssrcs_.size(); ++i) {
    dump.ssrcs.emplace_back(ssrcs_[i], routes_[i].producer->id());
  }
  for (const auto& [mid, producer] : mids_) dump.mids.emplace_back(mid, producer->id());
  for (const auto& [rid, producer] : rids_) dump.rids.emplace_back(rid, producer->id());
  return dump;
}

Producer* RtpListener::FindByNames(const RtpExtensions& extensions) const {
  if (!extensions.mid.empty()) {
    auto found = mids_.find(extensions.mid);
    if (found != mids_.end()) return found->second;
  }
  // RFC 8852 section 3.1: a RID stands in the media stream, a repaired RID in the stream repairing
  // it.
  for (std::string_view rid : {extensions.rid, extensions.repaired_rid}) {
    if (rid.empty()) continue;
    auto found = rids_.find(rid);
    if (found != rids_.end()) return found->second;
  }
  return nullptr;
}

const StreamRoute* RtpListener::FindAmongMany(Ssrc ssrc) const {
  auto place = places_.find(ssrc.value());
  return place == places_.end() ? nullptr : &routes_[place->second];
}

void RtpListener::Insert(Ssrc ssrc, const StreamRoute& route) {
  places_[ssrc.value()] = static_cast<uint32_t>(ssrcs_.size());
  ssrcs_.push_back(ssrc.value());
  routes_.push_back(route);
}

}  // namespace millrace
