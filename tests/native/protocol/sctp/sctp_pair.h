#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "base/random.h"
#include "protocol/sctp/sctp_association.h"

namespace millrace {

struct SctpLink {
  Duration delay = Duration::Millis(20);
  // Each packet takes up to this much longer, so packets overtake each other.
  Duration jitter = {};
  double loss = 0;
  double duplicates = 0;
};

// What one side has seen, gathered from all outputs.
struct SctpSide {
  struct Message {
    SctpStreamId stream;
    Ppid ppid;
    bool ordered = true;
    std::vector<uint8_t> bytes;
  };
  SctpAssociation association;
  std::vector<Message> messages;
  std::vector<SctpState> states;
  std::vector<SctpStreamId> incoming_resets;
  std::vector<SctpStreamId> outgoing_resets;
  std::vector<SctpStreamId> failed_resets;
  std::vector<SctpStreamId> low;
  std::optional<SctpNegotiated> negotiated;
  bool restarted = false;
  std::string failure;
  size_t packets_sent = 0;
  size_t longest_packet = 0;

  SctpSide(const SctpSettings& settings, Random& random) : association(settings, random) {}

  void Gather(const SctpOutput& out) {
    for (size_t i = 0; i < out.messages.size(); ++i) {
      Bytes payload = out.payloads[i];
      messages.push_back({out.messages[i].stream,
                          out.messages[i].ppid,
                          out.messages[i].ordered,
                          {payload.begin(), payload.end()}});
    }
    if (out.state) states.push_back(*out.state);
    if (out.negotiated) negotiated = out.negotiated;
    restarted = restarted || out.restarted;
    if (!out.failure.empty()) failure = out.failure;
    auto append = [](auto& target, const auto& source) {
      target.insert(target.end(), source.begin(), source.end());
    };
    append(incoming_resets, out.incoming_resets);
    append(outgoing_resets, out.outgoing_resets);
    append(failed_resets, out.failed_resets);
    append(low, out.buffered_amount_low);
  }
};

// Two associations and the link between them, in simulated time. The same seed gives the same run.
class SctpPair {
 public:
  explicit SctpPair(uint64_t seed = 1, const SctpSettings& a = {}, const SctpSettings& z = {})
      : random_(seed), a(a, random_), z(z, random_) {}

  void Connect() {
    Call(a, [this](SctpOutput& out) { a.association.Connect(now, out); });
    RunUntil([this] { return Connected(); }, Duration::Seconds(10));
  }
  [[nodiscard]] bool Connected() const {
    return a.association.state() == SctpState::kConnected &&
           z.association.state() == SctpState::kConnected;
  }

  SctpSendResult Send(SctpSide& side, uint16_t stream, Bytes payload,
                      SctpReliability reliability = {}) {
    SctpSendResult result = SctpSendResult::kClosed;
    Call(side, [&](SctpOutput& out) {
      result = side.association.Send({.stream = SctpStreamId(stream),
                                      .ppid = Ppid(53),
                                      .reliability = reliability,
                                      .payload = payload},
                                     now, out);
    });
    return result;
  }

  void Reset(SctpSide& side, std::vector<SctpStreamId> streams) {
    Call(side, [&](SctpOutput& out) { side.association.ResetStreams(streams, now, out); });
  }

  template <typename F>
  void Call(SctpSide& side, F call) {
    SctpOutput out;
    call(out);
    Take(side, out);
  }

  // True when the condition came true in time.
  bool RunUntil(const std::function<bool()>& done, Duration limit) {
    Timestamp end = now + limit;
    while (!done()) {
      Timestamp next = std::min({a.association.deadline(), z.association.deadline(), Arrival()});
      if (next > end) {
        now = end;
        return false;
      }
      now = std::max(now, next);
      Step();
    }
    return true;
  }
  void Run(Duration time) {
    (void)RunUntil([] { return false; }, time);
  }

  // Hands a packet over as if it had come from the other side.
  void Inject(SctpSide& side, Bytes packet) {
    Call(side, [&](SctpOutput& out) { side.association.Receive(packet, now, out); });
  }

  Timestamp now = Timestamp::Millis(1000);
  SctpLink link;
  // Answers true for a packet that must be lost: side that sent it, its bytes.
  std::function<bool(const SctpSide&, Bytes)> lose;
  std::vector<std::vector<uint8_t>> sent_by_a;

 private:
  Random random_;

 public:
  SctpSide a;
  SctpSide z;

 private:
  struct Flying {
    Timestamp arrival;
    uint64_t order;
    SctpSide* target;
    std::vector<uint8_t> bytes;
  };

  void Take(SctpSide& side, const SctpOutput& out) {
    side.Gather(out);
    SctpSide& other = &side == &a ? z : a;
    for (size_t i = 0; i < out.packets.size(); ++i) {
      Bytes packet = out.packets[i];
      ++side.packets_sent;
      side.longest_packet = std::max(side.longest_packet, packet.size());
      if (&side == &a) sent_by_a.emplace_back(packet.begin(), packet.end());
      if (lose && lose(side, packet)) continue;
      if (random_.NextDouble() < link.loss) continue;
      Launch(other, packet);
      if (random_.NextDouble() < link.duplicates) Launch(other, packet);
    }
  }
  void Launch(SctpSide& target, Bytes packet) {
    Duration extra;
    if (link.jitter > Duration()) {
      extra = Duration::Micros(random_.Below(static_cast<uint32_t>(link.jitter.us())));
    }
    flying_.push_back(
        {now + link.delay + extra, order_++, &target, {packet.begin(), packet.end()}});
    std::ranges::push_heap(flying_, Later);
  }
  static bool Later(const Flying& left, const Flying& right) {
    return std::pair(left.arrival, left.order) > std::pair(right.arrival, right.order);
  }
  [[nodiscard]] Timestamp Arrival() const {
    return flying_.empty() ? Timestamp::Never() : flying_.front().arrival;
  }
  void Step() {
    while (Arrival() <= now) {
      std::ranges::pop_heap(flying_, Later);
      Flying packet = std::move(flying_.back());
      flying_.pop_back();
      Call(*packet.target,
           [&](SctpOutput& out) { packet.target->association.Receive(packet.bytes, now, out); });
    }
    for (SctpSide* side : {&a, &z}) {
      if (side->association.deadline() > now) continue;
      Call(*side, [&](SctpOutput& out) { side->association.OnDeadline(now, out); });
    }
  }

  std::vector<Flying> flying_;
  uint64_t order_ = 0;
};

// A message whose content shows which one it is and whether it is whole.
inline std::vector<uint8_t> NumberedMessage(uint32_t number, size_t size) {
  std::vector<uint8_t> bytes(std::max<size_t>(size, 4));
  for (size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<uint8_t>(number * 31 + i * 7);
  for (size_t i = 0; i < 4; ++i) bytes[i] = static_cast<uint8_t>(number >> (24 - 8 * i));
  return bytes;
}

inline uint32_t NumberOf(const SctpSide::Message& message) {
  uint32_t number = 0;
  for (size_t i = 0; i < 4; ++i) number = number << 8 | message.bytes[i];
  return number;
}

}  // namespace millrace
