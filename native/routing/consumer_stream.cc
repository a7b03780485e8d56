#include "routing/consumer_stream.h"

#include <utility>

namespace millrace {

ConsumerStream::ConsumerStream(Consumer& consumer, StreamSelector selector,
                               const RtpParameters& parameters, size_t index, Random& random)
    : consumer_(consumer),
      selector_(std::move(selector)),
      rewriter_(Ssrc(*parameters.encodings[index].ssrc),
                ReadStreamFormat(parameters, index).value().parameters.clock_rate,
                RandomInitialSequence(random)),
      send_(SendSettings(ReadStreamFormat(parameters, index).value(), random)),
      format_(ReadStreamFormat(parameters, index).value()) {
  keeps_sealed_bytes_ = format_.parameters.use_nack && !rtx_ssrc();
}

std::optional<Ssrc> ConsumerStream::rtx_ssrc() const {
  const RtpStreamParameters& parameters = format_.parameters;
  if (!parameters.rtx_ssrc || !parameters.rtx_payload_type) return std::nullopt;
  return Ssrc(*parameters.rtx_ssrc);
}

RtpStreamStats ConsumerStream::Stats(MediaKind kind, Timestamp now) const {
  const RtpStreamParameters& parameters = format_.parameters;
  SendStreamStats stats = send_.stats(now);
  return {
      .received = false,
      .timestamp_ms = static_cast<uint64_t>(now.ms()),
      .ssrc = parameters.ssrc,
      .kind = kind,
      .mime_type = parameters.mime_type,
      .packets_lost = stats.packets_lost,
      .fraction_lost = stats.fraction_lost,
      .jitter = stats.jitter,
      .packets_retransmitted = stats.packets_retransmitted,
      .packets_repaired = stats.packets_repaired,
      .nack_count = stats.nack_count,
      .nack_packet_count = stats.nack_packet_count,
      .pli_count = stats.pli_count,
      .fir_count = stats.fir_count,
      .rid = parameters.rid,
      .rtx_ssrc = parameters.rtx_ssrc,
      .round_trip_time_ms = stats.round_trip_time_ms,
      .score = stats.score,
      .packet_count = stats.packet_count,
      .byte_count = stats.byte_count,
      .bitrate = stats.bitrate,
  };
}

SendStreamSettings ConsumerStream::SendSettings(const StreamFormat& format, Random& random) {
  const RtpStreamParameters& parameters = format.parameters;
  SendStreamSettings settings{
      .ssrc = Ssrc(parameters.ssrc),
      .clock_rate = parameters.clock_rate,
      .rtx_initial_sequence = RandomInitialSequence(random),
  };
  if (parameters.use_nack) {
    settings.history = HasKeyFrames(format.codec) ? RetransmissionBuffer::kVideoHistory
                                                  : RetransmissionBuffer::kAudioHistory;
  }
  if (parameters.rtx_ssrc && parameters.rtx_payload_type) {
    settings.rtx_ssrc = Ssrc(*parameters.rtx_ssrc);
    settings.rtx_payload_type = *parameters.rtx_payload_type;
  }
  return settings;
}

}  // namespace millrace
