#pragma once

#include <cstdint>
#include <optional>

#include "base/drop_reason.h"
#include "base/time.h"
#include "media/rtp_rewrite.h"

namespace millrace {

// What follows from anything that happens to a selector, besides what becomes of a packet.
struct LayersUpdate {
  // The controller is to be told which layers are current now.
  bool layers_changed = false;
  // The stream to ask for a key frame, through its gate.
  std::optional<uint8_t> ask_key_frame = {};

  bool operator==(const LayersUpdate&) const = default;
};

// What a selector decides for one packet.
struct Selection {
  std::optional<RtpRewrite> rewrite = {};   // how it goes out, or
  DropReason reason = DropReason::kClosed;  // why it does not
  // As which stream of a consumer that sends several.
  uint8_t stream = 0;
  // With this packet forwarding began, or went over to another stream: packets of its stream that
  // overtook it can be forwarded now.
  bool began = false;
  // Not forwarded now, but perhaps when a packet comes that it overtook.
  bool early = false;
  LayersUpdate update = {};
};

// A selector that waits for a key frame asks again after this; the source's gate lets one request a
// second through, for all consumers.
inline constexpr Duration kAskAgainInterval = Duration::Seconds(1);

}  // namespace millrace
