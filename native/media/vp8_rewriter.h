#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "media/rtp_rewrite.h"
#include "wire/payload/vp8.h"

namespace millrace {

// Numbers the pictures of one outgoing VP8 stream: what RtpRewriter does for packets.
// RFC 7741 section 4.2: the PictureID "is incremented" by one from picture to picture, and a
// receiver takes a gap for a loss; so does TL0PICIDX from base picture to base picture. Pictures
// left out on purpose therefore close ranks, pictures that were lost on the way to us stay a gap,
// and another source goes on where the last one ended. The field's length (7 or 15 bits) is the
// source's, because a patch never moves a byte. Never decides what to forward.
class Vp8Rewriter {
 public:
  // So many left-out runs of pictures are remembered for packets that come late.
  // At 30 left-out pictures a second, two seconds.
  static constexpr size_t kRunsMax = 64;
  // A key frame whose picture id lies further back is not late: its source counts anew. More
  // pictures than are sent in the two seconds in which a packet can still be repaired.
  static constexpr int64_t kLateMax = 512;

  // The packet begins the first picture of another source, or of the same one after a pause.
  void Start(const Vp8Descriptor& first);
  // A packet goes out: how its descriptor has to look; empty when it can stay as it is.
  [[nodiscard]] PayloadPatch Forward(const Vp8Descriptor& packet);
  // A packet of a picture that is left out on purpose; called for every such packet or once.
  void Drop(const Vp8Descriptor& packet);

 private:
  // From the source picture `from` after the base on, `removed` pictures were left out.
  struct Run {
    uint32_t from = 0;
    uint32_t removed = 0;
  };

  [[nodiscard]] uint16_t PictureIdOf(const Vp8Descriptor& packet);
  [[nodiscard]] uint8_t Tl0Of(const Vp8Descriptor& packet);
  [[nodiscard]] int64_t Unwrap(const Vp8Descriptor& packet) const;
  [[nodiscard]] uint32_t RemovedBefore(int64_t picture) const;

  int64_t base_in_ = 0;      // first picture of the source
  int64_t base_out_ = 0;     // its number in the outgoing stream
  int64_t highest_in_ = 0;   // newest picture forwarded or left out
  int64_t highest_out_ = 0;  // newest number given
  uint64_t run_count_ = 0;   // since the base; the ring holds the last kRunsMax of them
  uint32_t removed_ = 0;     // pictures left out since base_in_
  uint8_t tl0_offset_ = 0;   // outgoing minus incoming
  uint8_t tl0_last_ = 0;     // newest one given
  bool started_ = false;
  bool has_pictures_ = false;  // a picture id was given
  bool has_tl0_ = false;
  std::array<Run, kRunsMax> runs_{};
};

}  // namespace millrace
