#pragma once

#include <vector>

#include "routing/data_dumps.h"
#include "schema/data_consumer_generated.h"
#include "schema/data_producer_generated.h"
#include "schema/transport_generated.h"
#include "worker/channel_data.h"
#include "worker/convert_fields.h"

namespace millrace {

// Data producers and data consumers between the channel and values.

[[nodiscard]] ProduceDataOptions ReadProduceData(
    FieldReader& reader, const Millrace::Schema::Transport::ProduceDataRequest& table);
[[nodiscard]] ConsumeDataOptions ReadConsumeData(
    FieldReader& reader, const Millrace::Schema::Transport::ConsumeDataRequest& table);
[[nodiscard]] SendToConsumer ReadSendToConsumer(
    FieldReader& reader, const Millrace::Schema::DataConsumer::SendRequest& table);
[[nodiscard]] SetSubchannels ReadSetSubchannels(
    FieldReader& reader, const Millrace::Schema::DataConsumer::SetSubchannelsRequest& table);
[[nodiscard]] SendFromProducer ReadSendFromProducer(
    FieldReader& reader, const Millrace::Schema::DataProducer::SendNotification& table);

[[nodiscard]] flatbuffers::Offset<Millrace::Schema::DataProducer::DumpResponse>
WriteDataProducerDump(flatbuffers::FlatBufferBuilder& builder, const DataProducerDump& value);
[[nodiscard]] flatbuffers::Offset<Millrace::Schema::DataProducer::GetStatsResponse>
WriteDataProducerStats(flatbuffers::FlatBufferBuilder& builder, const DataProducerStats& value);
[[nodiscard]] flatbuffers::Offset<Millrace::Schema::DataConsumer::DumpResponse>
WriteDataConsumerDump(flatbuffers::FlatBufferBuilder& builder, const DataConsumerDump& value);
[[nodiscard]] flatbuffers::Offset<Millrace::Schema::DataConsumer::GetStatsResponse>
WriteDataConsumerStats(flatbuffers::FlatBufferBuilder& builder, const DataConsumerStats& value);

// What a transport's dump says of its association; null offsets where it has none.
struct SctpOffsets {
  flatbuffers::Offset<Millrace::Schema::SctpParameters::SctpParameters> parameters;
  flatbuffers::Offset<Millrace::Schema::SctpAssociation::SctpNegotiatedCapabilities> negotiated;
  flatbuffers::Offset<Millrace::Schema::Transport::SctpListener> listener;
  flatbuffers::Optional<Millrace::Schema::SctpAssociation::SctpState> state;
};
[[nodiscard]] SctpOffsets WriteSctp(flatbuffers::FlatBufferBuilder& builder,
                                    const std::optional<SctpDump>& value);
[[nodiscard]] inline Millrace::Schema::SctpAssociation::SctpState ToFlat(SctpState state) {
  return static_cast<Millrace::Schema::SctpAssociation::SctpState>(state);
}

}  // namespace millrace
