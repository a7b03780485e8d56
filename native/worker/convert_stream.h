#pragma once

#include <vector>

#include "routing/parameters.h"
#include "routing/routing_event.h"
#include "schema/consumer_generated.h"
#include "schema/producer_generated.h"
#include "schema/rtp_packet_generated.h"
#include "schema/rtp_stream_generated.h"
#include "worker/convert_fields.h"

namespace millrace {

// Dumps and statistics of producers, consumers and their streams, as the channel's tables.

[[nodiscard]] flatbuffers::Offset<Millrace::Schema::Producer::DumpResponse> WriteProducerDump(
    flatbuffers::FlatBufferBuilder& builder, const ProducerDump& value);
[[nodiscard]] flatbuffers::Offset<Millrace::Schema::Consumer::DumpResponse> WriteConsumerDump(
    flatbuffers::FlatBufferBuilder& builder, const ConsumerDump& value);
[[nodiscard]] flatbuffers::Offset<
    flatbuffers::Vector<flatbuffers::Offset<Millrace::Schema::RtpStream::Stats>>>
WriteStreamStats(flatbuffers::FlatBufferBuilder& builder,
                 const std::vector<RtpStreamStats>& values);
[[nodiscard]] flatbuffers::Offset<Millrace::Schema::Consumer::ConsumerScore> WriteConsumerScore(
    flatbuffers::FlatBufferBuilder& builder, const ConsumerScoreValue& value);
[[nodiscard]] flatbuffers::Offset<Millrace::Schema::RtpPacket::Dump> WritePacketDump(
    flatbuffers::FlatBufferBuilder& builder, const RtpPacketDump& value);

}  // namespace millrace
