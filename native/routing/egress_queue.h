#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "base/drop_reason.h"
#include "base/prefetch.h"
#include "base/time.h"
#include "media/rtp_packet.h"
#include "media/rtp_rewrite.h"
#include "protocol/srtp.h"
#include "routing/consumer_stream.h"
#include "routing/egress_header.h"
#include "routing/egress_packet.h"
#include "routing/link.h"
#include "routing/traffic.h"
#include "routing/turn.h"

namespace millrace {

class OutgoingBandwidth;

// The RTP packets that leave by one transport at the end of this tick, and the code that makes
// datagrams of them: header, stamps, encryption from the shared source bytes straight into the
// output's slab. Until then a packet is only a reference and the few numbers that differ.
class EgressQueue {
 public:
  // Far above what one tick brings; beyond it a transport has been flooded.
  static constexpr size_t kPacketsMax = 4096;

  EgressQueue(RtpPacketPool& packets, EgressScratch& scratch)
      : packets_(packets), scratch_(scratch) {}

  // Why the packet cannot wait here; nothing when it does.
  [[nodiscard]] std::optional<DropReason> Append(EgressPacket&& packet);
  // The consumer is gone.
  void Forget(const Consumer& consumer);
  // Seal will be called soon, after this one and then the next.
  void PrefetchEntries() const { Prefetch(entries_.data() + next_, sizeof(EgressPacket)); }
  void PrefetchSeal(const Link& link) const;
  // Makes datagrams of all packets, and tells `bandwidth` of them unless it is null. False: the
  // slab is full, and the rest still waits.
  [[nodiscard]] bool Seal(Link& link, Traffic& traffic, OutgoingBandwidth* bandwidth, Turn& turn);

 private:
  // What one packet needs at most: header, payload, RTX number and tag.
  static constexpr size_t kSealedBytesMax = 2048 + 512;

  // Whose header and keys a packet leaves with.
  struct Sender {
    const EgressHeader* header = nullptr;  // null: nobody's any more
    SrtpStream stream = {};
  };

  [[nodiscard]] size_t SealOne(const EgressPacket& entry, Link& link, OutgoingBandwidth* bandwidth,
                               MutableBytes target, Turn& turn);
  [[nodiscard]] static Sender SenderOf(const EgressPacket& entry, OutgoingBandwidth* bandwidth);
  static void Tell(const EgressPacket& entry, Bytes packet, Turn& turn);
  [[nodiscard]] Bytes PayloadOf(const EgressPacket& entry);
  void Remember(const EgressPacket& entry, Bytes sealed, Turn& turn);
  void DropAll(DropReason reason, Turn& turn);

  std::vector<EgressPacket> entries_;
  size_t next_ = 0;  // entries before it are datagrams already
  uint32_t abs_send_time_ = 0;
  uint16_t transport_sequence_number_ = 1;
  RtpPacketPool& packets_;
  EgressScratch& scratch_;
};

}  // namespace millrace
