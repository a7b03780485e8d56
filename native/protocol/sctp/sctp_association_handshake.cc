#include <algorithm>

#include "protocol/sctp/sctp_association.h"

namespace millrace {

namespace {

// A cookie must fit one packet of ours, with the chunk around it.
constexpr size_t kPeerCookieBytesMax = 1024;

}  // namespace

void SctpAssociation::Connect(Timestamp now, SctpOutput& out) {
  bool goes_on = state_ == SctpState::kConnecting || state_ == SctpState::kConnected;
  if (goes_on || closed_for_good_) return;
  own_tag_ = NewTag();
  own_initial_tsn_ = random_.NextU32();
  handshake_began_ = now;
  SetState(SctpState::kConnecting, out);
  SendInit(now, out);
}

void SctpAssociation::SendInit(Timestamp now, SctpOutput& out) {
  if (now - handshake_began_ >= kHandshakeLimit) {
    End(SctpState::kFailed, "no answer to INIT", out);
    return;
  }
  phase_ = Phase::kCookieWait;
  transfer_.reset();
  repeat_at_ = now + kHandshakeInterval;
  // RFC 9260 8.5.1: the tag of a packet with INIT is zero.
  PacketWriter packet(settings_.ports, 0, settings_.packet_bytes_max);
  OwnInit(own_tag_, own_initial_tsn_).Write(ChunkType::kInit, packet);
  out.packets.Append(packet.Finish());
}

void SctpAssociation::OnInit(const SctpPacket&, const ChunkView& chunk, Timestamp now,
                             SctpOutput& out) {
  if (closed_for_good_) return;
  std::optional<InitChunk> init = InitChunk::Parse(chunk);
  if (!init) {
    out.drop = DropReason::kMalformed;
    return;
  }
  if (phase_ == Phase::kShutdownAckSent) {
    // RFC 9260 9.2: the peer has forgotten the association before it was closed.
    SendBare(ChunkType::kShutdownAck, 0, transfer_->start().peer_tag, out);
    return;
  }
  // RFC 9260 5.2.1: while our own INIT is under way, the answer repeats what it said; 5.2.2:
  // otherwise it says something new, and nothing here changes before the cookie comes back.
  bool own_under_way = phase_ == Phase::kCookieWait || phase_ == Phase::kCookieEchoed;
  StateCookie cookie{.created = now,
                     .own_tag = own_under_way ? own_tag_ : NewTag(),
                     .peer_tag = init->initiate_tag,
                     .own_initial_tsn = own_under_way ? own_initial_tsn_ : random_.NextU32(),
                     .peer_initial_tsn = init->initial_tsn,
                     .peer_window = init->window,
                     .negotiated = Negotiate(*init)};
  if (transfer_ && !own_under_way) {
    cookie.own_tie_tag = own_tag_;
    cookie.peer_tie_tag = transfer_->start().peer_tag;
  }
  std::array<uint8_t, StateCookie::kBytes> sealed = cookie.Seal(cookie_key_);
  InitChunk answer = OwnInit(cookie.own_tag, cookie.own_initial_tsn);
  answer.cookie = sealed;
  answer.reports = init->reports;
  answer.report_count = init->report_count;
  PacketWriter packet(settings_.ports, init->initiate_tag, settings_.packet_bytes_max);
  answer.Write(ChunkType::kInitAck, packet);
  out.packets.Append(packet.Finish());
}

void SctpAssociation::OnInitAck(const ChunkView& chunk, Timestamp now, SctpOutput& out) {
  // RFC 9260 5.2.3: in any other state it is an old one.
  if (phase_ != Phase::kCookieWait) return;
  std::optional<InitChunk> init = InitChunk::Parse(chunk);
  if (!init || init->cookie.empty() || init->cookie.size() > kPeerCookieBytesMax ||
      init->cookie.size() + kSctpHeaderBytes + kChunkHeaderBytes > settings_.packet_bytes_max) {
    out.drop = DropReason::kMalformed;
    return;
  }
  peer_cookie_.assign(init->cookie.begin(), init->cookie.end());
  transfer_.emplace(TransferStart{.own_tag = own_tag_,
                                  .peer_tag = init->initiate_tag,
                                  .own_initial_tsn = own_initial_tsn_,
                                  .peer_initial_tsn = init->initial_tsn,
                                  .peer_window = init->window,
                                  .nonce = random_.NextU64(),
                                  .negotiated = Negotiate(*init)},
                    settings_, now);
  phase_ = Phase::kCookieEchoed;
  SendCookieEcho(now, out);
}

void SctpAssociation::SendCookieEcho(Timestamp now, SctpOutput& out) {
  if (now - handshake_began_ >= kHandshakeLimit) {
    End(SctpState::kFailed, "no answer to COOKIE ECHO", out);
    return;
  }
  repeat_at_ = now + kHandshakeInterval;
  PacketWriter packet(settings_.ports, transfer_->start().peer_tag, settings_.packet_bytes_max);
  packet.AddChunk(ChunkType::kCookieEcho, 0, peer_cookie_);
  out.packets.Append(packet.Finish());
}

void SctpAssociation::OnCookieEcho(const SctpPacket& packet, const ChunkView& chunk, Timestamp now,
                                   SctpOutput& out) {
  std::optional<StateCookie> cookie = StateCookie::Open(chunk.value, cookie_key_);
  if (closed_for_good_ || !cookie || cookie->own_tag != packet.verification_tag) {
    out.drop = DropReason::kMalformed;
    return;
  }
  bool is_known =
      transfer_ && cookie->own_tag == own_tag_ && cookie->peer_tag == transfer_->start().peer_tag;
  // RFC 9260 5.1.5: a cookie for the association that exists is good however old it is.
  if (!is_known && now - cookie->created > StateCookie::kLife) {
    PacketWriter answer(settings_.ports, cookie->peer_tag, settings_.packet_bytes_max);
    constexpr uint8_t kStaleness[4] = {};
    WriteErrorChunk(ChunkType::kError, 0, ErrorCause::kStaleCookie, kStaleness, answer);
    out.packets.Append(answer.Finish());
    out.drop = DropReason::kTooOld;
    return;
  }
  if (!is_known && connected_at_ && now - *connected_at_ < kRestartInterval) {
    out.drop = DropReason::kRateLimit;
    return;
  }
  if (is_known ? phase_ > Phase::kEstablished : !Admit(*cookie, now, out)) {
    out.drop = DropReason::kTooOld;
    return;
  }
  if (is_known && phase_ == Phase::kCookieEchoed) OnConnected(now, out);
  SendBare(ChunkType::kCookieAck, 0, transfer_->start().peer_tag, out);
}

// The table of RFC 9260 section 5.2.4 for a cookie that is not that of the existing association.
bool SctpAssociation::Admit(const StateCookie& cookie, Timestamp now, SctpOutput& out) {
  switch (phase_) {
    case Phase::kClosed:
      break;
    case Phase::kCookieWait:
    case Phase::kCookieEchoed:
      // B: both began at once, and the peer's INIT came after its answer to ours.
      if (cookie.own_tag != own_tag_) return false;
      break;
    case Phase::kEstablished:
    case Phase::kShutdownSent:
    case Phase::kShutdownReceived: {
      // A: the peer began anew, within the association that the tie tags name.
      const TransferStart& known = transfer_->start();
      if (cookie.own_tie_tag != known.own_tag || cookie.peer_tie_tag != known.peer_tag) {
        return false;
      }
      out.restarted = true;
      break;
    }
    case Phase::kShutdownAckSent:
      return false;
  }
  Establish(cookie, now, out);
  return true;
}

void SctpAssociation::Establish(const StateCookie& cookie, Timestamp now, SctpOutput& out) {
  own_tag_ = cookie.own_tag;
  own_initial_tsn_ = cookie.own_initial_tsn;
  transfer_.emplace(TransferStart{.own_tag = cookie.own_tag,
                                  .peer_tag = cookie.peer_tag,
                                  .own_initial_tsn = cookie.own_initial_tsn,
                                  .peer_initial_tsn = cookie.peer_initial_tsn,
                                  .peer_window = cookie.peer_window,
                                  .nonce = random_.NextU64(),
                                  .negotiated = cookie.negotiated},
                    settings_, now);
  OnConnected(now, out);
}

void SctpAssociation::OnConnected(Timestamp now, SctpOutput& out) {
  connected_at_ = now;
  phase_ = Phase::kEstablished;
  repeat_at_ = Timestamp::Never();
  peer_cookie_.clear();
  queue_.Start(transfer_->start().negotiated, out);
  out.negotiated = transfer_->start().negotiated;
  SetState(SctpState::kConnected, out);
}

SctpNegotiated SctpAssociation::Negotiate(const InitChunk& peer) const {
  // RFC 9260 5.1.1: each side uses at most what the other is ready to take.
  return {.outbound_streams = std::min(settings_.streams_max, peer.inbound_streams),
          .inbound_streams = std::min(settings_.streams_max, peer.outbound_streams),
          .partial_reliability = peer.partial_reliability,
          .stream_reset = peer.stream_reset,
          .interleaving = peer.interleaving && settings_.interleaving};
}

InitChunk SctpAssociation::OwnInit(uint32_t tag, uint32_t initial_tsn) const {
  InitChunk init;
  init.initiate_tag = tag;
  init.window = settings_.receive_window;
  init.outbound_streams = settings_.streams_max;
  init.inbound_streams = settings_.streams_max;
  init.initial_tsn = initial_tsn;
  init.partial_reliability = true;
  init.stream_reset = true;
  init.interleaving = settings_.interleaving;
  return init;
}

uint32_t SctpAssociation::NewTag() {
  // RFC 9260 5.3.1: from 1 to 2^32 - 1, at random.
  return std::max(random_.NextU32(), 1u);
}

}  // namespace millrace
