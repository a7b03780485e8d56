#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "protocol/dtls_fingerprint.h"
#include "protocol/dtls_handshakes.h"

// OpenSSL's names for SSL_CTX and BIO_METHOD; its headers stay inside the .cc files.
struct bio_method_st;
struct ssl_ctx_st;

namespace millrace {

// What all DTLS sessions of a worker share: certificate, private key, and the rules of what we
// accept (DTLS 1.2, ECDHE with AEAD, client certificate required, no renegotiation, no resumption).
// Outlives its sessions.
class DtlsContext {
 public:
  struct Settings {
    // PEM; both empty: an ECDSA P-256 certificate is made, fresh with every start.
    std::string certificate = {};
    std::string private_key = {};
    // Offers AES_CM_128_HMAC_SHA1_32 too, whose four-byte tag is easily guessed for single packets.
    bool offer_short_tag = false;
  };

  [[nodiscard]] static Result<std::unique_ptr<DtlsContext>> Make(const Settings& settings);
  // One for each of kFingerprintAlgorithms, in that order.
  [[nodiscard]] const std::vector<DtlsFingerprint>& fingerprints() const { return fingerprints_; }
  // Those under way with this context.
  [[nodiscard]] const DtlsHandshakes& handshakes() const { return *handshakes_; }

  // For DtlsSession only.
  [[nodiscard]] DtlsHandshakes::Slot TakeHandshake() const {
    return DtlsHandshakes::Slot(*handshakes_);
  }
  [[nodiscard]] ssl_ctx_st* ssl_context() const { return ssl_context_.get(); }
  [[nodiscard]] bio_method_st* bio_method() const { return bio_method_.get(); }

 private:
  struct ContextFree {
    void operator()(ssl_ctx_st* context) const;
  };
  struct MethodFree {
    void operator()(bio_method_st* method) const;
  };

  DtlsContext() = default;

  std::unique_ptr<bio_method_st, MethodFree> bio_method_;
  std::unique_ptr<ssl_ctx_st, ContextFree> ssl_context_;
  std::vector<DtlsFingerprint> fingerprints_;
  // Counted through a context that is otherwise constant.
  std::unique_ptr<DtlsHandshakes> handshakes_ = std::make_unique<DtlsHandshakes>();
};

}  // namespace millrace
