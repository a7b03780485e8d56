#pragma once

#include <vector>

#include "routing/rtp_parameters.h"
#include "schema/consumer_generated.h"
#include "schema/rtp_parameters_generated.h"
#include "worker/convert_fields.h"

namespace millrace {

// RTP parameters between the channel and values, in both directions.

[[nodiscard]] RtpParameters ReadRtpParameters(
    FieldReader& reader, const Millrace::Schema::RtpParameters::RtpParameters& table);
[[nodiscard]] RtpMapping ReadRtpMapping(FieldReader& reader,
                                        const Millrace::Schema::RtpParameters::RtpMapping& table);
[[nodiscard]] std::vector<RtpEncodingParameters> ReadEncodings(
    FieldReader& reader,
    const flatbuffers::Vector<
        flatbuffers::Offset<Millrace::Schema::RtpParameters::RtpEncodingParameters>>* list);
[[nodiscard]] ConsumerLayers ReadLayers(const Millrace::Schema::Consumer::ConsumerLayers& table);

[[nodiscard]] flatbuffers::Offset<Millrace::Schema::RtpParameters::RtpParameters>
WriteRtpParameters(flatbuffers::FlatBufferBuilder& builder, const RtpParameters& value);
[[nodiscard]] flatbuffers::Offset<Millrace::Schema::RtpParameters::RtpMapping> WriteRtpMapping(
    flatbuffers::FlatBufferBuilder& builder, const RtpMapping& value);
[[nodiscard]] flatbuffers::Offset<flatbuffers::Vector<
    flatbuffers::Offset<Millrace::Schema::RtpParameters::RtpEncodingParameters>>>
WriteEncodings(flatbuffers::FlatBufferBuilder& builder,
               const std::vector<RtpEncodingParameters>& values);
[[nodiscard]] flatbuffers::Offset<Millrace::Schema::Consumer::ConsumerLayers> WriteLayers(
    flatbuffers::FlatBufferBuilder& builder, const ConsumerLayers& value);

}  // namespace millrace
