#pragma once

#include <string>
#include <vector>

#include "protocol/dtls_fingerprint.h"

// OpenSSL's name for X509_STORE_CTX.
struct x509_store_ctx_st;

namespace millrace {

// What the peer of one session has to show, and what was wrong with it. Hangs on the SSL object as
// its application data.
struct DtlsPeerExpectation {
  std::vector<DtlsFingerprint> fingerprints;
  std::string failure;
};

// OpenSSL asks this instead of checking a chain: in WebRTC a certificate is trusted because
// signalling carried its hash (RFC 8827 section 6.5), not because somebody signed it. Also the
// place where a peer is refused that agreed on no SRTP profile: the last one that can still send an
// alert.
int CheckDtlsPeer(x509_store_ctx_st* store, void* unused);

}  // namespace millrace
