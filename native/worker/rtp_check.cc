#include "worker/rtp_check.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

namespace millrace {

namespace {

// RFC 3550 section 5.1: the payload type has seven bits.
constexpr uint8_t kMaxPayloadType = 127;

using Fault = std::optional<Error>;

Fault Refuse(std::string text) { return Error::Type(std::move(text)); }

bool EqualIgnoringCase(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) {
    auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
    return lower(x) == lower(y);
  });
}

std::string_view KindOf(MediaKind kind) { return kind == MediaKind::kAudio ? "audio" : "video"; }

bool IsRtx(const RtpCodecParameters& codec) {
  size_t slash = codec.mime_type.find('/');
  return EqualIgnoringCase(std::string_view(codec.mime_type).substr(slash + 1), "rtx");
}

bool HasCodec(const RtpParameters& parameters, uint8_t payload_type) {
  return std::any_of(parameters.codecs.begin(), parameters.codecs.end(),
                     [&](const auto& codec) { return codec.payload_type == payload_type; });
}

// RFC 4588 section 8.6: "apt" is required of a retransmission format.
Fault CheckRtx(const RtpParameters& parameters, const RtpCodecParameters& codec) {
  for (const CodecParameter& parameter : codec.parameters) {
    if (parameter.name != "apt") continue;
    const int32_t* apt = std::get_if<int32_t>(&parameter.value);
    bool known = apt && *apt >= 0 && *apt <= kMaxPayloadType && *apt != codec.payload_type &&
                 HasCodec(parameters, static_cast<uint8_t>(*apt));
    if (!known) return Refuse("wrong apt: no such payload type");
    return std::nullopt;
  }
  return Refuse("missing apt of an RTX codec");
}

Fault CheckCodec(MediaKind kind, const RtpParameters& parameters, const RtpCodecParameters& codec) {
  size_t slash = codec.mime_type.find('/');
  if (slash == std::string::npos || slash + 1 == codec.mime_type.size()) {
    return Refuse("wrong mimeType '" + codec.mime_type + "'");
  }
  if (!EqualIgnoringCase(std::string_view(codec.mime_type).substr(0, slash), KindOf(kind))) {
    return Refuse("mimeType '" + codec.mime_type + "' is of another kind");
  }
  if (codec.payload_type > kMaxPayloadType) return Refuse("wrong payloadType: over 127");
  if (codec.clock_rate == 0) return Refuse("wrong clockRate: zero");
  if (std::count_if(parameters.codecs.begin(), parameters.codecs.end(), [&](const auto& other) {
        return other.payload_type == codec.payload_type;
      }) > 1) {
    return Refuse("duplicated payloadType");
  }
  return IsRtx(codec) ? CheckRtx(parameters, codec) : std::nullopt;
}

Fault CheckEncodings(const RtpParameters& parameters) {
  std::vector<uint32_t> ssrcs;
  std::vector<std::string_view> rids;
  for (const RtpEncodingParameters& encoding : parameters.encodings) {
    if (encoding.ssrc) ssrcs.push_back(*encoding.ssrc);
    if (encoding.rtx_ssrc) ssrcs.push_back(*encoding.rtx_ssrc);
    if (!encoding.rid.empty()) rids.push_back(encoding.rid);
    if (encoding.codec_payload_type && !HasCodec(parameters, *encoding.codec_payload_type)) {
      return Refuse("wrong codecPayloadType: no such codec");
    }
  }
  std::sort(ssrcs.begin(), ssrcs.end());
  std::sort(rids.begin(), rids.end());
  if (!ssrcs.empty() && ssrcs.front() == 0) return Refuse("wrong ssrc: zero");
  if (std::adjacent_find(ssrcs.begin(), ssrcs.end()) != ssrcs.end()) {
    return Refuse("duplicated ssrc");
  }
  if (std::adjacent_find(rids.begin(), rids.end()) != rids.end()) return Refuse("duplicated rid");
  return std::nullopt;
}

Fault CheckParameters(MediaKind kind, const RtpParameters& parameters) {
  if (parameters.codecs.empty()) return Refuse("empty codecs");
  if (parameters.encodings.empty()) return Refuse("empty encodings");
  for (const RtpCodecParameters& codec : parameters.codecs) {
    if (Fault fault = CheckCodec(kind, parameters, codec)) return fault;
  }
  return CheckEncodings(parameters);
}

Fault CheckMapping(const RtpParameters& parameters, const RtpMapping& mapping) {
  for (const RtpCodecParameters& codec : parameters.codecs) {
    bool mapped = std::any_of(mapping.codecs.begin(), mapping.codecs.end(), [&](const auto& entry) {
      return entry.payload_type == codec.payload_type;
    });
    if (!mapped) return Refuse("wrong rtpMapping: a codec is not mapped");
  }
  for (const CodecMapping& entry : mapping.codecs) {
    if (entry.mapped_payload_type > kMaxPayloadType) {
      return Refuse("wrong mappedPayloadType: over 127");
    }
  }
  if (mapping.encodings.size() != parameters.encodings.size()) {
    return Refuse("wrong rtpMapping: not one entry an encoding");
  }
  for (const EncodingMapping& entry : mapping.encodings) {
    if (entry.mapped_ssrc == 0) return Refuse("wrong mappedSsrc: zero");
  }
  return std::nullopt;
}

}  // namespace

std::optional<Error> FindFault(const ProduceOptions& options) {
  if (Fault fault = CheckParameters(options.kind, options.rtp_parameters)) return fault;
  return CheckMapping(options.rtp_parameters, options.rtp_mapping);
}

std::optional<Error> FindFault(const ConsumeOptions& options) {
  if (Fault fault = CheckParameters(options.kind, options.rtp_parameters)) return fault;
  for (const RtpEncodingParameters& encoding : options.rtp_parameters.encodings) {
    if (!encoding.ssrc) return Refuse("wrong encodings: a consumer's encoding needs an ssrc");
  }
  if (options.consumable_encodings.empty()) return Refuse("empty consumableRtpEncodings");
  for (const RtpEncodingParameters& encoding : options.consumable_encodings) {
    if (encoding.ssrc.value_or(0) == 0) {
      return Refuse("wrong consumableRtpEncodings: an encoding without ssrc");
    }
  }
  return std::nullopt;
}

}  // namespace millrace
