#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/byte_reader.h"

namespace millrace {

enum class FingerprintAlgorithm : uint8_t { kSha1, kSha224, kSha256, kSha384, kSha512 };

inline constexpr std::array<FingerprintAlgorithm, 5> kFingerprintAlgorithms = {
    FingerprintAlgorithm::kSha1, FingerprintAlgorithm::kSha224, FingerprintAlgorithm::kSha256,
    FingerprintAlgorithm::kSha384, FingerprintAlgorithm::kSha512};

// "sha-256" and so on, as RFC 8122 section 5 names them.
[[nodiscard]] std::string_view ToString(FingerprintAlgorithm algorithm);
[[nodiscard]] std::optional<FingerprintAlgorithm> ParseFingerprintAlgorithm(std::string_view name);

// The hash of a certificate, which signalling carries from one end to the other (RFC 8122).
struct DtlsFingerprint {
  FingerprintAlgorithm algorithm = FingerprintAlgorithm::kSha256;
  std::vector<uint8_t> digest;

  // `text` is "AB:CD:..." in letters of either case; nothing unless it has the algorithm's length.
  [[nodiscard]] static std::optional<DtlsFingerprint> Parse(FingerprintAlgorithm algorithm,
                                                            std::string_view text);
  // Of a certificate in DER.
  [[nodiscard]] static DtlsFingerprint Of(FingerprintAlgorithm algorithm, Bytes certificate);
  // Upper-case hexadecimal with colons.
  [[nodiscard]] std::string value() const;
  bool operator==(const DtlsFingerprint&) const = default;
};

}  // namespace millrace
