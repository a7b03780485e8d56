#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include "base/time.h"
#include "media/reordering_delay.h"
#include "media/sequence_window.h"

namespace millrace {

// Says which packets of one received stream to ask for again, and when.
// A gap is left alone for a moment, since the network may only have changed the order; then each
// missing packet is asked for once a round trip, a few times. When too much is missing, asking is
// hopeless and a key frame mends more. Sequence numbers are unwrapped.
class NackGenerator {
 public:
  // The least wait before the first request.
  static constexpr Duration kFirstDelay = ReorderingDelay::kMin;
  // As browsers do.
  static constexpr int kRequestsMax = 10;
  // A viewer asks for what is missing here, too, and has asked ten times by then: what it gets late
  // it cannot ask for again. So here is asked more often and for longer, until the peer has surely
  // forgotten the packet.
  static constexpr int kRequestsOfServer = 40;
  static constexpr Duration kAskedFor = Duration::Millis(1500);
  static constexpr size_t kMissingMax = 1000;
  // Below this a retransmission cannot have come: the peer also has to read, queue and send.
  static constexpr Duration kRepeatMin = Duration::Millis(20);
  // A packet so far behind the newest is not asked for: the receive stream would not take it.
  static constexpr int64_t kAgeMax = SequenceWindow::kWindow;

  struct Arrival {
    bool was_missing = false;    // the packet fills a gap
    bool was_asked = false;      // and had been asked for
    bool ask_key_frame = false;  // too much is missing: ask for a key frame instead
  };

  struct Due {
    std::span<const uint16_t> numbers;  // to ask for now, oldest first; valid until the next call
    bool ask_key_frame = false;  // a packet that no key frame has made needless does not come
  };
  // How a packet came. Without an RTX stream nobody can tell: kUnknown.
  enum class Origin : uint8_t { kUnknown, kFirst, kRepair };

  explicit NackGenerator(int requests_max = kRequestsMax) : requests_max_(requests_max) {}

  // A packet of the stream, each only once (duplicates are the receive stream's to find).
  [[nodiscard]] Arrival Receive(int64_t sequence, bool key_frame, Timestamp now,
                                Origin origin = Origin::kUnknown);
  // A packet that had come before came once more, and not as a repair.
  void ReceiveAgain(int64_t sequence, Timestamp now);
  [[nodiscard]] Due TakeDue(Duration rtt, Timestamp now);
  // Forgets the packets; how long they are waited for stays.
  void Reset();

  // When TakeDue has something to say, or Never.
  [[nodiscard]] Timestamp deadline() const { return deadline_; }
  [[nodiscard]] bool started() const { return started_; }
  [[nodiscard]] size_t missing() const { return missing_.size(); }

 private:
  struct Missing {
    int64_t sequence = 0;
    Timestamp since;
    Timestamp due;
    int requests = 0;
  };
  // So many repairs are remembered, to notice when the packet itself comes after all.
  static constexpr size_t kRepairsKept = 64;

  [[nodiscard]] bool GivesUp(const Missing& packet, Timestamp now) const;
  [[nodiscard]] Duration IntervalAfter(const Missing& packet, Duration rtt) const;
  [[nodiscard]] bool AddGap(int64_t begin, int64_t end, Timestamp now);
  [[nodiscard]] Arrival TakeMissing(int64_t sequence, Origin origin, Timestamp now);
  void ForgetBefore(int64_t sequence);

  std::vector<Missing> missing_;  // by sequence number
  std::vector<uint16_t> due_;
  int64_t newest_ = 0;
  int64_t newest_key_frame_ = std::numeric_limits<int64_t>::min();
  Timestamp deadline_ = Timestamp::Never();
  bool started_ = false;
  ReorderingDelay first_delay_;
  int requests_max_;
  std::array<int64_t, kRepairsKept> repairs_{};  // sequence numbers, as a ring
  size_t repair_count_ = 0;
};

}  // namespace millrace
