#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "base/time.h"
#include "media/bwe/sent_packet_history.h"
#include "wire/rtcp/transport_feedback.h"

namespace millrace {

// What one transport-wide feedback packet told of our packets.
struct FeedbackReport {
  Timestamp now = {};
  // In the order of their sequence numbers; valid until the next feedback is read.
  std::span<const PacketResult> packets = {};
  size_t received = 0;
  size_t lost = 0;
  size_t recovered = 0;  // received, after they had been reported as lost
  // The receiver's clock leapt: times before and after it do not compare.
  bool clock_leapt = false;
  // The shortest way of any of its packets and the feedback itself, without the time the receiver
  // waited for more packets.
  std::optional<Duration> rtt = {};
};

// Makes results of feedback packets: finds the packets in the history and puts the receiver's
// times, which wrap, on one endless clock. Of a peer's wild claims only those that name packets
// sent to it get through, and times that leap are marked.
class FeedbackReader {
 public:
  // A change of the path between two feedback packets that is greater than this is the clock's.
  static constexpr Duration kLeap = Duration::Seconds(5);
  // A greater round trip is not believed.
  static constexpr Duration kRttMax = Duration::Seconds(10);

  [[nodiscard]] FeedbackReport Read(const TransportFeedback& feedback, SentPacketHistory& history,
                                    Timestamp now);

 private:
  [[nodiscard]] Timestamp Unwrap(Duration arrival);

  std::vector<PacketResult> results_;
  std::optional<Timestamp> last_arrival_;
  Timestamp last_read_;
};

}  // namespace millrace
