#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "media/layer_choice.h"
#include "media/layer_verdict.h"
#include "media/rtp_packet.h"

namespace millrace {

// Decides which frames (one spatial layer of one picture each) of one VP9 stream are left out.
// A frame is forwarded whole or not at all, and only if nothing that it refers to was left out.
// Which that is, the payload descriptor tells (RFC 9628 section 4.2):
//   up in space     at a frame that refers to no other picture (P = 0), its lower layer forwarded
//   down in space   at the next picture, when the lower layer was forwarded all the time; in K-SVC
//                   it was not, and the next key picture is waited for
//   up in time      behind a switching up point (U), at a key picture, or, in flexible mode, at a
//                   picture whose references were all forwarded
//   down in time    at the next picture
// Frames below the current layer that no upper layer refers to (Z) are left out: that is K-SVC.
// What was lost on the way to us is taken as forwarded: it may be repaired. Packets that come late
// are judged as their picture was.
class Vp9LayerFilter {
 public:
  // Pictures back to which decisions are remembered. RFC 9628 section 4.2: P_DIFF has seven bits.
  static constexpr int64_t kPicturesKept = 128;

  // The first packet forwarded begins a key picture.
  [[nodiscard]] LayerVerdict OnPacket(const RtpPacket& packet, const Vp9Descriptor& descriptor,
                                      Layers target);

  // What is forwarded, as the last whole picture had it.
  [[nodiscard]] std::optional<Layers> current() const { return current_; }
  // Only a key picture leads to the target's spatial layer.
  [[nodiscard]] bool NeedsKeyFrame(Layers target) const {
    return !started_ || following_.spatial != target.spatial || IsBroken(following_.spatial);
  }

 private:
  struct Picture {
    uint16_t number = 0;  // the lower bits
    uint8_t decided = 0;  // a bit for each spatial layer
    uint8_t forwarded = 0;
    SpatialLayerSet broken = 0;  // in force when it began, as is the limit
    Layers limit;
    bool used = false;
    bool key = false;    // its lowest layer refers to no other picture
    bool ended = false;  // its marker is out
  };

  [[nodiscard]] int64_t NumberOf(const RtpPacket& packet, const Vp9Descriptor& descriptor) const;
  void BeginPicture(int64_t number, const RtpPacket& packet, Layers target);
  [[nodiscard]] Picture* Find(int64_t number);
  [[nodiscard]] bool DecideNewest(Picture& picture, const Vp9Descriptor& frame, Layers target);
  void BeginLayer(Picture& picture, uint8_t spatial, Layers target);
  [[nodiscard]] bool ReferencesKnown(const Vp9Descriptor& frame) const;
  [[nodiscard]] bool DecideLate(const Picture& picture, const Vp9Descriptor& frame, int64_t number);
  [[nodiscard]] bool ReferencesForwarded(const Picture& picture, const Vp9Descriptor& frame,
                                         int64_t number, SpatialLayerSet broken) const;
  void Lower(uint8_t spatial);
  [[nodiscard]] bool IsBroken(uint8_t spatial) const { return (broken_ >> spatial & 1) != 0; }

  int64_t newest_ = 0;  // number of the newest picture
  uint32_t newest_timestamp_ = 0;
  Layers following_;            // the layers forwarded from here on
  SpatialLayerSet broken_ = 0;  // a frame was left out that later ones refer to
  bool may_rise_ = false;       // behind a switching up point
  bool started_ = false;
  std::optional<Layers> current_;
  std::array<Picture, kPicturesKept> pictures_{};
};

}  // namespace millrace
