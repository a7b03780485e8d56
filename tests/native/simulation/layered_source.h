#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "base/random.h"
#include "media/simulcast_source.h"
#include "media/svc_source.h"
#include "routing/routing_world.h"
#include "wire/dependency_descriptor_writer.h"

namespace millrace {

// How a camera with layers sends them.
enum class LayeredKind : uint8_t { kSimulcastVp8, kSimulcastAv1, kVp9, kVp9KSvc, kAv1, kAv1KSvc };

// One frame as a decoder needs to know it: a picture of a simulcast stream, or one spatial layer of
// a picture. References are numbers of frames.
struct LayeredFrame {
  uint8_t spatial = 0;
  uint8_t temporal = 0;
  bool key = false;      // of a key picture
  int64_t picture = 0;   // frames of one picture belong together
  int64_t captured = 0;  // milliseconds
  int packet_count = 0;
  std::vector<size_t> references{};
};

struct LayeredPacket {
  size_t frame = 0;
  int place = 0;
  uint8_t stream = 0;
  std::vector<uint8_t> bytes{};
};

// A camera that sends three spatial layers of three temporal ones, as real packets. Each packet
// says in its payload which frame it is of, so that the far end can compare with the truth here.
class LayeredSource {
 public:
  static constexpr uint32_t kSsrc = 70;  // of the lowest stream; the others count up
  static constexpr uint8_t kDescriptorId = 12;

  LayeredSource(LayeredKind kind, Random& random);

  // What the controller is told of it.
  [[nodiscard]] ProduceOptions Produce() const;
  [[nodiscard]] ConsumeOptions Consume() const;
  [[nodiscard]] Codec codec() const;
  [[nodiscard]] bool simulcast() const {
    return kind_ == LayeredKind::kSimulcastVp8 || kind_ == LayeredKind::kSimulcastAv1;
  }

  [[nodiscard]] std::vector<LayeredPacket> Capture(int64_t ms);
  void AskKeyFrame(uint8_t stream, int64_t ms);
  // Only the lower ones are sent from now on.
  void SetSpatialLayers(uint8_t count);
  // Where the clock of a stream stood.
  [[nodiscard]] uint32_t ClockAt(uint8_t stream, int64_t ms) const;

  [[nodiscard]] const std::vector<LayeredFrame>& frames() const { return frames_; }
  // Frame and place of a packet of this source, as its payload says it.
  [[nodiscard]] static std::pair<size_t, int> Identify(Bytes payload);

 private:
  void CaptureStream(uint8_t stream, int64_t ms, std::vector<LayeredPacket>& out);
  void CaptureScalable(uint8_t stream, int64_t ms, std::vector<LayeredPacket>& out);
  [[nodiscard]] static std::vector<uint8_t> Describe(const SvcFrame& frame,
                                                     const DependencyDescriptor& descriptor,
                                                     const DependencyStructure& structure);

  LayeredKind kind_;
  std::vector<std::unique_ptr<ModelStream>> streams_;  // of VP8
  std::vector<std::unique_ptr<SvcEncoder>> encoders_;  // of the others: one a stream
  std::vector<std::vector<size_t>> numbers_;           // of frames here, by the encoders' own
  std::vector<LayeredFrame> frames_;
  uint8_t spatial_layers_ = 3;
};

}  // namespace millrace
