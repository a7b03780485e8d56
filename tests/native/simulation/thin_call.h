#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/random.h"
#include "base/sequence.h"
#include "media/bwe/bottleneck.h"
#include "media/nack_generator.h"
#include "media/transport_feedback_sender.h"
#include "routing/routing_world.h"

namespace millrace {

// A camera that sends one picture in three sizes, each a stream of 30 frames a second whose packets
// its sender spreads. Each packet says in its payload which frame it is of.
class ThinCamera {
 public:
  static constexpr uint8_t kLayers = 3;
  static constexpr uint64_t kLayerBps[kLayers] = {150'000, 500'000, 1'500'000};

  struct Place {
    uint32_t frame = 0;
    uint16_t place = 0;
    uint16_t count = 0;
    uint8_t layer = 0;
    bool key = false;
  };

  // SSRCs count up from `ssrc`, one a layer.
  ThinCamera(std::string id, uint32_t ssrc, uint64_t seed, Timestamp start)
      : id_(std::move(id)), ssrc_(ssrc), random_(seed), next_frame_(start) {}

  [[nodiscard]] ProduceOptions Produce() const;
  [[nodiscard]] std::vector<std::vector<uint8_t>> Take(Timestamp now);
  void AskKeyFrame(Ssrc ssrc);
  [[nodiscard]] static std::optional<Place> Read(Bytes payload);
  [[nodiscard]] const std::string& id() const { return id_; }
  [[nodiscard]] uint32_t ssrc() const { return ssrc_; }

 private:
  void MakeFrame(uint8_t layer, Timestamp now);

  struct Due {
    Timestamp at;
    std::vector<uint8_t> bytes;
  };

  std::string id_;
  uint32_t ssrc_;
  Random random_;
  Timestamp next_frame_;
  uint32_t frame_ = 0;
  std::array<uint16_t, kLayers> sequence_{};
  std::array<bool, kLayers> key_wanted_{true, true, true};
  std::deque<Due> due_;
};

// What one viewer sees of one camera: pictures that a decoder could show, and by when.
class ThinPicture {
 public:
  struct Shown {
    Timestamp at;
    uint8_t layer = 0;
  };

  void Receive(const RtpView& packet, Timestamp now);
  void ReceiveRtx(const RtpView& packet, Timestamp now);
  [[nodiscard]] std::span<const uint16_t> TakeNacks(Duration rtt, Timestamp now) {
    return nack_.TakeDue(rtt, now).numbers;
  }
  // The picture has stood still for too long: ask for a key frame.
  [[nodiscard]] bool TakeKeyFrameRequest(Timestamp now);

  [[nodiscard]] Duration LongestFreeze(Timestamp from, Timestamp to) const;
  // The layer shown last; -1 when nothing was shown in the last half second.
  [[nodiscard]] int LayerAt(Timestamp time) const;
  // Which share of the pictures since `from` had this layer or a higher one.
  [[nodiscard]] double ShareWith(uint8_t layer, Timestamp from) const;
  // When the layer was shown first after `from` and no lower one for two seconds on; Never if that
  // was not.
  [[nodiscard]] Timestamp SteadyFrom(uint8_t layer, Timestamp from) const;

 private:
  struct Frame {
    uint16_t received = 0;
    ThinCamera::Place place;
  };

  void Accept(int64_t sequence, Bytes payload, Timestamp now);
  void Show(Timestamp now);

  SequenceUnwrapper<uint16_t> unwrapper_;
  std::optional<int64_t> first_;
  std::map<int64_t, bool> seen_;
  NackGenerator nack_;
  std::map<std::pair<uint32_t, uint8_t>, Frame> frames_;
  std::vector<Shown> shown_;
  std::optional<ThinCamera::Place> last_;
  Timestamp asked_at_;
};

// Cameras, the packet path of a worker, and one viewer behind the thinnest link of its path, who
// answers as browsers do: NACKs, key-frame requests, and transport-wide feedback or REMB.
class ThinCall {
 public:
  ThinCall(BottleneckSettings link, uint64_t seed, bool remb = false);

  size_t AddCamera();
  // The viewer watches the camera of this number.
  void Watch(size_t camera, uint8_t priority = 1);
  void SetPriority(size_t camera, uint8_t priority);
  void SetPaused(size_t camera, bool paused);
  // The viewer says how much it can take, once a second from now on.
  void SetRemb(uint64_t bps) { remb_bps_ = bps; }
  void Run(Duration duration);

  [[nodiscard]] Timestamp now() const { return world_.now; }
  [[nodiscard]] Timestamp start() const { return start_; }
  [[nodiscard]] const ThinPicture& picture(size_t camera) const { return pictures_.at(camera); }
  [[nodiscard]] uint64_t target_bps() { return viewer_.bandwidth()->target_bps(); }
  // The longest that a packet stood in the link's queue since this was asked last.
  [[nodiscard]] Duration TakeQueueMax() { return std::exchange(queue_max_, Duration()); }
  [[nodiscard]] uint64_t drops(DropReason reason) const { return world_.out.drops(reason); }

 private:
  struct Answer {
    Timestamp at;
    std::vector<uint8_t> bytes;
  };

  void Step();
  void Drain();
  void AtViewer(const std::vector<uint8_t>& bytes);
  void ServeViewer();
  void SendAnswer(std::vector<uint8_t> bytes);
  [[nodiscard]] static uint32_t SsrcOf(size_t camera) {
    return 100 + 10 * static_cast<uint32_t>(camera);
  }
  [[nodiscard]] Consumer& ConsumerOf(size_t camera) {
    return *world_.commons.registry.Find<Consumer>("c" + std::to_string(camera));
  }

  RoutingWorld world_;
  Bottleneck link_;
  Random random_;
  bool remb_;
  Timestamp start_;
  Transport& publisher_;
  Transport& viewer_;
  std::deque<ThinCamera> cameras_;
  std::map<size_t, ThinPicture> pictures_;  // by camera
  std::map<uint16_t, std::vector<uint8_t>> flying_;
  uint16_t next_flying_ = 0;
  std::deque<Answer> answers_;
  TransportFeedbackSender feedback_;
  uint64_t remb_bps_ = 0;
  Timestamp next_remb_;
  Duration queue_max_;
};

}  // namespace millrace
