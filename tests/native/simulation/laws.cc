#include "simulation/laws.h"

#include <algorithm>

#include "media/ntp_time.h"
#include "media/sequence_window.h"
#include "wire/demux.h"
#include "wire/rtcp/bye.h"
#include "wire/rtcp/nack.h"
#include "wire/rtcp/pli.h"
#include "wire/rtcp/receiver_report.h"
#include "wire/rtcp/sender_report.h"

namespace millrace {
namespace {

// By then the worker has measured the round trip of a new peer, even where many reports are lost.
constexpr Duration kRoundTripMeasured = Duration::Seconds(10);
// Compact NTP time counts in 15 microseconds; three such numbers are added up.
constexpr Duration kRoundTripRounding = Duration::Millis(1);

}  // namespace

void Laws::AddPeer(SrtpBackend& backend, const SrtpKeyMaterial& from_worker, Timestamp now) {
  peers_.push_back({.tap = SrtpReceiver(backend, from_worker), .since = now});
}

void Laws::AddStream(size_t peer, const ModelSource& source) {
  peers_[peer].streams.push_back(streams_.size());
  streams_.push_back({.source = &source, .peer = peer});
}

void Laws::AddConsumer(const ConsumerLaw::Settings& settings, const ModelSource& source) {
  peers_[settings.peer].consumers.push_back(consumers_.size());
  streams_[settings.stream].consumers.push_back(consumers_.size());
  consumers_.emplace_back(settings, source);
  consumers_.back().SetProducerPaused(streams_[settings.stream].paused);
}

void Laws::SetStreamPaused(size_t stream, bool paused) {
  streams_[stream].paused = paused;
  for (size_t consumer : streams_[stream].consumers) consumers_[consumer].SetProducerPaused(paused);
}

void Laws::SetConsumerPaused(size_t consumer, bool paused) {
  consumers_[consumer].SetPaused(paused);
}

void Laws::CloseConsumer(size_t consumer, Timestamp now) {
  closing_ = now;
  consumers_[consumer].Close();
  std::erase(streams_[consumers_[consumer].settings().stream].consumers, consumer);
}

void Laws::CloseStream(size_t stream, Timestamp now) {
  streams_[stream].closed = true;
  std::vector<size_t> consumers = streams_[stream].consumers;
  for (size_t consumer : consumers) CloseConsumer(consumer, now);
}

void Laws::ClosePeer(size_t peer, Timestamp now) {
  for (size_t stream : peers_[peer].streams) CloseStream(stream, now);
  for (size_t consumer : peers_[peer].consumers) {
    if (!consumers_[consumer].closed()) CloseConsumer(consumer, now);
  }
  peers_[peer].closed = now;
}

void Laws::BeginTurn(uint64_t drops) {
  drops_before_ = drops;
  drops_expected_ = 0;
  touched_.clear();
}

void Laws::OnIngress(size_t peer_number, const SentContent& content, Timestamp now) {
  Peer& peer = peers_[peer_number];
  if (peer.closed) {
    ++drops_expected_;
    return;
  }
  if (content.kind == SentContent::Kind::kCorrupted) {
    ++drops_expected_;
    return;
  }
  if (content.kind == SentContent::Kind::kMedia) {
    OnMediaIngress(content);
    return;
  }
  if (peer.compounds.size() <= content.number) peer.compounds.resize(content.number + 1);
  if (peer.compounds[content.number]) {
    ++drops_expected_;
    return;
  }
  peer.compounds[content.number] = true;
  for (size_t number : peer.consumers) {
    if (content.nacked.empty() || consumers_[number].settings().ssrc != content.nacked_ssrc)
      continue;
    consumers_[number].Nack(content.nacked, now);
    touched_.push_back(number);
  }
}

void Laws::OnMediaIngress(const SentContent& content) {
  Stream& stream = streams_[content.stream];
  if (stream.closed) {
    ++drops_expected_;
    return;
  }
  // RFC 3550 A.1: a number far from the others is believed when the next one follows it.
  if (IsFar(stream, content.index)) {
    bool believed = !content.rtx && content.index == stream.believed_next;
    if (!content.rtx) stream.believed_next = content.index + 1;
    if (!believed) {
      ++drops_expected_;
      return;
    }
    for (size_t number : stream.consumers) consumers_[number].Restart(content.index);
  }
  if (stream.arrived.size() <= content.index) stream.arrived.resize(content.index + 1);
  if (stream.arrived[content.index]) {
    ++drops_expected_;
    return;
  }
  stream.arrived[content.index] = true;
  ++stream.arrived_count;
  stream.newest = std::max(stream.newest, int64_t{content.index});
  if (stream.paused) {
    ++drops_expected_;
    return;
  }
  const MediaUnit& unit = stream.source->records()[content.index].unit;
  for (size_t number : stream.consumers) {
    drops_expected_ += consumers_[number].Arrive(unit);
    touched_.push_back(number);
  }
}

// RFC 3550 A.1: so far ahead, or behind, that the source may have begun to count anew.
bool Laws::IsFar(const Stream& stream, uint32_t index) {
  if (stream.newest < 0) return false;
  auto distance =
      static_cast<int16_t>(static_cast<uint16_t>(index - static_cast<uint32_t>(stream.newest)));
  return distance >= SequenceWindow::kDropoutMax || distance <= -SequenceWindow::kWindow;
}

void Laws::OnEgress(size_t peer_number, Bytes datagram, Timestamp now) {
  ++datagrams_;
  Peer& peer = peers_[peer_number];
  if (peer.closed && *peer.closed != now)
    return Break("nothing leaves for a closed transport", now);
  std::array<uint8_t, 2048> plain;
  DatagramKind kind = Classify(datagram);
  if (kind != DatagramKind::kRtp && kind != DatagramKind::kRtcp) {
    return Break("only RTP and RTCP leave a plain transport", now);
  }
  bool rtcp = kind == DatagramKind::kRtcp;
  SrtpResult opened = rtcp ? peer.tap.OpenRtcp(datagram, plain) : peer.tap.OpenRtp(datagram, plain);
  if (!opened.ok()) {
    return Break("every datagram opens with its receiver's keys, but one of " +
                     std::to_string(datagram.size()) +
                     " bytes did not: " + std::string(ToString(opened.reason())),
                 now);
  }
  Bytes bytes = Bytes(plain).first(opened.size());
  if (rtcp) {
    OnRtcpEgress(peer, bytes, now);
  } else {
    OnRtpEgress(peer, bytes, now);
  }
}

void Laws::OnRtpEgress(Peer& peer, Bytes bytes, Timestamp now) {
  std::optional<RtpView> view = RtpView::Parse(bytes);
  if (!view) return Break("what leaves is well formed", now);
  ConsumerLaw* consumer = FindConsumer(peer, view->ssrc());
  if (!consumer) return Break("only streams of consumers leave", now);
  if (!consumer->active()) return Break("nothing leaves for a paused or closed consumer", now);
  std::string broken;
  if (view->ssrc() == consumer->settings().ssrc) {
    broken = consumer->OnMedia(*view, now);
  } else {
    Duration gap = peer.rtt_min - kRoundTripRounding;
    if (now - peer.since < kRoundTripMeasured) gap = std::min(gap, kRttUnknown);
    broken = consumer->OnRetransmission(*view, gap, now);
  }
  if (!broken.empty()) Break(broken, now);
}

void Laws::OnRtcpEgress(Peer& peer, Bytes bytes, Timestamp now) {
  RtcpReader reader(bytes);
  while (std::optional<RtcpBlock> block = reader.Next()) OnRtcpBlock(peer, *block, now);
  if (!reader.ok()) Break("what leaves is well formed", now);
}

void Laws::OnRtcpBlock(Peer& peer, const RtcpBlock& block, Timestamp now) {
  if (block.kind == RtcpKind::kPli) {
    std::optional<Pli> pli = Pli::Parse(block);
    if (!pli) return Break("what leaves is well formed", now);
    CheckKeyFrameRequest(peer, pli->media, now);
  } else if (block.kind == RtcpKind::kNack) {
    CheckNack(peer, block, now);
  } else if (block.kind == RtcpKind::kReceiverReport) {
    CheckReceiverReport(peer, block, now);
  } else if (block.kind == RtcpKind::kSenderReport) {
    CheckSenderReport(peer, block, now);
  } else if (block.kind == RtcpKind::kBye) {
    CheckBye(peer, block, now);
  }
}

void Laws::CheckKeyFrameRequest(Peer& peer, Ssrc media, Timestamp now) {
  Stream* stream = FindStream(peer, media);
  if (!stream) return Break("only a source that is there is asked for a key frame", now);
  if (stream->paused) return Break("a paused source is not asked for a key frame", now);
  if (stream->last_key_frame_request && now - *stream->last_key_frame_request < kKeyFrameInterval) {
    Break("a source is asked for a key frame at most once a second", now);
  }
  stream->last_key_frame_request = now;
  ++stream->key_frame_requests;
}

void Laws::CheckNack(Peer& peer, const RtcpBlock& block, Timestamp now) {
  std::optional<Nack> nack = Nack::Parse(block);
  if (!nack) return Break("what leaves is well formed", now);
  Stream* stream = FindStream(peer, nack->media());
  if (!stream) return Break("only a source that is there is asked for packets", now);
  nack->ForEach([&](uint16_t sequence) {
    ++stream->nacked;
    auto newest = static_cast<uint16_t>(stream->source->settings().first_sequence + stream->newest);
    int64_t index = stream->newest - static_cast<uint16_t>(newest - sequence);
    bool missing = index >= 0 && !stream->arrived[static_cast<size_t>(index)];
    if (!missing) {
      Break("a source is asked for missing packets only, not for " + std::to_string(sequence), now);
    }
  });
}

void Laws::CheckReceiverReport(Peer& peer, const RtcpBlock& block, Timestamp now) {
  std::optional<ReceiverReport> report = ReceiverReport::Parse(block);
  if (!report) return Break("what leaves is well formed", now);
  for (size_t i = 0; i < report->report_blocks.size(); ++i) {
    ReportBlock of_stream = report->report_blocks[i];
    Stream* stream = FindStream(peer, of_stream.ssrc);
    if (!stream) {
      Break("only streams that are there are reported", now);
      continue;
    }
    auto newest = static_cast<uint16_t>(stream->source->settings().first_sequence + stream->newest);
    if (static_cast<uint16_t>(of_stream.highest_sequence_number) != newest) {
      Break("receiver reports name the newest packet", now);
    }
  }
}

void Laws::CheckSenderReport(Peer& peer, const RtcpBlock& block, Timestamp now) {
  std::optional<SenderReport> report = SenderReport::Parse(block);
  if (!report) return Break("what leaves is well formed", now);
  ConsumerLaw* consumer = FindConsumer(peer, report->sender);
  if (!consumer || !consumer->active()) return Break("only active consumers report", now);
  if (report->packet_count != consumer->media_sent()) {
    Break("sender reports count what was sent", now);
  }
}

void Laws::CheckBye(Peer& peer, const RtcpBlock& block, Timestamp now) {
  std::optional<Bye> bye = Bye::Parse(block);
  if (!bye) return Break("what leaves is well formed", now);
  for (size_t i = 0; i < bye->ssrcs.size(); ++i) {
    ConsumerLaw* consumer = FindConsumer(peer, bye->ssrcs[i]);
    if (!consumer || !consumer->closed() || closing_ != now) {
      Break("only a consumer that is being closed says BYE", now);
    }
  }
}

void Laws::EndTurn(uint64_t drops, Timestamp now) {
  for (size_t number : touched_) {
    std::string broken = consumers_[number].EndTurn();
    if (!broken.empty()) Break(broken, now);
  }
  uint64_t dropped = drops - drops_before_;
  if (dropped != drops_expected_) {
    Break("packets in x subscribers = packets out + drops with reasons, but " +
              std::to_string(dropped) + " were dropped and not " + std::to_string(drops_expected_),
          now);
  }
}

void Laws::Break(const std::string& what, Timestamp now) {
  ++broken_count_;
  if (broken_.size() == kBrokenMax) return;
  broken_.push_back("at " + std::to_string(now.us()) + " us: " + what);
}

Laws::Stream* Laws::FindStream(Peer& peer, Ssrc ssrc) {
  for (size_t number : peer.streams) {
    Stream& stream = streams_[number];
    if (!stream.closed && stream.source->settings().ssrc == ssrc) return &stream;
  }
  return nullptr;
}

ConsumerLaw* Laws::FindConsumer(Peer& peer, Ssrc ssrc) {
  for (size_t number : peer.consumers) {
    const ConsumerLaw::Settings& settings = consumers_[number].settings();
    if (settings.ssrc == ssrc || settings.rtx_ssrc == ssrc) return &consumers_[number];
  }
  return nullptr;
}

}  // namespace millrace
