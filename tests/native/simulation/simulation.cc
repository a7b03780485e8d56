#include "simulation/simulation.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

#include "base/check.h"
#include "protocol/crypto.h"

namespace millrace {

namespace fbs = Millrace::Schema;

namespace {

// So many datagrams that arrive at one time are read together.
constexpr size_t kBatchMax = 32;
// A deadline may be called for several things at one time, but not without end.
constexpr uint64_t kIdleCallsMax = 100;
// Consumers' SSRCs stand apart from producers'.
constexpr uint32_t kProducerSsrcs = 10'000;
constexpr uint32_t kConsumerSsrcs = 5'000'000;

Random::Seed WorkerSeed(uint64_t seed) {
  Random::Seed result{};
  std::memcpy(result.data(), &seed, sizeof(seed));
  result[31] = 1;
  return result;
}

Endpoint EndpointOf(size_t number) {
  return {IpAddress::FromV4(
              {10, 0, static_cast<uint8_t>(number / 250), static_cast<uint8_t>(number % 250 + 1)}),
          5000};
}

void Flip(std::vector<uint8_t>& bytes, uint32_t bit) {
  bytes[bit / 8] = static_cast<uint8_t>(bytes[bit / 8] ^ (1u << bit % 8));
}

std::unique_ptr<flatbuffers::Verifier> VerifierOf(Bytes frame) {
  return std::make_unique<flatbuffers::Verifier>(frame.data(), frame.size());
}

}  // namespace

Simulation::Simulation(uint64_t seed, Timestamp start)
    : random_(seed),
      srtp_(SrtpBackend::MakeFastest()),
      worker_(std::make_unique<Worker>(WorkerSettings{.pid = "1"}, WorkerSeed(seed), edge_)),
      now_(start) {
  worker_->Start(now_, out_);
  FinishTurn();
  MustAsk(controller_.CreateRouter("router"));
}

Simulation::~Simulation() = default;

size_t Simulation::AddPeer(const LinkConditions& up, const LinkConditions& down) {
  size_t number = connections_.size();
  std::string transport = "transport-" + std::to_string(number);
  MustAsk(controller_.CreateTransport("router", transport));
  const auto* created = fbs::Message::GetSizePrefixedMessage(answer_.data())
                            ->data_as_Response()
                            ->body_as_PlainTransport_DumpResponse();
  CHECK(created != nullptr, "creating a plain transport is answered with its dump");
  uint16_t port = created->tuple()->local_port();
  auto worker_key = Base64Decode(created->srtp_parameters()->key_base64()->str());
  CHECK(worker_key, "the worker tells its key in base64");

  std::array<uint8_t, 28> own_key;  // 16 bytes of key and 12 of salt (RFC 7714 section 12)
  random_.Fill(own_key);
  ModelPeer::Keys keys{
      .to_worker = SrtpKeyMaterial::FromBytes(SrtpSuite::kAeadAes128Gcm, own_key).value(),
      .from_worker = SrtpKeyMaterial::FromBytes(SrtpSuite::kAeadAes128Gcm, *worker_key).value()};
  Endpoint endpoint = EndpointOf(number);
  SocketId socket = edge_.Find(SocketRequest::Protocol::kUdp, port).value();
  connections_.push_back(
      {.peer = std::make_unique<ModelPeer>(endpoint, *srtp_, keys, random_.NextU64(), now_),
       .up = LossyLink(up, random_.NextU64()),
       .down = LossyLink(down, random_.NextU64()),
       .transport = transport,
       .socket = socket});
  peer_of_socket_[socket] = number;
  laws_.AddPeer(*srtp_, keys.from_worker, now_);
  laws_.SetRoundTripMin(number, up.delay_min() + down.delay_min());
  MustAsk(controller_.ConnectTransport(transport, endpoint.address.ToString(), endpoint.port,
                                       Base64Encode(own_key)));
  ScheduleWake(number);
  return number;
}

size_t Simulation::Produce(size_t peer, SourceSettings settings) {
  size_t number = producers_.size();
  settings.stream = number;
  if (settings.ssrc == Ssrc()) {
    settings.ssrc = Ssrc(kProducerSsrcs + static_cast<uint32_t>(number) * 10);
    settings.rtx_ssrc = Ssrc(settings.ssrc.value() + 1);
  }
  ModelController::Media media{.transport = connections_[peer].transport,
                               .id = "producer-" + std::to_string(number),
                               .video = settings.video,
                               .ssrc = settings.ssrc,
                               .rtx_ssrc = settings.rtx_ssrc};
  ModelSource& source = connections_[peer].peer->AddSource(settings, now_);
  producers_.push_back({&source, media});
  laws_.AddStream(peer, source);
  MustAsk(controller_.Produce(media));
  ScheduleWake(peer);
  return number;
}

size_t Simulation::Consume(size_t peer, size_t producer, bool paused) {
  size_t number = consumers_.size();
  bool video = producers_[producer].media.video;
  Ssrc ssrc(kConsumerSsrcs + static_cast<uint32_t>(number) * 10);
  Ssrc rtx_ssrc(video ? ssrc.value() + 1 : 0);
  ModelController::Media media{.transport = connections_[peer].transport,
                               .id = "consumer-" + std::to_string(number),
                               .video = video,
                               .ssrc = ssrc,
                               .rtx_ssrc = rtx_ssrc};
  ModelViewer& viewer =
      connections_[peer].peer->AddViewer({.video = video, .ssrc = ssrc, .rtx_ssrc = rtx_ssrc});
  consumers_.push_back({&viewer, producer, media});
  laws_.AddConsumer({.peer = peer,
                     .stream = producer,
                     .video = video,
                     .ssrc = ssrc,
                     .rtx_ssrc = rtx_ssrc,
                     .paused = paused},
                    *producers_[producer].source);
  MustAsk(controller_.Consume(media, producers_[producer].media.id, paused));
  return number;
}

void Simulation::SetProducerPaused(size_t producer, bool paused) {
  laws_.SetStreamPaused(producer, paused);
  MustAsk(controller_.Plain(paused ? Method::PRODUCER_PAUSE : Method::PRODUCER_RESUME,
                            producers_[producer].media.id));
}

void Simulation::SetConsumerPaused(size_t consumer, bool paused) {
  laws_.SetConsumerPaused(consumer, paused);
  MustAsk(controller_.Plain(paused ? Method::CONSUMER_PAUSE : Method::CONSUMER_RESUME,
                            consumers_[consumer].media.id));
}

void Simulation::CloseProducer(size_t producer) {
  laws_.CloseStream(producer, now_);
  MustAsk(controller_.CloseProducer(producers_[producer].media));
}

void Simulation::CloseConsumer(size_t consumer) {
  laws_.CloseConsumer(consumer, now_);
  MustAsk(controller_.CloseConsumer(consumers_[consumer].media));
}

void Simulation::CloseTransport(size_t peer) {
  laws_.ClosePeer(peer, now_);
  MustAsk(controller_.CloseTransport("router", connections_[peer].transport));
}

void Simulation::AskKeyFrames(size_t peer) {
  ModelPeer::Outbox outbox;
  connections_[peer].peer->AskKeyFrames(outbox);
  SendFromPeer(peer, outbox);
}

void Simulation::SetCut(size_t peer, bool up, bool down) {
  connections_[peer].up.SetCut(up);
  connections_[peer].down.SetCut(down);
}

void Simulation::SetConditions(size_t peer, const LinkConditions& up, const LinkConditions& down) {
  connections_[peer].up.SetConditions(up);
  connections_[peer].down.SetConditions(down);
}

void Simulation::AskAgain(size_t peer, size_t count) {
  ModelPeer::Outbox outbox;
  connections_[peer].peer->AskAgain(count, outbox);
  SendFromPeer(peer, outbox);
}

void Simulation::StopSource(size_t producer) { producers_[producer].source->Stop(); }

void Simulation::Sleep(Duration duration) {
  now_ = now_ + duration;
  for (ProducerEntry& producer : producers_) producer.source->SkipTo(now_);
}

void Simulation::Run(Duration duration) {
  Timestamp end = now_ + duration;
  while (std::min(events_.earliest(), worker_->deadline()) <= end) Step();
  now_ = end;
}

// The next thing that happens: at one time the network's comes before the worker's own.
void Simulation::Step() {
  Timestamp next = std::max(std::min(events_.earliest(), worker_->deadline()), now_);
  if (next != now_) idle_calls_ = 0;
  now_ = next;
  if (events_.earliest() > worker_->deadline()) {
    CallWorkerDeadline();
    return;
  }
  if (events_.first().kind == SimulationEvent::Kind::kAtWorker) {
    DeliverToWorker();
    return;
  }
  SimulationEvent event = events_.Pop();
  if (event.kind == SimulationEvent::Kind::kAtPeer) {
    DeliverToPeer(event);
  } else {
    WakePeer(event.peer);
  }
}

void Simulation::DeliverToWorker() {
  std::vector<SimulationEvent> batch;
  while (batch.size() < kBatchMax && !events_.empty() && events_.earliest() <= now_ &&
         events_.first().kind == SimulationEvent::Kind::kAtWorker) {
    batch.push_back(events_.Pop());
  }
  std::vector<InboundDatagram> datagrams;
  laws_.BeginTurn(TotalDrops());
  for (SimulationEvent& event : batch) {
    const Connection& connection = connections_[event.peer];
    digest_.Add(static_cast<uint64_t>(now_.us()));
    digest_.Add(event.datagram.bytes);
    laws_.OnIngress(event.peer, event.datagram.content, now_);
    datagrams.push_back({.path = {connection.socket, connection.peer->endpoint()},
                         .received = now_,
                         .bytes = event.datagram.bytes});
  }
  worker_->OnDatagrams(now_, datagrams, out_);
  FinishTurn();
}

void Simulation::DeliverToPeer(const SimulationEvent& event) {
  ModelPeer::Outbox outbox;
  connections_[event.peer].peer->OnDatagram(event.datagram.bytes, now_, outbox);
  SendFromPeer(event.peer, outbox);
}

void Simulation::WakePeer(size_t number) {
  Connection& connection = connections_[number];
  connection.wakes_at = Timestamp::Never();
  ModelPeer::Outbox outbox;
  if (connection.peer->deadline() <= now_) connection.peer->OnDeadline(now_, outbox);
  SendFromPeer(number, outbox);
}

void Simulation::CallWorkerDeadline() {
  if (++idle_calls_ == kIdleCallsMax) laws_.Break("the worker's deadline moves on", now_);
  CHECK(idle_calls_ <= kIdleCallsMax, "the worker is called for one time without end");
  laws_.BeginTurn(TotalDrops());
  worker_->OnDeadline(now_, out_);
  FinishTurn();
}

void Simulation::SendFromPeer(size_t number, ModelPeer::Outbox& outbox) {
  Connection& connection = connections_[number];
  for (SimulatedDatagram& datagram : outbox) {
    LossyLink::Arrivals arrivals = connection.up.Send(datagram.bytes.size(), now_);
    if (arrivals.flipped_bit) {
      Flip(datagram.bytes, *arrivals.flipped_bit);
      datagram.content.kind = SentContent::Kind::kCorrupted;
    }
    for (size_t i = 0; i < arrivals.count; ++i) {
      events_.Push({.at = arrivals.at[i],
                    .kind = SimulationEvent::Kind::kAtWorker,
                    .peer = number,
                    .datagram = datagram});
    }
  }
  ScheduleWake(number);
}

void Simulation::ScheduleWake(size_t number) {
  Connection& connection = connections_[number];
  Timestamp deadline = std::max(connection.peer->deadline(), now_);
  if (deadline >= connection.wakes_at) return;
  connection.wakes_at = deadline;
  events_.Push({.at = deadline, .kind = SimulationEvent::Kind::kPeerWakes, .peer = number});
}

// Carries out what the worker wants, as the io edge does.
void Simulation::FinishTurn() {
  TakeDatagrams();
  bool more = true;
  while (more) {
    more = worker_->Seal(now_, out_);
    TakeDatagrams();
  }
  laws_.EndTurn(TotalDrops(), now_);
  TakeFrames();
  edge_.CloseSocketsOf(out_);
  out_.Clear();
}

void Simulation::TakeDatagrams() {
  for (const Output::Datagram& datagram : out_.datagrams()) {
    Bytes bytes = out_.bytes_of(datagram);
    digest_.Add(static_cast<uint64_t>(now_.us()));
    digest_.Add(bytes);
    auto found = peer_of_socket_.find(datagram.path.socket);
    if (found == peer_of_socket_.end() ||
        connections_[found->second].peer->endpoint() != datagram.path.remote) {
      laws_.Break("datagrams leave to peers only", now_);
      continue;
    }
    laws_.OnEgress(found->second, bytes, now_);
    LossyLink::Arrivals arrivals = connections_[found->second].down.Send(bytes.size(), now_);
    std::vector<uint8_t> arriving(bytes.begin(), bytes.end());
    if (arrivals.flipped_bit) Flip(arriving, *arrivals.flipped_bit);
    for (size_t i = 0; i < arrivals.count; ++i) {
      events_.Push({.at = arrivals.at[i],
                    .kind = SimulationEvent::Kind::kAtPeer,
                    .peer = found->second,
                    .datagram = {.bytes = arriving, .content = {}}});
    }
  }
  out_.ClearDatagrams();
}

void Simulation::TakeFrames() {
  Bytes rest = out_.frames();
  while (rest.size() >= sizeof(uint32_t)) {
    size_t size = sizeof(uint32_t) + flatbuffers::ReadScalar<uint32_t>(rest.data());
    CHECK(size <= rest.size(), "frames are whole");
    digest_.Add(rest.first(size));
    // Copied, so that it is aligned.
    std::vector<uint8_t> frame(rest.begin(), rest.begin() + static_cast<ptrdiff_t>(size));
    rest = rest.subspan(size);
    if (!fbs::Message::VerifySizePrefixedMessageBuffer(*VerifierOf(frame))) {
      laws_.Break("every frame is well formed", now_);
      continue;
    }
    const auto* message = fbs::Message::GetSizePrefixedMessage(frame.data());
    if (message->data_as_Response()) answer_ = std::move(frame);
  }
}

std::vector<uint8_t> Simulation::Ask(const ModelController::Frame& frame) {
  answer_.clear();
  laws_.BeginTurn(TotalDrops());
  digest_.Add(static_cast<uint64_t>(now_.us()));
  worker_->OnFrame(now_, frame, out_);
  FinishTurn();
  return answer_;
}

void Simulation::MustAsk(const ModelController::Frame& frame) {
  std::vector<uint8_t> answer = Ask(frame);
  CHECK(!answer.empty(), "every request is answered in its turn");
  const auto* response = fbs::Message::GetSizePrefixedMessage(answer.data())->data_as_Response();
  if (!response->accepted()) {
    laws_.Break("a right request is accepted: " + response->reason()->str(), now_);
  }
}

uint64_t Simulation::TotalDrops() const {
  uint64_t total = 0;
  for (size_t i = 0; i < kDropReasonCount; ++i) total += out_.drops(static_cast<DropReason>(i));
  return total;
}

Quality Simulation::QualityOf(size_t consumer, Timestamp from, Timestamp to) const {
  const ConsumerEntry& entry = consumers_[consumer];
  Quality quality;
  for (const ModelSource::Record& record : producers_[entry.producer].source->records()) {
    if (record.sent < from || record.sent >= to) continue;
    ++quality.expected;
    Timestamp arrival = entry.viewer->ArrivalOf(record.unit.index);
    if (arrival == Timestamp::Never()) continue;
    ++quality.ever;
    Duration delay = arrival - record.sent;
    if (delay <= Duration::Millis(500)) ++quality.within_500_ms;
    if (delay <= Duration::Millis(1500)) ++quality.within_1500_ms;
  }
  if (entry.media.video) {
    quality.longest_freeze = entry.viewer->decoder().LongestFreeze(from, to);
  }
  return quality;
}

std::string Simulation::Verdict() const {
  std::string verdict;
  for (const std::string& broken : laws_.broken()) verdict += broken + "\n";
  if (laws_.broken_count() > laws_.broken().size()) {
    verdict += "and " + std::to_string(laws_.broken_count() - laws_.broken().size()) + " more\n";
  }
  uint64_t corrupted = 0;
  for (const Connection& connection : connections_) corrupted += connection.up.corrupted();
  for (DropReason reason :
       {DropReason::kSrtpAuthentication, DropReason::kMalformed, DropReason::kBufferLimit,
        DropReason::kRateLimit, DropReason::kSendFailed, DropReason::kUnknownProtocol}) {
    bool by_corruption = corrupted > 0 && (reason == DropReason::kSrtpAuthentication ||
                                           reason == DropReason::kMalformed ||
                                           reason == DropReason::kUnknownProtocol);
    if (drops(reason) == 0 || (by_corruption && drops(reason) <= corrupted)) continue;
    verdict += std::to_string(drops(reason)) + " drops for " + std::string(ToString(reason)) + "\n";
  }
  for (size_t i = 0; i < consumers_.size(); ++i) {
    if (consumers_[i].viewer->faults() == 0) continue;
    verdict += "viewer " + std::to_string(i) + " got wrong packets\n";
  }
  for (size_t i = 0; i < connections_.size(); ++i) {
    if (connections_[i].peer->refused() <= connections_[i].down.corrupted()) continue;
    verdict += "peer " + std::to_string(i) + " could not read what it got\n";
  }
  return verdict;
}

}  // namespace millrace
