#include "media/bwe/bandwidth_world.h"

#include <algorithm>
#include <limits>

namespace millrace {
namespace {

constexpr Duration kStep = Duration::Millis(1);
constexpr Duration kSampleTime = Duration::Millis(100);
constexpr uint32_t kRivalPacketBytes = 1000;
// Packets of rivals are of no flow.
constexpr size_t kRival = std::numeric_limits<size_t>::max();

uint64_t RivalRate(const Scenario& scenario, Timestamp now) {
  uint64_t bps = 0;
  for (const ConstantFlow& rival : scenario.rivals) {
    if (rival.begins <= now && now < rival.ends) bps += rival.bps;
  }
  return bps;
}

}  // namespace

BandwidthRun::BandwidthRun(const Scenario& scenario, uint64_t seed)
    : bottleneck_(scenario.bottleneck, seed),
      rival_bytes_(scenario.rivals.size()),
      arrived_(scenario.flows.size()) {
  for (size_t i = 0; i < scenario.flows.size(); ++i)
    flows_.emplace_back(i, scenario.flows[i], seed);
  Run(scenario);
}

void BandwidthRun::Run(const Scenario& scenario) {
  Timestamp end = Timestamp() + scenario.length;
  for (Timestamp now; now < end; now = now + kStep) {
    for (BandwidthFlow& flow : flows_) flow.Send(bottleneck_, now);
    RunRivals(scenario, now);
    queue_max_ = std::max(queue_max_, bottleneck_.QueueDelay(now));
    bottleneck_.Advance(now, [&](const TravellingPacket& packet) {
      if (packet.flow == kRival) {
        carried_of_rivals_ += packet.bytes;
      } else {
        flows_[packet.flow].Arrive(packet);
      }
    });
    for (BandwidthFlow& flow : flows_) flow.Answer(bottleneck_.one_way(), now);
    if (now.us() > 0 && now.us() % kSampleTime.us() == 0) TakeSample(scenario, now);
  }
}

void BandwidthRun::RunRivals(const Scenario& scenario, Timestamp now) {
  for (size_t i = 0; i < scenario.rivals.size(); ++i) {
    const ConstantFlow& rival = scenario.rivals[i];
    if (now < rival.begins || now >= rival.ends) continue;
    rival_bytes_[i] += BytesIn(kStep, rival.bps);
    for (; rival_bytes_[i] >= kRivalPacketBytes; rival_bytes_[i] -= kRivalPacketBytes) {
      bottleneck_.Enqueue({.flow = kRival, .bytes = kRivalPacketBytes}, now);
    }
  }
}

void BandwidthRun::TakeSample(const Scenario& scenario, Timestamp now) {
  uint64_t link = bottleneck_.RateAt(now - kSampleTime);
  uint64_t rivals = RivalRate(scenario, now - kSampleTime);
  uint64_t carried = bottleneck_.carried_bytes() - carried_of_rivals_;
  BandwidthSample sample{
      .at = now,
      .link_bps = link > rivals ? link - rivals : 0,
      .carried_bps = carried > carried_ ? RateOf(carried - carried_, kSampleTime) : 0,
      .queue_max = queue_max_};
  for (size_t i = 0; i < flows_.size(); ++i) {
    sample.flows.push_back(
        {.target_bps = flows_[i].target_bps(),
         .arrived_bps = RateOf(flows_[i].arrived_bytes() - arrived_[i], kSampleTime),
         .layers = flows_[i].layers()});
    arrived_[i] = flows_[i].arrived_bytes();
  }
  samples_.push_back(sample);
  carried_ = std::max(carried, carried_);
  queue_max_ = Duration();
}

std::optional<Duration> BandwidthRun::TimeToReach(uint64_t bps, Timestamp from) const {
  for (const BandwidthSample& sample : samples_) {
    if (sample.at < from || sample.flows[0].target_bps < bps) continue;
    bool stayed = TargetMin(sample.at, sample.at + Duration::Seconds(2)) >= bps * 4 / 5;
    if (stayed) return sample.at - from;
  }
  return std::nullopt;
}

std::optional<Duration> BandwidthRun::TimeToFall(uint64_t bps, Timestamp from) const {
  for (const BandwidthSample& sample : samples_) {
    if (sample.at > from && sample.flows[0].target_bps <= bps) return sample.at - from;
  }
  return std::nullopt;
}

double BandwidthRun::Utilisation(Timestamp from, Timestamp to) const {
  double carried = 0;
  double free = 0;
  for (const BandwidthSample* sample : Between(from, to)) {
    carried += static_cast<double>(sample->carried_bps);
    free += static_cast<double>(sample->link_bps);
  }
  return free > 0 ? carried / free : 0;
}

Duration BandwidthRun::QueueMax(Timestamp from, Timestamp to) const {
  Duration most;
  for (const BandwidthSample* sample : Between(from, to)) most = std::max(most, sample->queue_max);
  return most;
}

Duration BandwidthRun::QueueUsual(Timestamp from, Timestamp to) const {
  std::vector<Duration> delays;
  for (const BandwidthSample* sample : Between(from, to)) delays.push_back(sample->queue_max);
  if (delays.empty()) return {};
  std::sort(delays.begin(), delays.end());
  return delays[(delays.size() - 1) * 19 / 20];
}

uint64_t BandwidthRun::ArrivedMean(size_t flow, Timestamp from, Timestamp to) const {
  std::vector<const BandwidthSample*> between = Between(from, to);
  uint64_t sum = 0;
  for (const BandwidthSample* sample : between) sum += sample->flows[flow].arrived_bps;
  return between.empty() ? 0 : sum / between.size();
}

uint64_t BandwidthRun::TargetMin(Timestamp from, Timestamp to) const {
  uint64_t least = kBitrateMax;
  for (const BandwidthSample* sample : Between(from, to)) {
    least = std::min(least, sample->flows[0].target_bps);
  }
  return least;
}

std::vector<const BandwidthSample*> BandwidthRun::Between(Timestamp from, Timestamp to) const {
  std::vector<const BandwidthSample*> between;
  for (const BandwidthSample& sample : samples_) {
    if (sample.at > from && sample.at <= to) between.push_back(&sample);
  }
  return between;
}

}  // namespace millrace
