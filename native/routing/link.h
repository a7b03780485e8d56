#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/byte_writer.h"
#include "base/drop_reason.h"
#include "base/endpoint.h"
#include "base/strong.h"
#include "base/time.h"
#include "protocol/byte_strings.h"
#include "protocol/srtp.h"
#include "routing/dumps.h"
#include "routing/turn.h"
#include "routing/webrtc_server.h"

namespace millrace {

// The bytes' side of a transport: which paths it talks to, and how bytes are opened and sealed.
// Knows nothing of producers and consumers. What every packet needs stands here without a virtual
// call; the kinds (WebRtcLink, PlainLink, PipeLink, DirectLink) decide about paths and keys.
class Link {
 public:
  // What of it sealing a packet reads.
  static constexpr size_t kHotBytes = 320;

  virtual ~Link() = default;

  // --- arriving bytes. A transport asks Admit, opens, and on success calls Authenticated.
  // Why a packet from this path is not even opened; nothing when it may be.
  [[nodiscard]] virtual std::optional<DropReason> Admit(const Path& path, bool rtcp) const = 0;
  // An admitted packet proved genuine, or parsed where there are no keys at all.
  virtual void Authenticated(const Path& path, bool rtcp, Turn& turn) = 0;
  virtual void OnStun(const Path& path, Bytes datagram, Turn& turn) = 0;
  virtual void OnDtls(const Path& path, Bytes datagram, Turn& turn) = 0;
  // The TCP connection that the path is has ended. Most kinds know no TCP.
  virtual void OnPathEnded(const Path&, Turn&) {}
  // SCTP packets that the last datagram of DTLS carried; whoever reads them clears them.
  [[nodiscard]] ByteStrings& application_data() { return application_data_; }
  // Why an SCTP packet without DTLS around it is not even read; nothing when it may be.
  [[nodiscard]] virtual std::optional<DropReason> AdmitSctp(const Path&) const {
    return DropReason::kUnknownProtocol;
  }

  // `plain` has at least as many bytes as `packet`.
  SrtpResult OpenRtp(Bytes packet, MutableBytes plain) { return Open(packet, plain, false); }
  SrtpResult OpenRtcp(Bytes packet, MutableBytes plain) { return Open(packet, plain, true); }
  // The packet belonged to no producer, or its producer is gone: the SSRC takes no room any more.
  void ForgetReceived(Ssrc ssrc) {
    if (receiver_) receiver_->RemoveStream(ssrc);
  }

  // --- leaving bytes
  // A peer is there, and the keys if there are to be any: media may leave.
  [[nodiscard]] bool ready() const { return ready_; }
  // Never again.
  [[nodiscard]] virtual bool ended() const { return false; }
  [[nodiscard]] const Path& rtp_path() const { return rtp_path_; }
  // What leaves is told to the controller instead of sent to a path.
  [[nodiscard]] bool direct() const { return direct_; }
  // The peer is a WebRTC endpoint.
  [[nodiscard]] bool webrtc() const { return webrtc_; }
  // How a stream that leaves is called in SealRtp, for as long as the keys live; the same answer
  // for an SSRC that is known. Nothing when the keys have seen too many.
  [[nodiscard]] std::optional<SrtpStream> AddSending(Ssrc ssrc);
  void RemoveSending(Ssrc ssrc);
  // As SrtpSender::SealRtp; copies where there are no keys.
  SrtpResult SealRtp(SrtpStream stream, MutableBytes target, size_t header_size, Bytes payload);
  // SealRtp will be called for this stream soon.
  void PrefetchRtp(SrtpStream stream) const {
    if (sender_) sender_->PrefetchRtp(stream);
  }
  // Seals and sends one compound packet. Answers the bytes that leave, zero for none.
  virtual size_t SendRtcp(Bytes compound, Turn& turn);

  // Sends one SCTP packet. Answers the bytes that leave, zero for none.
  virtual size_t SendSctp(Bytes packet, Turn& turn);

  virtual void OnDeadline(Turn& turn) = 0;
  [[nodiscard]] virtual Timestamp deadline() const = 0;
  // Tells the peer, where there is a way to, and gives the sockets back.
  virtual void Close(Turn& turn) = 0;

  // Sockets of its own; empty on a WebRTC server.
  [[nodiscard]] std::vector<SocketId> sockets() const;

 protected:
  Link(std::string id, std::vector<Listener> listeners, bool encrypted)
      : id_(std::move(id)), listeners_(std::move(listeners)), encrypted_(encrypted) {}

  // At most so many of the peer's SSRCs are followed at a time.
  void SetKeys(SrtpBackend& backend, const SrtpKeyMaterial& sending,
               const SrtpKeyMaterial& receiving,
               size_t stream_limit = SrtpReceiver::kStreamsDefault);
  void DropKeys();
  [[nodiscard]] bool has_keys() const { return !encrypted_ || sender_.has_value(); }
  // A path as the controller sees it. `listeners` are those the path may belong to.
  [[nodiscard]] static TransportTuple TupleOf(const Path& path,
                                              std::span<const Listener> listeners);

  std::string id_;  // the transport's, for events
  std::vector<Listener> listeners_;
  bool encrypted_;
  bool ready_ = false;
  bool direct_ = false;
  bool webrtc_ = false;
  Path rtp_path_;
  std::optional<Path> rtcp_path_;
  ByteStrings application_data_;

 private:
  SrtpResult Open(Bytes packet, MutableBytes plain, bool rtcp);

  std::optional<SrtpSender> sender_;
  std::optional<SrtpReceiver> receiver_;
  std::unordered_map<Ssrc, SrtpStream> sending_;
};

}  // namespace millrace
