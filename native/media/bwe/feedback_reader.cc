#include "media/bwe/feedback_reader.h"

#include <algorithm>

namespace millrace {
namespace {

// draft-holmer-rmcat-transport-wide-cc-extensions-01 3.1: the reference time is a 24-bit number of
// 64 ms.
constexpr Duration kPeriod = Duration::Millis((int64_t{1} << 24) * 64);
// Room to be earlier than the first arrival without going below the clock's zero.
constexpr Timestamp kFirstArrival = Timestamp::Micros(4 * kPeriod.us());

Duration Distance(Duration a, Duration b) { return a > b ? a - b : b - a; }

}  // namespace

FeedbackReport FeedbackReader::Read(const TransportFeedback& feedback, SentPacketHistory& history,
                                    Timestamp now) {
  results_.clear();
  FeedbackReport report;
  report.now = now;
  std::optional<Timestamp> newest;
  feedback.ForEach([&](const PacketStatus& status) {
    std::optional<Timestamp> arrival;
    if (status.received) arrival = Unwrap(status.arrival);
    std::optional<PacketResult> result = history.Take(status.sequence_number, arrival);
    if (!result) return;
    if (arrival && (!newest || *arrival > *newest)) newest = arrival;
    ++(arrival ? report.received : report.lost);
    if (result->was_lost) ++report.recovered;
    results_.push_back(*result);
  });
  report.packets = results_;
  if (!newest) return report;

  for (const PacketResult& result : results_) {
    if (!result.arrival) continue;
    Duration rtt = now - result.sent - (*newest - *result.arrival);
    if (rtt.us() <= 0 || rtt > kRttMax) continue;
    report.rtt = std::min(report.rtt.value_or(rtt), rtt);
  }
  if (last_arrival_) {
    report.clock_leapt = Distance(*newest - *last_arrival_, now - last_read_) > kLeap;
  }
  last_arrival_ = newest;
  last_read_ = now;
  return report;
}

// Places a wrapping time nearest to the newest one known.
Timestamp FeedbackReader::Unwrap(Duration arrival) {
  Timestamp near = last_arrival_.value_or(kFirstArrival);
  int64_t turns = (near.us() - arrival.us() + kPeriod.us() / 2) / kPeriod.us();
  return Timestamp::Micros(arrival.us() + turns * kPeriod.us());
}

}  // namespace millrace
