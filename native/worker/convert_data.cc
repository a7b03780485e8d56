#include "worker/convert_data.h"

#include <string>

namespace millrace {

namespace fbs = Millrace::Schema;

namespace {

using Builder = flatbuffers::FlatBufferBuilder;
template <typename T>
using Offset = flatbuffers::Offset<T>;

// There are no more numbers than this.
constexpr size_t kMaxSubchannels = 65'536;

std::optional<SctpStreamParameters> ReadStream(const fbs::SctpParameters::SctpStreamParameters* t) {
  if (t == nullptr) return std::nullopt;
  return SctpStreamParameters{.stream_id = t->stream_id(),
                              .ordered = ToStd(t->ordered()),
                              .max_packet_life_time_ms = ToStd(t->max_packet_life_time()),
                              .max_retransmits = ToStd(t->max_retransmits())};
}

Offset<fbs::SctpParameters::SctpStreamParameters> WriteStream(
    Builder& builder, const std::optional<SctpStreamParameters>& value) {
  if (!value) return {};
  return fbs::SctpParameters::CreateSctpStreamParameters(
      builder, value->stream_id, ToFlat(value->ordered), ToFlat(value->max_packet_life_time_ms),
      ToFlat(value->max_retransmits));
}

std::vector<uint16_t> ReadSubchannels(FieldReader& reader,
                                      const flatbuffers::Vector<uint16_t>* list) {
  return reader.Each(list, kMaxSubchannels, "subchannels", [](uint16_t number) { return number; });
}

// The frame's own limit bounds it.
std::vector<uint8_t> ReadBytes(const flatbuffers::Vector<uint8_t>& bytes) {
  return {bytes.begin(), bytes.end()};
}

}  // namespace

ProduceDataOptions ReadProduceData(FieldReader& reader,
                                   const fbs::Transport::ProduceDataRequest& table) {
  return {.data_producer_id = reader.Id(table.data_producer_id(), "dataProducerId"),
          .type = reader.Enum(table.type(), DataType::kSctp, DataType::kDirect, "type"),
          .stream = ReadStream(table.sctp_stream_parameters()),
          .label = reader.Text(table.label(), "label"),
          .protocol = reader.Text(table.protocol(), "protocol"),
          .paused = table.paused()};
}

ConsumeDataOptions ReadConsumeData(FieldReader& reader,
                                   const fbs::Transport::ConsumeDataRequest& table) {
  return {.data_consumer_id = reader.Id(table.data_consumer_id(), "dataConsumerId"),
          .data_producer_id = reader.Id(table.data_producer_id(), "dataProducerId"),
          .type = reader.Enum(table.type(), DataType::kSctp, DataType::kDirect, "type"),
          .stream = ReadStream(table.sctp_stream_parameters()),
          .label = reader.Text(table.label(), "label"),
          .protocol = reader.Text(table.protocol(), "protocol"),
          .paused = table.paused(),
          .subchannels = ReadSubchannels(reader, table.subchannels())};
}

SendToConsumer ReadSendToConsumer(FieldReader&, const fbs::DataConsumer::SendRequest& table) {
  return {.ppid = table.ppid(), .payload = ReadBytes(*table.data())};
}

SetSubchannels ReadSetSubchannels(FieldReader& reader,
                                  const fbs::DataConsumer::SetSubchannelsRequest& table) {
  return {.subchannels = ReadSubchannels(reader, table.subchannels())};
}

SendFromProducer ReadSendFromProducer(FieldReader& reader,
                                      const fbs::DataProducer::SendNotification& table) {
  return {.ppid = table.ppid(),
          .payload = ReadBytes(*table.data()),
          .subchannels = ReadSubchannels(reader, table.subchannels()),
          .required_subchannel = ToStd(table.required_subchannel()),
          .ignored_subchannel = ToStd(table.ignored_subchannel())};
}

Offset<fbs::DataProducer::DumpResponse> WriteDataProducerDump(Builder& builder,
                                                              const DataProducerDump& value) {
  auto stream = WriteStream(builder, value.stream);
  return fbs::DataProducer::CreateDumpResponseDirect(
      builder, value.id.c_str(), static_cast<fbs::DataProducer::Type>(value.type), stream,
      value.label.c_str(), value.protocol.c_str(), value.paused);
}

Offset<fbs::DataProducer::GetStatsResponse> WriteDataProducerStats(Builder& builder,
                                                                   const DataProducerStats& value) {
  return fbs::DataProducer::CreateGetStatsResponseDirect(
      builder, value.timestamp_ms, value.label.c_str(), value.protocol.c_str(),
      value.messages_received, value.bytes_received);
}

Offset<fbs::DataConsumer::DumpResponse> WriteDataConsumerDump(Builder& builder,
                                                              const DataConsumerDump& value) {
  auto stream = WriteStream(builder, value.stream);
  return fbs::DataConsumer::CreateDumpResponseDirect(
      builder, value.id.c_str(), value.data_producer_id.c_str(),
      static_cast<fbs::DataConsumer::Type>(value.type), stream, value.label.c_str(),
      value.protocol.c_str(), value.buffered_amount, value.buffered_amount_low_threshold,
      value.paused, value.data_producer_paused, &value.subchannels);
}

Offset<fbs::DataConsumer::GetStatsResponse> WriteDataConsumerStats(Builder& builder,
                                                                   const DataConsumerStats& value) {
  return fbs::DataConsumer::CreateGetStatsResponseDirect(
      builder, value.timestamp_ms, value.label.c_str(), value.protocol.c_str(), value.messages_sent,
      value.bytes_sent, value.buffered_amount);
}

SctpOffsets WriteSctp(Builder& builder, const std::optional<SctpDump>& value) {
  if (!value) return {};
  const SctpParameters& parameters = value->parameters;
  SctpOffsets offsets;
  offsets.state = ToFlat(value->state);
  offsets.parameters = fbs::SctpParameters::CreateSctpParameters(
      builder, parameters.port, parameters.max_send_message_size,
      parameters.max_receive_message_size, parameters.send_buffer_size,
      parameters.per_stream_send_queue_limit, parameters.max_receiver_window_buffer_size,
      parameters.is_data_channel);
  if (value->negotiated) {
    offsets.negotiated = fbs::SctpAssociation::CreateSctpNegotiatedCapabilities(
        builder, value->negotiated->outbound_streams, value->negotiated->inbound_streams);
  }
  std::vector<Offset<fbs::Common::Uint16String>> streams;
  for (const auto& [stream, id] : value->stream_producer_ids) {
    streams.push_back(fbs::Common::CreateUint16StringDirect(builder, stream, id.c_str()));
  }
  offsets.listener = fbs::Transport::CreateSctpListenerDirect(builder, &streams);
  return offsets;
}

}  // namespace millrace
