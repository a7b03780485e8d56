#include "simulation/watch.h"

namespace millrace {
namespace {

double Share(uint64_t part, uint64_t whole) {
  return whole == 0 ? 0 : static_cast<double>(part) / static_cast<double>(whole);
}

}  // namespace

Watch::Watch(Simulation& simulation, size_t producer, size_t consumer)
    : simulation_(simulation),
      producer_(producer),
      consumer_(consumer),
      from_(simulation.now()),
      before_(Now()) {}

Figures Watch::For(Duration duration) {
  simulation_.Run(duration);
  Timestamp to = simulation_.now();
  simulation_.Run(Call::kAfterwards);
  return Of(to);
}

Figures Watch::UntilNow() const { return Of(simulation_.now()); }

Watch::Counts Watch::Now() const {
  const Laws& laws = simulation_.laws();
  const ConsumerLaw& consumer = laws.consumer(consumer_);
  return {.arrived = laws.arrived(producer_),
          .nacked = laws.nacked(producer_),
          .key_frame_requests = laws.key_frame_requests(producer_),
          .sent = consumer.media_sent(),
          .resent = consumer.retransmissions()};
}

Figures Watch::Of(Timestamp to) const {
  Quality quality = simulation_.QualityOf(consumer_, from_, to);
  Counts now = Now();
  Figures figures{.packets = quality.expected,
                  .late_500_ms = 1 - quality.share_500_ms(),
                  .late_1500_ms = 1 - quality.share_1500_ms(),
                  .resent = Share(now.resent - before_.resent, now.sent - before_.sent)};
  if (simulation_.source(producer_).settings().video) {
    figures.freeze = quality.longest_freeze;
    figures.key_frames = static_cast<double>(now.key_frame_requests - before_.key_frame_requests);
    figures.asked = Share(now.nacked - before_.nacked, now.arrived - before_.arrived);
  }
  return figures;
}

}  // namespace millrace
