#include "worker/convert_rtp.h"

#include <utility>

namespace millrace {

namespace fbs = Millrace::Schema::RtpParameters;

namespace {

// Bounds far above what any endpoint negotiates (a browser offers about forty codecs), and far
// below what would make a dump or a table a burden.
constexpr size_t kMaxCodecs = 128;
constexpr size_t kMaxHeaderExtensions = 64;
constexpr size_t kMaxEncodings = 64;
constexpr size_t kMaxParameters = 64;
constexpr size_t kMaxFeedbacks = 64;
constexpr size_t kMaxIntegers = 1024;

CodecParameterValue ReadValue(FieldReader& reader, const fbs::Parameter& table) {
  switch (table.value_type()) {
    case fbs::Value::Boolean:
      return table.value_as_Boolean()->value() != 0;
    case fbs::Value::Integer32:
      return table.value_as_Integer32()->value();
    case fbs::Value::Double:
      return table.value_as_Double()->value();
    case fbs::Value::String:
      return reader.Text(table.value_as_String()->value(), "parameter value");
    case fbs::Value::Integer32Array:
      return reader.Each(table.value_as_Integer32Array()->value(), kMaxIntegers, "parameter value",
                         [](int32_t value) { return value; });
    case fbs::Value::NONE:
      break;
  }
  reader.Refuse("parameter value", "no such type");
  return false;
}

CodecParameter ReadParameter(FieldReader& reader, const fbs::Parameter& table) {
  return {reader.Text(table.name(), "parameter name"), ReadValue(reader, table)};
}

template <typename List>
std::vector<CodecParameter> ReadParameters(FieldReader& reader, const List* list) {
  return reader.Each(list, kMaxParameters, "parameters",
                     [&](const fbs::Parameter* table) { return ReadParameter(reader, *table); });
}

RtpCodecParameters ReadCodec(FieldReader& reader, const fbs::RtpCodecParameters& table) {
  RtpCodecParameters codec;
  codec.mime_type = reader.Text(table.mime_type(), "mimeType");
  codec.payload_type = table.payload_type();
  codec.clock_rate = table.clock_rate();
  codec.channels = ToStd(table.channels());
  codec.parameters = ReadParameters(reader, table.parameters());
  codec.rtcp_feedback = reader.Each(
      table.rtcp_feedback(), kMaxFeedbacks, "rtcpFeedback", [&](const fbs::RtcpFeedback* entry) {
        return RtcpFeedback{reader.Text(entry->type(), "rtcpFeedback type"),
                            reader.Text(entry->parameter(), "rtcpFeedback parameter")};
      });
  return codec;
}

RtpHeaderExtensionParameters ReadExtension(FieldReader& reader,
                                           const fbs::RtpHeaderExtensionParameters& table) {
  return {.uri = reader.Enum(table.uri(), HeaderExtensionUri::kMid, HeaderExtensionUri::kPacketId,
                             "header extension uri"),
          .id = table.id(),
          .encrypt = table.encrypt(),
          .parameters = ReadParameters(reader, table.parameters())};
}

RtpEncodingParameters ReadEncoding(FieldReader& reader, const fbs::RtpEncodingParameters& table) {
  RtpEncodingParameters encoding;
  encoding.ssrc = ToStd(table.ssrc());
  encoding.rid = reader.Text(table.rid(), "rid");
  encoding.codec_payload_type = ToStd(table.codec_payload_type());
  if (table.rtx() != nullptr) encoding.rtx_ssrc = table.rtx()->ssrc();
  encoding.dtx = table.dtx();
  encoding.scalability_mode = reader.Text(table.scalability_mode(), "scalabilityMode");
  encoding.max_bitrate = ToStd(table.max_bitrate());
  return encoding;
}

}  // namespace

RtpParameters ReadRtpParameters(FieldReader& reader, const fbs::RtpParameters& table) {
  RtpParameters parameters;
  parameters.mid = reader.Text(table.mid(), "mid");
  parameters.codecs =
      reader.Each(table.codecs(), kMaxCodecs, "codecs",
                  [&](const fbs::RtpCodecParameters* codec) { return ReadCodec(reader, *codec); });
  parameters.header_extensions =
      reader.Each(table.header_extensions(), kMaxHeaderExtensions, "headerExtensions",
                  [&](const fbs::RtpHeaderExtensionParameters* extension) {
                    return ReadExtension(reader, *extension);
                  });
  parameters.encodings = ReadEncodings(reader, table.encodings());
  parameters.rtcp.cname = reader.Text(table.rtcp()->cname(), "cname");
  parameters.rtcp.reduced_size = table.rtcp()->reduced_size();
  parameters.msid = reader.Text(table.msid(), "msid");
  return parameters;
}

RtpMapping ReadRtpMapping(FieldReader& reader, const fbs::RtpMapping& table) {
  RtpMapping mapping;
  mapping.codecs =
      reader.Each(table.codecs(), kMaxCodecs, "mapping codecs", [](const fbs::CodecMapping* entry) {
        return CodecMapping{entry->payload_type(), entry->mapped_payload_type()};
      });
  mapping.encodings =
      reader.Each(table.encodings(), kMaxEncodings, "mapping encodings",
                  [&](const fbs::EncodingMapping* entry) {
                    return EncodingMapping{reader.Text(entry->rid(), "rid"), ToStd(entry->ssrc()),
                                           entry->mapped_ssrc()};
                  });
  return mapping;
}

std::vector<RtpEncodingParameters> ReadEncodings(
    FieldReader& reader,
    const flatbuffers::Vector<flatbuffers::Offset<fbs::RtpEncodingParameters>>* list) {
  return reader.Each(
      list, kMaxEncodings, "encodings",
      [&](const fbs::RtpEncodingParameters* entry) { return ReadEncoding(reader, *entry); });
}

ConsumerLayers ReadLayers(const Millrace::Schema::Consumer::ConsumerLayers& table) {
  return {.spatial_layer = table.spatial_layer(), .temporal_layer = ToStd(table.temporal_layer())};
}

namespace {

using Builder = flatbuffers::FlatBufferBuilder;
template <typename T>
using Offset = flatbuffers::Offset<T>;

struct ValueWriter {
  Builder& builder;

  std::pair<fbs::Value, Offset<void>> operator()(bool value) const {
    return {fbs::Value::Boolean, fbs::CreateBoolean(builder, value ? 1 : 0).Union()};
  }
  std::pair<fbs::Value, Offset<void>> operator()(int32_t value) const {
    return {fbs::Value::Integer32, fbs::CreateInteger32(builder, value).Union()};
  }
  std::pair<fbs::Value, Offset<void>> operator()(double value) const {
    return {fbs::Value::Double, fbs::CreateDouble(builder, value).Union()};
  }
  std::pair<fbs::Value, Offset<void>> operator()(const std::string& value) const {
    return {fbs::Value::String, fbs::CreateString(builder, builder.CreateString(value)).Union()};
  }
  std::pair<fbs::Value, Offset<void>> operator()(const std::vector<int32_t>& value) const {
    return {fbs::Value::Integer32Array,
            fbs::CreateInteger32Array(builder, builder.CreateVector(value)).Union()};
  }
};

Offset<flatbuffers::Vector<Offset<fbs::Parameter>>> WriteParameters(
    Builder& builder, const std::vector<CodecParameter>& values) {
  std::vector<Offset<fbs::Parameter>> offsets;
  offsets.reserve(values.size());
  for (const CodecParameter& parameter : values) {
    Offset<flatbuffers::String> name = builder.CreateString(parameter.name);
    auto [type, value] = std::visit(ValueWriter{builder}, parameter.value);
    offsets.push_back(fbs::CreateParameter(builder, name, type, value));
  }
  return builder.CreateVector(offsets);
}

Offset<fbs::RtpCodecParameters> WriteCodec(Builder& builder, const RtpCodecParameters& codec) {
  std::vector<Offset<fbs::RtcpFeedback>> feedbacks;
  feedbacks.reserve(codec.rtcp_feedback.size());
  for (const RtcpFeedback& feedback : codec.rtcp_feedback) {
    Offset<flatbuffers::String> type = builder.CreateString(feedback.type);
    feedbacks.push_back(
        fbs::CreateRtcpFeedback(builder, type, OptionalText(builder, feedback.parameter)));
  }
  Offset<flatbuffers::String> mime_type = builder.CreateString(codec.mime_type);
  auto parameters = WriteParameters(builder, codec.parameters);
  return fbs::CreateRtpCodecParameters(builder, mime_type, codec.payload_type, codec.clock_rate,
                                       ToFlat(codec.channels), parameters,
                                       builder.CreateVector(feedbacks));
}

Offset<fbs::RtpEncodingParameters> WriteEncoding(Builder& builder,
                                                 const RtpEncodingParameters& encoding) {
  Offset<flatbuffers::String> rid = OptionalText(builder, encoding.rid);
  Offset<flatbuffers::String> mode = OptionalText(builder, encoding.scalability_mode);
  Offset<fbs::Rtx> rtx;
  if (encoding.rtx_ssrc) rtx = fbs::CreateRtx(builder, *encoding.rtx_ssrc);
  return fbs::CreateRtpEncodingParameters(builder, ToFlat(encoding.ssrc), rid,
                                          ToFlat(encoding.codec_payload_type), rtx, encoding.dtx,
                                          mode, ToFlat(encoding.max_bitrate));
}

}  // namespace

Offset<fbs::RtpParameters> WriteRtpParameters(Builder& builder, const RtpParameters& value) {
  std::vector<Offset<fbs::RtpCodecParameters>> codecs;
  for (const RtpCodecParameters& codec : value.codecs) {
    codecs.push_back(WriteCodec(builder, codec));
  }
  std::vector<Offset<fbs::RtpHeaderExtensionParameters>> extensions;
  for (const RtpHeaderExtensionParameters& extension : value.header_extensions) {
    auto parameters = WriteParameters(builder, extension.parameters);
    extensions.push_back(fbs::CreateRtpHeaderExtensionParameters(
        builder, static_cast<fbs::RtpHeaderExtensionUri>(extension.uri), extension.id,
        extension.encrypt, parameters));
  }
  auto encodings = WriteEncodings(builder, value.encodings);
  auto rtcp = fbs::CreateRtcpParameters(builder, OptionalText(builder, value.rtcp.cname),
                                        value.rtcp.reduced_size);
  Offset<flatbuffers::String> mid = OptionalText(builder, value.mid);
  Offset<flatbuffers::String> msid = OptionalText(builder, value.msid);
  auto codec_list = builder.CreateVector(codecs);
  auto extension_list = builder.CreateVector(extensions);
  return fbs::CreateRtpParameters(builder, mid, codec_list, extension_list, encodings, rtcp, msid);
}

Offset<fbs::RtpMapping> WriteRtpMapping(Builder& builder, const RtpMapping& value) {
  std::vector<Offset<fbs::CodecMapping>> codecs;
  for (const CodecMapping& codec : value.codecs) {
    codecs.push_back(
        fbs::CreateCodecMapping(builder, codec.payload_type, codec.mapped_payload_type));
  }
  std::vector<Offset<fbs::EncodingMapping>> encodings;
  for (const EncodingMapping& encoding : value.encodings) {
    Offset<flatbuffers::String> rid = OptionalText(builder, encoding.rid);
    encodings.push_back(
        fbs::CreateEncodingMapping(builder, rid, ToFlat(encoding.ssrc), encoding.mapped_ssrc));
  }
  return fbs::CreateRtpMappingDirect(builder, &codecs, &encodings);
}

Offset<flatbuffers::Vector<Offset<fbs::RtpEncodingParameters>>> WriteEncodings(
    Builder& builder, const std::vector<RtpEncodingParameters>& values) {
  std::vector<Offset<fbs::RtpEncodingParameters>> offsets;
  offsets.reserve(values.size());
  for (const RtpEncodingParameters& encoding : values) {
    offsets.push_back(WriteEncoding(builder, encoding));
  }
  return builder.CreateVector(offsets);
}

Offset<Millrace::Schema::Consumer::ConsumerLayers> WriteLayers(Builder& builder,
                                                               const ConsumerLayers& value) {
  return Millrace::Schema::Consumer::CreateConsumerLayers(builder, value.spatial_layer,
                                                          ToFlat(value.temporal_layer));
}

}  // namespace millrace
