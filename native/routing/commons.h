#pragma once

#include <cstdint>
#include <vector>

#include "base/random.h"
#include "media/rtp_packet.h"
#include "protocol/dtls.h"
#include "protocol/sctp/sctp_output.h"
#include "protocol/srtp.h"
#include "routing/edge.h"
#include "routing/egress_packet.h"
#include "routing/registry.h"
#include "routing/turn.h"

namespace millrace {

class Transport;

// The transports that have packets to seal, each at most once. At the end of a tick they are sealed
// back to back into the output's slab, about sixteen a call, so that the slab stays in cache.
class DirtyTransports {
 public:
  void Mark(Transport& transport);
  void Forget(const Transport& transport);
  // True: others still wait; send the datagrams, clear them, and call again.
  [[nodiscard]] bool Seal(Turn& turn);

 private:
  std::vector<Transport*> transports_;
  size_t next_ = 0;
};

// What all routers of one worker share. The worker owns it, and it outlives every router.
struct RouterCommons {
  // Packets alive at one time in the whole worker: retransmission histories of about 100 video
  // producers at their limit.
  static constexpr size_t kPacketLimit = 250'000;

  Edge& edge;
  Random& random;
  DtlsContext& dtls;
  SrtpBackend& srtp;
  uint16_t port_min = 10000;
  uint16_t port_max = 59999;
  RtpPacketPool packets{kPacketLimit};
  EgressScratch egress_scratch{};
  Registry registry{};
  DirtyTransports dirty{};
  // What comes of a peer's SCTP packet, and of what its messages make others send.
  SctpOutput sctp_received{};
  SctpOutput sctp_sent{};
};

}  // namespace millrace
