#include "media/bwe/bitrate_allocator.h"

#include <algorithm>

#include "base/check.h"

namespace millrace {
namespace {

// The next layer that is there above `layers`; 0 when there is none.
uint8_t NextLayer(const AllocationRequest& request, uint8_t layers) {
  size_t count = std::min(request.layer_bps.size(), AllocationRequest::kLayersMax);
  for (size_t i = layers; i < count; ++i) {
    if (request.layer_bps[i] > 0) return static_cast<uint8_t>(i + 1);
  }
  return 0;
}

uint64_t HighestBps(const AllocationRequest& request) {
  size_t count = std::min(request.layer_bps.size(), AllocationRequest::kLayersMax);
  uint64_t highest = 0;
  for (uint64_t bps : request.layer_bps.first(count)) highest = std::max(highest, bps);
  return std::min(highest, kBitrateMax);
}

// What must be left for a layer that costs so much.
uint64_t Needed(const AllocationRequest& request, const AllocationGrant& grant, uint8_t next,
                uint64_t cost) {
  bool sent = next <= request.current;
  bool lowest = grant.layers == 0;
  if (lowest && request.layer_bps.size() > 1) {
    return Scaled(cost, sent ? BitrateAllocator::kKeepLowest : BitrateAllocator::kBeginLowest);
  }
  return Scaled(cost, sent ? BitrateAllocator::kKeep : BitrateAllocator::kMargin);
}

// Raises one consumer by one layer if that fits. True: it did.
bool Raise(const AllocationRequest& request, AllocationGrant& grant, uint64_t& left_bps) {
  uint8_t next = NextLayer(request, grant.layers);
  if (next == 0) return false;
  uint64_t bps = std::min(request.layer_bps[next - 1], kBitrateMax);
  // A layer that takes less than those below it costs nothing more.
  uint64_t cost = bps > grant.bps ? bps - grant.bps : 0;
  if (Needed(request, grant, next, cost) > left_bps) return false;
  grant = {.layers = next, .bps = std::max(bps, grant.bps)};
  left_bps -= std::min(cost, left_bps);
  return true;
}

}  // namespace

AllocationTotal BitrateAllocator::Share(uint64_t available_bps,
                                        std::span<const AllocationRequest> requests,
                                        std::span<AllocationGrant> grants) {
  CHECK(requests.size() == grants.size(), "each request has its grant");
  AllocationTotal total;
  order_.clear();
  for (size_t i = 0; i < requests.size(); ++i) {
    grants[i] = {};
    if (i < kConsumersMax) order_.push_back(static_cast<uint16_t>(i));
    total.wanted_bps = std::min(total.wanted_bps + HighestBps(requests[i]), kBitrateMax);
  }
  std::sort(order_.begin(), order_.end(), [&](uint16_t a, uint16_t b) {
    if (requests[a].priority != requests[b].priority) {
      return requests[a].priority > requests[b].priority;
    }
    return a < b;
  });

  uint64_t left_bps = available_bps;
  // Each round raises somebody, and nobody can be raised more often than there are layers.
  for (size_t round = 0; round < AllocationRequest::kLayersMax; ++round) {
    bool raised = false;
    for (uint16_t index : order_) {
      raised = Raise(requests[index], grants[index], left_bps) || raised;
    }
    if (!raised) break;
  }
  total.granted_bps = available_bps - left_bps;
  return total;
}

}  // namespace millrace
