#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/drop_reason.h"
#include "base/result.h"
#include "base/time.h"
#include "media/dependency_reader.h"
#include "media/key_frame_gate.h"
#include "media/layer_choice.h"
#include "media/receive_stream.h"
#include "media/rtp_packet.h"
#include "routing/parameters.h"
#include "routing/rtp_listener.h"
#include "routing/stream_format.h"
#include "routing/trace.h"
#include "routing/turn.h"

namespace millrace {

class RtpObserver;
class Consumer;
class Transport;

// A media source: the streams of its encodings as they arrive on one transport. Receives packets,
// gives them the names that all consumers know, and keeps the list of who is to get them.
// Never sends: what its peer has to be asked for is returned, and the router asks.
class Producer {
 public:
  // One encoding. The stream exists once its first packet came.
  struct Stream {
    StreamFormat format{};
    uint32_t mapped_ssrc = 0;
    std::optional<Ssrc> ssrc{};
    std::optional<Ssrc> rtx_ssrc{};
    std::optional<ReceiveStream> receive{};
    // Made when the peer sends dependency descriptors; some kilobytes.
    std::unique_ptr<DependencyReader> dependencies{};
    KeyFrameGate gate{};
    uint8_t fir_sequence_number = 0;
  };
  // Who hears the audio level of this producer, and under which number.
  struct Observed {
    RtpObserver* observer = nullptr;
    uint32_t slot = 0;
  };
  struct Received {
    std::optional<DropReason> drop{};  // the packet goes no further
    bool ask_key_frame = false;
    bool score_changed = false;
    // What the packet's dependency descriptor says; valid until the next call.
    std::optional<DependencyFrame> frame{};
  };

  // Refuses parameters that contradict each other.
  [[nodiscard]] static Result<Done> Check(const ProduceOptions& options);
  // `options` have passed Check.
  Producer(ProduceOptions options, Transport& transport);

  // --- the packet path
  // A decrypted packet of `size` bytes stands in `packet.bytes`; fills in the rest.
  [[nodiscard]] Received Receive(const StreamRoute& route, RtpPacket& packet, size_t size,
                                 Turn& turn);
  // What the descriptor of a packet that was received says, now that a structure may have come;
  // takes the place of what was returned before.
  [[nodiscard]] std::optional<DependencyFrame> Describe(const RtpPacket& packet);
  // Which stream a packet of an unknown SSRC belongs to, by RID or because there is only one.
  [[nodiscard]] std::optional<StreamRoute> Adopt(const RtpView& packet,
                                                 const RtpExtensions& extensions);
  void SetSsrc(const StreamRoute& route, Ssrc ssrc);
  [[nodiscard]] const std::vector<Consumer*>& consumers() const { return consumers_; }
  [[nodiscard]] std::vector<Stream>& streams() { return streams_; }
  [[nodiscard]] const std::vector<Stream>& streams() const { return streams_; }
  [[nodiscard]] bool paused() const { return paused_; }
  [[nodiscard]] TraceTypes traced() const { return traced_; }

  // --- observers call these about themselves
  void Observe(RtpObserver& observer, uint32_t slot) { observed_.push_back({&observer, slot}); }
  // Its slot; nothing when it did not observe.
  [[nodiscard]] std::optional<uint32_t> StopObserving(const RtpObserver& observer);
  [[nodiscard]] const std::vector<Observed>& observed() const { return observed_; }

  // --- control
  void SetPaused(bool paused, Timestamp now);
  void EnableTrace(const std::vector<RtpTraceType>& types) { traced_ = TraceTypes(types); }
  [[nodiscard]] const std::string& id() const { return options_.producer_id; }
  [[nodiscard]] Transport& transport() const { return transport_; }
  [[nodiscard]] MediaKind kind() const { return options_.kind; }
  [[nodiscard]] RtpType type() const { return type_; }
  [[nodiscard]] const RtpParameters& parameters() const { return options_.rtp_parameters; }
  [[nodiscard]] const RtpExtensionIds& extension_ids() const { return extension_ids_; }
  // The stream that a consumer of one stream gets: the highest encoding that is active.
  [[nodiscard]] uint8_t best_stream() const;
  // The streams that arrive.
  [[nodiscard]] SpatialLayerSet live_streams() const;
  // The layers that are announced; of several streams each is a spatial layer.
  [[nodiscard]] LayerCounts layer_counts() const;
  // What layers cost; null for a source without any.
  [[nodiscard]] const LayerBitrates* layer_bitrates() const { return layer_bitrates_.get(); }
  [[nodiscard]] std::vector<uint8_t> scores() const;
  [[nodiscard]] ProducerScoreChanged ScoreEvent() const;
  [[nodiscard]] ProducerDump Dump() const;
  [[nodiscard]] std::vector<RtpStreamStats> Stats(Timestamp now) const;
  [[nodiscard]] RtpStreamStats StatsOf(const Stream& stream, Timestamp now) const;

 private:
  friend class RouterControl;

  void Tell(const RtpPacket& packet, bool rtx, Turn& turn);
  void CreateReceive(Stream& stream);
  void ReadLayers(const DependencyDescriptor& descriptor, RtpPacket& packet) const;
  void CountLayer(const RtpPacket& packet, Timestamp now);

  // --- read for each packet
  Transport& transport_;
  std::vector<Stream> streams_;
  std::vector<Consumer*> consumers_;
  std::vector<Observed> observed_;
  bool paused_;
  TraceTypes traced_;
  std::array<uint8_t, 128> mapped_payload_type_{};  // 0xFF: not of this producer
  std::array<Codec, 128> codecs_{};
  std::unique_ptr<LayerBitrates> layer_bitrates_;  // of a source with layers
  RtpExtensionIds extension_ids_;

  ProduceOptions options_;
  RtpType type_;
  std::optional<VideoOrientation> orientation_;
};

}  // namespace millrace
