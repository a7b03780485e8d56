#include <algorithm>
#include <utility>

#include "protocol/sctp/transfer.h"

namespace millrace {

namespace {

// RFC 9260 6.1 D keeps bursts short ("Max.Burst"); more follows with the next acknowledgement.
constexpr int kBurstPackets = 8;
// A part shorter than this waits for the next packet rather than cutting a message there.
constexpr size_t kPayloadMin = 128;

}  // namespace

void Transfer::Fill(bool data, SendQueue& queue, Timestamp now, SctpOutput& out) {
  if (data) {
    outstanding_.Expire(now);
    DiscardAbandoned(queue, out);
    for (SctpStreamId stream : queue.TakeResting()) {
      if (start_.negotiated.stream_reset) {
        reset_sender_.Add(stream);
      } else {
        EndReset({StreamResetSender::Outcome::kRefused, {stream}}, queue, out);
      }
    }
    // An idle path may have become a slower one.
    if (outstanding_.empty() && !queue.empty() && now - last_sent_ > timeout_.value()) {
      congestion_.OnIdle();
      last_sent_ = now;
    }
  }
  for (int i = 0; i < kBurstPackets; ++i) {
    PacketWriter packet(settings_.ports, start_.peer_tag, settings_.packet_bytes_max);
    FillControl(data, now, packet);
    bool more = data && FillData(queue, now, packet, out);
    if (packet.empty()) break;
    out.packets.Append(packet.Finish());
    if (!more) break;
  }
  // RFC 9260 6.3.2 R1: "Every time a DATA chunk is sent ... if the T3-rtx timer ... is not running,
  // start it".
  if (!outstanding_.empty() && retransmit_at_ == Timestamp::Never()) {
    retransmit_at_ = now + timeout_.value();
  }
}

void Transfer::FillControl(bool data, Timestamp now, PacketWriter& packet) {
  if (received_.sack_due()) received_.WriteSack(reassembly_.window(), packet);
  if (heartbeat_.due() && packet.Fits(16)) heartbeat_.Write(timeout_.value(), now, packet);
  if (!data) return;
  bool interleaved = start_.negotiated.interleaving;
  size_t entries = ForwardTsnChunk::EntriesWithin(packet.room(), interleaved);
  // With less room than this the next packet takes it.
  if (entries >= 8) {
    if (std::optional<ForwardTsnChunk> forward = outstanding_.TakeForward(entries)) {
      forward->Write(packet);
    }
  }
  if (!reset_sender_.due(now)) return;
  std::optional<OutgoingResetRequest> request =
      reset_sender_.Take({.last_tsn = outstanding_.last_tsn(),
                          .last_peer_request = reset_receiver_.last_request(),
                          .timeout = timeout_.value(),
                          .room = packet.room() / 2},
                         now);
  if (request) request->Write(packet);
}

bool Transfer::FillData(SendQueue& queue, Timestamp now, PacketWriter& packet, SctpOutput& out) {
  FillLost(now, packet);
  DiscardAbandoned(queue, out);
  if (outstanding_.has_lost()) return outstanding_.in_flight() < congestion_.bytes();
  while (MaySendNew()) {
    size_t room = PayloadRoom(packet);
    if (room < kPayloadMin) return true;
    std::optional<OutgoingFragment> fragment = queue.Next(room, now, out);
    if (!fragment) break;
    outstanding_.Send(std::move(*fragment), now).Write(packet);
    last_sent_ = now;
  }
  return false;
}

// Retransmissions go before new data (RFC 9260 section 6.1 C).
void Transfer::FillLost(Timestamp now, PacketWriter& packet) {
  bool regardless = fast_retransmit_;
  while (outstanding_.has_lost() &&
         (regardless || outstanding_.in_flight() < congestion_.bytes())) {
    std::optional<DataChunk> chunk = outstanding_.Resend(PayloadRoom(packet), now);
    if (!chunk) break;
    chunk->Write(packet);
    last_sent_ = now;
    fast_retransmit_ = false;
    // A timer that runs for an earlier sending must not end this one at once.
    if (regardless) retransmit_at_ = now + timeout_.value();
  }
  if (!outstanding_.has_lost()) fast_retransmit_ = false;
}

bool Transfer::MaySendNew() const {
  if (outstanding_.full()) return false;
  size_t in_flight = outstanding_.in_flight();
  // RFC 9260 6.1 A: with a closed window, one chunk may always be under way to probe it.
  if (in_flight == 0) return true;
  return in_flight < congestion_.bytes() && in_flight + settings_.packet_bytes_max <= peer_window_;
}

size_t Transfer::PayloadRoom(const PacketWriter& packet) const {
  size_t header = DataChunk::HeaderBytes(start_.negotiated.interleaving);
  return packet.room() <= header ? 0 : packet.room() - header;
}

void Transfer::DiscardAbandoned(SendQueue& queue, SctpOutput& out) {
  for (const OutstandingChunks::Abandoned& abandoned : outstanding_.TakeAbandoned()) {
    queue.Discard(abandoned.stream, abandoned.message, out);
  }
}

bool Transfer::OnDeadline(SendQueue& queue, Timestamp now, SctpOutput& out) {
  received_.OnDeadline(now);
  EndReset(reset_sender_.OnDeadline(now), queue, out);
  if (heartbeat_.OnDeadline(now)) ++errors_;
  if (retransmit_at_ <= now) {
    // RFC 9260 6.3.3 E1 to E3.
    ++errors_;
    congestion_.OnTimeout();
    timeout_.BackOff();
    outstanding_.OnTimeout(now);
    DiscardAbandoned(queue, out);
    retransmit_at_ = outstanding_.empty() ? Timestamp::Never() : now + timeout_.value();
  }
  return errors_ <= kErrorsMax;
}

Timestamp Transfer::deadline() const {
  return std::min(
      {received_.deadline(), retransmit_at_, heartbeat_.deadline(), reset_sender_.deadline()});
}

}  // namespace millrace
