#include "delay_load.h"

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <memory>
#include <vector>

#include "browser_audience.h"
#include "forward_scene.h"
#include "io/clock.h"
#include "media_source.h"
#include "null_network.h"
#include "processor.h"
#include "worker_process.h"

namespace millrace {

namespace {

constexpr Duration kTrial = Duration::Millis(1000);
constexpr int kTrials = 4;
// Between two looks at the viewers' sockets; their times are the kernel's.
constexpr Duration kListenInterval = Duration::Millis(4);

// One worker, its source and its viewers.
class DelayScene {
 public:
  DelayScene(const ForwardOptions& options, const NullNetwork& network, size_t burst, int processor)
      : consumers_(options.consumers),
        burst_(burst),
        worker_(options.worker, {}, processor),
        browsers_(network) {
    network.SetDelivery(true);
    scene_ = std::make_unique<ForwardScene>(worker_, consumers_, source_.port(), &browsers_,
                                            options.audio);
    browsers_.AwaitHandshakes();
    source_.SendTo(scene_->producer_endpoint());
    for (size_t i = 0; i < consumers_; ++i) browsers_[i].KeepArrived();
    Run(50'000, Duration::Millis(500));
    offsets_.resize(consumers_);
    Rest(Duration::Millis(50));
    Listen(MonotonicNow());
    for (size_t i = 0; i < consumers_; ++i) {
      std::vector<BrowserPeer::Arrived> arrived = browsers_[i].TakeArrived();
      if (arrived.empty()) GiveUp("a viewer gets nothing");
      offsets_[i] = arrived.back().timestamp - source_.timestamp();
    }
  }

  // Sends at this rate, packets a second out of the worker; answers how busy it was.
  double Run(size_t rate, Duration time) {
    Duration interval =
        Duration::Micros(static_cast<int64_t>(1'000'000 * burst_ * consumers_ / rate));
    auto bursts = static_cast<size_t>(time.us() / interval.us());
    sent_.clear();
    first_timestamp_ = source_.timestamp() + MediaSource::kTimestampStep;
    Timestamp began = MonotonicNow();
    Timestamp listened = began;
    int64_t before = worker_.ReadCpuNanos();
    for (size_t i = 0; i < bursts; ++i) {
      source_.Send(1, burst_, interval, [&](Timestamp now) {
        if (now - listened < kListenInterval) return;
        listened = now;
        Listen(now);
      });
      sent_.push_back(source_.began());
      SleepUntil(began + interval * static_cast<int64_t>(i + 1));
    }
    auto used = static_cast<double>(worker_.ReadCpuNanos() - before);
    double busy = used / 1000 / static_cast<double>((MonotonicNow() - began).us());
    Rest(Duration::Millis(50));
    Listen(MonotonicNow());
    return busy;
  }

  // Of the last run, in microseconds, ascending.
  std::vector<int64_t> TakeDelays() {
    std::vector<int64_t> delays;
    for (size_t i = 0; i < consumers_; ++i) {
      for (const BrowserPeer::Arrived& arrived : browsers_[i].TakeArrived()) {
        uint32_t index =
            (arrived.timestamp - offsets_[i] - first_timestamp_) / MediaSource::kTimestampStep;
        if (index < sent_.size()) delays.push_back((arrived.time - sent_[index]).us());
      }
    }
    std::sort(delays.begin(), delays.end());
    return delays;
  }
  [[nodiscard]] size_t expected() const { return sent_.size() * burst_ * consumers_; }

 private:
  void Listen(Timestamp now) { browsers_.Listen(now); }

  size_t consumers_;
  size_t burst_;
  MediaSource source_;
  WorkerProcess worker_;
  BrowserAudience browsers_;
  std::unique_ptr<ForwardScene> scene_;
  std::vector<uint32_t> offsets_;  // of each viewer's timestamps from the source's
  std::vector<Timestamp> sent_;    // by burst
  uint32_t first_timestamp_ = 0;
};

}  // namespace

int RunDelayLoad(const ForwardOptions& options, double busy) {
  NullNetwork network;
  long processors = sysconf(_SC_NPROCESSORS_ONLN);
  PinTo(processors > 1 ? 0 : -1);
  int worker_processor = processors > 1 ? static_cast<int>(processors) - 1 : -1;
  std::printf("%s\n%zu consumers, who receive; wanted load %.0f %%\n\n", options.worker.c_str(),
              options.consumers, 100 * busy);
  std::printf("| burst | packets/s out | busy | p50 us | p90 us | p99 us | p99.9 us | arrived |\n");
  std::printf("|---|---|---|---|---|---|---|---|\n");
  for (size_t burst : {size_t{1}, size_t{8}}) {
    if (options.burst != 0 && options.burst != burst) continue;
    DelayScene scene(options, network, burst, worker_processor);
    size_t rate = 60'000;
    double measured = scene.Run(rate, kTrial);
    for (int i = 1; i < kTrials; ++i) {
      rate = static_cast<size_t>(static_cast<double>(rate) * std::min(busy / measured, 2.0));
      measured = scene.Run(rate, kTrial);
    }
    (void)scene.TakeDelays();
    measured = scene.Run(rate, Duration::Millis(static_cast<int64_t>(options.milliseconds)));
    std::vector<int64_t> delays = scene.TakeDelays();
    if (delays.empty()) GiveUp("nothing arrived");
    auto at = [&](double share) {
      return delays[static_cast<size_t>(share * static_cast<double>(delays.size() - 1))];
    };
    std::printf("| %zu | %zu | %.0f %% | %ld | %ld | %ld | %ld | %.2f %% |\n", burst, rate,
                100 * measured, at(0.5), at(0.9), at(0.99), at(0.999),
                100 * static_cast<double>(delays.size()) / static_cast<double>(scene.expected()));
    std::fflush(stdout);
  }
  return 0;
}

}  // namespace millrace
