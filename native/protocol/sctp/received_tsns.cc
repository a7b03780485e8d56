#include "protocol/sctp/received_tsns.h"

#include <algorithm>

namespace millrace {

namespace {

constexpr size_t kSackFixedBytes = 12;
constexpr size_t kGapBlockBytes = 4;

}  // namespace

ReceivedTsns::ReceivedTsns(int64_t initial) : cumulative_(initial - 1) {}

ReceivedTsns::Fit ReceivedTsns::Examine(int64_t tsn) const {
  if (tsn <= cumulative_) return Fit::kDuplicate;
  if (tsn - cumulative_ > kDistanceMax) return Fit::kRefused;
  auto next = std::ranges::upper_bound(ranges_, tsn, {}, &Range::first);
  if (next != ranges_.begin() && std::prev(next)->last >= tsn) return Fit::kDuplicate;
  bool joins = tsn == cumulative_ + 1 ||
               (next != ranges_.begin() && std::prev(next)->last + 1 == tsn) ||
               (next != ranges_.end() && next->first - 1 == tsn);
  return joins || ranges_.size() < kRangesMax ? Fit::kNew : Fit::kRefused;
}

void ReceivedTsns::Add(int64_t tsn) {
  auto next = std::ranges::upper_bound(ranges_, tsn, {}, &Range::first);
  if (next != ranges_.begin() && std::prev(next)->last + 1 == tsn) {
    auto previous = std::prev(next);
    previous->last = tsn;
    if (next != ranges_.end() && next->first == tsn + 1) {
      previous->last = next->last;
      ranges_.erase(next);
    }
  } else if (next != ranges_.end() && next->first == tsn + 1) {
    next->first = tsn;
  } else {
    ranges_.insert(next, {tsn, tsn});
  }
  Absorb();
}

void ReceivedTsns::ForwardTo(int64_t tsn) {
  if (tsn <= cumulative_) {
    // RFC 3758 3.6: an old FORWARD-TSN means that our SACK was lost.
    urgent_ = true;
    return;
  }
  cumulative_ = tsn;
  std::erase_if(ranges_, [tsn](const Range& range) { return range.last <= tsn; });
  if (!ranges_.empty()) ranges_.front().first = std::max(ranges_.front().first, tsn + 1);
  Absorb();
}

// Moves the cumulative TSN over ranges that follow it without a gap.
void ReceivedTsns::Absorb() {
  while (!ranges_.empty() && ranges_.front().first <= cumulative_ + 1) {
    cumulative_ = std::max(cumulative_, ranges_.front().last);
    ranges_.erase(ranges_.begin());
  }
}

void ReceivedTsns::OnPacketEnd(bool immediate, Timestamp now) {
  // RFC 9260 6.2: "an acknowledgement SHOULD be generated for at least every second packet"; 6.7:
  // with a gap, or a duplicate, at once.
  ++packets_since_sack_;
  if (urgent_ || immediate || !ranges_.empty() || packets_since_sack_ >= 2) {
    due_ = true;
  } else if (deadline_ == Timestamp::Never()) {
    deadline_ = now + kDelay;
  }
}

void ReceivedTsns::OnDeadline(Timestamp now) {
  if (deadline_ <= now) due_ = true;
}

void ReceivedTsns::WriteSack(uint32_t window, PacketWriter& packet) {
  size_t room = packet.room() - kChunkHeaderBytes - kSackFixedBytes;
  size_t blocks = std::min(ranges_.size(), room / kGapBlockBytes);
  ByteWriter& writer = packet.BeginChunk(ChunkType::kSack);
  writer.WriteU32(static_cast<uint32_t>(cumulative_));
  writer.WriteU32(window);
  writer.WriteU16(static_cast<uint16_t>(blocks));
  writer.WriteU16(0);
  for (size_t i = 0; i < blocks; ++i) {
    writer.WriteU16(static_cast<uint16_t>(ranges_[i].first - cumulative_));
    writer.WriteU16(static_cast<uint16_t>(ranges_[i].last - cumulative_));
  }
  packet.EndChunk();
  packets_since_sack_ = 0;
  urgent_ = false;
  due_ = false;
  deadline_ = Timestamp::Never();
}

}  // namespace millrace
