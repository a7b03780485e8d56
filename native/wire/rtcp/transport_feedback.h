#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "base/byte_reader.h"
#include "base/byte_writer.h"
#include "base/strong.h"
#include "base/time.h"
#include "wire/rtcp/rtcp_reader.h"

namespace millrace {

// When the packet with this transport-wide sequence number arrived.
struct PacketArrival {
  uint16_t sequence_number = 0;
  Timestamp time;
};

// What a received feedback packet says of one packet that we sent.
struct PacketStatus {
  uint16_t sequence_number = 0;
  bool received = false;
  // On the receiver's clock, in steps of 250 us; only differences mean anything, and the clock
  // starts anew every 12 days. Zero when not received.
  Duration arrival;

  bool operator==(const PacketStatus&) const = default;
};

// Arrival times of all packets of a transport, from its receiver to its sender
// (draft-holmer-rmcat-transport-wide-cc-extensions-01). Parse has checked that the statuses and
// the arrival times are all there.
class TransportFeedback {
 public:
  // More statuses than this are not put into one packet: a gap that long is a new beginning.
  static constexpr size_t kStatusesPerWrite = 2048;

  [[nodiscard]] static std::optional<TransportFeedback> Parse(const RtcpBlock& block);

  // Who tells whom, and the number of this feedback packet, which counts up from zero.
  struct Route {
    Ssrc sender;
    Ssrc media;
    uint8_t feedback_count = 0;
  };
  // Writes one packet about as many of `arrivals` as one packet can tell of, and answers how many
  // that were; zero when not even one fits. The rest belongs in the next packet. The sequence
  // numbers ascend on their circle without duplicates; those that are skipped count as lost.
  [[nodiscard]] static size_t Write(ByteWriter& writer, const Route& route,
                                    std::span<const PacketArrival> arrivals);

  [[nodiscard]] Ssrc sender() const { return sender_; }
  [[nodiscard]] Ssrc media() const { return media_; }
  [[nodiscard]] uint16_t base_sequence_number() const { return base_sequence_number_; }
  [[nodiscard]] uint16_t status_count() const { return status_count_; }
  [[nodiscard]] uint8_t feedback_count() const { return feedback_count_; }
  // Calls f(const PacketStatus&) for each packet, lost ones too, in order.
  template <typename F>
  void ForEach(F&& f) const {
    Cursor cursor(*this);
    while (cursor.Next()) f(cursor.status);
  }

 private:
  // Walks chunks and arrival times side by side.
  struct Cursor {
    explicit Cursor(const TransportFeedback& feedback);
    // False at the end, and when something is missing or reserved.
    bool Next();
    uint8_t TakeSymbol();

    ByteReader chunks;
    ByteReader deltas;
    PacketStatus status;
    int64_t ticks = 0;
    uint16_t next_sequence_number = 0;
    uint32_t statuses_left = 0;
    uint16_t chunk = 0;
    uint16_t symbols_left = 0;
    bool ok = true;
  };

  Ssrc sender_;
  Ssrc media_;
  uint16_t base_sequence_number_ = 0;
  uint16_t status_count_ = 0;
  int32_t reference_time_ = 0;  // 24 bits, signed, in 64 ms
  uint8_t feedback_count_ = 0;
  Bytes chunks_;
  Bytes deltas_;
};

}  // namespace millrace
