#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <vector>

#include "base/random.h"
#include "base/time.h"
#include "media/bwe/bitrate.h"

namespace millrace {

// From `at` on the link carries `bps`.
struct RateStep {
  Timestamp at = {};
  uint64_t bps = 0;
};

struct BottleneckSettings {
  std::vector<RateStep> rates = {{.bps = 2'000'000}};
  Duration queue = Duration::Millis(250);  // drop-tail
  Duration one_way = Duration::Millis(25);
  double loss = 0;       // of each packet, after the queue
  Duration jitter = {};  // up to this much more delay for each packet, in order
  double stall = 0;      // share of packets that find the radio busy for another 30 ms
};

// A packet on its way; `flow` is whose.
struct TravellingPacket {
  size_t flow = 0;
  uint16_t sequence_number = 0;
  uint32_t bytes = 0;
  Timestamp arrival = {};
};

// The thinnest link of a path: one queue, one rate at a time, then a wire and perhaps a radio.
class Bottleneck {
 public:
  Bottleneck(BottleneckSettings settings, uint64_t seed)
      : settings_(std::move(settings)), random_(seed) {}

  void Enqueue(const TravellingPacket& packet, Timestamp now) {
    if (QueueDelay(now) > settings_.queue) return;
    if (queue_.empty()) served_from_ = std::max(served_from_, now);
    backlog_bytes_ += packet.bytes;
    queue_.push_back(packet);
  }

  // Hands over what has arrived by `now`, in order of arrival.
  template <typename F>
  void Advance(Timestamp now, F&& arrived) {
    while (!queue_.empty()) {
      TravellingPacket packet = queue_.front();
      Timestamp left = served_from_ + TimeOf(packet.bytes, RateAt(served_from_));
      if (left > now) break;
      served_from_ = left;
      queue_.pop_front();
      backlog_bytes_ -= packet.bytes;
      carried_bytes_ += packet.bytes;
      if (random_.NextDouble() < settings_.loss) continue;
      packet.arrival = std::max(last_arrival_, left + settings_.one_way + RadioDelay());
      last_arrival_ = packet.arrival;
      wire_.push_back(packet);
    }
    while (!wire_.empty() && wire_.front().arrival <= now) {
      arrived(wire_.front());
      wire_.pop_front();
    }
  }

  [[nodiscard]] uint64_t RateAt(Timestamp time) const {
    uint64_t bps = settings_.rates.front().bps;
    for (const RateStep& step : settings_.rates) {
      if (step.at <= time) bps = step.bps;
    }
    return bps;
  }
  [[nodiscard]] Duration QueueDelay(Timestamp now) const {
    return TimeOf(backlog_bytes_, RateAt(now));
  }
  [[nodiscard]] uint64_t carried_bytes() const { return carried_bytes_; }
  [[nodiscard]] Duration one_way() const { return settings_.one_way; }

 private:
  Duration RadioDelay() {
    Duration delay;
    if (settings_.jitter.us() > 0) {
      delay = Duration::Micros(random_.Below(static_cast<uint32_t>(settings_.jitter.us())));
    }
    if (settings_.stall > 0 && random_.NextDouble() < settings_.stall) {
      delay = delay + Duration::Millis(30);
    }
    return delay;
  }

  BottleneckSettings settings_;
  Random random_;
  std::deque<TravellingPacket> queue_;
  std::deque<TravellingPacket> wire_;
  uint64_t backlog_bytes_ = 0;
  uint64_t carried_bytes_ = 0;
  Timestamp served_from_;
  Timestamp last_arrival_;
};

}  // namespace millrace
