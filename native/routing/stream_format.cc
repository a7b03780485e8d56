#include "routing/stream_format.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

namespace millrace {
namespace {

char ToLower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool EqualIgnoringCase(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, [](char x, char y) { return ToLower(x) == ToLower(y); });
}

std::string_view SubtypeOf(std::string_view mime_type) {
  size_t slash = mime_type.find('/');
  return slash == std::string_view::npos ? std::string_view() : mime_type.substr(slash + 1);
}

bool IsRtx(const RtpCodecParameters& codec) {
  return EqualIgnoringCase(SubtypeOf(codec.mime_type), "rtx");
}

// Codecs that repair or fill other streams and are never the media of an encoding.
bool IsMedia(const RtpCodecParameters& codec) {
  static constexpr std::array<std::string_view, 8> kFeatures = {
      "rtx", "ulpfec", "flexfec", "x-ulpfecuc", "red", "cn", "telephone-event", "parityfec"};
  std::string_view subtype = SubtypeOf(codec.mime_type);
  return std::ranges::none_of(
      kFeatures, [&](std::string_view name) { return EqualIgnoringCase(subtype, name); });
}

std::optional<int64_t> IntegerParameter(const RtpCodecParameters& codec, std::string_view name) {
  for (const CodecParameter& parameter : codec.parameters) {
    if (parameter.name != name) continue;
    if (const int32_t* number = std::get_if<int32_t>(&parameter.value)) return *number;
    if (const bool* flag = std::get_if<bool>(&parameter.value)) return *flag ? 1 : 0;
  }
  return std::nullopt;
}

const RtpCodecParameters* MediaCodecOf(const RtpParameters& parameters, size_t encoding_index) {
  const RtpEncodingParameters& encoding = parameters.encodings[encoding_index];
  for (const RtpCodecParameters& codec : parameters.codecs) {
    if (!IsMedia(codec)) continue;
    if (!encoding.codec_payload_type || *encoding.codec_payload_type == codec.payload_type) {
      return &codec;
    }
  }
  return nullptr;
}

// RFC 4588 section 8.6: "apt" names the payload type of the stream that is repaired.
const RtpCodecParameters* RtxCodecOf(const RtpParameters& parameters, uint8_t payload_type) {
  for (const RtpCodecParameters& codec : parameters.codecs) {
    if (IsRtx(codec) && IntegerParameter(codec, "apt") == payload_type) return &codec;
  }
  return nullptr;
}

bool CodecHasFeedback(const RtpCodecParameters& codec, std::string_view type,
                      std::string_view parameter) {
  return std::ranges::any_of(codec.rtcp_feedback, [&](const RtcpFeedback& feedback) {
    return feedback.type == type && feedback.parameter == parameter;
  });
}

// "L1T3", "S3T3_KEY": one letter, spatial layers, "T", temporal layers.
std::pair<uint8_t, uint8_t> LayersOf(std::string_view mode) {
  constexpr std::pair<uint8_t, uint8_t> kOne = {1, 1};
  if (mode.size() < 4 || (mode[0] != 'L' && mode[0] != 'S')) return kOne;
  uint8_t spatial = 0;
  uint8_t temporal = 0;
  const char* end = mode.data() + mode.size();
  auto first = std::from_chars(mode.data() + 1, end, spatial);
  if (first.ec != std::errc() || first.ptr == end || *first.ptr != 'T') return kOne;
  auto second = std::from_chars(first.ptr + 1, end, temporal);
  if (second.ec != std::errc() || spatial == 0 || temporal == 0) return kOne;
  return {spatial, temporal};
}

}  // namespace

Codec CodecOf(std::string_view mime_type) {
  static constexpr std::array<std::pair<std::string_view, Codec>, 7> kNames = {{
      {"opus", Codec::kOpus},
      {"vp8", Codec::kVp8},
      {"vp9", Codec::kVp9},
      {"h264", Codec::kH264},
      {"h265", Codec::kH265},
      {"av1", Codec::kAv1},
      {"multiopus", Codec::kOpus},
  }};
  std::string_view subtype = SubtypeOf(mime_type);
  for (const auto& [name, codec] : kNames) {
    if (EqualIgnoringCase(subtype, name)) return codec;
  }
  return Codec::kOther;
}

Result<StreamFormat> ReadStreamFormat(const RtpParameters& parameters, size_t encoding_index) {
  const RtpCodecParameters* codec = MediaCodecOf(parameters, encoding_index);
  if (!codec) return Error::Type("no media codec for an encoding");
  if (codec->clock_rate == 0) return Error::Type("codec without clock rate");
  const RtpEncodingParameters& encoding = parameters.encodings[encoding_index];
  const RtpCodecParameters* rtx = RtxCodecOf(parameters, codec->payload_type);
  auto [spatial, temporal] = LayersOf(encoding.scalability_mode);
  StreamFormat format{.codec = CodecOf(codec->mime_type)};
  format.parameters = {
      .encoding_index = static_cast<uint32_t>(encoding_index),
      .ssrc = encoding.ssrc.value_or(0),
      .payload_type = codec->payload_type,
      .mime_type = codec->mime_type,
      .clock_rate = codec->clock_rate,
      .rid = encoding.rid,
      .cname = parameters.rtcp.cname,
      .rtx_ssrc = encoding.rtx_ssrc,
      .rtx_payload_type = rtx ? std::optional(rtx->payload_type) : std::nullopt,
      .use_nack = CodecHasFeedback(*codec, "nack", ""),
      .use_pli = CodecHasFeedback(*codec, "nack", "pli"),
      .use_fir = CodecHasFeedback(*codec, "ccm", "fir"),
      .use_in_band_fec = IntegerParameter(*codec, "useinbandfec") == 1,
      .use_dtx = encoding.dtx || IntegerParameter(*codec, "usedtx") == 1,
      .spatial_layers = spatial,
      .temporal_layers = temporal,
  };
  if (rtx) format.rtx_mime_type = rtx->mime_type;
  return format;
}

Result<RtpType> TypeOf(const RtpParameters& parameters) {
  if (parameters.encodings.empty()) return Error::Type("empty encodings");
  Result<StreamFormat> first = ReadStreamFormat(parameters, 0);
  if (!first.ok()) return first.error();
  if (parameters.encodings.size() > 1) return RtpType::kSimulcast;
  const RtpStreamParameters& stream = first.value().parameters;
  if (stream.spatial_layers == 1 && stream.temporal_layers == 1) return RtpType::kSimple;
  switch (first.value().codec) {
    case Codec::kVp9:
    case Codec::kAv1:
      return RtpType::kSvc;
    case Codec::kVp8:
    case Codec::kH264:
    case Codec::kH265:
      return RtpType::kSimulcast;
    case Codec::kOpus:
    case Codec::kOther:
      return RtpType::kSimple;
  }
  return RtpType::kSimple;
}

Result<RtpExtensionIds> ReadExtensionIds(const RtpParameters& parameters) {
  RtpExtensionIds ids;
  for (const RtpHeaderExtensionParameters& extension : parameters.header_extensions) {
    if (!ids.Set(ExtensionOf(extension.uri), extension.id)) {
      return Error::Type("invalid or repeated RTP header extension id");
    }
  }
  return ids;
}

bool HasFeedback(const RtpParameters& parameters, std::string_view type,
                 std::string_view parameter) {
  return std::ranges::any_of(parameters.codecs, [&](const RtpCodecParameters& codec) {
    return CodecHasFeedback(codec, type, parameter);
  });
}

RtpStreamDump DumpOf(const StreamFormat& format, uint8_t score) {
  RtpStreamDump dump{.parameters = format.parameters, .score = score};
  const RtpStreamParameters& stream = format.parameters;
  if (stream.rtx_ssrc && stream.rtx_payload_type) {
    dump.rtx_stream = RtxStreamParameters{
        .ssrc = *stream.rtx_ssrc,
        .payload_type = *stream.rtx_payload_type,
        .mime_type = format.rtx_mime_type,
        .clock_rate = stream.clock_rate,
        .cname = stream.cname,
    };
  }
  return dump;
}

}  // namespace millrace
