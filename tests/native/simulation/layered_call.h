#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/sequence.h"
#include "media/receive_stream.h"
#include "simulation/descriptor_law.h"
#include "simulation/layered_source.h"
#include "simulation/lossy_link.h"

namespace millrace {

// A camera with layers, the packet path of a worker, and one viewer, at the ends of lossy links.
// Both ends are held against the truth that the source knows:
//   - what leaves has continuous numbers, and time goes on with them;
//   - nothing leaves that needs a frame which the worker left out;
//   - what is current is told, each change once;
//   - of AV1, what the dependency descriptors say is true (DescriptorLaw).
class LayeredCall {
 public:
  LayeredCall(uint64_t seed, LayeredKind kind, const LinkConditions& up,
              const LinkConditions& down);

  void Prefer(uint8_t spatial, std::optional<uint8_t> temporal);
  void SetSpatialLayers(uint8_t count) { source_.SetSpatialLayers(count); }
  void Run(Duration duration);

  [[nodiscard]] Timestamp now() const { return world_.now; }
  [[nodiscard]] Timestamp start() const { return start_; }
  [[nodiscard]] std::optional<Layers> current() const { return consumer_.choice()->current(); }
  [[nodiscard]] std::optional<Layers> target() const { return consumer_.choice()->target(); }
  // Pictures shown to the viewer since `from`, by the spatial layer they had.
  [[nodiscard]] size_t ShownWith(uint8_t spatial, Timestamp from) const;
  [[nodiscard]] Duration LongestFreeze(Timestamp from) const;
  // Requests for key frames that reached the camera.
  [[nodiscard]] size_t key_frame_requests() const { return key_frame_requests_; }
  [[nodiscard]] size_t layer_events() const { return layer_events_; }
  // Numbers that never left the worker, between those that did.
  [[nodiscard]] size_t gaps() const {
    if (left_.empty()) return 0;
    return static_cast<size_t>(left_.rbegin()->first - left_.begin()->first + 1) - left_.size();
  }
  // Empty when all laws were kept.
  [[nodiscard]] const std::string& broken() const { return broken_; }

 private:
  enum class Place : uint8_t { kCamera, kWorkerFromCamera, kWorkerFromViewer, kViewer };
  struct Shown {
    Timestamp at;
    uint8_t spatial = 0;
  };
  struct FrameState {
    std::set<int> at_worker{};
    std::set<int> left{};  // places that left the worker
    std::set<int> at_viewer{};
    bool decoded = false;
  };

  void Post(Place place, LossyLink& link, std::vector<uint8_t> bytes);
  void Deliver(Place place, const std::vector<uint8_t>& bytes);
  void Capture();
  void SendReports();
  void DrainWorker();
  void CheckEgress(const RtpView& view);
  void AtCamera(Bytes compound);
  void AtViewer(const std::vector<uint8_t>& bytes);
  void Decode(size_t frame);
  void ServeViewer();
  void TakeEvents();
  void Break(const std::string& what, size_t frame);

  RoutingWorld world_;
  Random random_;
  LayeredSource source_;
  LossyLink camera_up_, camera_down_, viewer_up_, viewer_down_;
  Transport& publisher_;
  Transport& viewer_;
  Consumer& consumer_;
  std::multimap<Timestamp, std::pair<Place, std::vector<uint8_t>>> mail_;
  std::map<std::pair<uint32_t, uint16_t>, std::vector<uint8_t>> camera_history_;
  std::map<size_t, FrameState> states_;
  Timestamp start_;
  Timestamp next_capture_;
  Timestamp next_report_;

  // --- what left the worker
  SequenceUnwrapper<uint16_t> numbers_;
  std::map<int64_t, std::pair<size_t, uint32_t>> left_;  // number: frame, timestamp
  std::optional<Layers> told_;
  size_t layer_events_ = 0;

  // --- the viewer
  ReceiveStream receive_;
  std::map<int64_t, Shown> shown_;  // by picture
  std::vector<Shown> shown_in_order_;
  Timestamp last_shown_;
  Timestamp asked_at_;
  size_t key_frame_requests_ = 0;
  DescriptorLaw descriptors_;
  std::string broken_;
};

}  // namespace millrace
