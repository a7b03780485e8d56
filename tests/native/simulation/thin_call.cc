#include "simulation/thin_call.h"

#include <algorithm>
#include <utility>

#include "wire/rtcp/nack.h"
#include "wire/rtcp/pli.h"
#include "wire/rtcp/remb.h"

namespace millrace {
namespace {

constexpr uint16_t kCameraPort = 5000;
constexpr uint16_t kViewerPort = 6000;
constexpr Duration kFrame = Duration::Micros(33'333);
constexpr size_t kPayloadMax = 1100;
constexpr uint32_t kKeyFrameFactor = 3;
constexpr Duration kStill = Duration::Millis(1000);
constexpr Duration kRtt = Duration::Millis(60);
constexpr uint8_t kTransportWideId = 5;
// Descriptor and frame header, then frame, place, count, layer and key.
constexpr size_t kHead = 2;
constexpr size_t kPlaceBytes = 10;

}  // namespace

ProduceOptions ThinCamera::Produce() const {
  ProduceOptions options = VideoProducer(id_, ssrc_);
  options.rtp_parameters.encodings.clear();
  options.rtp_mapping.encodings.clear();
  for (uint32_t layer = 0; layer < kLayers; ++layer) {
    options.rtp_parameters.encodings.push_back({.ssrc = ssrc_ + layer});
    options.rtp_mapping.encodings.push_back(
        {.ssrc = ssrc_ + layer, .mapped_ssrc = ssrc_ + layer + 1'000'000});
  }
  return options;
}

std::vector<std::vector<uint8_t>> ThinCamera::Take(Timestamp now) {
  if (next_frame_ <= now) {
    for (uint8_t layer = 0; layer < kLayers; ++layer) MakeFrame(layer, now);
    std::stable_sort(due_.begin(), due_.end(),
                     [](const Due& a, const Due& b) { return a.at < b.at; });
    next_frame_ = next_frame_ + kFrame;
    ++frame_;
  }
  std::vector<std::vector<uint8_t>> packets;
  for (; !due_.empty() && due_.front().at <= now; due_.pop_front()) {
    packets.push_back(std::move(due_.front().bytes));
  }
  return packets;
}

void ThinCamera::MakeFrame(uint8_t layer, Timestamp now) {
  bool key = std::exchange(key_wanted_[layer], false);
  double size = BytesIn(kFrame, kLayerBps[layer]) * (0.8 + 0.4 * random_.NextDouble());
  if (key) size *= kKeyFrameFactor;
  auto count = static_cast<uint16_t>(size / kPayloadMax + 1);
  size_t bytes = std::max<size_t>(static_cast<size_t>(size) / count, kHead + kPlaceBytes);
  for (uint16_t place = 0; place < count; ++place) {
    // RFC 7741: the start of partition 0, and the frame header's lowest bit.
    std::vector<uint8_t> payload(bytes);
    payload[0] = place == 0 ? 0x10 : 0x00;
    payload[1] = place == 0 && key ? 0x00 : 0x01;
    ByteWriter writer{MutableBytes(payload).subspan(kHead)};
    writer.WriteU32(frame_);
    writer.WriteU16(place);
    writer.WriteU16(count);
    writer.WriteU8(layer);
    writer.WriteU8(key ? 1 : 0);
    RtpMaker maker(ssrc_ + layer);
    maker.Seq(sequence_[layer]++).Time(frame_ * 3000).Payload(std::move(payload));
    if (place + 1 == count) maker.Marker();
    due_.push_back({now + kFrame * place / (2 * count), maker.Make()});
  }
}

void ThinCamera::AskKeyFrame(Ssrc ssrc) {
  if (ssrc.value() - ssrc_ < kLayers) key_wanted_[ssrc.value() - ssrc_] = true;
}

std::optional<ThinCamera::Place> ThinCamera::Read(Bytes payload) {
  if (payload.size() < kHead + kPlaceBytes) return std::nullopt;
  ByteReader reader(payload.subspan(kHead));
  Place place;
  place.frame = reader.ReadU32();
  place.place = reader.ReadU16();
  place.count = reader.ReadU16();
  place.layer = reader.ReadU8();
  place.key = reader.ReadU8() == 1;
  return place;
}

void ThinPicture::Receive(const RtpView& packet, Timestamp now) {
  int64_t sequence = unwrapper_.Unwrap(packet.sequence_number());
  if (!first_) first_ = sequence;
  Accept(sequence, packet.payload(), now);
}

void ThinPicture::ReceiveRtx(const RtpView& packet, Timestamp now) {
  Bytes payload = packet.payload();
  if (payload.size() < 2 || !first_) return;
  auto original = static_cast<uint16_t>((payload[0] << 8) | payload[1]);
  Accept(unwrapper_.Peek(original), payload.subspan(2), now);
}

void ThinPicture::Accept(int64_t sequence, Bytes payload, Timestamp now) {
  std::optional<ThinCamera::Place> place = ThinCamera::Read(payload);
  if (!place || sequence < *first_ || std::exchange(seen_[sequence], true)) return;
  (void)nack_.Receive(sequence, place->key && place->place == 0, now);
  Frame& frame = frames_[{place->frame, place->layer}];
  frame.place = *place;
  ++frame.received;
  Show(now);
}

// A key frame can be shown when it is whole, any other frame behind its predecessor.
void ThinPicture::Show(Timestamp now) {
  for (auto at = frames_.begin(); at != frames_.end();) {
    const auto& [name, frame] = *at;
    bool same_layer = last_ && frame.place.layer == last_->layer;
    bool past = last_ && (frame.place.frame < last_->frame ||
                          (same_layer && frame.place.frame == last_->frame));
    if (past) {
      at = frames_.erase(at);
      continue;
    }
    bool follows = same_layer && frame.place.frame == last_->frame + 1;
    if (frame.received == frame.place.count && (frame.place.key || follows)) {
      last_ = frame.place;
      shown_.push_back({now, frame.place.layer});
    }
    ++at;
  }
}

bool ThinPicture::TakeKeyFrameRequest(Timestamp now) {
  Timestamp last = shown_.empty() ? Timestamp() : shown_.back().at;
  if (now - std::max(last, asked_at_) < kStill) return false;
  asked_at_ = now;
  return true;
}

Duration ThinPicture::LongestFreeze(Timestamp from, Timestamp to) const {
  Duration longest;
  Timestamp last = from;
  for (const Shown& shown : shown_) {
    if (shown.at < from || shown.at > to) continue;
    longest = std::max(longest, shown.at - last);
    last = shown.at;
  }
  return std::max(longest, to - last);
}

int ThinPicture::LayerAt(Timestamp time) const {
  int layer = -1;
  for (const Shown& shown : shown_) {
    if (shown.at <= time && time - shown.at < Duration::Millis(500)) layer = shown.layer;
  }
  return layer;
}

double ThinPicture::ShareWith(uint8_t layer, Timestamp from) const {
  size_t all = 0;
  size_t with = 0;
  for (const Shown& shown : shown_) {
    if (shown.at < from) continue;
    ++all;
    if (shown.layer >= layer) ++with;
  }
  return all == 0 ? 0 : static_cast<double>(with) / static_cast<double>(all);
}

Timestamp ThinPicture::SteadyFrom(uint8_t layer, Timestamp from) const {
  Timestamp since = Timestamp::Never();
  for (const Shown& shown : shown_) {
    if (shown.at < from) continue;
    if (shown.layer != layer) {
      since = Timestamp::Never();
    } else if (since == Timestamp::Never()) {
      since = shown.at;
    } else if (shown.at - since >= Duration::Seconds(2)) {
      return since;
    }
  }
  return Timestamp::Never();
}

ThinCall::ThinCall(BottleneckSettings link, uint64_t seed, bool remb)
    : link_(
          [&] {
            // Times of the settings count from the call's beginning.
            for (RateStep& step : link.rates) step.at = step.at + (world_.now - Timestamp());
            return std::move(link);
          }(),
          seed),
      random_(seed + 1),
      remb_(remb),
      start_(world_.now),
      publisher_(world_.AddPlain("publisher", kCameraPort)),
      viewer_(world_.AddPlain("viewer", kViewerPort)),
      next_remb_(world_.now) {}

size_t ThinCall::AddCamera() {
  size_t number = cameras_.size();
  cameras_.emplace_back("camera" + std::to_string(number),
                        1000 + 10 * static_cast<uint32_t>(number), random_.NextU64(), world_.now);
  world_.Produce(publisher_, cameras_.back().Produce());
  return number;
}

void ThinCall::Watch(size_t camera, uint8_t priority) {
  ConsumeOptions options = VideoConsumer("c" + std::to_string(camera), cameras_[camera].id(),
                                         SsrcOf(camera), SsrcOf(camera) + 1);
  options.type = RtpType::kSimulcast;
  options.rtp_parameters.encodings[0].scalability_mode = "L3T1";
  options.rtp_parameters.codecs[0].rtcp_feedback.push_back(
      {remb_ ? "goog-remb" : "transport-cc", ""});
  world_.Consume(viewer_, options);
  pictures_[camera];
  SetPriority(camera, priority);
}

void ThinCall::SetPriority(size_t camera, uint8_t priority) {
  (void)ConsumerOf(camera).SetPriority(priority);
  Turn turn = world_.Now();
  world_.router.ShareSoon(viewer_, turn);
}

void ThinCall::SetPaused(size_t camera, bool paused) {
  Turn turn = world_.Now();
  world_.router.SetPaused(ConsumerOf(camera), paused, turn);
}

void ThinCall::Run(Duration duration) {
  Timestamp end = world_.now + duration;
  while (world_.now < end) Step();
}

// A millisecond.
void ThinCall::Step() {
  world_.Advance(Duration::Millis(1));
  for (ThinCamera& camera : cameras_) {
    for (std::vector<uint8_t>& packet : camera.Take(world_.now)) {
      world_.Receive(publisher_, RoutingWorld::PeerPath(publisher_, kCameraPort),
                     std::move(packet));
    }
  }
  Drain();
  queue_max_ = std::max(queue_max_, link_.QueueDelay(world_.now));
  link_.Advance(world_.now,
                [&](const TravellingPacket& packet) { AtViewer(flying_[packet.sequence_number]); });
  ServeViewer();
  for (; !answers_.empty() && answers_.front().at <= world_.now; answers_.pop_front()) {
    world_.Receive(viewer_, RoutingWorld::PeerPath(viewer_, kViewerPort),
                   std::move(answers_.front().bytes));
  }
  world_.events.notifications.clear();
  world_.events.rescheduled.clear();
}

void ThinCall::Drain() {
  std::vector<SentDatagram> sent = world_.Drain();
  for (const RtcpBlock& block : BlocksOf(sent, RtcpKind::kPli)) {
    for (ThinCamera& camera : cameras_) camera.AskKeyFrame(Pli::Parse(block)->media);
  }
  for (SentDatagram& datagram : sent) {
    bool rtp = Classify(datagram.bytes) == DatagramKind::kRtp;
    if (rtp && datagram.path == RoutingWorld::PeerPath(viewer_, kViewerPort)) {
      auto bytes = static_cast<uint32_t>(datagram.bytes.size());
      link_.Enqueue({.flow = 0, .sequence_number = next_flying_, .bytes = bytes}, world_.now);
      flying_[next_flying_++] = std::move(datagram.bytes);
    }
  }
}

void ThinCall::AtViewer(const std::vector<uint8_t>& bytes) {
  std::optional<RtpView> view = RtpView::Parse(bytes);
  if (!view) return;
  Bytes number = view->Extension(kTransportWideId);
  if (number.size() == 2) {
    feedback_.Receive(static_cast<uint16_t>((number[0] << 8) | number[1]), view->ssrc(), world_.now,
                      world_.now);
  }
  for (auto& [camera, picture] : pictures_) {
    if (view->ssrc().value() == SsrcOf(camera)) picture.Receive(*view, world_.now);
    if (view->ssrc().value() == SsrcOf(camera) + 1) picture.ReceiveRtx(*view, world_.now);
  }
}

void ThinCall::ServeViewer() {
  for (auto& [camera, picture] : pictures_) {
    Ssrc media(SsrcOf(camera));
    std::span<const uint16_t> wanted = picture.TakeNacks(kRtt, world_.now);
    if (!wanted.empty()) {
      SendAnswer(
          MakeRtcp([&](ByteWriter& writer) { (void)Nack::Write(writer, Ssrc(9), media, wanted); }));
    }
    if (picture.TakeKeyFrameRequest(world_.now)) {
      SendAnswer(MakeRtcp(
          [&](ByteWriter& writer) { (void)Pli{.sender = Ssrc(9), .media = media}.Write(writer); }));
    }
  }
  if (remb_ && remb_bps_ != 0 && next_remb_ <= world_.now) {
    next_remb_ = world_.now + Duration::Seconds(1);
    std::vector<Ssrc> streams = {Ssrc(SsrcOf(0))};
    SendAnswer(MakeRtcp([&](ByteWriter& writer) {
      (void)Remb{.sender = Ssrc(9), .bitrate_bps = remb_bps_, .ssrcs = {}}.Write(writer, streams);
    }));
  }
  while (!remb_ && feedback_.deadline() <= world_.now) {
    bool written = false;
    std::vector<uint8_t> bytes = MakeRtcp(
        [&](ByteWriter& writer) { written = feedback_.Write(writer, Ssrc(9), world_.now); });
    if (!written) return;
    SendAnswer(std::move(bytes));
  }
}

void ThinCall::SendAnswer(std::vector<uint8_t> bytes) {
  answers_.push_back({world_.now + link_.one_way(), std::move(bytes)});
}

}  // namespace millrace
