#include "protocol/dtls_peer_check.h"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/srtp.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <algorithm>

namespace millrace {

namespace {

// Below, a key is too weak; above, one handshake takes too long on a thread that carries media.
constexpr int kRsaBitsMin = 2048;
constexpr int kRsaBitsMax = 8192;

bool IsAcceptableKey(const EVP_PKEY* key) {
  if (key == nullptr) return false;
  int bits = EVP_PKEY_get_bits(key);
  if (EVP_PKEY_is_a(key, "RSA")) return bits >= kRsaBitsMin && bits <= kRsaBitsMax;
  if (!EVP_PKEY_is_a(key, "EC")) return false;
  // A curve of the peer's own making can be weak, and slow.
  int explicit_curve = 0;
  bool known = EVP_PKEY_get_int_param(key, OSSL_PKEY_PARAM_EC_DECODED_FROM_EXPLICIT_PARAMS,
                                      &explicit_curve) == 1;
  return known && explicit_curve == 0 && bits >= 256;
}

bool HasFingerprint(X509* certificate, const std::vector<DtlsFingerprint>& fingerprints) {
  unsigned char* der = nullptr;
  int size = i2d_X509(certificate, &der);
  if (size <= 0) return false;
  Bytes bytes(der, static_cast<size_t>(size));
  bool found = std::ranges::any_of(fingerprints, [bytes](const DtlsFingerprint& expected) {
    return DtlsFingerprint::Of(expected.algorithm, bytes) == expected;
  });
  OPENSSL_free(der);
  return found;
}

int Refuse(X509_STORE_CTX* store, DtlsPeerExpectation& expectation, int error,
           const char* failure) {
  X509_STORE_CTX_set_error(store, error);
  expectation.failure = failure;
  return 0;
}

}  // namespace

int CheckDtlsPeer(x509_store_ctx_st* store, void*) {
  auto* ssl =
      static_cast<SSL*>(X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx()));
  auto& expectation = *static_cast<DtlsPeerExpectation*>(SSL_get_app_data(ssl));
  X509* certificate = X509_STORE_CTX_get0_cert(store);
  if (SSL_get_selected_srtp_profile(ssl) == nullptr) {
    return Refuse(store, expectation, X509_V_ERR_APPLICATION_VERIFICATION,
                  "the peer agreed on no SRTP profile");
  }
  if (certificate == nullptr || !IsAcceptableKey(X509_get0_pubkey(certificate))) {
    return Refuse(store, expectation, X509_V_ERR_EE_KEY_TOO_SMALL,
                  "the key of the peer's certificate is not acceptable");
  }
  if (!HasFingerprint(certificate, expectation.fingerprints)) {
    return Refuse(store, expectation, X509_V_ERR_CERT_REJECTED,
                  "the peer's certificate has none of the fingerprints that were signalled");
  }
  X509_STORE_CTX_set_error(store, X509_V_OK);
  return 1;
}

}  // namespace millrace
