// Cuts any bytes into RTCP packets and parses each of them as what it says it is.
#include <cstdlib>
#include <vector>

#include "wire/rtcp/bye.h"
#include "wire/rtcp/extended_report.h"
#include "wire/rtcp/fir.h"
#include "wire/rtcp/nack.h"
#include "wire/rtcp/pli.h"
#include "wire/rtcp/receiver_report.h"
#include "wire/rtcp/remb.h"
#include "wire/rtcp/rtcp_reader.h"
#include "wire/rtcp/sdes.h"
#include "wire/rtcp/sender_report.h"
#include "wire/rtcp/transport_feedback.h"

namespace {

using millrace::Bytes;
using millrace::RtcpBlock;

uint32_t sink = 0;

void ReadReports(const millrace::ReportBlocks& blocks) {
  for (size_t i = 0; i < blocks.size(); ++i) sink += blocks[i].jitter;
}

void ReadSources(const millrace::SsrcList& sources) {
  for (size_t i = 0; i < sources.size(); ++i) sink += sources[i].value();
}

void ReadNack(const RtcpBlock& block) {
  auto nack = millrace::Nack::Parse(block);
  if (nack) nack->ForEach([](uint16_t number) { sink += number; });
}

void ReadFir(const RtcpBlock& block) {
  auto fir = millrace::Fir::Parse(block);
  for (size_t i = 0; fir && i < fir->size(); ++i) sink += (*fir)[i].sequence_number;
}

void ReadTransportFeedback(const RtcpBlock& block) {
  auto feedback = millrace::TransportFeedback::Parse(block);
  if (!feedback) return;
  size_t count = 0;
  feedback->ForEach([&](const millrace::PacketStatus& status) {
    sink += status.received;
    ++count;
  });
  if (count != feedback->status_count()) std::abort();
}

void ReadExtendedReport(const RtcpBlock& block) {
  auto report = millrace::ExtendedReport::Parse(block);
  if (!report) return;
  report->ForEachDlrr([](const millrace::DlrrItem& item) { sink += item.ssrc.value(); });
}

void ReadSdes(const RtcpBlock& block) {
  auto sdes = millrace::Sdes::Parse(block);
  if (!sdes) return;
  sdes->ForEach([](const millrace::SdesChunk& chunk) {
    for (char letter : chunk.cname) sink += static_cast<uint8_t>(letter);
    std::vector<uint8_t> bytes(300);
    millrace::ByteWriter writer(bytes);
    if (!chunk.Write(writer)) std::abort();
  });
}

void Read(const RtcpBlock& block) {
  switch (block.kind) {
    case millrace::RtcpKind::kSenderReport:
      if (auto report = millrace::SenderReport::Parse(block)) ReadReports(report->report_blocks);
      return;
    case millrace::RtcpKind::kReceiverReport:
      if (auto report = millrace::ReceiverReport::Parse(block)) ReadReports(report->report_blocks);
      return;
    case millrace::RtcpKind::kSdes:
      return ReadSdes(block);
    case millrace::RtcpKind::kBye:
      if (auto bye = millrace::Bye::Parse(block)) ReadSources(bye->ssrcs);
      return;
    case millrace::RtcpKind::kNack:
      return ReadNack(block);
    case millrace::RtcpKind::kTransportFeedback:
      return ReadTransportFeedback(block);
    case millrace::RtcpKind::kPli:
      (void)millrace::Pli::Parse(block);
      return;
    case millrace::RtcpKind::kFir:
      return ReadFir(block);
    case millrace::RtcpKind::kRemb:
      if (auto remb = millrace::Remb::Parse(block)) ReadSources(remb->ssrcs);
      return;
    case millrace::RtcpKind::kExtendedReport:
      return ReadExtendedReport(block);
    case millrace::RtcpKind::kApp:
    case millrace::RtcpKind::kUnknown:
      return;
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  millrace::RtcpReader reader(Bytes(data, size));
  size_t total = 0;
  while (auto block = reader.Next()) {
    total += block->bytes.size();
    Read(*block);
  }
  if (reader.ok() && total != size) std::abort();
  return 0;
}
