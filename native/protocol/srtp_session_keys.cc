#include "protocol/srtp_session_keys.h"

#include <openssl/evp.h>

#include <algorithm>

#include "base/byte_writer.h"
#include "base/check.h"
#include "protocol/crypto.h"

namespace millrace {

namespace {

// RFC 3711 section 4.3.2: the labels of RTP; those of RTCP follow three later.
constexpr uint8_t kEncryptionLabel = 0x00;
constexpr uint8_t kAuthenticationLabel = 0x01;
constexpr uint8_t kSaltingLabel = 0x02;
constexpr uint8_t kRtcpLabels = 0x03;

// The pseudo-random function of RFC 3711 section 4.3.3: the AES counter mode key stream of the
// master key. RFC 3711 section 4.3.1: "key_id = <label> || r", x = key_id XOR master_salt, and r is
// zero at key derivation rate zero, so that the label meets the salt's byte 7. A GCM salt is two
// bytes shorter and is continued by zeros (RFC 7714 section 11).
void Generate(const SrtpKeyMaterial& material, uint8_t label, MutableBytes target) {
  std::array<uint8_t, 16> counter{};
  Bytes salt = material.salt();
  std::copy(salt.begin(), salt.end(), counter.begin());
  counter[7] ^= label;

  std::fill(target.begin(), target.end(), uint8_t{0});
  EVP_CIPHER_CTX* context = EVP_CIPHER_CTX_new();
  CHECK(context != nullptr, "no memory for a cipher");
  const EVP_CIPHER* cipher = material.key().size() == 32 ? EVP_aes_256_ctr() : EVP_aes_128_ctr();
  int written = 0;
  bool done =
      EVP_EncryptInit_ex(context, cipher, nullptr, material.key().data(), counter.data()) == 1 &&
      EVP_EncryptUpdate(context, target.data(), &written, target.data(),
                        static_cast<int>(target.size())) == 1;
  EVP_CIPHER_CTX_free(context);
  CHECK(done, "AES counter mode over bytes in memory cannot fail");
}

}  // namespace

SrtpSessionKeys SrtpSessionKeys::Derive(const SrtpKeyMaterial& material, SrtpUse use) {
  uint8_t first = use == SrtpUse::kRtp ? 0 : kRtcpLabels;
  SrtpSessionKeys keys;
  keys.suite = material.suite();
  keys.use = use;
  auto label = [first](uint8_t of_rtp) { return static_cast<uint8_t>(first + of_rtp); };
  Generate(material, label(kEncryptionLabel), MutableBytes(keys.key).first(material.key().size()));
  Generate(material, label(kSaltingLabel), MutableBytes(keys.salt).first(material.salt().size()));
  if (!IsAead(keys.suite)) Generate(material, label(kAuthenticationLabel), keys.authentication_key);
  return keys;
}

SrtpSessionKeys::~SrtpSessionKeys() {
  Wipe(key);
  Wipe(salt);
  Wipe(authentication_key);
}

}  // namespace millrace
