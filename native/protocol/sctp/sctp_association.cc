#include "protocol/sctp/sctp_association.h"

#include <algorithm>

namespace millrace {

namespace {

// RFC 9260 8.5.1: the T bit says that the tag is the receiver's own, reflected.
constexpr uint8_t kReflected = 0x01;
// RFC 9260 3.2: the two highest bits of an unknown chunk type say what to do with it.
constexpr uint8_t kSkip = 0x80;
constexpr uint8_t kReport = 0x40;

Random::Seed SeedFrom(Random& random) {
  Random::Seed seed{};
  random.Fill(seed);
  return seed;
}

}  // namespace

SctpAssociation::SctpAssociation(const SctpSettings& settings, Random& random)
    : settings_(settings.Bounded()), random_(SeedFrom(random)), queue_(settings_) {
  random_.Fill(cookie_key_);
}

void SctpAssociation::Receive(Bytes bytes, Timestamp now, SctpOutput& out) {
  std::optional<SctpPacket> packet = SctpPacket::Parse(bytes);
  if (!packet || packet->destination_port != settings_.ports.local ||
      packet->source_port != settings_.ports.remote) {
    out.drop = DropReason::kMalformed;
    return;
  }
  ChunkReader chunks(packet->chunks);
  std::optional<ChunkView> chunk = chunks.Next();
  if (!chunk) {
    out.drop = DropReason::kMalformed;
    return;
  }
  if (!TagIsRight(*packet, *chunk)) {
    OnStranger(*packet, *chunk, out);
    return;
  }
  while (chunk && OnChunk(*packet, *chunk, now, out)) chunk = chunks.Next();
  if (!chunks.ok()) out.drop = DropReason::kMalformed;
  if (transfer_) transfer_->OnPacketEnd(now);
  Settle(now, out);
}

// RFC 9260 section 8.5 and its exceptions in 8.5.1.
bool SctpAssociation::TagIsRight(const SctpPacket& packet, const ChunkView& first) const {
  switch (first.type) {
    case ChunkType::kInit:
      return packet.verification_tag == 0;
    case ChunkType::kCookieEcho:
      // The cookie itself names the tag.
      return true;
    case ChunkType::kAbort:
    case ChunkType::kShutdownComplete:
      if ((first.flags & kReflected) != 0) {
        return transfer_ && packet.verification_tag == transfer_->start().peer_tag;
      }
      break;
    default:
      break;
  }
  return phase_ != Phase::kClosed && packet.verification_tag == own_tag_;
}

// False when the rest of the packet must not be read.
bool SctpAssociation::OnChunk(const SctpPacket& packet, const ChunkView& chunk, Timestamp now,
                              SctpOutput& out) {
  switch (chunk.type) {
    case ChunkType::kInit:
      // RFC 9260 6.10: INIT stands alone; within another packet its tag proved nothing.
      if (packet.verification_tag == 0) OnInit(packet, chunk, now, out);
      return false;
    case ChunkType::kInitAck:
      OnInitAck(chunk, now, out);
      return false;
    case ChunkType::kCookieEcho:
      OnCookieEcho(packet, chunk, now, out);
      // Data behind it belongs to the association that it made, or to none.
      return phase_ != Phase::kClosed && packet.verification_tag == own_tag_;
    case ChunkType::kCookieAck:
      if (phase_ == Phase::kCookieEchoed) OnConnected(now, out);
      return true;
    case ChunkType::kAbort:
      End(phase_ == Phase::kCookieWait || phase_ == Phase::kCookieEchoed ? SctpState::kFailed
                                                                         : SctpState::kClosed,
          "the peer aborted: " + DescribeCauses(chunk), out);
      return false;
    case ChunkType::kError:
      // RFC 9260 5.2.6: the handshake begins again.
      if (phase_ == Phase::kCookieEchoed && HasCause(chunk, ErrorCause::kStaleCookie)) {
        SendInit(now, out);
      }
      return phase_ != Phase::kCookieWait;
    case ChunkType::kShutdown:
      OnShutdown(chunk, now, out);
      return phase_ != Phase::kClosed;
    case ChunkType::kShutdownAck:
      OnShutdownAck(out);
      return false;
    case ChunkType::kShutdownComplete:
      if (phase_ == Phase::kShutdownAckSent) End(SctpState::kClosed, "shut down", out);
      return false;
    case ChunkType::kData:
    case ChunkType::kIData:
    case ChunkType::kSack:
    case ChunkType::kForwardTsn:
    case ChunkType::kIForwardTsn:
    case ChunkType::kHeartbeat:
    case ChunkType::kHeartbeatAck:
    case ChunkType::kReconfig:
      break;
    default:
      return OnUnknown(chunk, out);
  }
  if (!transfer_) return false;
  std::optional<Violation> violation = transfer_->OnChunk(chunk, queue_, now, out);
  if (!violation) return true;
  SendAbort(*violation, out);
  End(SctpState::kFailed, violation->reason, out);
  return false;
}

bool SctpAssociation::OnUnknown(const ChunkView& chunk, SctpOutput& out) {
  uint8_t type = static_cast<uint8_t>(chunk.type);
  if ((type & kReport) != 0 && transfer_) {
    PacketWriter packet(settings_.ports, transfer_->start().peer_tag, settings_.packet_bytes_max);
    WriteErrorChunk(ChunkType::kError, 0, ErrorCause::kUnrecognizedChunk, chunk.whole, packet);
    // One report a packet is enough for a peer that wants to know.
    if (!out.drop) out.packets.Append(packet.Finish());
  }
  out.drop = DropReason::kUnknownProtocol;
  return (type & kSkip) != 0;
}

// A packet with a tag that is not ours (RFC 9260 section 8.4).
void SctpAssociation::OnStranger(const SctpPacket& packet, const ChunkView& first,
                                 SctpOutput& out) {
  out.drop = DropReason::kUnknownStream;
  if (phase_ != Phase::kClosed || packet.verification_tag == 0) return;
  switch (first.type) {
    case ChunkType::kAbort:
    case ChunkType::kShutdownComplete:
    case ChunkType::kInitAck:
    case ChunkType::kCookieAck:
    case ChunkType::kError:
      return;
    case ChunkType::kShutdownAck:
      SendBare(ChunkType::kShutdownComplete, kReflected, packet.verification_tag, out);
      return;
    default:
      // The peer believes in an association that is no more.
      SendBare(ChunkType::kAbort, kReflected, packet.verification_tag, out);
      return;
  }
}

SctpSendResult SctpAssociation::Send(const SctpOutgoingMessage& message, Timestamp now,
                                     SctpOutput& out) {
  bool open = state_ == SctpState::kNew || state_ == SctpState::kConnecting ||
              state_ == SctpState::kConnected;
  if (!open || closing_ || phase_ > Phase::kEstablished) return SctpSendResult::kClosed;
  SctpSendResult result = queue_.Queue(message, now);
  if (result == SctpSendResult::kQueued) Settle(now, out);
  return result;
}

void SctpAssociation::ResetStreams(std::span<const SctpStreamId> streams, Timestamp now,
                                   SctpOutput& out) {
  for (SctpStreamId stream : streams) queue_.BeginReset(stream);
  Settle(now, out);
}

void SctpAssociation::OnDeadline(Timestamp now, SctpOutput& out) {
  if (repeat_at_ <= now) {
    switch (phase_) {
      case Phase::kCookieWait:
        SendInit(now, out);
        break;
      case Phase::kCookieEchoed:
        SendCookieEcho(now, out);
        break;
      case Phase::kShutdownSent:
      case Phase::kShutdownAckSent:
        RepeatShutdown(now, out);
        break;
      case Phase::kClosed:
      case Phase::kEstablished:
      case Phase::kShutdownReceived:
        repeat_at_ = Timestamp::Never();
        break;
    }
  }
  if (transfer_ && !transfer_->OnDeadline(queue_, now, out)) {
    SendAbort({ErrorCause::kUserAbort, "no acknowledgement"}, out);
    End(SctpState::kFailed, "the peer acknowledges nothing", out);
  }
  Settle(now, out);
}

// Sends whatever is due after anything happened.
void SctpAssociation::Settle(Timestamp now, SctpOutput& out) {
  if (!transfer_) return;
  transfer_->Fill(phase_ != Phase::kCookieEchoed, queue_, now, out);
  AdvanceShutdown(now, out);
}

Timestamp SctpAssociation::deadline() const {
  return std::min(repeat_at_, transfer_ ? transfer_->deadline() : Timestamp::Never());
}

std::optional<SctpNegotiated> SctpAssociation::negotiated() const {
  if (!transfer_ || state_ != SctpState::kConnected) return std::nullopt;
  return transfer_->start().negotiated;
}

void SctpAssociation::SendBare(ChunkType type, uint8_t flags, uint32_t tag, SctpOutput& out) const {
  PacketWriter packet(settings_.ports, tag, settings_.packet_bytes_max);
  packet.AddChunk(type, flags, {});
  out.packets.Append(packet.Finish());
}

}  // namespace millrace
