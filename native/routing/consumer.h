#pragma once

#include <bitset>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/drop_reason.h"
#include "base/random.h"
#include "base/result.h"
#include "base/time.h"
#include "media/rtp_packet.h"
#include "routing/consumer_stream.h"
#include "routing/egress_header.h"
#include "routing/parameters.h"
#include "routing/trace.h"
#include "routing/turn.h"

namespace millrace {

class Producer;
class Transport;

// A media stream that leaves to one endpoint: one encoding of its producer, numbered without seams.
// Decides for each packet whether and as what it goes out; the transport sends it.
class Consumer {
 public:
  // What becomes of one packet.
  struct Forward {
    std::optional<RtpRewrite> rewrite{};  // how it goes out, or
    DropReason reason = DropReason::kClosed;
    uint8_t stream = 0;  // as which of its streams
  };

  // Refuses parameters that contradict each other or the producer's.
  [[nodiscard]] static Result<Done> Check(const ConsumeOptions& options, const Producer& producer);
  // `options` have passed Check.
  Consumer(ConsumeOptions options, Producer& producer, Transport& transport, Random& random);

  // --- the packet path
  [[nodiscard]] Forward OnPacket(const RtpPacket& packet, Timestamp now);
  // The trace events of a packet that goes out.
  void Tell(const RtpPacket& packet, const RtpRewrite& rewrite, Turn& turn) const;
  [[nodiscard]] const EgressHeader& header() const { return header_; }
  // The streams it sends, one unless it feeds a pipe. `index` is below stream_count().
  [[nodiscard]] size_t stream_count() const { return 1 + more_streams_.size(); }
  [[nodiscard]] ConsumerStream& stream(size_t index) {
    return index == 0 ? stream_ : *more_streams_[index - 1];
  }
  [[nodiscard]] TraceTypes traced() const { return traced_; }

  // --- changes around it
  // The link can carry its streams, or no more.
  void SetLinkReady(bool ready);
  // False when nothing changes.
  bool SetPaused(bool paused);
  void SetProducerPaused(bool paused);
  // Which of the producer's streams to go over to, at its next key frame.
  void SetTargetStream(uint8_t stream);
  [[nodiscard]] bool active() const { return active_; }
  [[nodiscard]] bool paused() const { return paused_; }
  [[nodiscard]] uint8_t target_stream() const { return target_stream_; }

  // --- control
  [[nodiscard]] const std::string& id() const { return options_.consumer_id; }
  [[nodiscard]] Transport& transport() const { return transport_; }
  [[nodiscard]] Producer& producer() const { return producer_; }
  [[nodiscard]] MediaKind kind() const { return options_.kind; }
  void EnableTrace(const std::vector<RtpTraceType>& types) { traced_ = TraceTypes(types); }
  // The layers that are preferred from now on; nothing for a consumer without layers.
  [[nodiscard]] std::optional<ConsumerLayers> SetPreferredLayers(ConsumerLayers layers);
  // The priority that holds from now on.
  [[nodiscard]] uint8_t SetPriority(uint8_t priority);
  [[nodiscard]] ConsumerScoreValue Score() const;
  [[nodiscard]] ConsumeAnswer Answer() const;
  [[nodiscard]] ConsumerDump Dump() const;
  // Its own stream, and the producer's behind it.
  [[nodiscard]] std::vector<RtpStreamStats> Stats(Timestamp now) const;

 private:
  [[nodiscard]] bool AdoptStream(const RtpPacket& packet);
  void UpdateActive();

  // --- read for each packet
  bool active_ = false;
  bool waiting_ = true;   // for the packet that a decoder can begin with
  bool switched_ = true;  // that packet is of another stream than the last one forwarded
  bool ignore_dtx_ = false;
  DropReason inactive_reason_ = DropReason::kNotConnected;
  uint8_t current_stream_ = 0;
  uint8_t target_stream_ = 0;
  TraceTypes traced_;
  std::bitset<128> payload_types_;
  Transport& transport_;
  ConsumerStream stream_;
  EgressHeader header_;
  std::vector<std::unique_ptr<ConsumerStream>> more_streams_;

  Producer& producer_;
  ConsumeOptions options_;
  bool paused_;
  bool producer_paused_;
  bool link_ready_ = false;
  uint8_t priority_ = 1;
};

}  // namespace millrace
