#include "worker/census.h"

#include "routing/outgoing_bandwidth.h"
#include "routing/transport.h"
#include "worker/machine.h"

namespace millrace {
namespace {

void CountEstimate(const OutgoingBandwidth& bandwidth, Census& census) {
  BandwidthStats stats = bandwidth.stats();
  switch (stats.usage) {
    case DelayUsage::kNormal:
      ++census.estimates_normal;
      break;
    case DelayUsage::kOveruse:
      ++census.estimates_overuse;
      break;
    case DelayUsage::kUnderuse:
      ++census.estimates_underuse;
      break;
  }
  if (bandwidth.wanted_bps() > bandwidth.target_bps()) ++census.estimates_limited;
  census.estimated_bps += bandwidth.target_bps();
  census.wanted_bps += bandwidth.wanted_bps();
  census.packets_paced += bandwidth.waiting();
}

// One overload for each kind of object that has an id.
struct Counting {
  Census& census;

  void operator()(std::monostate) const {}
  void operator()(const Router*) const { ++census.routers; }
  void operator()(const WebRtcServer*) const { ++census.webrtc_servers; }
  void operator()(const Producer*) const { ++census.producers; }
  void operator()(const Consumer*) const { ++census.consumers; }
  void operator()(const RtpObserver*) const { ++census.observers; }
  void operator()(const DataProducer*) const { ++census.data_producers; }
  void operator()(const DataConsumer*) const { ++census.data_consumers; }
  void operator()(const Transport* transport) const {
    ++census.transports;
    if (transport->bandwidth()) CountEstimate(*transport->bandwidth(), census);
  }
};

}  // namespace

Census Count(const Machine& machine) {
  Census census;
  machine.commons.registry.ForEach(
      [&](const Registry::Entry& entry) { std::visit(Counting{census}, entry); });
  census.packets_in_use = machine.commons.packets.in_use();
  census.packets_max = machine.commons.packets.limit();
  return census;
}

}  // namespace millrace
