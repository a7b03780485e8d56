#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <vector>

#include "base/random.h"
#include "base/time.h"
#include "media/rtp_packet.h"

namespace millrace {

// One picture of a model encoder, and what it needs to be decoded.
struct ModelPicture {
  int64_t capture_ms = 0;
  bool key = false;
  uint8_t temporal = 0;
  bool sync = false;
  std::vector<size_t> references = {};  // indices of pictures of the same stream
  uint16_t picture_id = 0;
  uint8_t tl0 = 0;
  uint32_t timestamp = 0;
  int64_t first_sequence = 0;
  int packet_count = 0;
};

// A VP8 encoder with three temporal layers (0 2 1 2), as one stream of simulcast: own sequence
// numbers, clock and picture ids. Which pictures begin anew from the base layer is chance.
class ModelStream {
 public:
  ModelStream(uint8_t index, Random& random)
      : index_(index),
        random_(random),
        clock_offset_(random.NextU32()),
        picture_id_(static_cast<uint16_t>(random.Below(1 << 15))),
        tl0_(static_cast<uint8_t>(random.Below(256))),
        sequence_(random.Below(60'000)) {}

  // Encodes what was captured then.
  size_t Encode(int64_t capture_ms) {
    ModelPicture picture{.capture_ms = capture_ms};
    picture.key = pictures_.empty() || (key_frame_at_ && capture_ms >= *key_frame_at_);
    if (picture.key) {
      key_frame_at_.reset();
      position_ = 0;
      last_.fill(std::nullopt);
    }
    constexpr std::array<uint8_t, 4> kPattern = {0, 2, 1, 2};
    picture.temporal = kPattern[position_++ % kPattern.size()];
    Refer(picture);
    if (picture.temporal == 0) ++tl0_;
    picture.tl0 = tl0_;
    picture_id_ = static_cast<uint16_t>((picture_id_ + 1) & 0x7FFF);
    picture.picture_id = picture_id_;
    picture.timestamp = ClockAt(capture_ms);
    picture.first_sequence = sequence_;
    picture.packet_count = static_cast<int>(1 + random_.Below(3));
    sequence_ += picture.packet_count;
    last_[picture.temporal] = pictures_.size();
    pictures_.push_back(picture);
    return pictures_.size() - 1;
  }

  void AskKeyFrame(int64_t now_ms) {
    if (!key_frame_at_) key_frame_at_ = now_ms + 60;
  }

  // The packet as the receive stream hands it on.
  void Fill(size_t picture_index, int packet_index, RtpPacket& packet) const {
    const ModelPicture& picture = pictures_[picture_index];
    packet.stream_index = index_;
    packet.sequence = picture.first_sequence + packet_index;
    packet.timestamp = picture.timestamp;
    packet.payload_type = 101;
    packet.payload_size = 100;
    packet.marker = packet_index == picture.packet_count - 1;
    packet.key_frame = picture.key && packet_index == 0;
    packet.temporal_layer = picture.temporal;
    Vp8Descriptor descriptor;
    descriptor.start_of_partition = packet_index == 0;
    descriptor.picture_id = picture.picture_id;
    descriptor.long_picture_id = true;
    descriptor.tl0_picture_index = picture.tl0;
    descriptor.temporal_layer = picture.temporal;
    descriptor.layer_sync = picture.sync;
    descriptor.key_frame = packet.key_frame;
    packet.descriptor = descriptor;
  }

  // What its sender report says of the time of a capture.
  [[nodiscard]] uint32_t ClockAt(int64_t ms) const {
    return clock_offset_ + static_cast<uint32_t>(ms * 90);
  }
  [[nodiscard]] const std::vector<ModelPicture>& pictures() const { return pictures_; }

 private:
  void Refer(ModelPicture& picture) {
    if (picture.key) return;
    picture.references.push_back(*last_[0]);
    if (picture.temporal == 0) return;
    // RFC 7741 4.2: a layer sync picture refers to the base layer only.
    bool alone = !last_[1] && !last_[2];
    picture.sync = alone || random_.Below(4) == 0;
    if (picture.sync) return;
    for (size_t layer = 1; layer <= picture.temporal; ++layer) {
      if (last_[layer] && *last_[layer] + 4 > *last_[0])
        picture.references.push_back(*last_[layer]);
    }
    picture.sync = picture.references.size() == 1;
  }

  uint8_t index_;
  Random& random_;
  uint32_t clock_offset_;
  uint16_t picture_id_;
  uint8_t tl0_;
  int64_t sequence_;
  size_t position_ = 0;
  std::optional<int64_t> key_frame_at_;
  std::array<std::optional<size_t>, 3> last_{};
  std::vector<ModelPicture> pictures_;
};

}  // namespace millrace
