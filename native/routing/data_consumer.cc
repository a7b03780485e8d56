#include "routing/data_consumer.h"

#include <algorithm>
#include <utility>

#include "routing/data_producer.h"
#include "routing/transport.h"

namespace millrace {
namespace {

// Limits make a stream unordered unless it is said otherwise: a message that waits for one that
// never comes would be late in vain.
SctpReliability ReliabilityOf(const std::optional<SctpStreamParameters>& stream) {
  if (!stream) return {};
  bool limited = stream->max_packet_life_time_ms || stream->max_retransmits;
  SctpReliability reliability{.ordered = stream->ordered.value_or(!limited),
                              .max_retransmits = stream->max_retransmits};
  if (stream->max_packet_life_time_ms) {
    reliability.lifetime = Duration::Millis(*stream->max_packet_life_time_ms);
  }
  return reliability;
}

}  // namespace

Result<Done> DataConsumer::Check(const ConsumeDataOptions& options) {
  return CheckStream(options.type, options.stream);
}

DataConsumer::DataConsumer(ConsumeDataOptions options, DataProducer& producer, Transport& transport)
    : producer_(producer), transport_(transport), options_(std::move(options)) {
  if (options_.type == DataType::kDirect) options_.stream.reset();
  reliability_ = ReliabilityOf(options_.stream);
  SetSubchannels(std::exchange(options_.subchannels, {}));
}

std::optional<DropReason> DataConsumer::Refuses(const DataMessage& message) const {
  if (options_.paused) return DropReason::kConsumerPaused;
  if (message.required_subchannel && !Has(*message.required_subchannel)) {
    return DropReason::kNotSubscribed;
  }
  if (message.ignored_subchannel && Has(*message.ignored_subchannel)) {
    return DropReason::kNotSubscribed;
  }
  auto has = [this](uint16_t subchannel) { return Has(subchannel); };
  if (!message.subchannels.empty() && std::ranges::none_of(message.subchannels, has)) {
    return DropReason::kNotSubscribed;
  }
  return std::nullopt;
}

void DataConsumer::CountSent(size_t bytes) {
  ++messages_;
  bytes_ += bytes;
  full_ = false;
}

bool DataConsumer::TurnFull() { return !std::exchange(full_, true); }

void DataConsumer::SetLowThreshold(uint32_t bytes) {
  low_threshold_ = bytes;
  transport_.data().association()->SetBufferedAmountLowThreshold(stream(), bytes);
}

void DataConsumer::SetSubchannels(std::vector<uint16_t> subchannels) {
  std::ranges::sort(subchannels);
  auto repeated = std::ranges::unique(subchannels);
  subchannels.erase(repeated.begin(), repeated.end());
  options_.subchannels = std::move(subchannels);
}

void DataConsumer::AddSubchannel(uint16_t subchannel) {
  if (Has(subchannel)) return;
  auto place = std::ranges::lower_bound(options_.subchannels, subchannel);
  options_.subchannels.insert(place, subchannel);
}

void DataConsumer::RemoveSubchannel(uint16_t subchannel) {
  std::erase(options_.subchannels, subchannel);
}

bool DataConsumer::Has(uint16_t subchannel) const {
  return std::ranges::binary_search(options_.subchannels, subchannel);
}

uint32_t DataConsumer::buffered_amount() const {
  if (options_.type == DataType::kDirect) return 0;
  return static_cast<uint32_t>(transport_.data().association()->BufferedAmount(stream()));
}

DataConsumerDump DataConsumer::Dump() const {
  return {.id = options_.data_consumer_id,
          .data_producer_id = options_.data_producer_id,
          .type = options_.type,
          .stream = options_.stream,
          .label = options_.label,
          .protocol = options_.protocol,
          .buffered_amount = buffered_amount(),
          .buffered_amount_low_threshold = low_threshold_,
          .paused = options_.paused,
          .data_producer_paused = producer_.paused(),
          .subchannels = options_.subchannels};
}

DataConsumerStats DataConsumer::Stats(Timestamp now) const {
  return {.timestamp_ms = static_cast<uint64_t>(now.ms()),
          .label = options_.label,
          .protocol = options_.protocol,
          .messages_sent = messages_,
          .bytes_sent = bytes_,
          .buffered_amount = buffered_amount()};
}

}  // namespace millrace
