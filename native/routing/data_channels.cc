#include "routing/data_channels.h"

#include <algorithm>
#include <utility>

namespace millrace {
namespace {

// The longest datagram that carries an SCTP packet: with what DTLS 1.2 adds at most (RFC 6347
// section 4.1 and RFC 5246 section 6.2.3).
constexpr size_t kDatagramBytesMax = SctpLimits::kPacketBytesMax + 100;

// A number that is left out on the channel is zero, and then the usual one is meant.
uint32_t Or(uint32_t value, uint32_t usual) { return value == 0 ? usual : value; }

SctpParameters ParametersOf(const TransportOptions& options) {
  SctpSettings usual;
  return {.port = usual.ports.local,
          .max_send_message_size = Or(options.max_send_message_size, usual.max_send_message_size),
          .max_receive_message_size =
              Or(options.max_receive_message_size, usual.max_receive_message_size),
          .send_buffer_size = Or(options.sctp_send_buffer_size, usual.send_buffer_size),
          .per_stream_send_queue_limit =
              Or(options.sctp_per_stream_send_queue_limit, usual.per_stream_send_queue_limit),
          .max_receiver_window_buffer_size =
              Or(options.sctp_max_receiver_window_buffer_size, usual.receive_window),
          .is_data_channel = options.is_data_channel};
}

// The window is a maximum, not a promise: what is announced is never more than an association may
// keep.
SctpSettings SettingsOf(const SctpParameters& parameters, uint32_t low_threshold) {
  SctpSettings settings;
  settings.max_send_message_size = parameters.max_send_message_size;
  settings.max_receive_message_size = parameters.max_receive_message_size;
  settings.send_buffer_size = parameters.send_buffer_size;
  settings.per_stream_send_queue_limit = parameters.per_stream_send_queue_limit;
  settings.receive_window = parameters.max_receiver_window_buffer_size;
  settings.buffered_amount_low_threshold = low_threshold;
  return settings;
}

Error TooLarge(const char* what, uint32_t limit) {
  return Error::Type("wrong " + std::string(what) + ": " + std::to_string(limit) +
                     " is the highest");
}

template <typename T>
void EraseFrom(std::vector<std::unique_ptr<T>>& owners, const T& object) {
  std::erase_if(owners, [&](const std::unique_ptr<T>& owner) { return owner.get() == &object; });
}

template <typename T>
T* Find(const std::unordered_map<SctpStreamId, T*>& table, SctpStreamId stream) {
  auto found = table.find(stream);
  return found == table.end() ? nullptr : found->second;
}

}  // namespace

Result<Done> DataChannels::Check(const TransportOptions& options) {
  if (!options.enable_sctp) return Done{};
  if (options.max_send_message_size > SctpLimits::kMessageBytesMax) {
    return TooLarge("maxSendMessageSize", SctpLimits::kMessageBytesMax);
  }
  if (options.max_receive_message_size > SctpLimits::kMessageBytesMax) {
    return TooLarge("maxReceiveMessageSize", SctpLimits::kMessageBytesMax);
  }
  if (options.sctp_send_buffer_size > SctpLimits::kSendBufferBytesMax) {
    return TooLarge("sctpSendBufferSize", SctpLimits::kSendBufferBytesMax);
  }
  return Done{};
}

DataChannels::DataChannels(const TransportOptions& options, Random& random)
    : direct_(options.direct),
      parameters_(ParametersOf(options)),
      low_threshold_(options.sctp_default_stream_buffered_amount_low_threshold) {
  if (!options.enable_sctp) return;
  association_ = std::make_unique<SctpAssociation>(SettingsOf(parameters_, low_threshold_), random);
}

Timestamp DataChannels::deadline() const {
  return association_ ? association_->deadline() : Timestamp::Never();
}

bool DataChannels::Keep(const ByteStrings& packets, Turn& turn) {
  for (size_t i = 0; i < packets.size(); ++i) {
    if (packets_.size() >= kPacketsMax) {
      turn.out.CountDrop(DropReason::kBufferLimit);
    } else {
      packets_.Append(packets[i]);
    }
  }
  return !packets_.empty();
}

bool DataChannels::Seal(Link& link, Traffic& traffic, Turn& turn) {
  for (; next_packet_ < packets_.size(); ++next_packet_) {
    if (turn.out.slab_free() < kDatagramBytesMax) return false;
    size_t sent = link.SendSctp(packets_[next_packet_], turn);
    if (sent > 0) traffic.sent.Add(sent, turn.now);
  }
  packets_.Clear();
  next_packet_ = 0;
  return true;
}

DataProducer* DataChannels::ProducerOf(SctpStreamId stream) const {
  return Find(stream_producers_, stream);
}

DataConsumer* DataChannels::ConsumerOf(SctpStreamId stream) const {
  return Find(stream_consumers_, stream);
}

Result<Done> DataChannels::Add(std::unique_ptr<DataProducer> producer) {
  if (producers_.size() >= kNounsMax) return Error::Of("too many data producers");
  if (producer->type() == DataType::kSctp) {
    Result<Done> checked = CheckStream(producer->stream());
    if (!checked.ok()) return checked;
    if (!stream_producers_.try_emplace(producer->stream(), producer.get()).second) {
      return Error::Of("streamId " + std::to_string(producer->stream().value()) +
                       " has a data producer already");
    }
  }
  producers_.push_back(std::move(producer));
  return Done{};
}

Result<Done> DataChannels::Add(std::unique_ptr<DataConsumer> consumer) {
  if (consumers_.size() >= kNounsMax) return Error::Of("too many data consumers");
  if (consumer->type() == DataType::kSctp) {
    Result<Done> checked = CheckStream(consumer->stream());
    if (!checked.ok()) return checked;
    if (!stream_consumers_.try_emplace(consumer->stream(), consumer.get()).second) {
      return Error::Of("streamId " + std::to_string(consumer->stream().value()) +
                       " has a data consumer already");
    }
  }
  consumers_.push_back(std::move(consumer));
  return Done{};
}

void DataChannels::Remove(const DataProducer& producer) {
  if (producer.type() == DataType::kSctp) stream_producers_.erase(producer.stream());
  EraseFrom(producers_, producer);
}

void DataChannels::Remove(const DataConsumer& consumer) {
  if (consumer.type() == DataType::kSctp) stream_consumers_.erase(consumer.stream());
  EraseFrom(consumers_, consumer);
}

std::optional<SctpDump> DataChannels::Dump() const {
  if (!association_) return std::nullopt;
  SctpDump dump{.parameters = parameters_,
                .state = association_->state(),
                .negotiated = association_->negotiated()};
  for (const auto& producer : producers_) {
    dump.stream_producer_ids.emplace_back(producer->stream().value(), producer->id());
  }
  return dump;
}

// What the peer agreed to is known only once connected; until then, what we shall ask for.
Result<Done> DataChannels::CheckStream(SctpStreamId stream) const {
  uint16_t streams = SctpSettings().streams_max;
  if (stream.value() < streams) return Done{};
  return Error::Type("wrong streamId: an association has " + std::to_string(streams) + " streams");
}

}  // namespace millrace
