#pragma once

#include <cstdint>

#include "base/time.h"
#include "media/dependency_rewriter.h"
#include "media/rtp_packet.h"
#include "media/rtp_rewriter.h"
#include "media/selection.h"
#include "media/vp8_rewriter.h"

namespace millrace {

// Forwards one stream of a source whole, from a packet on that a decoder can begin with. For
// sources of one stream without layers, for audio, and for each stream of a pipe.
class PassThroughSelector {
 public:
  explicit PassThroughSelector(uint8_t stream) : stream_(stream), target_(stream) {}

  // `frame` is what the packet's dependency descriptor says, if any.
  [[nodiscard]] Selection OnPacket(const RtpPacket& packet, const DependencyFrame* frame,
                                   Timestamp now, RtpRewriter& rewriter);
  // The caller leaves this packet out for a reason of its own, instead of OnPacket.
  void Skip(const RtpPacket& packet, RtpRewriter& rewriter);

  // Nothing is forwarded until another key frame: the consumer, the source or the link paused.
  void Stop() { started_ = false; }
  // Another stream of the source is forwarded from its next key frame on; until that comes, the
  // present one goes on.
  void SetTarget(uint8_t stream) { target_ = stream; }
  [[nodiscard]] uint8_t stream() const { return stream_; }
  [[nodiscard]] uint8_t target() const { return target_; }

 private:
  [[nodiscard]] bool Adopts(const RtpPacket& packet);

  uint8_t stream_;
  uint8_t target_;
  bool started_ = false;
  bool switched_ = true;  // the next packet is of another stream than the last one forwarded
  Vp8Rewriter vp8_;
  DependencyRewriter dependencies_;
};

}  // namespace millrace
