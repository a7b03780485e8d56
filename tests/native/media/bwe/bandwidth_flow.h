#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

#include "base/random.h"
#include "media/bwe/bandwidth_estimator.h"
#include "media/bwe/bitrate_allocator.h"
#include "media/bwe/bottleneck.h"
#include "media/bwe/pacer.h"
#include "media/transport_feedback_sender.h"

namespace millrace {

struct FlowSettings {
  BandwidthSettings bandwidth = {};
  Timestamp starts = {};
  // What the layers of its one video take; none: video that fills the target whatever it is.
  std::vector<uint64_t> layers = {};
  bool can_pad = true;
};

// One peer that is sent video: estimator, pacer and allocator as the worker has them, and the
// receiver that answers with real feedback bytes.
class BandwidthFlow {
 public:
  BandwidthFlow(size_t index, FlowSettings settings, uint64_t seed);

  // A millisecond's work of the sender.
  void Send(Bottleneck& bottleneck, Timestamp now);
  // A packet arrived at the receiver.
  void Arrive(const TravellingPacket& packet);
  // A millisecond's work of the receiver, whose answers take `one_way`.
  void Answer(Duration one_way, Timestamp now);

  [[nodiscard]] uint64_t target_bps() const { return estimator_.target_bps(); }
  [[nodiscard]] BandwidthStats stats() const { return estimator_.stats(); }
  [[nodiscard]] uint64_t arrived_bytes() const { return arrived_bytes_; }
  [[nodiscard]] uint64_t sent_bytes() const { return sent_bytes_; }
  [[nodiscard]] uint64_t padding_bytes() const { return padding_bytes_; }
  // How long a video packet waited in the pacer at most.
  [[nodiscard]] Duration waited_max() const { return waited_max_; }
  [[nodiscard]] uint8_t layers() const { return grant_.layers; }
  [[nodiscard]] size_t layer_changes() const { return layer_changes_; }

 private:
  struct Waiting {
    uint32_t bytes = 0;
    Timestamp since = {};
  };
  struct SourcePacket {
    uint32_t bytes = 0;
    Timestamp due = {};
  };
  struct FlyingFeedback {
    std::vector<uint8_t> bytes = {};
    Timestamp arrival = {};
  };

  void MakeFrame(Timestamp now);
  void ForwardVideo(Bottleneck& bottleneck, Timestamp now);
  void RunPacer(Bottleneck& bottleneck, Timestamp now);
  void Leave(uint32_t bytes, ProbeId probe, Bottleneck& bottleneck, Timestamp now);
  void TakeFeedback(Timestamp now);
  void Apply(const BandwidthUpdate& update, Timestamp now);
  void Allocate();

  size_t index_;
  FlowSettings settings_;
  Random random_;
  BandwidthEstimator estimator_;
  Pacer pacer_;
  BitrateAllocator allocator_;
  AllocationGrant grant_;
  TransportFeedbackSender feedback_;
  std::deque<FlyingFeedback> flying_;
  std::vector<Waiting> waiting_;  // by handle
  bool ready_ = false;
  uint16_t sequence_number_ = 65'000;
  Timestamp next_frame_;
  std::deque<SourcePacket> source_;  // what the producer's own pacer still holds back
  uint64_t arrived_bytes_ = 0;
  uint64_t sent_bytes_ = 0;
  uint64_t padding_bytes_ = 0;
  size_t layer_changes_ = 0;
  Duration waited_max_;
};

}  // namespace millrace
