// How packets of a transport's consumers find their way onto the list of what leaves.
#include <algorithm>
#include <utility>

#include "routing/router.h"
#include "routing/transport.h"

namespace millrace {

void Transport::Send(const RtpPacketRef& packet, ConsumerStream& stream, const RtpRewrite& rewrite,
                     Turn& turn) {
  Offer({.packet = packet, .stream = &stream, .rewrite = rewrite}, turn);
}

void Transport::SendSealed(const RtpPacketRef& sealed, ConsumerStream& stream, Turn& turn) {
  Offer({.packet = sealed, .stream = &stream, .sealed = true}, turn);
}

void Transport::Offer(EgressPacket&& packet, Turn& turn) {
  if (!bandwidth_) return Append(std::move(packet), turn);
  bool audio = packet.stream->consumer().kind() == MediaKind::kAudio;
  PacerAnswer answer = bandwidth_->Offer(packet, audio, turn.now);
  switch (answer.fate) {
    case PacerAnswer::Fate::kSendNow:
      Append(std::move(packet), turn);
      if (!bandwidth_->begins()) return;
      break;
    case PacerAnswer::Fate::kRefused:
      turn.out.CountDrop(DropReason::kPacingLimit);
      break;
    case PacerAnswer::Fate::kWait:
      break;
  }
  Schedule(bandwidth_->deadline(), turn);
}

void Transport::BeginAnew(ConsumerStream& stream, Turn& turn) {
  if (!bandwidth_) return;
  size_t dropped = bandwidth_->Forget(stream);
  for (size_t i = 0; i < dropped; ++i) turn.out.CountDrop(DropReason::kPacingLimit);
  stream.send().ForgetHistory();
}

void Transport::Append(EgressPacket&& packet, Turn& turn) {
  if (std::optional<DropReason> reason = egress_.Append(std::move(packet))) {
    turn.out.CountDrop(*reason);
    return;
  }
  commons_.dirty.Mark(*this);
}

uint32_t Transport::SendPadding(uint32_t bytes, ProbeId probe, Turn& turn) {
  if (!link_->ready()) return 0;
  EgressPacket padding;
  for (size_t i = 0; i < consumers_.size() && !padding.packet; ++i) {
    Consumer& consumer = *consumers_[next_padding_++ % consumers_.size()];
    if (!consumer.active() || consumer.kind() == MediaKind::kAudio ||
        !consumer.stream(0).rtx_ssrc()) {
      continue;
    }
    ConsumerStream& stream = consumer.stream(0);
    std::optional<SendStream::Resend> again = stream.send().TakePadding(turn.now);
    if (!again) continue;
    padding = {.packet = again->packet, .stream = &stream, .rewrite = again->rewrite};
  }
  // Nothing can be sent again, or nothing was sent lately: not even a lowest layer fits.
  if (!padding.packet && !FindStream(ProbationStream::kSsrc)) {
    ProbationStream& probation = bandwidth_->probation();
    probation.SetSrtpStream(link_->AddSending(ProbationStream::kSsrc));
    padding = probation.Make(bytes, commons_.packets, turn.now);
  }
  if (!padding.packet) return 0;
  padding.probe = probe;
  uint32_t size = padding.packet->size;
  if (Traces(TransportTraceType::kProbation)) {
    turn.events.notifications.push_back(
        TransportTraced{.id = id_,
                        .type = TransportTraceType::kProbation,
                        .timestamp_ms = static_cast<uint64_t>(turn.now.ms())});
  }
  Append(std::move(padding), turn);
  return size;
}

bool Transport::TakeIncoming(size_t bytes, Timestamp now) {
  return incoming_packets_.Take(1, now) && incoming_bytes_.Take(bytes, now);
}

ConsumerStream* Transport::FindStream(Ssrc ssrc) const {
  auto found = stream_of_ssrc_.find(ssrc);
  return found == stream_of_ssrc_.end() ? nullptr : found->second;
}

void Transport::NegotiateBandwidth(const Consumer& consumer, Turn& turn) {
  const RtpParameters& parameters = consumer.parameters();
  bool numbered = consumer.header().has_transport_sequence_number();
  bool feedback = numbered && HasFeedback(parameters, "transport-cc", "");
  bool remb = HasFeedback(parameters, "goog-remb", "");
  // A peer that is sent sound alone has nothing to be spared.
  if (consumer.kind() != MediaKind::kVideo || (!feedback && !remb)) return;
  BandwidthSource source = feedback ? BandwidthSource::kTransportFeedback : BandwidthSource::kRemb;
  if (!bandwidth_) {
    BandwidthSettings settings{.source = source,
                               .initial_bps = initial_outgoing_bitrate_,
                               .min_bps = min_outgoing_bitrate_,
                               .max_bps = max_outgoing_bitrate_};
    bandwidth_ = std::make_unique<OutgoingBandwidth>(settings, ReadExtensionIds(parameters).value(),
                                                     commons_.random);
  } else if (feedback) {
    // Our own estimate knows more than the peer's.
    bandwidth_->SetSource(source, turn.now);
  }
}

void Transport::SetBounds(Turn& turn) {
  if (!bandwidth_) return;
  BandwidthUpdate update =
      bandwidth_->OnBounds(min_outgoing_bitrate_, max_outgoing_bitrate_, turn.now);
  router_.OnBandwidth(*this, update, turn);
}

void Transport::TellBandwidth(Turn& turn) const {
  if (!Traces(TransportTraceType::kBwe)) return;
  const BandwidthSettings& settings = bandwidth_->settings();
  BitrateBounds bounds = BitrateBounds::Of(settings.min_bps, settings.max_bps);
  BandwidthTrace trace{.remb = settings.source == BandwidthSource::kRemb,
                       .desired_bitrate = bandwidth_->wanted_bps(),
                       .effective_desired_bitrate = bounds.Clamp(bandwidth_->wanted_bps()),
                       .min_bitrate = bounds.min_bps,
                       .max_bitrate = bounds.max_bps,
                       .start_bitrate = settings.initial_bps,
                       .max_padding_bitrate = 0,
                       .available_bitrate = bandwidth_->target_bps()};
  turn.events.notifications.push_back(
      TransportTraced{.id = id_,
                      .type = TransportTraceType::kBwe,
                      .timestamp_ms = static_cast<uint64_t>(turn.now.ms()),
                      .bandwidth = trace});
}

bool Transport::Traces(TransportTraceType type) const {
  return std::find(traced_.begin(), traced_.end(), type) != traced_.end();
}

}  // namespace millrace
