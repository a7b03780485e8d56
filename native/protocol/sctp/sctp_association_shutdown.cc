#include <algorithm>
#include <array>
#include <string>

#include "base/byte_writer.h"
#include "protocol/sctp/sctp_association.h"

namespace millrace {

void SctpAssociation::Shutdown(Timestamp now, SctpOutput& out) {
  closed_for_good_ = true;
  if (phase_ == Phase::kEstablished) {
    closing_ = true;
    AdvanceShutdown(now, out);
  } else if (phase_ < Phase::kEstablished) {
    if (phase_ != Phase::kClosed) SendAbort({ErrorCause::kUserAbort, "closed"}, out);
    End(SctpState::kClosed, "", out);
  }
}

void SctpAssociation::Abort(SctpOutput& out) {
  closed_for_good_ = true;
  if (phase_ != Phase::kClosed) SendAbort({ErrorCause::kUserAbort, "closed"}, out);
  End(SctpState::kClosed, "", out);
}

// RFC 9260 9.2: each side goes on once everything it sent is acknowledged.
void SctpAssociation::AdvanceShutdown(Timestamp now, SctpOutput& out) {
  if (!transfer_ || !transfer_->idle() || !queue_.empty()) return;
  if (phase_ == Phase::kEstablished && closing_) {
    phase_ = Phase::kShutdownSent;
    SendShutdown(now, out);
  } else if (phase_ == Phase::kShutdownReceived) {
    phase_ = Phase::kShutdownAckSent;
    SendShutdown(now, out);
  }
}

void SctpAssociation::SendShutdown(Timestamp now, SctpOutput& out) {
  repeat_at_ = now + transfer_->timeout();
  if (phase_ == Phase::kShutdownAckSent) {
    SendBare(ChunkType::kShutdownAck, 0, transfer_->start().peer_tag, out);
    return;
  }
  std::array<uint8_t, 4> tsn{};
  ByteWriter(tsn).WriteU32(transfer_->cumulative_tsn());
  PacketWriter packet(settings_.ports, transfer_->start().peer_tag, settings_.packet_bytes_max);
  packet.AddChunk(ChunkType::kShutdown, 0, tsn);
  out.packets.Append(packet.Finish());
}

void SctpAssociation::RepeatShutdown(Timestamp now, SctpOutput& out) {
  if (++shutdown_tries_ > kShutdownTriesMax) {
    SendAbort({ErrorCause::kUserAbort, "no answer to SHUTDOWN"}, out);
    End(SctpState::kClosed, "no answer to SHUTDOWN", out);
    return;
  }
  SendShutdown(now, out);
}

void SctpAssociation::OnShutdown(const ChunkView& chunk, Timestamp now, SctpOutput& out) {
  ByteReader reader(chunk.value);
  uint32_t tsn = reader.ReadU32();
  if (!reader.ok() || !transfer_) return;
  transfer_->OnShutdownTsn(tsn, now);
  switch (phase_) {
    case Phase::kEstablished:
      phase_ = Phase::kShutdownReceived;
      break;
    case Phase::kShutdownSent:
      // RFC 9260 9.2: both shut down at once; each acknowledges at once.
      phase_ = Phase::kShutdownAckSent;
      SendShutdown(now, out);
      break;
    case Phase::kClosed:
    case Phase::kCookieWait:
    case Phase::kCookieEchoed:
    case Phase::kShutdownReceived:
    case Phase::kShutdownAckSent:
      break;
  }
}

void SctpAssociation::OnShutdownAck(SctpOutput& out) {
  if (phase_ != Phase::kShutdownSent && phase_ != Phase::kShutdownAckSent) return;
  SendBare(ChunkType::kShutdownComplete, 0, transfer_->start().peer_tag, out);
  End(SctpState::kClosed, "shut down", out);
}

void SctpAssociation::SendAbort(const Violation& violation, SctpOutput& out) {
  // RFC 9260 8.5.1: before the peer's tag is known, our own goes out with the T bit.
  bool known = transfer_.has_value();
  PacketWriter packet(settings_.ports, known ? transfer_->start().peer_tag : own_tag_,
                      settings_.packet_bytes_max);
  std::string_view reason = violation.reason;
  std::array<uint8_t, 64> text{};
  size_t size = std::min(reason.size(), text.size());
  std::copy_n(reason.begin(), size, text.begin());
  WriteErrorChunk(ChunkType::kAbort, known ? 0 : 1, violation.cause, Bytes(text).first(size),
                  packet);
  out.packets.Append(packet.Finish());
}

void SctpAssociation::End(SctpState state, std::string_view reason, SctpOutput& out) {
  phase_ = Phase::kClosed;
  transfer_.reset();
  queue_ = SendQueue(settings_);
  peer_cookie_.clear();
  repeat_at_ = Timestamp::Never();
  shutdown_tries_ = 0;
  closing_ = false;
  out.failure = reason;
  SetState(state, out);
}

void SctpAssociation::SetState(SctpState state, SctpOutput& out) {
  if (state_ == state) return;
  state_ = state;
  out.state = state;
}

}  // namespace millrace
