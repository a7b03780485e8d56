#include <openssl/evp.h>

#include <array>
#include <memory>

#include "base/check.h"
#include "protocol/srtp_cipher.h"
#include "protocol/srtp_hmac.h"
#include "protocol/srtp_nonce.h"

namespace millrace {

namespace {

constexpr size_t kGcmTagBytes = 16;

struct ContextFree {
  void operator()(EVP_CIPHER_CTX* context) const { EVP_CIPHER_CTX_free(context); }
};
using Context = std::unique_ptr<EVP_CIPHER_CTX, ContextFree>;

struct CipherFree {
  void operator()(EVP_CIPHER* cipher) const { EVP_CIPHER_free(cipher); }
};
using Cipher = std::unique_ptr<EVP_CIPHER, CipherFree>;

// A context that keeps the expanded key, so that a packet only brings its nonce.
Context MakeContext(const EVP_CIPHER* cipher, Bytes key) {
  Context context(EVP_CIPHER_CTX_new());
  CHECK(context != nullptr, "no memory for a cipher");
  int done = EVP_CipherInit_ex(context.get(), cipher, nullptr, key.data(), nullptr, 1);
  CHECK(done == 1, "a key of the cipher's own length is accepted");
  return context;
}

int Length(Bytes bytes) { return static_cast<int>(bytes.size()); }

class EvpGcmCipher final : public SrtpCipher {
 public:
  EvpGcmCipher(const EVP_CIPHER* cipher, const SrtpSessionKeys& keys)
      : keys_(keys), context_(MakeContext(cipher, keys.cipher_key())) {}

  void Seal(const Position& position, Bytes clear, Bytes plain, uint8_t* sealed) override {
    Begin(position, clear, 1);
    int written = 0;
    bool done =
        EVP_CipherUpdate(context_.get(), sealed, &written, plain.data(), Length(plain)) == 1;
    uint8_t* tag = sealed + plain.size();
    done = done && EVP_CipherFinal_ex(context_.get(), tag, &written) == 1 &&
           EVP_CIPHER_CTX_ctrl(context_.get(), EVP_CTRL_AEAD_GET_TAG, kGcmTagBytes, tag) == 1;
    CHECK(done, "GCM over bytes in memory cannot fail");
  }

  bool Open(const Position& position, Bytes clear, Bytes sealed, Bytes tag,
            uint8_t* plain) override {
    if (tag.size() != kGcmTagBytes) return false;
    Begin(position, clear, 0);
    int written = 0;
    // OpenSSL copies the tag; that it wants it mutable is an accident of its interface.
    std::array<uint8_t, kGcmTagBytes> expected;
    std::copy(tag.begin(), tag.end(), expected.begin());
    std::array<uint8_t, kGcmTagBytes> rest;
    return EVP_CipherUpdate(context_.get(), plain, &written, sealed.data(), Length(sealed)) == 1 &&
           EVP_CIPHER_CTX_ctrl(context_.get(), EVP_CTRL_AEAD_SET_TAG, kGcmTagBytes,
                               expected.data()) == 1 &&
           EVP_CipherFinal_ex(context_.get(), rest.data(), &written) == 1;
  }

 private:
  void Begin(const Position& position, Bytes clear, int encrypt) {
    std::array<uint8_t, 12> nonce = GcmNonce(keys_, position);
    GcmAssociatedBytes associated(keys_, position, clear);
    int written = 0;
    bool done =
        EVP_CipherInit_ex(context_.get(), nullptr, nullptr, nullptr, nonce.data(), encrypt) == 1 &&
        EVP_CipherUpdate(context_.get(), nullptr, &written, associated.bytes().data(),
                         Length(associated.bytes())) == 1;
    CHECK(done, "GCM takes any nonce and any header");
  }

  SrtpSessionKeys keys_;
  Context context_;
};

class EvpCounterModeCipher final : public SrtpCipher {
 public:
  EvpCounterModeCipher(const EVP_CIPHER* cipher, const SrtpSessionKeys& keys)
      : keys_(keys),
        context_(MakeContext(cipher, keys.cipher_key())),
        hmac_(keys.authentication_key) {}

  void Seal(const Position& position, Bytes clear, Bytes plain, uint8_t* sealed) override {
    Crypt(position, plain, sealed);
    MutableBytes tag(sealed + plain.size(), TagBytes());
    hmac_.Sign(clear, Bytes(sealed, plain.size()), AuthenticatedWord(keys_, position), tag);
  }

  bool Open(const Position& position, Bytes clear, Bytes sealed, Bytes tag,
            uint8_t* plain) override {
    if (tag.size() != keys_.tag_bytes()) return false;
    if (!hmac_.Verify(clear, sealed, AuthenticatedWord(keys_, position), tag)) return false;
    Crypt(position, sealed, plain);
    return true;
  }

 private:
  [[nodiscard]] size_t TagBytes() const { return keys_.tag_bytes(); }

  void Crypt(const Position& position, Bytes from, uint8_t* to) {
    std::array<uint8_t, 16> iv = CounterModeIv(keys_, position);
    int written = 0;
    bool done = EVP_CipherInit_ex(context_.get(), nullptr, nullptr, nullptr, iv.data(), 1) == 1 &&
                EVP_CipherUpdate(context_.get(), to, &written, from.data(), Length(from)) == 1;
    CHECK(done, "counter mode over bytes in memory cannot fail");
  }

  SrtpSessionKeys keys_;
  Context context_;
  SrtpHmac hmac_;
};

class EvpBackend final : public SrtpBackend {
 public:
  EvpBackend()
      : gcm128_(EVP_CIPHER_fetch(nullptr, "AES-128-GCM", nullptr)),
        gcm256_(EVP_CIPHER_fetch(nullptr, "AES-256-GCM", nullptr)),
        counter128_(EVP_CIPHER_fetch(nullptr, "AES-128-CTR", nullptr)) {
    CHECK(gcm128_ && gcm256_ && counter128_, "OpenSSL's default provider has the AES ciphers");
  }

  std::unique_ptr<SrtpCipher> MakeCipher(const SrtpSessionKeys& keys) override {
    switch (keys.suite) {
      case SrtpSuite::kAeadAes128Gcm:
        return std::make_unique<EvpGcmCipher>(gcm128_.get(), keys);
      case SrtpSuite::kAeadAes256Gcm:
        return std::make_unique<EvpGcmCipher>(gcm256_.get(), keys);
      case SrtpSuite::kAesCm128HmacSha1_80:
      case SrtpSuite::kAesCm128HmacSha1_32:
        return std::make_unique<EvpCounterModeCipher>(counter128_.get(), keys);
    }
    return nullptr;
  }

  const char* name() const override { return "evp"; }

 private:
  // Fetched once: a look-up by name takes longer than making a context.
  Cipher gcm128_;
  Cipher gcm256_;
  Cipher counter128_;
};

}  // namespace

std::unique_ptr<SrtpBackend> SrtpBackend::MakeEvp() { return std::make_unique<EvpBackend>(); }

std::unique_ptr<SrtpBackend> SrtpBackend::MakeFastest() {
  auto backend = MakeIpsecMb();
  return backend ? std::move(backend) : MakeEvp();
}

}  // namespace millrace
