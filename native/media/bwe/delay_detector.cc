#include "media/bwe/delay_detector.h"

namespace millrace {

DelayUsage DelayDetector::Add(const FeedbackReport& report) {
  if (report.clock_leapt || report.now - last_ > kSilence) Reset();
  last_ = report.now;
  // An overuse anywhere in the report is the report's: the next one may be a second away.
  bool overuse = false;
  for (const PacketResult& packet : report.packets) {
    if (!packet.arrival) continue;
    std::optional<GroupDelta> delta = inter_arrival_.Add(packet.sent, *packet.arrival);
    if (!delta) continue;
    trendline_.Add(*delta);
    DelayUsage usage = detector_.Add({.slope = trendline_.slope(),
                                      .groups = trendline_.groups(),
                                      .send_delta = delta->send,
                                      .arrived = delta->arrived});
    overuse = overuse || usage == DelayUsage::kOveruse;
  }
  bool draining = detector_.usage() == DelayUsage::kUnderuse;
  return overuse && !draining ? DelayUsage::kOveruse : detector_.usage();
}

void DelayDetector::Reset() {
  inter_arrival_.Reset();
  trendline_.Reset();
  detector_.Reset();
}

}  // namespace millrace
