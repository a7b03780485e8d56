#include "simulation/layered_call.h"

#include <algorithm>

#include "media/ntp_time.h"
#include "wire/rtcp/nack.h"
#include "wire/rtcp/pli.h"
#include "wire/rtcp/receiver_report.h"
#include "wire/rtcp/sender_report.h"

namespace millrace {
namespace {

constexpr uint16_t kCameraPort = 5000;
constexpr uint16_t kViewerPort = 6000;
constexpr uint32_t kViewerSsrc = 100;  // of the stream that the viewer gets
constexpr Duration kFrame = Duration::Micros(33'333);
constexpr Duration kReportInterval = Duration::Millis(500);
// A viewer whose picture stands still asks for a key frame.
constexpr Duration kStill = Duration::Millis(500);

}  // namespace

LayeredCall::LayeredCall(uint64_t seed, LayeredKind kind, const LinkConditions& up,
                         const LinkConditions& down)
    : random_(seed),
      source_(kind, random_),
      camera_up_(up, seed * 4 + 1),
      camera_down_(up, seed * 4 + 2),
      viewer_up_(down, seed * 4 + 3),
      viewer_down_(down, seed * 4 + 4),
      publisher_(world_.AddPlain("publisher", kCameraPort)),
      viewer_(world_.AddPlain("viewer", kViewerPort)),
      consumer_((world_.Produce(publisher_, source_.Produce()),
                 world_.Consume(viewer_, source_.Consume()))),
      start_(world_.now),
      next_capture_(world_.now),
      next_report_(world_.now + kReportInterval),
      receive_({.ssrc = Ssrc(kViewerSsrc),
                .payload_type = 96,
                .use_nack = true,
                .nack_requests_max = NackGenerator::kRequestsMax}),
      last_shown_(world_.now),
      asked_at_(world_.now) {}

void LayeredCall::Prefer(uint8_t spatial, std::optional<uint8_t> temporal) {
  Turn turn = world_.Now();
  world_.router.Apply(consumer_, consumer_.Prefer({spatial, temporal}, world_.now), turn);
  DrainWorker();
}

void LayeredCall::Run(Duration duration) {
  Timestamp end = world_.now + duration;
  while (true) {
    Timestamp next =
        std::min({next_capture_, next_report_, publisher_.deadline(), viewer_.deadline(),
                  receive_.deadline(), std::max(last_shown_, asked_at_) + kStill});
    if (!mail_.empty()) next = std::min(next, mail_.begin()->first);
    if (next > end) break;
    if (next > world_.now) world_.Advance(next - world_.now);
    while (!mail_.empty() && mail_.begin()->first <= world_.now) {
      auto [place, bytes] = std::move(mail_.begin()->second);
      mail_.erase(mail_.begin());
      Deliver(place, bytes);
    }
    if (next_capture_ <= world_.now) Capture();
    if (next_report_ <= world_.now) SendReports();
    ServeViewer();
    world_.Advance({});
    DrainWorker();
  }
  world_.Advance(end - world_.now);
}

size_t LayeredCall::ShownWith(uint8_t spatial, Timestamp from) const {
  return static_cast<size_t>(std::ranges::count_if(shown_in_order_, [&](const Shown& shown) {
    return shown.spatial == spatial && shown.at >= from;
  }));
}

Duration LayeredCall::LongestFreeze(Timestamp from) const {
  Duration longest;
  Timestamp last = from;
  for (const Shown& shown : shown_in_order_) {
    if (shown.at < from) continue;
    longest = std::max(longest, shown.at - last);
    last = shown.at;
  }
  return std::max(longest, world_.now - last);
}

void LayeredCall::Post(Place place, LossyLink& link, std::vector<uint8_t> bytes) {
  LossyLink::Arrivals arrivals = link.Send(bytes.size(), world_.now);
  for (size_t i = 0; i < arrivals.count; ++i) mail_.insert({arrivals.at[i], {place, bytes}});
}

void LayeredCall::Deliver(Place place, const std::vector<uint8_t>& bytes) {
  switch (place) {
    case Place::kCamera:
      AtCamera(bytes);
      return;
    case Place::kViewer:
      AtViewer(bytes);
      return;
    case Place::kWorkerFromViewer:
      world_.Receive(viewer_, RoutingWorld::PeerPath(viewer_, kViewerPort), bytes);
      break;
    case Place::kWorkerFromCamera:
      if (Classify(bytes) == DatagramKind::kRtp) {
        auto [frame, part] = LayeredSource::Identify(RtpView::Parse(bytes)->payload());
        states_[frame].at_worker.insert(part);
      }
      world_.Receive(publisher_, RoutingWorld::PeerPath(publisher_, kCameraPort), bytes);
      break;
  }
  DrainWorker();
}

void LayeredCall::Capture() {
  next_capture_ = next_capture_ + kFrame;
  for (LayeredPacket& packet : source_.Capture(world_.now.ms())) {
    RtpView view = *RtpView::Parse(packet.bytes);
    camera_history_[{view.ssrc().value(), view.sequence_number()}] = packet.bytes;
    Post(Place::kWorkerFromCamera, camera_up_, std::move(packet.bytes));
  }
}

void LayeredCall::SendReports() {
  next_report_ = next_report_ + kReportInterval;
  for (uint8_t i = 0; i < (source_.simulcast() ? 3 : 1); ++i) {
    Post(Place::kWorkerFromCamera, camera_up_, MakeRtcp([&](ByteWriter& writer) {
           SenderReport report;
           report.sender = Ssrc(LayeredSource::kSsrc + i);
           report.ntp = ToNtp(world_.now);
           report.rtp_timestamp = source_.ClockAt(i, world_.now.ms());
           (void)report.Write(writer);
         }));
  }
  ReceiveStream::Report report = receive_.MakeReport(world_.now);
  if (!report.block) return;
  Post(Place::kWorkerFromViewer, viewer_up_, MakeRtcp([&](ByteWriter& writer) {
         ReceiverReport receiver;
         receiver.sender = Ssrc(1);
         (void)receiver.Write(writer, {&*report.block, 1});
       }));
}

void LayeredCall::DrainWorker() {
  for (const SentDatagram& datagram : world_.Drain()) {
    if (datagram.path == RoutingWorld::PeerPath(publisher_, kCameraPort)) {
      Post(Place::kCamera, camera_down_, datagram.bytes);
      continue;
    }
    if (Classify(datagram.bytes) == DatagramKind::kRtp) {
      CheckEgress(*RtpView::Parse(datagram.bytes));
    }
    Post(Place::kViewer, viewer_down_, datagram.bytes);
  }
  TakeEvents();
}

void LayeredCall::CheckEgress(const RtpView& view) {
  auto [number, part] = LayeredSource::Identify(view.payload());
  const LayeredFrame& frame = source_.frames()[number];
  int64_t sequence = numbers_.Unwrap(view.sequence_number());
  auto [found, is_new] = left_.insert({sequence, {number, view.timestamp()}});
  if (!is_new) {
    if (found->second.first != number) Break("no number is used twice", number);
    return;
  }
  for (auto other : {found == left_.begin() ? left_.end() : std::prev(found), std::next(found)}) {
    if (other == left_.end()) continue;
    bool after = other->first > sequence;
    const LayeredFrame& neighbour = source_.frames()[other->second.first];
    bool same = neighbour.picture == frame.picture && neighbour.captured == frame.captured;
    uint32_t passed =
        after ? other->second.second - view.timestamp() : view.timestamp() - other->second.second;
    if (same && passed != 0 && !source_.simulcast()) Break("one picture has one time", number);
    if (!same && (passed == 0 || passed > 90'000 * 10)) Break("time goes on", number);
  }
  for (size_t reference : frame.references) {
    const FrameState& needed = states_[reference];
    if (!needed.at_worker.empty() && needed.left.empty()) {
      Break("needs frame " + std::to_string(reference) + " that was left out", number);
    }
  }
  states_[number].left.insert(part);
}

void LayeredCall::AtCamera(Bytes compound) {
  RtcpReader reader(compound);
  while (std::optional<RtcpBlock> block = reader.Next()) {
    if (std::optional<Pli> pli =
            block->kind == RtcpKind::kPli ? Pli::Parse(*block) : std::nullopt) {
      ++key_frame_requests_;
      source_.AskKeyFrame(static_cast<uint8_t>(pli->media.value() - LayeredSource::kSsrc),
                          world_.now.ms());
    }
    std::optional<Nack> nack = block->kind == RtcpKind::kNack ? Nack::Parse(*block) : std::nullopt;
    if (!nack) continue;
    nack->ForEach([&](uint16_t sequence) {
      auto found = camera_history_.find({nack->media().value(), sequence});
      if (found != camera_history_.end()) {
        Post(Place::kWorkerFromCamera, camera_up_, found->second);
      }
    });
  }
}

void LayeredCall::AtViewer(const std::vector<uint8_t>& bytes) {
  if (Classify(bytes) != DatagramKind::kRtp) return;
  auto packet = std::make_unique<RtpPacket>();
  std::ranges::copy(bytes, packet->bytes.begin());
  if (!packet->Parse(bytes.size(), RtpExtensionIds::Internal(), source_.codec(), 96)) return;
  if (receive_.Receive(*packet, world_.now).drop) return;
  auto [number, part] = LayeredSource::Identify(packet->payload());
  FrameState& state = states_[number];
  state.at_viewer.insert(part);
  if (source_.codec() == Codec::kAv1) {
    std::string broken = descriptors_.OnPacket(packet->extensions.dependency_descriptor, number,
                                               part, source_.frames()[number]);
    if (!broken.empty()) Break(broken, number);
  }
  if (static_cast<int>(state.at_viewer.size()) == source_.frames()[number].packet_count) {
    Decode(number);
  }
}

// A frame that is whole is decoded if all that it needs was; then what waited for it.
void LayeredCall::Decode(size_t first) {
  for (auto at = states_.find(first); at != states_.end(); ++at) {
    auto& [number, state] = *at;
    const LayeredFrame& frame = source_.frames()[number];
    bool whole = static_cast<int>(state.at_viewer.size()) == frame.packet_count;
    if (state.decoded || !whole) continue;
    state.decoded = std::ranges::all_of(
        frame.references, [&](size_t reference) { return states_[reference].decoded; });
    if (!state.decoded) continue;
    if (source_.codec() == Codec::kAv1) {
      std::string broken = descriptors_.OnDecodable(number, frame);
      if (!broken.empty()) Break(broken, number);
    }
    auto [shown, is_new] = shown_.insert({frame.picture, {world_.now, frame.spatial}});
    shown->second.spatial = std::max(shown->second.spatial, frame.spatial);
    if (is_new) {
      shown_in_order_.push_back(shown->second);
      last_shown_ = world_.now;
    } else if (!shown_in_order_.empty()) {
      shown_in_order_.back().spatial = std::max(shown_in_order_.back().spatial, frame.spatial);
    }
  }
}

void LayeredCall::ServeViewer() {
  if (receive_.deadline() <= world_.now) {
    ReceiveStream::Due due = receive_.OnDeadline(world_.now);
    if (!due.nacks.empty()) {
      Post(Place::kWorkerFromViewer, viewer_up_, MakeRtcp([&](ByteWriter& writer) {
             (void)Nack::Write(writer, Ssrc(1), Ssrc(kViewerSsrc), due.nacks);
           }));
    }
  }
  if (world_.now - std::max(last_shown_, asked_at_) < kStill) return;
  asked_at_ = world_.now;
  Post(Place::kWorkerFromViewer, viewer_up_, MakeRtcp([&](ByteWriter& writer) {
         (void)Pli{.sender = Ssrc(1), .media = Ssrc(kViewerSsrc)}.Write(writer);
       }));
}

void LayeredCall::TakeEvents() {
  for (const ConsumerLayersChanged& event : world_.TakeEvents<ConsumerLayersChanged>()) {
    std::optional<Layers> layers;
    if (event.layers) layers = {event.layers->spatial_layer, *event.layers->temporal_layer};
    if (layers == told_) Break("each change is told once", 0);
    told_ = layers;
    ++layer_events_;
  }
  if (told_ != current()) Break("what is current is told", 0);
  world_.events.notifications.clear();
  world_.events.rescheduled.clear();
}

void LayeredCall::Break(const std::string& what, size_t frame) {
  if (broken_.size() > 2000) return;
  broken_ += what + " (frame " + std::to_string(frame) + " at " +
             std::to_string((world_.now - start_).ms()) + " ms)\n";
}

}  // namespace millrace
