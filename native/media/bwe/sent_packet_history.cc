#include "media/bwe/sent_packet_history.h"

#include <algorithm>
#include <limits>

namespace millrace {

void SentPacketHistory::Add(const SentPacket& packet) {
  std::optional<int64_t> last = unwrapper_.last();
  // An unwrapped number below the last one would overwrite what is still awaited.
  if (last && unwrapper_.Peek(packet.sequence_number) <= *last) return;
  int64_t number = unwrapper_.Unwrap(packet.sequence_number);
  if (slots_.empty()) {
    slots_.resize(kPacketsAtFirst);
    first_ = number;
  }
  int64_t next = last ? *last + 1 : number;
  // Numbers that were skipped never left: their slots must not answer for older packets.
  int64_t cleared = std::min(number - next, static_cast<int64_t>(slots_.size()));
  for (int64_t i = 0; i < cleared; ++i) At(number - 1 - i).state = State::kNone;

  const Slot& overwritten = At(number);
  bool awaited = overwritten.state == State::kSent && packet.sent - overwritten.sent < kMemory;
  if (awaited && slots_.size() < kPacketsMax) Grow();
  size_t bytes = std::min<size_t>(packet.bytes, std::numeric_limits<uint16_t>::max());
  At(number) = {.sent = packet.sent,
                .probe = packet.probe,
                .bytes = static_cast<uint16_t>(bytes),
                .state = State::kSent};
  newest_sent_ = packet.sent;
}

std::optional<PacketResult> SentPacketHistory::Take(uint16_t sequence_number,
                                                    std::optional<Timestamp> arrival) {
  std::optional<int64_t> last = unwrapper_.last();
  if (!last) return std::nullopt;
  int64_t number = unwrapper_.Peek(sequence_number);
  bool known =
      number >= first_ && number <= *last && *last - number < static_cast<int64_t>(slots_.size());
  if (!known) return std::nullopt;

  Slot& slot = At(number);
  bool was_lost = slot.state == State::kLost;
  bool told =
      slot.state == State::kNone || slot.state == State::kReceived || (was_lost && !arrival);
  if (told) return std::nullopt;
  slot.state = arrival ? State::kReceived : State::kLost;
  return PacketResult{.bytes = slot.bytes,
                      .sent = slot.sent,
                      .arrival = arrival,
                      .probe = slot.probe,
                      .was_lost = was_lost};
}

std::optional<Timestamp> SentPacketHistory::newest() const {
  if (!unwrapper_.last()) return std::nullopt;
  return newest_sent_;
}

void SentPacketHistory::Grow() {
  std::vector<Slot> old(slots_.size() * 2);
  old.swap(slots_);
  // The newest number is not in yet: all that was there are the numbers up to the last but one.
  int64_t last = *unwrapper_.last();
  int64_t oldest = std::max(first_, last - static_cast<int64_t>(old.size()));
  for (int64_t number = oldest; number < last; ++number) {
    At(number) = old[static_cast<uint64_t>(number) & (old.size() - 1)];
  }
}

}  // namespace millrace
