#include "protocol/dtls_fingerprint.h"

#include <openssl/evp.h>

#include "base/check.h"

namespace millrace {

namespace {

const EVP_MD* DigestOf(FingerprintAlgorithm algorithm) {
  switch (algorithm) {
    case FingerprintAlgorithm::kSha1:
      return EVP_sha1();
    case FingerprintAlgorithm::kSha224:
      return EVP_sha224();
    case FingerprintAlgorithm::kSha256:
      return EVP_sha256();
    case FingerprintAlgorithm::kSha384:
      return EVP_sha384();
    case FingerprintAlgorithm::kSha512:
      return EVP_sha512();
  }
  return nullptr;
}

size_t DigestBytes(FingerprintAlgorithm algorithm) {
  return static_cast<size_t>(EVP_MD_get_size(DigestOf(algorithm)));
}

std::optional<uint8_t> DigitValue(char letter) {
  if (letter >= '0' && letter <= '9') return static_cast<uint8_t>(letter - '0');
  if (letter >= 'A' && letter <= 'F') return static_cast<uint8_t>(letter - 'A' + 10);
  if (letter >= 'a' && letter <= 'f') return static_cast<uint8_t>(letter - 'a' + 10);
  return std::nullopt;
}

}  // namespace

std::string_view ToString(FingerprintAlgorithm algorithm) {
  switch (algorithm) {
    case FingerprintAlgorithm::kSha1:
      return "sha-1";
    case FingerprintAlgorithm::kSha224:
      return "sha-224";
    case FingerprintAlgorithm::kSha256:
      return "sha-256";
    case FingerprintAlgorithm::kSha384:
      return "sha-384";
    case FingerprintAlgorithm::kSha512:
      return "sha-512";
  }
  return "";
}

std::optional<FingerprintAlgorithm> ParseFingerprintAlgorithm(std::string_view name) {
  for (FingerprintAlgorithm algorithm : kFingerprintAlgorithms) {
    if (ToString(algorithm) == name) return algorithm;
  }
  return std::nullopt;
}

std::optional<DtlsFingerprint> DtlsFingerprint::Parse(FingerprintAlgorithm algorithm,
                                                      std::string_view text) {
  size_t bytes = DigestBytes(algorithm);
  if (text.size() != bytes * 3 - 1) return std::nullopt;
  DtlsFingerprint fingerprint{.algorithm = algorithm, .digest = {}};
  for (size_t i = 0; i < bytes; ++i) {
    auto high = DigitValue(text[3 * i]);
    auto low = DigitValue(text[3 * i + 1]);
    bool separated = i + 1 == bytes || text[3 * i + 2] == ':';
    if (!high || !low || !separated) return std::nullopt;
    fingerprint.digest.push_back(static_cast<uint8_t>(*high << 4 | *low));
  }
  return fingerprint;
}

DtlsFingerprint DtlsFingerprint::Of(FingerprintAlgorithm algorithm, Bytes certificate) {
  DtlsFingerprint fingerprint{.algorithm = algorithm, .digest = {}};
  fingerprint.digest.resize(DigestBytes(algorithm));
  int done = EVP_Digest(certificate.data(), certificate.size(), fingerprint.digest.data(), nullptr,
                        DigestOf(algorithm), nullptr);
  CHECK(done == 1, "a hash of bytes in memory cannot fail");
  return fingerprint;
}

std::string DtlsFingerprint::value() const {
  constexpr char kDigits[] = "0123456789ABCDEF";
  std::string text;
  for (uint8_t byte : digest) {
    if (!text.empty()) text += ':';
    text += kDigits[byte >> 4];
    text += kDigits[byte & 15];
  }
  return text;
}

}  // namespace millrace
