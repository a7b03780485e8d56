#include "routing/link_pipe.h"

#include <utility>

#include "base/check.h"
#include "routing/rtp_listener.h"

namespace millrace {
namespace {

// The one suite of pipes: both ends are ours, so there is nothing to choose.
constexpr SrtpSuiteName kSuite = SrtpSuiteName::kAeadAes256Gcm;

}  // namespace

PipeLink::PipeLink(std::string id, std::vector<Listener> listeners,
                   const PipeTransportOptions& options, RouterCommons& commons)
    : Link(std::move(id), std::move(listeners), options.enable_srtp),
      commons_(commons),
      rtx_(options.enable_rtx) {
  CHECK(listeners_.size() == 1, "a pipe has one socket for RTP and RTCP");
  if (encrypted_) keys_.emplace(kSuite, commons.random);
}

Result<PipeConnectAnswer> PipeLink::Connect(const PipeConnectOptions& options) {
  if (ready_) return Error::Of("connect() already called");
  std::optional<IpAddress> ip = IpAddress::Parse(options.ip);
  if (!ip || ip->is_unspecified()) return Error::Type("invalid ip");
  if (options.port.value_or(0) == 0) return Error::Type("missing port");
  Result<Done> srtp = ConnectSrtp(options);
  if (!srtp.ok()) return srtp.error();
  rtp_path_ = {listeners_.front().socket, {*ip, *options.port}};
  rtcp_path_ = rtp_path_;
  ready_ = true;
  return PipeConnectAnswer{Tuple()};
}

std::optional<DropReason> PipeLink::Admit(const Path& path, bool) const {
  if (!ready_) return DropReason::kNotConnected;
  if (path != rtp_path_) return DropReason::kUnknownPath;
  return std::nullopt;
}

void PipeLink::OnStun(const Path&, Bytes, Turn& turn) {
  turn.out.CountDrop(DropReason::kUnknownProtocol);
}

void PipeLink::OnDtls(const Path&, Bytes, Turn& turn) {
  turn.out.CountDrop(DropReason::kUnknownProtocol);
}

void PipeLink::Close(Turn& turn) {
  ready_ = false;
  for (const Listener& listener : listeners_) turn.out.CloseSocket(listener.socket);
}

void PipeLink::Dump(PipeTransportDump& dump) const {
  dump.tuple = Tuple();
  dump.rtx = rtx_;
  if (keys_) dump.srtp_parameters = keys_->Parameters();
}

Result<Done> PipeLink::ConnectSrtp(const PipeConnectOptions& options) {
  if (!encrypted_) {
    if (options.srtp_parameters) return Error::Type("invalid srtpParameters (SRTP not enabled)");
    return Done{};
  }
  if (!options.srtp_parameters) return Error::Type("missing srtpParameters (SRTP enabled)");
  if (options.srtp_parameters->suite != kSuite) {
    return Error::Type("invalid srtpParameters.cryptoSuite (pipes use AEAD_AES_256_GCM)");
  }
  Result<SrtpKeyMaterial> remote = keys_->Accept(*options.srtp_parameters, commons_.random);
  if (!remote.ok()) return remote.error();
  SetKeys(commons_.srtp, keys_->local(), remote.value(), RtpListener::kPipedStreamsMax);
  return Done{};
}

TransportTuple PipeLink::Tuple() const {
  if (ready_) return TupleOf(rtp_path_, listeners_);
  return TupleOf({listeners_.front().socket, {}}, listeners_);
}

}  // namespace millrace
