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
#include "media/early_packets.h"
#include "media/repair_delay.h"
#include "media/rtp_packet.h"
#include "media/stream_selector.h"
#include "routing/bitrate_request.h"
#include "routing/consumer_stream.h"
#include "routing/egress_header.h"
#include "routing/parameters.h"
#include "routing/trace.h"
#include "routing/turn.h"

namespace millrace {

class Producer;
class Transport;

// A media stream that leaves to one endpoint, numbered without seams: one stream of its producer,
// or the layers of it that its viewer prefers, bandwidth allows and the source sends; to a pipe,
// all streams of the producer side by side, whole. Decides for each packet whether and as what it
// goes out; the transport sends it. What follows from a change is returned as a LayersUpdate, and
// the router sees to it.
class Consumer {
 public:
  // Refuses parameters that contradict each other or the producer's.
  [[nodiscard]] static Result<Done> Check(const ConsumeOptions& options, const Producer& producer);
  // `options` have passed Check.
  Consumer(ConsumeOptions options, Producer& producer, Transport& transport, Random& random);

  // --- the packet path
  // `frame` is what the packet's dependency descriptor says, if any.
  [[nodiscard]] Selection OnPacket(const RtpPacket& packet, const DependencyFrame* frame,
                                   Timestamp now);
  // OnPacket will be called soon.
  void PrefetchPacket() const {
    Prefetch(this, kHotBytes);
    stream_.PrefetchPacket();
  }
  // What overtook the packet that it waits for.
  [[nodiscard]] EarlyPackets& early() { return early_; }
  // The trace events of a packet that goes out.
  void Tell(const RtpPacket& packet, const RtpRewrite& rewrite, Turn& turn) const;
  [[nodiscard]] const EgressHeader& header() const { return header_; }
  // The streams it sends, one unless it feeds a pipe. `index` is below stream_count().
  [[nodiscard]] size_t stream_count() const { return 1 + more_streams_.size(); }
  [[nodiscard]] ConsumerStream& stream(size_t index) {
    return index == 0 ? stream_ : *more_streams_[index - 1];
  }
  [[nodiscard]] const ConsumerStream& stream(size_t index) const {
    return index == 0 ? stream_ : *more_streams_[index - 1];
  }
  [[nodiscard]] TraceTypes traced() const { return traced_; }

  // --- changes around it
  // The link can carry its streams, or no more.
  [[nodiscard]] LayersUpdate SetLinkReady(bool ready, Timestamp now);
  [[nodiscard]] LayersUpdate SetPaused(bool paused, Timestamp now);
  [[nodiscard]] LayersUpdate SetProducerPaused(bool paused, Timestamp now);
  // Streams of the producer came to life or fell silent.
  [[nodiscard]] LayersUpdate OnStreamsChanged(Timestamp now);
  void OnSenderReport(uint8_t stream, uint64_t ntp, uint32_t rtp_timestamp) {
    stream_.selector().OnSenderReport(stream, ntp, rtp_timestamp);
  }
  // Its viewer reports so much loss: how long a picture is held back follows from it.
  void OnLoss(double loss, Timestamp now);
  [[nodiscard]] bool active() const { return active_; }
  [[nodiscard]] bool paused() const { return paused_; }
  // The producer's stream that is forwarded, or else the one that is waited for.
  [[nodiscard]] uint8_t source_stream() const { return stream_.selector().stream(); }
  // Null for a consumer without layers.
  [[nodiscard]] const LayerChoice* choice() const { return stream_.selector().choice(); }

  // --- bandwidth. Until told otherwise everything is allowed.
  [[nodiscard]] BitrateRequest RequestBitrate(Timestamp now) const;
  // The allocator's answer to `request`: so many of its layers.
  [[nodiscard]] LayersUpdate Grant(const BitrateRequest& request, uint8_t granted, Timestamp now);
  // The highest layers there is bandwidth for; nothing: none at all. A consumer without layers is
  // always sent.
  [[nodiscard]] LayersUpdate Allow(std::optional<Layers> highest, Timestamp now);
  [[nodiscard]] uint8_t priority() const { return priority_; }

  // --- control
  [[nodiscard]] const std::string& id() const { return options_.consumer_id; }
  [[nodiscard]] Transport& transport() const { return transport_; }
  [[nodiscard]] Producer& producer() const { return producer_; }
  [[nodiscard]] MediaKind kind() const { return options_.kind; }
  [[nodiscard]] const RtpParameters& parameters() const { return options_.rtp_parameters; }
  [[nodiscard]] bool feeds_pipe() const { return options_.type == RtpType::kPipe; }
  void EnableTrace(const std::vector<RtpTraceType>& types) { traced_ = TraceTypes(types); }
  // Layers that do not exist mean the highest ones. Nothing happens to a consumer without layers.
  [[nodiscard]] LayersUpdate Prefer(ConsumerLayers layers, Timestamp now);
  // What holds of that; nothing for a consumer without layers.
  [[nodiscard]] std::optional<ConsumerLayers> preferred_layers() const;
  // What is forwarded now; nothing also when nothing is.
  [[nodiscard]] std::optional<ConsumerLayers> current_layers() const;
  // The priority that holds from now on.
  [[nodiscard]] uint8_t SetPriority(uint8_t priority);
  [[nodiscard]] ConsumerScoreValue Score() const;
  // True, once: its score tells of another of the producer's streams than before.
  [[nodiscard]] bool TakeStreamMoved();
  [[nodiscard]] ConsumeAnswer Answer() const;
  [[nodiscard]] ConsumerDump Dump() const;
  // Its own streams, and for a viewer the producer's behind it.
  [[nodiscard]] std::vector<RtpStreamStats> Stats(Timestamp now) const;

 private:
  [[nodiscard]] static StreamSelector SelectorFor(const ConsumeOptions& options,
                                                  const Producer& producer, Transport& transport);
  // To a pipe: the producer's stream that leaves as encoding `index`; nothing when there is none.
  [[nodiscard]] static std::optional<uint8_t> SourceOf(const ConsumeOptions& options,
                                                       const Producer& producer, size_t index);
  [[nodiscard]] static Result<Done> CheckPipe(const ConsumeOptions& options,
                                              const Producer& producer);
  void AddPipeStreams(Random& random);
  [[nodiscard]] std::optional<DropReason> ReasonToSkip(const RtpPacket& packet) const;
  [[nodiscard]] LayersUpdate UpdateActive(Timestamp now);

  // What of it is read for each packet, besides its stream.
  static constexpr size_t kHotBytes = 128;

  // --- read for each packet
  bool active_ = false;
  bool ignore_dtx_ = false;
  DropReason inactive_reason_ = DropReason::kNotConnected;
  TraceTypes traced_;
  std::bitset<128> payload_types_;
  Transport& transport_;
  ConsumerStream stream_;
  EgressHeader header_;
  std::vector<std::unique_ptr<ConsumerStream>> more_streams_;
  std::vector<uint8_t> stream_of_source_;  // by the producer's stream; empty unless it feeds a pipe

  RepairDelay repair_delay_;
  EarlyPackets early_;
  Producer& producer_;
  ConsumeOptions options_;
  bool paused_;
  bool producer_paused_;
  bool link_ready_ = false;
  uint8_t priority_ = 1;
  uint8_t scored_stream_ = 0;  // of the producer: behind the score that was told last
};

}  // namespace millrace
