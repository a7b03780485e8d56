#include "media/ntp_time.h"
#include "routing/consumer.h"
#include "routing/router.h"
#include "routing/transport.h"
#include "wire/rtcp/extended_report.h"
#include "wire/rtcp/fir.h"
#include "wire/rtcp/nack.h"
#include "wire/rtcp/pli.h"
#include "wire/rtcp/receiver_report.h"
#include "wire/rtcp/sender_report.h"

namespace millrace {
void Router::OnRtcp(Transport& transport, const Path& path, Bytes bytes, Turn& turn) {
  auto drop = [&](DropReason reason) { turn.out.CountDrop(reason); };
  if (bytes.size() > rtcp_buffer_.size()) return drop(DropReason::kTooLarge);
  if (std::optional<DropReason> reason = transport.link().Admit(path, true)) return drop(*reason);
  if (!transport.rtcp_budget().Take(1, turn.now)) return drop(DropReason::kRateLimit);
  SrtpResult opened = transport.link().OpenRtcp(bytes, rtcp_buffer_);
  if (!opened.ok()) return drop(opened.reason());
  Bytes compound = Bytes(rtcp_buffer_).first(opened.size());
  if (!RtcpReader(compound).Next()) return drop(DropReason::kMalformed);
  transport.link().Authenticated(path, true, turn);
  if (transport.link().ready() != transport.was_ready_) OnLinkChange(transport, turn);
  OnOpenedRtcp(transport, compound, turn);
}

// A compound in the clear; what stands behind a malformed packet is not read.
void Router::OnOpenedRtcp(Transport& transport, Bytes compound, Turn& turn) {
  ++turn.out.counters().rtcp_received;
  RtcpReader reader(compound);
  while (std::optional<RtcpBlock> block = reader.Next()) OnRtcpBlock(transport, *block, turn);
  if (!reader.ok()) turn.out.CountDrop(DropReason::kMalformed);
}

void Router::OnRtcpBlock(Transport& transport, const RtcpBlock& block, Turn& turn) {
  switch (block.kind) {
    case RtcpKind::kSenderReport:
      OnSenderReport(transport, block, turn);
      return;
    case RtcpKind::kReceiverReport:
      if (std::optional<ReceiverReport> report = ReceiverReport::Parse(block)) {
        OnReportBlocks(transport, report->report_blocks, turn);
      }
      return;
    case RtcpKind::kNack:
      OnNack(transport, block, turn);
      return;
    case RtcpKind::kPli:
      OnPli(transport, block, turn);
      return;
    case RtcpKind::kFir:
      OnFir(transport, block, turn);
      return;
    case RtcpKind::kExtendedReport:
      OnExtendedReport(transport, block, turn);
      return;
    case RtcpKind::kTransportFeedback:
      OnTransportFeedback(transport, block, turn);
      return;
    case RtcpKind::kRemb:
      OnRemb(transport, block, turn);
      return;
    case RtcpKind::kSdes:
    // RC-02: the end of a stream is the controller's to tell; silence lowers the score anyway.
    case RtcpKind::kBye:
    case RtcpKind::kApp:
    case RtcpKind::kUnknown:
      return;
  }
}

void Router::OnSenderReport(Transport& transport, const RtcpBlock& block, Turn& turn) {
  std::optional<SenderReport> report = SenderReport::Parse(block);
  if (!report) return;
  const StreamRoute* route = transport.listener().Find(report->sender);
  if (route && !route->rtx) {
    Producer& producer = *route->producer;
    Producer::Stream& stream = producer.streams()[route->stream];
    if (stream.receive) stream.receive->ReceiveSenderReport(*report, turn.now);
    for (Consumer* consumer : producer.consumers()) {
      consumer->OnSenderReport(route->stream, report->ntp, report->rtp_timestamp);
    }
    if (producer.traced().Has(RtpTraceType::kSenderReport)) {
      turn.events.notifications.push_back(
          ProducerTraced{producer.id(), RtpTraceType::kSenderReport,
                         static_cast<uint64_t>(turn.now.ms()), TraceDirection::kIn,
                         SenderReportTrace{.ssrc = report->sender.value(),
                                           .ntp_seconds = static_cast<uint32_t>(report->ntp >> 32),
                                           .ntp_fraction = static_cast<uint32_t>(report->ntp),
                                           .rtp_timestamp = report->rtp_timestamp,
                                           .packet_count = report->packet_count,
                                           .octet_count = report->octet_count}});
    }
  }
  OnReportBlocks(transport, report->report_blocks, turn);
}

void Router::OnReportBlocks(Transport& transport, const ReportBlocks& blocks, Turn& turn) {
  for (size_t i = 0; i < blocks.size(); ++i) {
    ReportBlock block = blocks[i];
    ConsumerStream* stream = transport.FindStream(block.ssrc);
    if (!stream) continue;
    stream->consumer().OnLoss(block.fraction_lost / 256.0, turn.now);
    const Consumer& consumer = stream->consumer();
    if (stream->send().ReceiveReport(block, turn.now) && !consumer.feeds_pipe()) {
      turn.events.notifications.push_back(ConsumerScoreChanged{consumer.id(), consumer.Score()});
    }
  }
}

void Router::OnNack(Transport& transport, const RtcpBlock& block, Turn& turn) {
  std::optional<Nack> nack = Nack::Parse(block);
  if (!nack) return;
  ConsumerStream* stream = transport.FindStream(nack->media());
  if (!stream || !stream->consumer().active()) return;
  const Consumer& consumer = stream->consumer();
  if (consumer.traced().Has(RtpTraceType::kNack)) {
    turn.events.notifications.push_back(ConsumerTraced{consumer.id(),
                                                       RtpTraceType::kNack,
                                                       static_cast<uint64_t>(turn.now.ms()),
                                                       TraceDirection::kIn,
                                                       {}});
  }
  size_t count = 0;
  nack->ForEach([&](uint16_t sequence_number) {
    ++count;
    std::optional<SendStream::Resend> resend = stream->send().TakeResend(sequence_number, turn.now);
    if (!resend) return;
    ++turn.out.counters().packets_resent;
    if (resend->rewrite.rtx) {
      transport.Send(resend->packet, *stream, resend->rewrite, turn);
    } else {
      transport.SendSealed(resend->packet, *stream, turn);
    }
  });
  stream->send().CountNack(count);
  ++turn.out.counters().nacks_received;
  turn.out.counters().packets_asked_again += count;
}

void Router::OnPli(Transport& transport, const RtcpBlock& block, Turn& turn) {
  std::optional<Pli> pli = Pli::Parse(block);
  if (pli) OnKeyFrameRequest(transport, pli->media, false, turn);
}

void Router::OnFir(Transport& transport, const RtcpBlock& block, Turn& turn) {
  std::optional<Fir> fir = Fir::Parse(block);
  if (!fir) return;
  for (size_t i = 0; i < fir->size(); ++i)
    OnKeyFrameRequest(transport, (*fir)[i].media, true, turn);
}

void Router::OnKeyFrameRequest(Transport& transport, Ssrc media, bool fir, Turn& turn) {
  ConsumerStream* stream = transport.FindStream(media);
  if (!stream) return;
  stream->send().CountKeyFrameRequest(fir);
  ++turn.out.counters().key_frames_asked;
  Consumer& consumer = stream->consumer();
  RtpTraceType type = fir ? RtpTraceType::kFir : RtpTraceType::kPli;
  if (consumer.traced().Has(type)) {
    turn.events.notifications.push_back(
        ConsumerTraced{consumer.id(), type, static_cast<uint64_t>(turn.now.ms()),
                       TraceDirection::kIn, KeyFrameRequestTrace{media.value()}});
  }
  if (consumer.active()) AskKeyFrame(consumer.producer(), stream->selector().stream(), turn);
}

void Router::OnExtendedReport(Transport& transport, const RtcpBlock& block, Turn& turn) {
  std::optional<ExtendedReport> report = ExtendedReport::Parse(block);
  if (!report) return;
  if (report->reference_time() && !transport.consumers().empty()) {
    // All streams share one peer, so one of them keeps its clock and answers.
    transport.consumers().front()->stream(0).send().ReceiveReferenceTime(*report->reference_time(),
                                                                         turn.now);
    transport.rtcp().SetReferenceSender(report->sender());
  }
  report->ForEachDlrr([&](const DlrrItem& item) {
    if (item.ssrc != transport.rtcp().ssrc()) return;
    std::optional<Duration> rtt =
        RoundTripTime(turn.now, item.last_receiver_report, item.delay_since_last_receiver_report);
    if (!rtt) return;
    for (const auto& producer : transport.producers()) {
      for (Producer::Stream& stream : producer->streams()) {
        if (stream.receive) stream.receive->SetRoundTripTime(*rtt);
      }
    }
  });
}

}  // namespace millrace
