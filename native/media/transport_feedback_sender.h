#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "base/byte_writer.h"
#include "base/strong.h"
#include "base/time.h"
#include "wire/rtcp/transport_feedback.h"

namespace millrace {

// Tells a peer when its packets arrived, so that it can estimate the bandwidth towards us
// (draft-holmer-rmcat-transport-wide-cc-extensions-01): a feedback packet every 100 ms, or sooner
// when many packets came. Packets skipped by the numbers are told as lost, and again as
// received when they come late.
class TransportFeedbackSender {
 public:
  static constexpr Duration kInterval = Duration::Millis(100);
  // Two delta bytes for each, and chunks, stay below the 1,292 bytes of a compound.
  static constexpr size_t kArrivalsMax = 400;
  // A number farther ahead (more than one packet can tell of) or farther behind is believed only
  // when the next one follows it; the count then starts anew.
  static constexpr int64_t kGapMax = 2000;
  static constexpr int64_t kLateMax = 500;
  // Late packets and wide gaps take feedback packets of their own. What does not fit into this many
  // an interval is left as lost, so that no order of numbers makes us send without bounds.
  static constexpr int kWritesMax = 16;

  // A packet with this transport-wide number arrived. `media` is any stream of the transport.
  void Receive(uint16_t sequence_number, Ssrc media, Timestamp arrival, Timestamp now);
  // When Write has something to say, or Never.
  [[nodiscard]] Timestamp deadline() const { return deadline_; }
  // Writes one feedback packet and forgets what it told. False when there is nothing left to tell,
  // or no room. Call until false.
  [[nodiscard]] bool Write(ByteWriter& writer, Ssrc sender, Timestamp now);
  // The share of packets that did not arrive lately, as told: 0 to 1.
  [[nodiscard]] double loss() const { return loss_; }

 private:
  struct Arrival {
    int64_t sequence = 0;
    Timestamp time;
  };

  // Nothing for a number that is not believed.
  [[nodiscard]] std::optional<int64_t> Place(uint16_t sequence_number);
  void StartAt(int64_t sequence);
  void CountLoss(size_t told);
  void SortPending();
  [[nodiscard]] bool RepeatsLast() const;
  [[nodiscard]] size_t TellableNow() const;
  void Forget(size_t told);

  std::vector<Arrival> pending_;  // as they came; at most twice kArrivalsMax
  std::vector<PacketArrival> told_;
  int64_t newest_ = 0;  // of all numbers received
  std::optional<Arrival> last_told_;
  std::optional<uint16_t> expected_after_jump_;
  Ssrc media_;
  Timestamp deadline_ = Timestamp::Never();
  double loss_ = 0;
  uint8_t feedback_count_ = 0;
  int writes_ = 0;  // in this interval
  bool started_ = false;
};

}  // namespace millrace
