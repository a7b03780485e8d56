#include "protocol/srtp_cipher.h"

#if MILLRACE_HAS_IPSEC_MB

#include <intel-ipsec-mb.h>

#include <array>
#include <memory>

#include "base/check.h"
#include "protocol/crypto.h"
#include "protocol/srtp_hmac.h"
#include "protocol/srtp_nonce.h"

namespace millrace {

namespace {

constexpr size_t kGcmTagBytes = 16;

struct ManagerFree {
  void operator()(IMB_MGR* manager) const { free_mb_mgr(manager); }
};

MutableBytes BytesOf(void* object, size_t size) {
  return MutableBytes(static_cast<uint8_t*>(object), size);
}

// GCM by the library's direct calls: no job, no queue, no state but the expanded key.
class IpsecMbGcmCipher final : public SrtpCipher {
 public:
  IpsecMbGcmCipher(IMB_MGR* manager, const SrtpSessionKeys& keys) : keys_(keys) {
    bool long_key = keys.cipher_key().size() == 32;
    encrypt_ = long_key ? manager->gcm256_enc : manager->gcm128_enc;
    decrypt_ = long_key ? manager->gcm256_dec : manager->gcm128_dec;
    (long_key ? manager->gcm256_pre : manager->gcm128_pre)(keys.cipher_key().data(), &expanded_);
  }
  ~IpsecMbGcmCipher() override { Wipe(BytesOf(&expanded_, sizeof(expanded_))); }

  void Seal(const Position& position, Bytes clear, Bytes plain, uint8_t* sealed) override {
    std::array<uint8_t, 12> nonce = GcmNonce(keys_, position);
    GcmAssociatedBytes associated(keys_, position, clear);
    gcm_context_data context;
    encrypt_(&expanded_, &context, sealed, plain.data(), plain.size(), nonce.data(),
             associated.bytes().data(), associated.bytes().size(), sealed + plain.size(),
             kGcmTagBytes);
  }

  bool Open(const Position& position, Bytes clear, Bytes sealed, Bytes tag,
            uint8_t* plain) override {
    // With a plain text in the sealed bytes' place, the tag stands behind it, untouched.
    std::array<uint8_t, 12> nonce = GcmNonce(keys_, position);
    GcmAssociatedBytes associated(keys_, position, clear);
    gcm_context_data context;
    std::array<uint8_t, kGcmTagBytes> computed;
    decrypt_(&expanded_, &context, plain, sealed.data(), sealed.size(), nonce.data(),
             associated.bytes().data(), associated.bytes().size(), computed.data(), kGcmTagBytes);
    return EqualsInConstantTime(computed, tag);
  }

 private:
  SrtpSessionKeys keys_;
  aes_gcm_enc_dec_t encrypt_;
  aes_gcm_enc_dec_t decrypt_;
  // The widest vector loads of the library read whole cache lines of it.
  alignas(64) gcm_key_data expanded_{};
};

// Counter mode by a burst of one job, which the library finishes before it returns; the tag by
// SrtpHmac, because the library's HMAC is fast only for many packets at a time.
class IpsecMbCounterModeCipher final : public SrtpCipher {
 public:
  IpsecMbCounterModeCipher(IMB_MGR* manager, const SrtpSessionKeys& keys)
      : manager_(manager), keys_(keys), hmac_(keys.authentication_key) {
    alignas(16) std::array<uint8_t, kRoundKeyBytes> unused;
    IMB_AES_KEYEXP_128(manager_, keys.key.data(), round_keys_.data(), unused.data());
    Wipe(unused);
    job_.enc_keys = round_keys_.data();
    job_.dec_keys = round_keys_.data();
    job_.key_len_in_bytes = IMB_KEY_128_BYTES;
    job_.iv_len_in_bytes = 16;
    job_.cipher_mode = IMB_CIPHER_CNTR;
    job_.cipher_direction = IMB_DIR_ENCRYPT;
    job_.hash_alg = IMB_AUTH_NULL;
    job_.chain_order = IMB_ORDER_CIPHER_HASH;
  }
  ~IpsecMbCounterModeCipher() override { Wipe(round_keys_); }

  void Seal(const Position& position, Bytes clear, Bytes plain, uint8_t* sealed) override {
    Crypt(position, plain, sealed);
    MutableBytes tag(sealed + plain.size(), keys_.tag_bytes());
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
  // AES-128: eleven round keys (FIPS 197 section 5.2).
  static constexpr size_t kRoundKeyBytes = 11 * 16;

  void Crypt(const Position& position, Bytes from, uint8_t* to) {
    if (from.empty()) return;
    std::array<uint8_t, 16> iv = CounterModeIv(keys_, position);
    job_.src = from.data();
    job_.dst = to;
    job_.iv = iv.data();
    job_.cipher_start_src_offset_in_bytes = 0;
    job_.msg_len_to_cipher_in_bytes = from.size();
    uint32_t done = IMB_SUBMIT_CIPHER_BURST_NOCHECK(manager_, &job_, 1, IMB_CIPHER_CNTR,
                                                    IMB_DIR_ENCRYPT, IMB_KEY_128_BYTES);
    CHECK(done == 1, "a burst is finished when the call returns");
  }

  IMB_MGR* manager_;
  SrtpSessionKeys keys_;
  SrtpHmac hmac_;
  IMB_JOB job_{};
  alignas(64) std::array<uint8_t, kRoundKeyBytes> round_keys_{};
};

class IpsecMbBackend final : public SrtpBackend {
 public:
  explicit IpsecMbBackend(std::unique_ptr<IMB_MGR, ManagerFree> manager)
      : manager_(std::move(manager)) {}

  std::unique_ptr<SrtpCipher> MakeCipher(const SrtpSessionKeys& keys) override {
    if (IsAead(keys.suite)) return std::make_unique<IpsecMbGcmCipher>(manager_.get(), keys);
    return std::make_unique<IpsecMbCounterModeCipher>(manager_.get(), keys);
  }

  const char* name() const override { return "ipsec-mb"; }

 private:
  std::unique_ptr<IMB_MGR, ManagerFree> manager_;
};

}  // namespace

std::unique_ptr<SrtpBackend> SrtpBackend::MakeIpsecMb() {
  std::unique_ptr<IMB_MGR, ManagerFree> manager(alloc_mb_mgr(0));
  if (!manager) return nullptr;
  IMB_ARCH architecture = IMB_ARCH_NONE;
  init_mb_mgr_auto(manager.get(), &architecture);
  // The library's emulation of AES is there for its own tests; OpenSSL is faster without AES-NI.
  constexpr uint64_t kNeeded = IMB_FEATURE_AESNI | IMB_FEATURE_PCLMULQDQ;
  bool usable = imb_get_errno(manager.get()) == 0 && (manager->features & kNeeded) == kNeeded;
  if (!usable) return nullptr;
  return std::make_unique<IpsecMbBackend>(std::move(manager));
}

}  // namespace millrace

#else

namespace millrace {

std::unique_ptr<SrtpBackend> SrtpBackend::MakeIpsecMb() { return nullptr; }

}  // namespace millrace

#endif
