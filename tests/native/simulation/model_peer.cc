#include "simulation/model_peer.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/check.h"
#include "media/ntp_time.h"
#include "wire/demux.h"
#include "wire/rtcp/extended_report.h"
#include "wire/rtcp/fir.h"
#include "wire/rtcp/nack.h"
#include "wire/rtcp/pli.h"
#include "wire/rtcp/receiver_report.h"
#include "wire/rtcp/sdes.h"
#include "wire/rtcp/sender_report.h"
#include "wire/rtp_writer.h"

namespace millrace {
namespace {

constexpr size_t kDatagramMax = 1500;

}  // namespace

ModelPeer::ModelPeer(const Endpoint& endpoint, SrtpBackend& backend, const Keys& keys,
                     uint64_t seed, Timestamp now)
    : endpoint_(endpoint),
      sealer_(backend, keys.to_worker),
      opener_(backend, keys.from_worker),
      random_(seed),
      ssrc_(random_.NextU32() | 1u),
      next_report_(now + Duration::Millis(random_.Below(1000))) {}

ModelSource& ModelPeer::AddSource(const SourceSettings& settings, Timestamp now) {
  return sources_.emplace_back(settings, random_.NextU64(), now);
}

ModelViewer& ModelPeer::AddViewer(const ViewerSettings& settings) {
  return viewers_.emplace_back(settings);
}

void ModelPeer::OnDatagram(Bytes datagram, Timestamp now, Outbox& outbox) {
  std::array<uint8_t, kDatagramMax> plain;
  bool rtcp = Classify(datagram) == DatagramKind::kRtcp;
  SrtpResult opened = rtcp ? opener_.OpenRtcp(datagram, plain) : opener_.OpenRtp(datagram, plain);
  if (!opened.ok()) {
    if (opened.reason() != DropReason::kSrtpReplay) ++refused_;
    return;
  }
  Bytes bytes = Bytes(plain).first(opened.size());
  if (rtcp) {
    OnRtcp(bytes, now, outbox);
    return;
  }
  std::optional<RtpView> view = RtpView::Parse(bytes);
  bool known = view && std::ranges::any_of(viewers_, [&](ModelViewer& viewer) {
                 return viewer.Receive(*view, now);
               });
  if (!known) ++refused_;
}

void ModelPeer::OnDeadline(Timestamp now, Outbox& outbox) {
  for (ModelSource& source : sources_) {
    if (source.deadline() <= now) SendMedia(source, source.TakeFrame(now), outbox);
  }
  for (ModelViewer& viewer : viewers_) {
    SendNacks(viewer, viewer.TakeNacks(now), outbox);
    if (viewer.TakeKeyFrameRequest(now)) SendKeyFrameRequest(viewer, outbox);
  }
  if (next_report_ <= now) {
    next_report_ = now + kReportInterval;
    SendReports(now, outbox);
  }
}

Timestamp ModelPeer::deadline() const {
  Timestamp deadline = next_report_;
  for (const ModelSource& source : sources_) deadline = std::min(deadline, source.deadline());
  for (const ModelViewer& viewer : viewers_) deadline = std::min(deadline, viewer.deadline());
  return deadline;
}

void ModelPeer::AskKeyFrames(Outbox& outbox) {
  for (const ModelViewer& viewer : viewers_) SendKeyFrameRequest(viewer, outbox);
}

void ModelPeer::AskAgain(size_t count, Outbox& outbox) {
  for (const ModelViewer& viewer : viewers_) {
    if (viewer.settings().video) SendNacks(viewer, viewer.Newest(count), outbox);
  }
}

void ModelPeer::OnRtcp(Bytes compound, Timestamp now, Outbox& outbox) {
  RtcpReader reader(compound);
  while (std::optional<RtcpBlock> block = reader.Next()) OnRtcpBlock(*block, now, outbox);
  if (!reader.ok()) ++refused_;
}

void ModelPeer::OnRtcpBlock(const RtcpBlock& block, Timestamp now, Outbox& outbox) {
  if (block.kind == RtcpKind::kNack) {
    std::optional<Nack> nack = Nack::Parse(block);
    std::vector<uint16_t> wanted;
    nack->ForEach([&](uint16_t sequence) { wanted.push_back(sequence); });
    for (ModelSource& source : sources_) {
      if (source.settings().ssrc != nack->media()) continue;
      SendMedia(source, source.Resend(wanted, now), outbox);
    }
  } else if (block.kind == RtcpKind::kPli) {
    std::optional<Pli> pli = Pli::Parse(block);
    for (ModelSource& source : sources_) {
      if (source.settings().ssrc == pli->media) source.AskKeyFrame();
    }
  } else if (block.kind == RtcpKind::kReceiverReport) {
    std::optional<ReceiverReport> report = ReceiverReport::Parse(block);
    for (size_t i = 0; i < report->report_blocks.size(); ++i) {
      ReportBlock of_source = report->report_blocks[i];
      std::optional<Duration> rtt = RoundTripTime(now, of_source.last_sender_report,
                                                  of_source.delay_since_last_sender_report);
      for (ModelSource& source : sources_) {
        if (rtt && source.settings().ssrc == of_source.ssrc) source.SetRoundTripTime(*rtt);
      }
    }
  } else if (block.kind == RtcpKind::kSenderReport) {
    std::optional<SenderReport> report = SenderReport::Parse(block);
    for (ModelViewer& viewer : viewers_) {
      if (viewer.settings().ssrc == report->sender) viewer.ReceiveSenderReport(*report, now);
    }
  } else if (block.kind == RtcpKind::kExtendedReport) {
    std::optional<ExtendedReport> report = ExtendedReport::Parse(block);
    if (report->reference_time()) {
      reference_ = Reference{report->sender(), CompactNtp(*report->reference_time()), now};
    }
    report->ForEachDlrr([&](const DlrrItem& item) {
      std::optional<Duration> rtt =
          RoundTripTime(now, item.last_receiver_report, item.delay_since_last_receiver_report);
      if (item.ssrc != ssrc_ || !rtt) return;
      for (ModelViewer& viewer : viewers_) viewer.SetRoundTripTime(*rtt);
    });
  }
}

void ModelPeer::SendMedia(const ModelSource& source, std::span<const SourcePacket> packets,
                          Outbox& outbox) {
  const SourceSettings& settings = source.settings();
  uint8_t payload_type =
      settings.video ? SourceSettings::kVideoPayloadType : SourceSettings::kAudioPayloadType;
  for (const SourcePacket& packet : packets) {
    RtpHeader header{
        .payload_type = packet.rtx ? SourceSettings::kVideoRtxPayloadType : payload_type,
        .marker = packet.unit.ends_frame(),
        .sequence_number = packet.rtx ? packet.rtx_sequence : packet.sequence,
        .timestamp = packet.timestamp,
        .ssrc = packet.rtx ? settings.rtx_ssrc : settings.ssrc};
    SimulatedDatagram datagram{.bytes = std::vector<uint8_t>(kDatagramMax)};
    size_t header_size = RtpWriter(datagram.bytes, header).FinishHeader();
    std::array<uint8_t, kDatagramMax> payload;
    size_t prefix = packet.rtx ? 2 : 0;
    ByteWriter(payload).WriteU16(packet.sequence);
    packet.unit.Write(MutableBytes(payload).subspan(prefix, packet.unit.payload_size));
    SrtpResult sealed = sealer_.SealRtp(StreamOf(header.ssrc), datagram.bytes, header_size,
                                        Bytes(payload).first(prefix + packet.unit.payload_size));
    CHECK(sealed.ok(), "a model sender uses each SRTP index once");
    datagram.bytes.resize(sealed.size());
    datagram.content = {.kind = SentContent::Kind::kMedia,
                        .stream = settings.stream,
                        .index = packet.unit.index,
                        .rtx = packet.rtx,
                        .number = 0,
                        .nacked_ssrc = {},
                        .nacked = {}};
    outbox.push_back(std::move(datagram));
  }
}

void ModelPeer::SendReports(Timestamp now, Outbox& outbox) {
  std::array<uint8_t, kDatagramMax> bytes;
  ByteWriter writer(bytes);
  for (const ModelSource& source : sources_) {
    if (source.records().empty()) continue;
    (void)source.MakeReport(now).Write(writer);
    (void)SdesChunk{.ssrc = source.settings().ssrc, .cname = "model"}.Write(writer);
  }
  if (reference_ && !sources_.empty()) {
    DlrrItem item{.ssrc = reference_->receiver,
                  .last_receiver_report = reference_->time,
                  .delay_since_last_receiver_report = ToCompactNtp(now - reference_->received)};
    (void)ExtendedReport::WriteDlrr(writer, sources_.front().settings().ssrc, std::span(&item, 1));
    reference_.reset();
  }
  std::vector<ReportBlock> blocks;
  for (ModelViewer& viewer : viewers_) {
    if (std::optional<ReportBlock> block = viewer.MakeReport(now)) blocks.push_back(*block);
  }
  if (!blocks.empty()) {
    (void)ReceiverReport{.sender = ssrc_, .report_blocks = {}}.Write(writer, blocks);
    (void)ExtendedReport::WriteReferenceTime(writer, ssrc_, ToNtp(now));
  }
  if (writer.position() > 0) SendRtcp(writer, {}, outbox);
}

void ModelPeer::SendNacks(const ModelViewer& viewer, std::span<const uint16_t> wanted,
                          Outbox& outbox) {
  while (!wanted.empty()) {
    std::array<uint8_t, kDatagramMax> bytes;
    ByteWriter writer(bytes);
    size_t written = Nack::Write(writer, ssrc_, viewer.settings().ssrc, wanted);
    SentContent content;
    content.nacked_ssrc = viewer.settings().ssrc;
    content.nacked.assign(wanted.begin(), wanted.begin() + static_cast<ptrdiff_t>(written));
    SendRtcp(writer, std::move(content), outbox);
    wanted = wanted.subspan(written);
  }
}

void ModelPeer::SendKeyFrameRequest(const ModelViewer& viewer, Outbox& outbox) {
  std::array<uint8_t, kDatagramMax> bytes;
  ByteWriter writer(bytes);
  (void)Pli{.sender = ssrc_, .media = viewer.settings().ssrc}.Write(writer);
  SendRtcp(writer, {}, outbox);
}

void ModelPeer::SendRtcp(const ByteWriter& writer, SentContent content, Outbox& outbox) {
  Bytes compound = writer.written();
  SimulatedDatagram datagram;
  datagram.bytes.assign(compound.begin(), compound.end());
  datagram.bytes.resize(compound.size() + kSrtpRtcpOverheadMax);
  SrtpResult sealed = sealer_.SealRtcp(datagram.bytes, compound.size());
  CHECK(sealed.ok(), "a model peer sends few compounds");
  datagram.bytes.resize(sealed.size());
  content.kind = SentContent::Kind::kRtcp;
  content.number = next_compound_++;
  datagram.content = std::move(content);
  outbox.push_back(std::move(datagram));
}

SrtpStream ModelPeer::StreamOf(Ssrc ssrc) {
  for (const auto& [known, stream] : streams_) {
    if (known == ssrc) return stream;
  }
  std::optional<SrtpStream> added = sealer_.AddStream(ssrc);
  CHECK(added, "a model peer has few streams");
  streams_.emplace_back(ssrc, *added);
  return *added;
}

}  // namespace millrace
