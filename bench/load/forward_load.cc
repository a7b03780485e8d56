#include "forward_load.h"

#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <ctime>
#include <map>
#include <memory>
#include <vector>

#include "browser_audience.h"
#include "forward_scene.h"
#include "io/clock.h"
#include "io/file_descriptor.h"
#include "io/socket_address.h"
#include "media_source.h"
#include "null_network.h"
#include "processor.h"
#include "worker_process.h"

namespace millrace {

namespace {

constexpr std::array<size_t, 2> kBursts = {1, 8};
// What leaves: header, payload and tag.
size_t SealedBytes(const ForwardOptions& options) {
  return MediaSource::kHeaderBytes + 16 +
         (options.audio ? MediaSource::kAudioPayloadBytes : MediaSource::kPayloadBytes);
}
constexpr const char* kFloor = "floor: sendto per packet";
constexpr Duration kIdleTime = Duration::Millis(500);
// How many bursts the browsers listen to at the beginning, and how far apart.
constexpr size_t kListenBursts = 100;
constexpr Duration kListenInterval = Duration::Millis(10);

// One line of the table; ns per packet of each round.
struct Row {
  std::string pipeline;
  size_t burst = 0;
  bool device_segments = false;
  std::vector<double> nanos = {};
  double delivered = 1;   // the worst round
  uint64_t estimate = 0;  // the least that the worker believes of any browser's link, last round
  double busy = 0;        // share of one processor, last round

  [[nodiscard]] double Median() const {
    std::vector<double> sorted = nanos;
    std::sort(sorted.begin(), sorted.end());
    return sorted.empty() ? 0 : sorted[sorted.size() / 2];
  }
};

int64_t ReadThreadNanos() {
  timespec time{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec;
}

// A worker under test with its scene.
class Subject {
 public:
  Subject(std::string name, const ForwardOptions& options, const NullNetwork& network,
          const std::map<std::string, std::string>& environment, int processor)
      : name_(std::move(name)),
        source_(options.audio ? MediaSource::kAudioPayloadBytes : MediaSource::kPayloadBytes),
        worker_(options.worker, environment, processor),
        browsers_(options.plain ? nullptr : std::make_unique<BrowserAudience>(network)) {
    if (browsers_) network.SetDelivery(true);
    scene_ = std::make_unique<ForwardScene>(worker_, options.consumers, source_.port(),
                                            browsers_.get(), options.audio);
    if (browsers_) browsers_->AwaitHandshakes();
    source_.SendTo(scene_->producer_endpoint());
    // The first packets warm caches and pools up, and estimates of bandwidth begin.
    if (browsers_) {
      source_.Send(kListenBursts, 1, kListenInterval,
                   [&](Timestamp now) { browsers_->Listen(now); });
      network.SetDelivery(false);
    }
    source_.Send(50, 8, Duration::Millis(10));
    sent_ = scene_->ReadPacketsSent();
  }

  // One measurement, into `row`.
  void Measure(const ForwardOptions& options, Row& row) {
    Synchronize();
    int64_t idle = ReadIdleNanos();
    size_t per_second = options.packets_per_second / options.consumers;
    size_t bursts = std::max<size_t>(1, per_second * options.milliseconds / 1000 / row.burst);
    Duration interval = Duration::Micros(
        static_cast<int64_t>(1'000'000 * row.burst / std::max<size_t>(1, per_second)));
    Timestamp began = MonotonicNow();
    int64_t before = worker_.ReadCpuNanos();
    source_.Send(bursts, row.burst, interval, [&](Timestamp now) {
      if (!browsers_) return;
      for (size_t i = 0; i < row.burst; ++i) browsers_->Assume(now);
      browsers_->Answer(now);
    });
    // What is still in its queue is forwarded before it answers; its answering is not in the sum.
    Rest(Duration::Millis(20));
    int64_t used = worker_.ReadCpuNanos() - before;
    Duration elapsed = MonotonicNow() - began;
    uint64_t sent = scene_->ReadPacketsSent();
    row.estimate = scene_->ReadEstimate();
    uint64_t forwarded = sent - sent_;
    sent_ = sent;
    if (forwarded == 0) GiveUp("the worker '" + name_ + "' forwards nothing");
    auto idle_share = static_cast<double>(idle) * elapsed.seconds() / kIdleTime.seconds();
    double net = static_cast<double>(used) - idle_share;
    row.nanos.push_back(net / static_cast<double>(forwarded));
    row.delivered =
        std::min(row.delivered, static_cast<double>(forwarded) /
                                    static_cast<double>(bursts * row.burst * options.consumers));
    row.busy = static_cast<double>(used) / 1e9 / elapsed.seconds();
  }

  [[nodiscard]] const std::string& name() const { return name_; }
  [[nodiscard]] const std::vector<Endpoint>& peers() const { return scene_->consumer_peers(); }

 private:
  int64_t ReadIdleNanos() {
    worker_.Drain();
    int64_t before = worker_.ReadCpuNanos();
    Rest(kIdleTime);
    return worker_.ReadCpuNanos() - before;
  }

  // Browsers learn where the worker's count of packets is: it sends more than the source does.
  void Synchronize() {
    if (!browsers_) return;
    browsers_->BeginToListen();
    source_.Send(kListenBursts / 4, 1, kListenInterval,
                 [&](Timestamp now) { browsers_->Listen(now); });
    Rest(Duration::Millis(20));
    browsers_->EndListening();
    sent_ = scene_->ReadPacketsSent();
  }

  std::string name_;
  MediaSource source_;
  WorkerProcess worker_;
  std::unique_ptr<BrowserAudience> browsers_;
  std::unique_ptr<ForwardScene> scene_;
  uint64_t sent_ = 0;
};

// One sendto a packet to each of the same peers from one socket, and nothing else.
class Floor {
 public:
  Floor(const std::vector<Endpoint>& peers, size_t packet_bytes)
      : socket_(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)), packet_(packet_bytes) {
    SocketAddress local;
    local.Set({*IpAddress::Parse(NullNetwork::kLocalAddress), 0}, false);
    if (bind(socket_.get(), local.get(), local.size) != 0) GiveUp("no socket for the floor");
    for (const Endpoint& peer : peers) addresses_.emplace_back().Set(peer, false);
  }

  void Measure(Row& row) {
    constexpr size_t kPasses = 500;
    int64_t before = ReadThreadNanos();
    for (size_t pass = 0; pass < kPasses; ++pass) {
      for (SocketAddress& address : addresses_) {
        if (sendto(socket_.get(), packet_.data(), packet_.size(), 0, address.get(), address.size) <
            0) {
          GiveUp("the floor cannot send");
        }
      }
    }
    auto used = static_cast<double>(ReadThreadNanos() - before);
    row.nanos.push_back(used / static_cast<double>(kPasses * addresses_.size()));
  }

 private:
  FileDescriptor socket_;
  std::vector<uint8_t> packet_;
  std::vector<SocketAddress> addresses_;
};

void PrintTable(const std::vector<Row>& rows, double floor, bool with_single) {
  std::printf(
      "\n| pipeline | burst | device segments | ns/packet (median) | min | max | x floor |%s"
      " delivered | busy | least estimate, Mbit/s |\n",
      with_single ? " x single |" : "");
  std::printf("|---|---|---|---|---|---|---|%s---|---|---|\n", with_single ? "---|" : "");
  for (const Row& row : rows) {
    auto [least, most] = std::minmax_element(row.nanos.begin(), row.nanos.end());
    std::printf("| %s | %zu | %s | %.0f | %.0f | %.0f | %.2f |", row.pipeline.c_str(), row.burst,
                row.device_segments ? "on" : "off", row.Median(), *least, *most,
                row.Median() / floor);
    if (with_single) {
      double single = 0;
      for (const Row& other : rows) {
        bool pair = other.pipeline == "single" && other.burst == row.burst &&
                    other.device_segments == row.device_segments;
        if (pair) single = other.Median();
      }
      if (single > 0 && row.pipeline != kFloor) {
        std::printf(" %.2f |", row.Median() / single);
      } else {
        std::printf(" - |");
      }
    }
    std::printf(" %.1f %% | %.0f %% | %.1f |\n", 100 * row.delivered, 100 * row.busy,
                static_cast<double>(row.estimate) / 1e6);
  }
}

// Batch against single at bursts of eight with the kernel segmenting, the dearer of the two ways.
double WorstRatio(const std::vector<Row>& rows) {
  double worst = 0;
  for (const Row& row : rows) {
    if (row.pipeline != "worker" || row.burst != 8) continue;
    for (const Row& other : rows) {
      bool pair = other.pipeline == "single" && other.burst == 8 &&
                  other.device_segments == row.device_segments;
      if (pair) worst = std::max(worst, row.Median() / other.Median());
    }
  }
  return worst;
}

}  // namespace

int RunForwardLoad(const ForwardOptions& options) {
  NullNetwork network;
  // A browser has a socket.
  rlimit files{};
  getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  setrlimit(RLIMIT_NOFILE, &files);
  // The worker has the last processor for itself where there are two.
  long processors = sysconf(_SC_NPROCESSORS_ONLN);
  int worker_processor = processors > 1 ? static_cast<int>(processors) - 1 : -1;
  PinTo(processors > 1 ? 0 : -1);
  bool can_switch = network.SetDeviceSegmentation(true);
  if (!can_switch)
    std::printf("The device's segmentation cannot be switched; it stays as it is.\n");

  std::vector<std::unique_ptr<Subject>> subjects;
  subjects.push_back(std::make_unique<Subject>(
      "worker", options, network, std::map<std::string, std::string>{}, worker_processor));
  if (options.compare_single) {
    subjects.push_back(std::make_unique<Subject>(
        "single", options, network, std::map<std::string, std::string>{{"MILLRACE_SEND", "single"}},
        worker_processor));
  }
  Floor floor(subjects.front()->peers(), SealedBytes(options));

  std::vector<Row> rows;
  Row floor_row{.pipeline = kFloor, .burst = 1};
  for (const auto& subject : subjects) {
    for (size_t burst : kBursts) {
      if (options.burst != 0) burst = options.burst;
      for (bool on : {true, false}) {
        if (on || can_switch) {
          rows.push_back({.pipeline = subject->name(), .burst = burst, .device_segments = on});
        }
      }
      if (options.burst != 0) break;
    }
  }
  std::printf(
      "%s\n%zu consumers, SRTP AEAD_AES_128_GCM, %zu bytes each, %zu packets/s out, %zu "
      "rounds of %zu ms\n",
      options.worker.c_str(), options.consumers, SealedBytes(options), options.packets_per_second,
      options.rounds, options.milliseconds);
  for (size_t round = 0; round < options.rounds; ++round) {
    std::printf("round %zu of %zu\n", round + 1, options.rounds);
    std::fflush(stdout);
    floor.Measure(floor_row);
    for (bool on : {true, false}) {
      if (can_switch && !network.SetDeviceSegmentation(on)) GiveUp("segmentation is not switched");
      for (size_t i = 0; i < rows.size(); ++i) {
        if (rows[i].device_segments != on) continue;
        for (const auto& subject : subjects) {
          if (subject->name() == rows[i].pipeline) subject->Measure(options, rows[i]);
        }
      }
    }
  }
  rows.insert(rows.begin(), floor_row);
  PrintTable(rows, floor_row.Median(), options.compare_single);
  double ratio = WorstRatio(rows);
  if (options.compare_single) {
    std::printf("\nbatched sending costs %.2f of single sending at bursts of 8\n", ratio);
  }
  return options.ratio_max > 0 && ratio > options.ratio_max ? 1 : 0;
}

}  // namespace millrace
