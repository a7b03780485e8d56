#include "routing/data_producer.h"

#include <utility>

namespace millrace {

Result<Done> DataProducer::Check(const ProduceDataOptions& options) {
  return CheckStream(options.type, options.stream);
}

DataProducer::DataProducer(ProduceDataOptions options, Transport& transport)
    : transport_(transport), options_(std::move(options)) {
  if (options_.type == DataType::kDirect) options_.stream.reset();
}

std::optional<DropReason> DataProducer::Receive(const DataMessage& message) {
  ++messages_;
  bytes_ += message.payload.size();
  if (options_.paused) return DropReason::kProducerPaused;
  return std::nullopt;
}

DataProducerDump DataProducer::Dump() const {
  return {.id = options_.data_producer_id,
          .type = options_.type,
          .stream = options_.stream,
          .label = options_.label,
          .protocol = options_.protocol,
          .paused = options_.paused};
}

DataProducerStats DataProducer::Stats(Timestamp now) const {
  return {.timestamp_ms = static_cast<uint64_t>(now.ms()),
          .label = options_.label,
          .protocol = options_.protocol,
          .messages_received = messages_,
          .bytes_received = bytes_};
}

Result<Done> CheckStream(DataType type, const std::optional<SctpStreamParameters>& stream) {
  if (type == DataType::kDirect) return Done{};
  if (!stream) return Error::Type("missing sctpStreamParameters");
  // An association counts its streams in 16 bits, so the last identifier cannot be had.
  if (stream->stream_id == 65535) return Error::Type("wrong streamId: 65534 is the highest");
  bool limited = stream->max_packet_life_time_ms || stream->max_retransmits;
  if (stream->max_packet_life_time_ms && stream->max_retransmits) {
    return Error::Type("maxPacketLifeTime and maxRetransmits exclude each other");
  }
  if (limited && stream->ordered.value_or(false)) {
    return Error::Type("an ordered stream has neither maxPacketLifeTime nor maxRetransmits");
  }
  return Done{};
}

}  // namespace millrace
