#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/output.h"
#include "base/random.h"
#include "base/time.h"
#include "protocol/srtp.h"
#include "simulation/digest.h"
#include "simulation/event_queue.h"
#include "simulation/laws.h"
#include "simulation/lossy_link.h"
#include "simulation/model_controller.h"
#include "simulation/model_peer.h"
#include "worker/model_edge.h"
#include "worker/worker.h"

namespace millrace {

// How a viewer fared with the packets that its source sent in some time.
struct Quality {
  size_t expected = 0;
  size_t within_500_ms = 0;
  size_t within_1500_ms = 0;
  size_t ever = 0;
  Duration longest_freeze;  // of the picture

  [[nodiscard]] double share_500_ms() const { return Share(within_500_ms); }
  [[nodiscard]] double share_1500_ms() const { return Share(within_1500_ms); }
  [[nodiscard]] double share_ever() const { return Share(ever); }

 private:
  [[nodiscard]] double Share(size_t part) const {
    return expected == 0 ? 0 : static_cast<double>(part) / static_cast<double>(expected);
  }
};

// A whole worker in a world that does not exist: model peers at the end of lossy links, a model
// controller, and simulated time. Everything follows from the seed. The laws are checked after each
// event; what was broken is kept and told at the end.
class Simulation {
 public:
  // The clock stands at `start`.
  explicit Simulation(uint64_t seed, Timestamp start = Timestamp::Millis(1'000'000));
  ~Simulation();

  // --- the world. Numbers count up from 0 in each kind.
  size_t AddPeer(const LinkConditions& up, const LinkConditions& down);
  size_t AddPeer(const LinkConditions& both) { return AddPeer(both, both); }
  size_t Produce(size_t peer, SourceSettings settings);
  size_t Consume(size_t peer, size_t producer, bool paused = false);

  void SetProducerPaused(size_t producer, bool paused);
  void SetConsumerPaused(size_t consumer, bool paused);
  void CloseProducer(size_t producer);
  void CloseConsumer(size_t consumer);
  void CloseTransport(size_t peer);
  // All viewers of a peer ask for a key frame now.
  void AskKeyFrames(size_t peer);
  // A peer asks for the newest `count` packets of each of its streams again, whether they came.
  void AskAgain(size_t peer, size_t count);
  // A source sends nothing more, and answers no request.
  void StopSource(size_t producer);
  // Cuts or mends the cables to and from a peer.
  void SetCut(size_t peer, bool up, bool down);
  // The cables to and from a peer are other ones from now on. Round trips must not become shorter.
  void SetConditions(size_t peer, const LinkConditions& up, const LinkConditions& down);

  void Run(Duration duration);
  // All machines sleep: what was to happen meanwhile happens afterwards. Sources leave it out.
  void Sleep(Duration duration);

  // --- what came of it
  [[nodiscard]] Timestamp now() const { return now_; }
  [[nodiscard]] uint64_t digest() const { return digest_.value(); }
  [[nodiscard]] const Laws& laws() const { return laws_; }
  [[nodiscard]] uint64_t drops(DropReason reason) const { return out_.drops(reason); }
  [[nodiscard]] const ModelSource& source(size_t producer) const {
    return *producers_[producer].source;
  }
  [[nodiscard]] const ModelViewer& viewer(size_t consumer) const {
    return *consumers_[consumer].viewer;
  }
  [[nodiscard]] Quality QualityOf(size_t consumer, Timestamp from, Timestamp to) const;
  // Empty when all laws were kept; otherwise the first breaches, one a line.
  [[nodiscard]] std::string Verdict() const;

 private:
  using Method = ModelController::Method;
  struct Connection {
    std::unique_ptr<ModelPeer> peer;
    LossyLink up;
    LossyLink down;
    std::string transport;
    SocketId socket;
    Timestamp wakes_at = Timestamp::Never();
  };
  struct ProducerEntry {
    ModelSource* source = nullptr;
    ModelController::Media media;
  };
  struct ConsumerEntry {
    ModelViewer* viewer = nullptr;
    size_t producer = 0;
    ModelController::Media media;
  };

  // The frame of the answer; empty when the worker refused.
  std::vector<uint8_t> Ask(const ModelController::Frame& frame);
  void MustAsk(const ModelController::Frame& frame);
  void Step();
  void DeliverToWorker();
  void DeliverToPeer(const SimulationEvent& event);
  void WakePeer(size_t number);
  void CallWorkerDeadline();
  void SendFromPeer(size_t number, ModelPeer::Outbox& outbox);
  void ScheduleWake(size_t number);
  void FinishTurn();
  void TakeDatagrams();
  void TakeFrames();
  [[nodiscard]] uint64_t TotalDrops() const;

  Random random_;
  ModelEdge edge_;
  std::unique_ptr<SrtpBackend> srtp_;
  Output out_;
  std::unique_ptr<Worker> worker_;
  ModelController controller_;
  EventQueue events_;
  Laws laws_;
  Digest digest_;
  Timestamp now_;
  std::deque<Connection> connections_;
  std::map<SocketId, size_t> peer_of_socket_;
  std::vector<ProducerEntry> producers_;
  std::vector<ConsumerEntry> consumers_;
  std::vector<uint8_t> answer_;  // of the request that was sent last
  uint64_t idle_calls_ = 0;      // of the worker's deadline, in a row at one time
};

}  // namespace millrace
