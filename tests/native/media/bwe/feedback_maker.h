#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <span>
#include <vector>

#include "base/byte_writer.h"
#include "base/check.h"
#include "base/time.h"
#include "media/bwe/feedback_reader.h"
#include "wire/rtcp/rtcp_reader.h"
#include "wire/rtcp/transport_feedback.h"

namespace millrace {

// A feedback packet as a peer's bytes, and what is parsed of them.
class FeedbackMaker {
 public:
  // A packet that arrived so many milliseconds after the receiver's clock began.
  FeedbackMaker& Arrived(uint16_t sequence_number, int64_t ms) {
    arrivals_.push_back({.sequence_number = sequence_number, .time = Timestamp::Millis(ms)});
    return *this;
  }

  // Valid as long as the maker.
  TransportFeedback Make() {
    bytes_.resize(4096);
    ByteWriter writer{MutableBytes(bytes_)};
    size_t told =
        TransportFeedback::Write(writer, {.sender = Ssrc(2), .media = Ssrc(1)}, arrivals_);
    CHECK(told == arrivals_.size(), "a test's feedback fits into one packet");
    bytes_.resize(writer.position());
    RtcpReader reader(bytes_);
    return *TransportFeedback::Parse(*reader.Next());
  }

 private:
  std::vector<PacketArrival> arrivals_;
  std::vector<uint8_t> bytes_;
};

// A report as FeedbackReader makes it, from results.
inline FeedbackReport ReportOf(std::span<const PacketResult> packets, Timestamp now) {
  FeedbackReport report;
  report.now = now;
  report.packets = packets;
  for (const PacketResult& packet : packets) ++(packet.arrival ? report.received : report.lost);
  return report;
}

}  // namespace millrace
