#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "base/byte_writer.h"
#include "worker/worker_harness.h"

namespace millrace {

inline Endpoint At(const char* address, uint16_t port) {
  return {*IpAddress::Parse(address), port};
}

// An RTP packet (RFC 3550 section 5.1) with a payload and no extensions.
inline std::vector<uint8_t> RtpPacket(uint8_t payload_type, uint16_t sequence, uint32_t ssrc) {
  std::vector<uint8_t> packet(12 + 40, 0x11);
  ByteWriter writer(packet);
  writer.WriteU8(0x80);
  writer.WriteU8(payload_type);
  writer.WriteU16(sequence);
  writer.WriteU32(uint32_t{sequence} * 960);
  writer.WriteU32(ssrc);
  return packet;
}

// A worker whose datagrams are gathered and whose time passes.
class WorkerCallTest : public testing::Test {
 protected:
  struct Sent {
    Path path;
    std::vector<uint8_t> bytes;
  };

  void Deliver(const Path& path, std::vector<uint8_t> bytes) {
    InboundDatagram datagram{path, harness_.now(), bytes};
    harness_.worker().OnDatagrams(harness_.now(), {&datagram, 1}, harness_.out());
    Flush();
  }

  void Flush() {
    bool more = true;
    while (more) {
      more = harness_.worker().Seal(harness_.now(), harness_.out());
      for (const Output::Datagram& datagram : harness_.out().datagrams()) {
        Bytes bytes = harness_.out().bytes_of(datagram);
        sent_.push_back({datagram.path, {bytes.begin(), bytes.end()}});
      }
      harness_.out().ClearDatagrams();
    }
  }

  void Run(Duration duration) {
    Timestamp end = harness_.now() + duration;
    for (int calls = 0; harness_.worker().deadline() <= end; ++calls) {
      ASSERT_LT(calls, 100'000) << "the deadlines do not move";
      Timestamp next = std::max(harness_.worker().deadline(), harness_.now());
      harness_.Advance(next - harness_.now());
      harness_.worker().OnDeadline(harness_.now(), harness_.out());
      Flush();
      for (SentFrame& frame : harness_.TakeFrames()) events_.push_back(std::move(frame));
    }
    harness_.Advance(end - harness_.now());
  }

  // The notifications of this event since the last call; all frames before are lost.
  std::vector<SentFrame> TakeEvents(ChannelFrames::Event event) {
    for (SentFrame& frame : harness_.TakeFrames()) events_.push_back(std::move(frame));
    std::vector<SentFrame> all = std::exchange(events_, {});
    std::erase_if(all, [&](const SentFrame& frame) {
      return !frame.valid() || !frame.notification() || frame.notification()->event() != event;
    });
    return all;
  }

  WorkerHarness harness_;
  std::vector<Sent> sent_;
  std::vector<SentFrame> events_;
};

}  // namespace millrace
