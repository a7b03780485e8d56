#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/time.h"
#include "protocol/sctp/packet_writer.h"

namespace millrace {

// Which TSNs of the peer have come, and when it must be told (RFC 9260 sections 6.2 and 6.7).
class ReceivedTsns {
 public:
  // A peer that sends every other TSN makes no more than this many gaps; what is beyond is refused.
  static constexpr size_t kRangesMax = 512;
  // Gap blocks count from the cumulative TSN in 16 bits.
  static constexpr int64_t kDistanceMax = 65535;
  // RFC 9260 6.2: "within 200 ms of the arrival of any unacknowledged DATA chunk".
  static constexpr Duration kDelay = Duration::Millis(200);

  enum class Fit : uint8_t { kNew, kDuplicate, kRefused };

  explicit ReceivedTsns(int64_t initial);

  // What `tsn` would be; changes nothing.
  [[nodiscard]] Fit Examine(int64_t tsn) const;
  // `tsn` is new and its chunk was kept.
  void Add(int64_t tsn);
  void NoteDuplicate() { urgent_ = true; }
  // The peer gave up everything up to `tsn`.
  void ForwardTo(int64_t tsn);
  // A packet with data is read to its end; `immediate` when the peer asked for haste.
  void OnPacketEnd(bool immediate, Timestamp now);
  void OnDeadline(Timestamp now);

  [[nodiscard]] bool sack_due() const { return due_; }
  // The SACK for everything so far, with as many gap blocks as fit.
  void WriteSack(uint32_t window, PacketWriter& packet);

  [[nodiscard]] int64_t cumulative() const { return cumulative_; }
  // The highest TSN that came, or was given up.
  [[nodiscard]] int64_t highest() const {
    return ranges_.empty() ? cumulative_ : ranges_.back().last;
  }
  [[nodiscard]] Timestamp deadline() const { return deadline_; }

 private:
  struct Range {
    int64_t first;
    int64_t last;
  };

  void Absorb();

  int64_t cumulative_;
  // Beyond the cumulative TSN, ascending, with gaps between them.
  std::vector<Range> ranges_;
  int packets_since_sack_ = 0;
  bool urgent_ = true;  // the first data of an association is answered at once
  bool due_ = false;
  Timestamp deadline_ = Timestamp::Never();
};

}  // namespace millrace
