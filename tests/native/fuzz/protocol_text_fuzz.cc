// Text of the controller: Base64 and fingerprints. What is accepted is written back the same way.
#include <string>
#include <string_view>

#include "base/check.h"
#include "protocol/crypto.h"
#include "protocol/dtls_fingerprint.h"
#include "protocol/srtp_suite.h"

using namespace millrace;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::string text(reinterpret_cast<const char*>(data), size);
  auto decoded = Base64Decode(text);
  CHECK(!decoded || Base64Encode(*decoded) == text, "every value has one spelling");
  for (FingerprintAlgorithm algorithm : kFingerprintAlgorithms) {
    auto parsed = DtlsFingerprint::Parse(algorithm, text);
    CHECK(!parsed || parsed->value().size() == text.size(), "a fingerprint keeps its length");
  }
  (void)ParseSrtpSuite(text);
  (void)ParseFingerprintAlgorithm(text);
  return 0;
}
