#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "base/layer_cause.h"
#include "base/power_histogram.h"

namespace millrace {

// Packets, and all their bytes.
struct PacketCount {
  uint64_t packets = 0;
  uint64_t bytes = 0;

  void Add(size_t size) { ++packets, bytes += size; }
};

// What one worker has done since its start. Plain numbers that only grow, one thread's: the packet
// path adds one and goes on. Drops are counted beside them, by their reason (Output::CountDrop).
// They leave the worker when the controller asks (WORKER_GET_COUNTERS, docs/WORKER.md).
struct Counters {
  // --- datagrams of any kind, as they came from the network and were handed to it
  PacketCount received;
  PacketCount sent;

  // --- RTP: opened and parsed, or sealed, headers included
  PacketCount rtp_received;    // retransmissions included
  PacketCount rtp_sent;        // to consumers, each copy
  PacketCount rtx_sent;        // answers to NACKs and padding, by RTX
  PacketCount probation_sent;  // padding by the probation stream

  // --- RTCP
  uint64_t rtcp_received = 0;  // compounds, opened
  uint64_t nacks_received = 0;
  uint64_t packets_asked_again = 0;  // by those NACKs
  uint64_t packets_resent = 0;       // of those
  uint64_t nacks_sent = 0;
  uint64_t key_frames_asked = 0;         // PLI and FIR from viewers
  uint64_t key_frame_requests_sent = 0;  // PLI and FIR to sources
  uint64_t transport_feedbacks_received = 0;
  uint64_t rembs_received = 0;

  // --- layers of consumers
  std::array<uint64_t, kLayerCauseCount> layer_switches{};
  void CountLayerSwitch(LayerCause cause) { ++layer_switches[static_cast<size_t>(cause)]; }

  // --- connections that came to be, and that failed or were lost
  uint64_t ice_completed = 0;  // a pair was nominated; again after a restart
  uint64_t ice_disconnected = 0;
  uint64_t dtls_connected = 0;
  uint64_t dtls_failed = 0;
  uint64_t sctp_connected = 0;
  uint64_t sctp_failed = 0;

  // --- the channel
  uint64_t requests = 0;
  uint64_t requests_refused = 0;
  uint64_t notifications_received = 0;
  uint64_t notifications_refused = 0;
  uint64_t unreadable_frames = 0;
  uint64_t notifications_sent = 0;
  uint64_t log_lines_sent = 0;

  // --- the event loop, counted by the io room
  PowerHistogram<9> receive_batch;  // datagrams a recvmmsg brought
  PowerHistogram<9> send_batch;     // datagrams a send call took
  PowerHistogram<8> send_segments;  // datagrams of one segmented send
  PowerHistogram<16> tick_us;       // from waking up to everything sent
};

}  // namespace millrace
