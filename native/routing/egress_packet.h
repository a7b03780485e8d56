#pragma once

#include <array>
#include <cstdint>

#include "media/bwe/sent_packet_history.h"
#include "media/rtp_packet.h"
#include "media/rtp_rewrite.h"

namespace millrace {

class ConsumerStream;

// One packet on its way out: a reference to shared bytes, and what differs for its receiver.
struct EgressPacket {
  RtpPacketRef packet = {};
  ConsumerStream* stream = nullptr;  // null: it belongs to the probation stream
  RtpRewrite rewrite = {};
  ProbeId probe = 0;    // what it is sent for as well
  bool sealed = false;  // the packet's bytes are what was sealed before, and leave as they are
};

// A payload that differs from the shared one, RTX or patched, while it is sealed: one place serves
// all transports of a worker.
using EgressScratch = std::array<uint8_t, RtpPacket::kBytesMax + 2>;

}  // namespace millrace
