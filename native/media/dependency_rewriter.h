#pragma once

#include <cstdint>

#include "media/dependency_frame.h"
#include "media/layer_verdict.h"
#include "wire/dependency_descriptor_patch.h"

namespace millrace {

// Numbers the frames of one outgoing stream in their dependency descriptors: what RtpRewriter does
// for packets. Each source counts its frames and names its templates for itself, and a receiver
// takes a frame with a number from the past for a late one. So where forwarding begins anew, the
// first frame gets the number after the last one forwarded, and its templates the names behind
// those in use, so that nobody who missed the structure takes them for the old ones. Frames that
// are left out stay a gap. Never decides what to forward.
class DependencyRewriter {
 public:
  // The frame begins another source, or the same one after a time in which nothing was forwarded.
  // Null: it has no descriptor.
  void Begin(const DependencyFrame* frame);
  // How the descriptor of a packet goes out that is forwarded; null: what it says is not known, and
  // the viewer does without.
  [[nodiscard]] DependencyPatch Forward(const DependencyFrame* frame, const LayerVerdict& verdict);

 private:
  bool told_ = false;           // a descriptor went out
  bool has_structure_ = false;  // of this source; without it nothing can be told
  uint16_t newest_ = 0;         // number of the newest frame, as it went out
  uint16_t frame_number_shift_ = 0;
  uint8_t template_id_shift_ = 0;
  uint8_t next_template_id_ = 0;  // behind those in use, as they went out
};

}  // namespace millrace
