#include "routing/rtcp_sender.h"

#include <vector>

#include "media/ntp_time.h"
#include "routing/consumer.h"
#include "routing/producer.h"
#include "routing/router.h"
#include "routing/transport.h"
#include "wire/rtcp/bye.h"
#include "wire/rtcp/extended_report.h"
#include "wire/rtcp/fir.h"
#include "wire/rtcp/nack.h"
#include "wire/rtcp/pli.h"
#include "wire/rtcp/receiver_report.h"
#include "wire/rtcp/remb.h"
#include "wire/rtcp/sdes.h"
#include "wire/rtcp/sender_report.h"

namespace millrace {
namespace {

// RFC 3550 section 6.4.1: eight bytes that all packets begin with, then twenty of sender's numbers.
constexpr size_t kSenderReportBytes = 28;
constexpr size_t kReceiverReportHeadBytes = 8;
// RFC 3550 section 6.5: head, SSRC, item head, text, and up to four zeros.
size_t SdesBytes(std::string_view cname) { return 4 + 4 + 2 + cname.size() + 4; }
// RFC 3611 sections 4.4 and 4.5: head and SSRC, then a block of 12, or of 4 and 12 an item.
constexpr size_t kReferenceTimeBytes = 8 + 12;
constexpr size_t kDlrrBytes = 8 + 4 + DlrrItem::kBytes;
constexpr size_t kCnameMax = 255;
constexpr size_t kSmallFeedbackBytes = 20;

}  // namespace

void RtcpCompound::Flush() {
  if (writer_.position() == 0) return;
  size_t sent = link_.SendRtcp(writer_.written(), turn_);
  if (sent != 0) traffic_.sent.Add(sent, turn_.now);
  writer_ = ByteWriter(bytes_);
}

void RtcpSender::SendReports(Transport& transport, Turn& turn) {
  next_report_ = turn.now + Interval();
  RtcpCompound compound(transport.link(), transport.traffic(), turn);
  AddSenderReports(transport, compound, turn);
  AddReceiverReports(transport, compound, turn);
  compound.Flush();
}

void RtcpSender::AddSenderReports(Transport& transport, RtcpCompound& compound, Turn& turn) {
  for (const auto& consumer : transport.consumers()) {
    for (size_t i = 0; i < consumer->stream_count(); ++i) {
      AddSenderReport(consumer->stream(i), compound, turn);
    }
  }
  if (!reference_sender_ || transport.consumers().empty()) return;
  ConsumerStream& first = transport.consumers().front()->stream(0);
  std::optional<DlrrItem> item = first.send().MakeDlrr(*reference_sender_, turn.now);
  reference_sender_.reset();
  if (!item) return;
  compound.Add(kDlrrBytes, [&](ByteWriter& writer) {
    (void)ExtendedReport::WriteDlrr(writer, first.ssrc(), std::span(&*item, 1));
  });
}

void RtcpSender::AddSenderReport(ConsumerStream& stream, RtcpCompound& compound, Turn& turn) {
  std::optional<SenderReport> report = stream.send().MakeReport(turn.now);
  // A sender that is silent says nothing, so that its receiver does not wait for media.
  if (!report || !stream.consumer().active()) return;
  std::string_view cname = stream.format().parameters.cname;
  SdesChunk chunk{.ssrc = report->sender, .cname = cname.substr(0, kCnameMax)};
  // RFC 3550 section 6.1: a compound packet begins with a report and contains the CNAME.
  compound.Add(kSenderReportBytes + SdesBytes(chunk.cname), [&](ByteWriter& writer) {
    (void)report->Write(writer);
    if (!chunk.cname.empty()) (void)chunk.Write(writer);
  });
}

void RtcpSender::AddReceiverReports(Transport& transport, RtcpCompound& compound, Turn& turn) {
  std::array<ReportBlock, kReportBlocksMax> blocks;
  size_t count = 0;
  bool any = false;
  auto write = [&] {
    if (count == 0) return;
    compound.Add(kReceiverReportHeadBytes + count * ReportBlock::kBytes, [&](ByteWriter& writer) {
      (void)ReceiverReport{.sender = ssrc_, .report_blocks = {}}.Write(
          writer, std::span(blocks).first(count));
    });
    any = true;
    count = 0;
  };
  for (const auto& producer : transport.producers()) {
    bool score_changed = false;
    for (Producer::Stream& stream : producer->streams()) {
      if (!stream.receive) continue;
      ReceiveStream::Report report = stream.receive->MakeReport(turn.now);
      score_changed |= report.score_change.has_value();
      if (!report.block) continue;
      blocks[count++] = *report.block;
      if (count == blocks.size()) write();
    }
    if (score_changed) transport.router().OnScoreChange(*producer, turn);
  }
  write();
  if (!any) return;
  compound.Add(kReferenceTimeBytes, [&](ByteWriter& writer) {
    (void)ExtendedReport::WriteReferenceTime(writer, ssrc_, ToNtp(turn.now));
  });
}

void RtcpSender::SendNack(Transport& transport, Ssrc media,
                          std::span<const uint16_t> sequence_numbers, Turn& turn) {
  RtcpCompound compound(transport.link(), transport.traffic(), turn);
  while (!sequence_numbers.empty()) {
    size_t written = Nack::Write(compound.writer(), ssrc_, media, sequence_numbers);
    sequence_numbers = sequence_numbers.subspan(written);
    compound.Flush();
    if (written == 0) return;
  }
}

void RtcpSender::SendPli(Transport& transport, Ssrc media, Turn& turn) {
  RtcpCompound compound(transport.link(), transport.traffic(), turn);
  compound.Add(kSmallFeedbackBytes, [&](ByteWriter& writer) {
    (void)Pli{.sender = ssrc_, .media = media}.Write(writer);
  });
  compound.Flush();
}

void RtcpSender::SendFir(Transport& transport, Ssrc media, uint8_t sequence_number, Turn& turn) {
  RtcpCompound compound(transport.link(), transport.traffic(), turn);
  compound.Add(kSmallFeedbackBytes, [&](ByteWriter& writer) {
    (void)Fir::Write(writer, ssrc_, {.media = media, .sequence_number = sequence_number});
  });
  compound.Flush();
}

void RtcpSender::SendRemb(Transport& transport, uint64_t bitrate, Turn& turn) {
  std::array<Ssrc, RtpListener::kStreamsMax> ssrcs;
  size_t count = 0;
  for (const auto& producer : transport.producers()) {
    for (const Producer::Stream& stream : producer->streams()) {
      if (stream.ssrc && count < ssrcs.size()) ssrcs[count++] = *stream.ssrc;
    }
  }
  if (count == 0) return;
  RtcpCompound compound(transport.link(), transport.traffic(), turn);
  compound.Add(kSmallFeedbackBytes + 4 * count, [&](ByteWriter& writer) {
    (void)Remb{.sender = ssrc_, .bitrate_bps = bitrate, .ssrcs = {}}.Write(
        writer, std::span(ssrcs).first(count));
  });
  compound.Flush();
}

void RtcpSender::SendTransportFeedback(Transport& transport, Turn& turn) {
  RtcpCompound compound(transport.link(), transport.traffic(), turn);
  while (transport.feedback().Write(compound.writer(), ssrc_, turn.now)) compound.Flush();
}

void RtcpSender::SendBye(Transport& transport, const ConsumerStream& stream, Turn& turn) {
  std::array<Ssrc, 2> ssrcs = {stream.ssrc(), stream.rtx_ssrc().value_or(Ssrc())};
  RtcpCompound compound(transport.link(), transport.traffic(), turn);
  compound.Add(kReceiverReportHeadBytes + 16, [&](ByteWriter& writer) {
    (void)ReceiverReport{.sender = stream.ssrc(), .report_blocks = {}}.Write(writer);
    (void)Bye::Write(writer, std::span(ssrcs).first(stream.rtx_ssrc() ? 2 : 1));
  });
  compound.Flush();
}

}  // namespace millrace
