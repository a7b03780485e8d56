#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "base/random.h"
#include "protocol/sctp/init_chunk.h"
#include "protocol/sctp/sctp_output.h"
#include "protocol/sctp/sctp_packet.h"
#include "protocol/sctp/send_queue.h"
#include "protocol/sctp/state_cookie.h"
#include "protocol/sctp/transfer.h"

namespace millrace {

// One SCTP association (RFC 9260) over one path, for WebRTC data channels (RFC 8831): partial
// reliability (RFC 3758), stream resets (RFC 6525), on request interleaving (RFC 8260). Whatever
// carries its packets - DTLS, a plain or a piped transport - is the caller's. Either side, or both,
// may begin. No clock, no chance but that of the constructor, no callback: every call appends what
// follows from it to `out`. Addresses in chunks, ASCONF and authentication are ignored.
class SctpAssociation {
 public:
  // How often INIT and COOKIE ECHO are repeated. They do not back off: the layer below has just
  // proved that the peer is there, and one small packet each half second burdens nobody.
  static constexpr Duration kHandshakeInterval = Duration::Millis(500);
  static constexpr Duration kHandshakeLimit = Duration::Seconds(30);
  // RFC 9260 section 16: "Max.Retransmits" of SHUTDOWN, after which the association just ends.
  static constexpr int kShutdownTriesMax = 5;
  // A peer may begin anew, or come back after an ABORT of its own, only so long after it was
  // connected last: each time costs an association and a word to the controller. It repeats its
  // COOKIE ECHO, so that an honest one only waits.
  static constexpr Duration kRestartInterval = Duration::Seconds(1);

  // Takes a secret and a sequence of its own from `random`.
  SctpAssociation(const SctpSettings& settings, Random& random);

  // Begins the handshake, unless it goes on or is done. A peer that begins needs no Connect.
  void Connect(Timestamp now, SctpOutput& out);
  void Receive(Bytes packet, Timestamp now, SctpOutput& out);
  void OnDeadline(Timestamp now, SctpOutput& out);
  // May come before the association is connected; the message then waits.
  [[nodiscard]] SctpSendResult Send(const SctpOutgoingMessage& message, Timestamp now,
                                    SctpOutput& out);
  // After what was queued on them, these streams of ours start over.
  void ResetStreams(std::span<const SctpStreamId> streams, Timestamp now, SctpOutput& out);
  void SetBufferedAmountLowThreshold(SctpStreamId stream, size_t bytes) {
    queue_.SetLowThreshold(stream, bytes);
  }
  // Ends once everything queued has arrived; nothing comes back to life after this.
  void Shutdown(Timestamp now, SctpOutput& out);
  // Ends at once, and tells the peer.
  void Abort(SctpOutput& out);

  [[nodiscard]] SctpState state() const { return state_; }
  [[nodiscard]] Timestamp deadline() const;
  // Bytes that wait for their first sending.
  [[nodiscard]] size_t BufferedAmount(SctpStreamId stream) const {
    return queue_.BufferedAmount(stream);
  }
  [[nodiscard]] size_t buffered_amount() const { return queue_.total(); }
  // Bytes of messages of the peer that are not delivered yet.
  [[nodiscard]] size_t reassembly_bytes() const { return transfer_ ? transfer_->held_bytes() : 0; }
  // There once connected.
  [[nodiscard]] std::optional<SctpNegotiated> negotiated() const;

 private:
  // RFC 9260 section 4, with SHUTDOWN-PENDING as `closing_` on top of kEstablished.
  enum class Phase : uint8_t {
    kClosed,
    kCookieWait,
    kCookieEchoed,
    kEstablished,
    kShutdownSent,
    kShutdownReceived,
    kShutdownAckSent,
  };

  // sctp_association.cc: packets and their tags
  [[nodiscard]] bool TagIsRight(const SctpPacket& packet, const ChunkView& first) const;
  [[nodiscard]] bool OnChunk(const SctpPacket& packet, const ChunkView& chunk, Timestamp now,
                             SctpOutput& out);
  [[nodiscard]] bool OnUnknown(const ChunkView& chunk, SctpOutput& out);
  void OnStranger(const SctpPacket& packet, const ChunkView& first, SctpOutput& out);
  void Settle(Timestamp now, SctpOutput& out);

  // sctp_association_handshake.cc
  void SendInit(Timestamp now, SctpOutput& out);
  void SendCookieEcho(Timestamp now, SctpOutput& out);
  void OnInit(const SctpPacket& packet, const ChunkView& chunk, Timestamp now, SctpOutput& out);
  void OnInitAck(const ChunkView& chunk, Timestamp now, SctpOutput& out);
  void OnCookieEcho(const SctpPacket& packet, const ChunkView& chunk, Timestamp now,
                    SctpOutput& out);
  [[nodiscard]] bool Admit(const StateCookie& cookie, Timestamp now, SctpOutput& out);
  void Establish(const StateCookie& cookie, Timestamp now, SctpOutput& out);
  void OnConnected(Timestamp now, SctpOutput& out);
  [[nodiscard]] SctpNegotiated Negotiate(const InitChunk& peer) const;
  [[nodiscard]] InitChunk OwnInit(uint32_t tag, uint32_t initial_tsn) const;
  [[nodiscard]] uint32_t NewTag();

  // sctp_association_shutdown.cc
  void AdvanceShutdown(Timestamp now, SctpOutput& out);
  void RepeatShutdown(Timestamp now, SctpOutput& out);
  void SendShutdown(Timestamp now, SctpOutput& out);
  void OnShutdown(const ChunkView& chunk, Timestamp now, SctpOutput& out);
  void OnShutdownAck(SctpOutput& out);
  void SendAbort(const Violation& violation, SctpOutput& out);
  void End(SctpState state, std::string_view reason, SctpOutput& out);
  void SetState(SctpState state, SctpOutput& out);
  void SendBare(ChunkType type, uint8_t flags, uint32_t tag, SctpOutput& out) const;

  SctpSettings settings_;
  Random random_;
  StateCookie::Key cookie_key_{};
  SctpState state_ = SctpState::kNew;
  Phase phase_ = Phase::kClosed;
  SendQueue queue_;
  std::optional<Transfer> transfer_;
  // Ours while the handshake goes on; those of the association stand in transfer_->start().
  uint32_t own_tag_ = 0;
  uint32_t own_initial_tsn_ = 0;
  std::vector<uint8_t> peer_cookie_;
  Timestamp handshake_began_;
  // T1-init, T1-cookie or T2-shutdown.
  Timestamp repeat_at_ = Timestamp::Never();
  int shutdown_tries_ = 0;
  std::optional<Timestamp> connected_at_;
  bool closing_ = false;
  // By our own Shutdown or Abort: peers may not begin anew.
  bool closed_for_good_ = false;
};

}  // namespace millrace
