#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "base/drop_reason.h"
#include "base/time.h"
#include "media/rtp_packet.h"
#include "media/rtp_rewrite.h"
#include "routing/consumer_stream.h"
#include "routing/link.h"
#include "routing/traffic.h"
#include "routing/turn.h"

namespace millrace {

// The RTP packets that leave by one transport at the end of this tick, and the code that makes
// datagrams of them: header, stamps, encryption from the shared source bytes straight into the
// output's slab. Until then a packet is only a reference and the few numbers that differ.
class EgressQueue {
 public:
  // Far above what one tick brings; beyond it a transport has been flooded.
  static constexpr size_t kPacketsMax = 4096;

  explicit EgressQueue(RtpPacketPool& packets) : packets_(packets) {}

  // Why the packet cannot wait here; nothing when it does.
  [[nodiscard]] std::optional<DropReason> Append(const RtpPacketRef& packet, ConsumerStream& stream,
                                                 const RtpRewrite& rewrite);
  // The very bytes that were sealed before leave again.
  [[nodiscard]] std::optional<DropReason> AppendSealed(const RtpPacketRef& sealed,
                                                       ConsumerStream& stream);
  // The consumer is gone.
  void Forget(const Consumer& consumer);
  // Makes datagrams of all packets. False: the slab is full, and the rest still waits.
  [[nodiscard]] bool Seal(Link& link, Traffic& traffic, Turn& turn);

 private:
  struct Entry {
    RtpPacketRef packet;
    ConsumerStream* stream = nullptr;
    RtpRewrite rewrite;
    bool sealed = false;
  };
  // What one packet needs at most: header, payload, RTX number and tag.
  static constexpr size_t kSealedBytesMax = 2048 + 512;

  [[nodiscard]] size_t SealOne(const Entry& entry, Link& link, MutableBytes target, Turn& turn);
  [[nodiscard]] Bytes PayloadOf(const Entry& entry);
  void Remember(const Entry& entry, Bytes sealed, Turn& turn);
  void DropAll(DropReason reason, Turn& turn);

  RtpPacketPool& packets_;
  std::vector<Entry> entries_;
  size_t next_ = 0;  // entries before it are datagrams already
  uint32_t abs_send_time_ = 0;
  uint16_t transport_sequence_number_ = 1;
  // A payload that differs from the shared one: RTX, or patched.
  std::array<uint8_t, RtpPacket::kBytesMax + 2> scratch_;
};

}  // namespace millrace
