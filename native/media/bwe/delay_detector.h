#pragma once

#include "media/bwe/feedback_reader.h"
#include "media/bwe/inter_arrival.h"
#include "media/bwe/overuse_detector.h"
#include "media/bwe/trendline.h"

namespace millrace {

// Says from feedback whether a queue on the path fills, drains or stands: bursts, their trend, and
// the threshold it is compared with, in a row.
class DelayDetector {
 public:
  // A path that was silent for so long is a new one to the trend.
  static constexpr Duration kSilence = Duration::Seconds(2);

  DelayUsage Add(const FeedbackReport& report);

  [[nodiscard]] DelayUsage usage() const { return detector_.usage(); }
  [[nodiscard]] double slope() const { return trendline_.slope(); }

 private:
  void Reset();

  InterArrival inter_arrival_;
  Trendline trendline_;
  OveruseDetector detector_;
  Timestamp last_;
};

}  // namespace millrace
