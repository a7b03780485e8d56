#include "protocol/sctp/outstanding_chunks.h"

#include <algorithm>
#include <map>
#include <utility>

#include "protocol/sctp/serial.h"

namespace millrace {

OutstandingChunks::OutstandingChunks(int64_t initial_tsn, const SctpNegotiated& negotiated)
    : negotiated_(negotiated), acknowledged_(initial_tsn - 1) {}

DataChunk OutstandingChunks::Send(OutgoingFragment fragment, Timestamp now) {
  if (fragment.expires != Timestamp::Never()) ++with_lifetime_;
  Chunk& chunk = chunks_.emplace_back(Chunk{.fragment = std::move(fragment), .sent = now});
  chunk.sent_before = last_tsn() + 1;
  in_flight_ += SizeOf(chunk);
  return View(chunks_.size() - 1);
}

std::optional<DataChunk> OutstandingChunks::Resend(size_t payload_max, Timestamp now) {
  if (lost_ == 0) return std::nullopt;
  for (size_t i = 0; i < chunks_.size(); ++i) {
    Chunk& chunk = chunks_[i];
    if (chunk.state != State::kLost) continue;
    if (chunk.fragment.payload.size() > payload_max) return std::nullopt;
    SetState(chunk, State::kInFlight);
    chunk.sent = now;
    ++chunk.transmissions;
    chunk.misses = 0;
    chunk.sent_before = last_tsn() + 1;
    return View(i);
  }
  return std::nullopt;
}

std::optional<OutstandingChunks::Acknowledged> OutstandingChunks::OnSack(const SackChunk& sack,
                                                                         bool in_fast_recovery,
                                                                         Timestamp now) {
  int64_t cumulative = UnwrapNear(sack.cumulative_tsn, acknowledged_);
  if (cumulative < acknowledged_ || cumulative > last_tsn()) return std::nullopt;
  Acknowledged result;
  result.in_flight_before = in_flight_;
  result.cumulative = cumulative > acknowledged_;
  while (acknowledged_ < cumulative) {
    Chunk& chunk = chunks_.front();
    if (chunk.state == State::kAcknowledged) --gap_acknowledged_;
    Acknowledge(chunk, result, now);
    if (chunk.fragment.expires != Timestamp::Never()) --with_lifetime_;
    chunks_.pop_front();
    ++acknowledged_;
  }
  if (sack.gap_count > 0 || gap_acknowledged_ > 0) {
    size_t newest = ReadGaps(sack, result, now);
    // RFC 9260 7.2.4: in fast recovery, when the cumulative TSN moves, every hole that the SACK
    // reports counts; otherwise only those below what it newly acknowledges.
    size_t reported = newest;
    if (in_fast_recovery && result.cumulative && sack.gap_count > 0) {
      reported = std::max(reported, static_cast<size_t>(sack.Gap(sack.gap_count - 1).end));
    }
    CountMisses(std::min(reported, chunks_.size()), result, now);
  }
  if (!chunks_.empty() && chunks_.front().state == State::kAbandoned) forward_due_ = true;
  return result;
}

void OutstandingChunks::Acknowledge(Chunk& chunk, Acknowledged& result, Timestamp now) {
  if (chunk.state != State::kAcknowledged && chunk.state != State::kAbandoned) {
    result.bytes += SizeOf(chunk);
    if (chunk.transmissions == 1) result.rtt = now - chunk.sent;
  }
  SetState(chunk, State::kAcknowledged);
}

// How many chunks, from the first, lie below the highest newly acknowledged one, that one included.
size_t OutstandingChunks::ReadGaps(const SackChunk& sack, Acknowledged& result, Timestamp now) {
  size_t newest = 0;
  size_t next = 0;
  // RFC 9260 6.2.1: what an earlier SACK reported and this one does not was dropped by the peer.
  auto renege = [this, &next](size_t end) {
    for (; next < end; ++next) {
      if (chunks_[next].state != State::kAcknowledged) continue;
      --gap_acknowledged_;
      SetState(chunks_[next], State::kInFlight);
    }
  };
  for (size_t i = 0; i < sack.gap_count; ++i) {
    SackChunk::GapBlock gap = sack.Gap(i);
    if (gap.start == 0 || gap.start > gap.end || gap.end > chunks_.size()) break;
    if (static_cast<size_t>(gap.start - 1) < next) break;
    renege(gap.start - 1u);
    for (; next < gap.end; ++next) {
      Chunk& chunk = chunks_[next];
      if (chunk.state == State::kAcknowledged || chunk.state == State::kAbandoned) continue;
      Acknowledge(chunk, result, now);
      ++gap_acknowledged_;
      newest = next + 1;
    }
  }
  renege(chunks_.size());
  return newest;
}

void OutstandingChunks::CountMisses(size_t reported, Acknowledged& result, Timestamp now) {
  int64_t highest = acknowledged_ + static_cast<int64_t>(reported);
  for (size_t i = 0; i < reported; ++i) {
    Chunk& chunk = chunks_[i];
    if (chunk.state != State::kInFlight) continue;
    // One that was sent again is missed only once something sent after that arrived.
    if (chunk.transmissions > 1 && highest < chunk.sent_before) continue;
    if (++chunk.misses < kMissesMax) continue;
    result.loss = true;
    Lose(i, now);
  }
}

void OutstandingChunks::OnTimeout(Timestamp now) {
  for (size_t i = 0; i < chunks_.size(); ++i) {
    if (chunks_[i].state == State::kInFlight) Lose(i, now);
  }
  if (!chunks_.empty() && chunks_.front().state == State::kAbandoned) forward_due_ = true;
}

void OutstandingChunks::Lose(size_t index, Timestamp now) {
  Chunk& chunk = chunks_[index];
  const OutgoingFragment& fragment = chunk.fragment;
  bool tried_enough =
      fragment.max_retransmits && chunk.transmissions > int{*fragment.max_retransmits};
  if (negotiated_.partial_reliability && (tried_enough || fragment.expires <= now)) {
    Abandon(index);
  } else {
    SetState(chunk, State::kLost);
  }
}

void OutstandingChunks::Expire(Timestamp now) {
  if (with_lifetime_ == 0 || !negotiated_.partial_reliability) return;
  for (size_t i = 0; i < chunks_.size(); ++i) {
    const Chunk& chunk = chunks_[i];
    bool waiting = chunk.state == State::kInFlight || chunk.state == State::kLost;
    if (waiting && chunk.fragment.expires <= now) Abandon(i);
  }
}

// RFC 3758 3.5 A3: when one fragment is given up, "all other fragments of that message" are.
void OutstandingChunks::Abandon(size_t index) {
  uint64_t message = chunks_[index].fragment.message;
  SctpStreamId stream = chunks_[index].fragment.stream;
  bool whole = false;
  size_t first = 0;
  size_t end = chunks_.size();
  if (!negotiated_.interleaving) {
    // Without interleaving they stand side by side.
    for (first = index; first > 0 && chunks_[first - 1].fragment.message == message;) --first;
    for (end = index; end < chunks_.size() && chunks_[end].fragment.message == message;) ++end;
  }
  for (size_t i = first; i < end; ++i) {
    if (chunks_[i].fragment.message != message) continue;
    whole = whole || chunks_[i].fragment.end;
    AbandonOne(chunks_[i]);
  }
  forward_due_ = true;
  if (whole) return;
  // The rest is never sent, but its end gets a TSN: a peer that has all the parts so far could
  // otherwise acknowledge them, and wait for ever for a message that we forgot.
  abandoned_.push_back({stream, message});
  Chunk rest{.fragment = chunks_[index].fragment, .state = State::kAbandoned, .sent = {}};
  rest.fragment.end = true;
  rest.fragment.payload.clear();
  rest.fragment.expires = Timestamp::Never();
  chunks_.push_back(std::move(rest));
}

void OutstandingChunks::AbandonOne(Chunk& chunk) {
  if (chunk.state == State::kAcknowledged) --gap_acknowledged_;
  SetState(chunk, State::kAbandoned);
}

std::optional<ForwardTsnChunk> OutstandingChunks::TakeForward(size_t entries_max) {
  if (!std::exchange(forward_due_, false)) return std::nullopt;
  std::map<std::pair<SctpStreamId, bool>, uint32_t> skipped;
  int64_t advanced = acknowledged_;
  // RFC 3758 3.5 C2: the point moves over chunks that are abandoned, and no further.
  for (const Chunk& chunk : chunks_) {
    if (chunk.state != State::kAbandoned) break;
    if (!chunk.fragment.unordered || negotiated_.interleaving) {
      std::pair key{chunk.fragment.stream, chunk.fragment.unordered};
      if (skipped.size() >= entries_max && !skipped.contains(key)) break;
      skipped[key] = chunk.fragment.sequence;
    }
    ++advanced;
  }
  if (advanced == acknowledged_) return std::nullopt;
  ForwardTsnChunk forward{.new_cumulative_tsn = static_cast<uint32_t>(advanced),
                          .interleaved = negotiated_.interleaving,
                          .skipped = {}};
  for (const auto& [key, sequence] : skipped) {
    forward.skipped.push_back({key.first, sequence, key.second});
  }
  return forward;
}

std::vector<OutstandingChunks::Abandoned> OutstandingChunks::TakeAbandoned() {
  return std::exchange(abandoned_, {});
}

void OutstandingChunks::SetState(Chunk& chunk, State state) {
  if (chunk.state == state) return;
  if (chunk.state == State::kInFlight) in_flight_ -= SizeOf(chunk);
  if (chunk.state == State::kLost) --lost_;
  chunk.state = state;
  if (state == State::kInFlight) in_flight_ += SizeOf(chunk);
  if (state == State::kLost) ++lost_;
}

size_t OutstandingChunks::SizeOf(const Chunk& chunk) const {
  return DataChunk::HeaderBytes(negotiated_.interleaving) + chunk.fragment.payload.size();
}

DataChunk OutstandingChunks::View(size_t index) const {
  const OutgoingFragment& fragment = chunks_[index].fragment;
  return {.tsn = static_cast<uint32_t>(acknowledged_ + 1 + static_cast<int64_t>(index)),
          .stream = fragment.stream,
          .sequence = fragment.sequence,
          .fragment = fragment.fragment,
          .ppid = fragment.ppid,
          .begin = fragment.begin,
          .end = fragment.end,
          .unordered = fragment.unordered,
          .immediate = false,
          .interleaved = negotiated_.interleaving,
          .payload = fragment.payload};
}

}  // namespace millrace
