#include "protocol/dtls_context.h"

#include <openssl/bio.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <utility>

#include "protocol/dtls_datagram_bio.h"
#include "protocol/dtls_peer_check.h"
#include "protocol/dtls_record.h"

namespace millrace {

namespace {

template <auto kFree>
struct Free {
  template <typename T>
  void operator()(T* object) const {
    kFree(object);
  }
};
using Key = std::unique_ptr<EVP_PKEY, Free<EVP_PKEY_free>>;
using Certificate = std::unique_ptr<X509, Free<X509_free>>;
using MemoryBio = std::unique_ptr<BIO, Free<BIO_free_all>>;

// ECDHE, so that a stolen key opens no old call, and AEAD only.
constexpr char kCiphers[] =
    "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:"
    "ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384:"
    "ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305";
constexpr char kGroups[] = "X25519:P-256:P-384";
constexpr char kSignatures[] =
    "ECDSA+SHA256:RSA-PSS+SHA256:RSA+SHA256:ECDSA+SHA384:RSA-PSS+SHA384:RSA+SHA384:ECDSA+SHA512:"
    "RSA-PSS+SHA512:RSA+SHA512";
// GCM first: it is several times faster than counter mode with HMAC-SHA1.
constexpr char kSrtpProfiles[] =
    "SRTP_AEAD_AES_128_GCM:SRTP_AEAD_AES_256_GCM:SRTP_AES128_CM_SHA1_80";
constexpr char kSrtpProfilesWithShortTag[] =
    "SRTP_AEAD_AES_128_GCM:SRTP_AEAD_AES_256_GCM:SRTP_AES128_CM_SHA1_80:SRTP_AES128_CM_SHA1_32";

// Nobody looks at a WebRTC certificate's dates, so they need no clock. RFC 5280 section 4.1.2.5:
// "no well-defined expiration date" is written 99991231235959Z.
constexpr char kNotBefore[] = "20200101000000Z";
constexpr char kNotAfter[] = "99991231235959Z";

Certificate MakeCertificate(EVP_PKEY* key) {
  Certificate certificate(X509_new());
  uint64_t serial = 0;
  if (!certificate || RAND_bytes(reinterpret_cast<uint8_t*>(&serial), sizeof(serial)) != 1) {
    return nullptr;
  }
  X509_NAME* name = X509_get_subject_name(certificate.get());
  const auto* common_name = reinterpret_cast<const uint8_t*>("millrace");
  bool done = X509_set_version(certificate.get(), X509_VERSION_3) == 1 &&
              ASN1_INTEGER_set_uint64(X509_get_serialNumber(certificate.get()), serial) == 1 &&
              ASN1_TIME_set_string(X509_getm_notBefore(certificate.get()), kNotBefore) == 1 &&
              ASN1_TIME_set_string(X509_getm_notAfter(certificate.get()), kNotAfter) == 1 &&
              X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, common_name, -1, -1, 0) == 1 &&
              X509_set_issuer_name(certificate.get(), name) == 1 &&
              X509_set_pubkey(certificate.get(), key) == 1 &&
              X509_sign(certificate.get(), key, EVP_sha256()) > 0;
  return done ? std::move(certificate) : nullptr;
}

MemoryBio ReadFrom(const std::string& text) {
  return MemoryBio(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

// Without this OpenSSL would ask the terminal for the password of an encrypted key.
int NoPassword(char*, int, int, void*) { return -1; }

bool LoadOrMakeCertificate(const DtlsContext::Settings& settings, Key& key,
                           Certificate& certificate) {
  if (settings.certificate.empty() && settings.private_key.empty()) {
    key.reset(EVP_EC_gen("P-256"));
    if (key) certificate = MakeCertificate(key.get());
  } else {
    MemoryBio key_text = ReadFrom(settings.private_key);
    MemoryBio certificate_text = ReadFrom(settings.certificate);
    key.reset(PEM_read_bio_PrivateKey(key_text.get(), nullptr, NoPassword, nullptr));
    certificate.reset(PEM_read_bio_X509(certificate_text.get(), nullptr, NoPassword, nullptr));
  }
  ERR_clear_error();
  return key != nullptr && certificate != nullptr;
}

bool Configure(SSL_CTX* context, const DtlsContext::Settings& settings) {
  SSL_CTX_set_security_level(context, 2);
  SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_TICKET | SSL_OP_NO_COMPRESSION |
                                   SSL_OP_NO_QUERY_MTU | SSL_OP_CIPHER_SERVER_PREFERENCE);
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS);
  // A record never has to carry more than a datagram does, and OpenSSL sizes its buffers by this.
  SSL_CTX_set_max_send_fragment(context, 2048);
  SSL_CTX_set_max_cert_list(context, static_cast<long>(kDtlsHandshakeMessageMax));
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
  SSL_CTX_set_cert_verify_callback(context, CheckDtlsPeer, nullptr);
  const char* profiles = settings.offer_short_tag ? kSrtpProfilesWithShortTag : kSrtpProfiles;
  return SSL_CTX_set_min_proto_version(context, DTLS1_2_VERSION) == 1 &&
         SSL_CTX_set_max_proto_version(context, DTLS1_2_VERSION) == 1 &&
         SSL_CTX_set_cipher_list(context, kCiphers) == 1 &&
         SSL_CTX_set1_groups_list(context, kGroups) == 1 &&
         SSL_CTX_set1_sigalgs_list(context, kSignatures) == 1 &&
         SSL_CTX_set_tlsext_use_srtp(context, profiles) == 0;
}

std::vector<DtlsFingerprint> FingerprintsOf(X509* certificate) {
  std::vector<DtlsFingerprint> fingerprints;
  unsigned char* der = nullptr;
  int size = i2d_X509(certificate, &der);
  if (size <= 0) return fingerprints;
  for (FingerprintAlgorithm algorithm : kFingerprintAlgorithms) {
    fingerprints.push_back(DtlsFingerprint::Of(algorithm, Bytes(der, static_cast<size_t>(size))));
  }
  OPENSSL_free(der);
  return fingerprints;
}

}  // namespace

Result<std::unique_ptr<DtlsContext>> DtlsContext::Make(const Settings& settings) {
  Key key;
  Certificate certificate;
  if (!LoadOrMakeCertificate(settings, key, certificate)) {
    return Error::Type("the DTLS certificate or its private key cannot be read");
  }
  std::unique_ptr<DtlsContext> context(new DtlsContext);
  context->ssl_context_.reset(SSL_CTX_new(DTLS_method()));
  context->bio_method_.reset(DtlsDatagramBio::MakeMethod());
  if (!context->ssl_context_ || !context->bio_method_ ||
      !Configure(context->ssl_context_.get(), settings)) {
    ERR_clear_error();
    return Error::Of("DTLS cannot be set up with this OpenSSL");
  }
  bool fits = SSL_CTX_use_certificate(context->ssl_context_.get(), certificate.get()) == 1 &&
              SSL_CTX_use_PrivateKey(context->ssl_context_.get(), key.get()) == 1 &&
              SSL_CTX_check_private_key(context->ssl_context_.get()) == 1;
  if (!fits) {
    ERR_clear_error();
    return Error::Type("the DTLS private key does not belong to the certificate, or is too weak");
  }
  context->fingerprints_ = FingerprintsOf(certificate.get());
  return context;
}

void DtlsContext::ContextFree::operator()(ssl_ctx_st* context) const { SSL_CTX_free(context); }

void DtlsContext::MethodFree::operator()(bio_method_st* method) const { BIO_meth_free(method); }

}  // namespace millrace
