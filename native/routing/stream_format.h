#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "routing/parameters.h"
#include "wire/payload/codec.h"
#include "wire/rtp_extensions.h"

namespace millrace {

// What RTP parameters say of the stream of one encoding, looked up once so that no packet has to.
struct StreamFormat {
  Codec codec = Codec::kOther;
  RtpStreamParameters parameters{};  // as dumps show it
  std::string rtx_mime_type{};
};

// The codec whose name stands behind the slash of a MIME type, in any case.
[[nodiscard]] Codec CodecOf(std::string_view mime_type);

// Fails when the encoding has no media codec of its own.
[[nodiscard]] Result<StreamFormat> ReadStreamFormat(const RtpParameters& parameters,
                                                    size_t encoding_index);

// One encoding is simple, or SVC when its scalability mode has layers (simulcast for codecs that
// know no other way); several are simulcast.
[[nodiscard]] Result<RtpType> TypeOf(const RtpParameters& parameters);

[[nodiscard]] Result<RtpExtensionIds> ReadExtensionIds(const RtpParameters& parameters);
[[nodiscard]] inline RtpExtension ExtensionOf(HeaderExtensionUri uri) {
  return static_cast<RtpExtension>(static_cast<uint8_t>(uri) + 1);
}

// Whether the codec of the encoding negotiated RTCP feedback of this type and parameter.
[[nodiscard]] bool HasFeedback(const RtpParameters& parameters, std::string_view type,
                               std::string_view parameter);

[[nodiscard]] RtpStreamDump DumpOf(const StreamFormat& format, uint8_t score);

}  // namespace millrace
