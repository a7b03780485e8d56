// Sessions of ours against plain OpenSSL, set up in ways that a browser would not be.
#include <gtest/gtest.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/param_build.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/srtp.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include "protocol/dtls_datagram_bio.h"
#include "protocol/dtls_pair.h"

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

Certificate SelfSigned(EVP_PKEY* key) {
  Certificate certificate(X509_new());
  X509_set_version(certificate.get(), X509_VERSION_3);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), 1);
  ASN1_TIME_set_string(X509_getm_notBefore(certificate.get()), "20000101000000Z");
  // Long expired: a WebRTC certificate is known by its hash.
  ASN1_TIME_set_string(X509_getm_notAfter(certificate.get()), "20010101000000Z");
  X509_NAME* name = X509_get_subject_name(certificate.get());
  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, reinterpret_cast<const uint8_t*>("peer"), -1,
                             -1, 0);
  X509_set_issuer_name(certificate.get(), name);
  X509_set_pubkey(certificate.get(), key);
  X509_sign(certificate.get(), key, EVP_sha256());
  return certificate;
}

struct PeerSettings {
  bool client = true;
  const char* profiles = "SRTP_AEAD_AES_128_GCM";
  const char* ciphers = "ALL:eNULL:@SECLEVEL=0";
  int version = DTLS1_2_VERSION;
  bool certificate = true;
  // Certificates behind its own.
  int chain = 0;
};

class OpensslEnd final : public DtlsEnd {
 public:
  OpensslEnd(const PeerSettings& settings, Key key)
      : key_(std::move(key)), certificate_(SelfSigned(key_.get())) {
    context_.reset(SSL_CTX_new(DTLS_method()));
    SSL_CTX_set_security_level(context_.get(), 0);
    SSL_CTX_set_min_proto_version(context_.get(), settings.version);
    SSL_CTX_set_max_proto_version(context_.get(), settings.version);
    SSL_CTX_set_cipher_list(context_.get(), settings.ciphers);
    SSL_CTX_set_options(context_.get(), SSL_OP_NO_QUERY_MTU);
    SSL_CTX_set_verify(context_.get(), SSL_VERIFY_PEER, [](int, X509_STORE_CTX*) { return 1; });
    if (settings.profiles != nullptr) {
      EXPECT_EQ(SSL_CTX_set_tlsext_use_srtp(context_.get(), settings.profiles), 0);
    }
    if (settings.certificate) {
      SSL_CTX_use_certificate(context_.get(), certificate_.get());
      SSL_CTX_use_PrivateKey(context_.get(), key_.get());
      for (int i = 0; i < settings.chain; ++i) {
        SSL_CTX_add_extra_chain_cert(context_.get(), SelfSigned(key_.get()).release());
      }
    }
    ssl_.reset(SSL_new(context_.get()));
    method_.reset(DtlsDatagramBio::MakeMethod());
    BIO* bio = bio_.MakeBio(method_.get());
    SSL_set_bio(ssl_.get(), bio, bio);
    SSL_set_mtu(ssl_.get(), 1200);
    settings.client ? SSL_set_connect_state(ssl_.get()) : SSL_set_accept_state(ssl_.get());
    Go();
  }

  void Receive(Bytes datagram) override {
    bio_.incoming = datagram;
    Go();
  }
  void OnDeadline() override {
    bio_.outgoing = &out_;
    DTLSv1_handle_timeout(ssl_.get());
    Go();
  }
  Timestamp deadline() const override {
    timeval left{};
    if (failed || DTLSv1_get_timeout(ssl_.get(), &left) != 1) return Timestamp::Never();
    return DtlsClock::now() + Duration::Seconds(left.tv_sec) + Duration::Micros(left.tv_usec);
  }
  bool connected() const override { return !failed && SSL_is_init_finished(ssl_.get()); }

  std::vector<DtlsFingerprint> Fingerprints() const {
    unsigned char* der = nullptr;
    int size = i2d_X509(certificate_.get(), &der);
    auto fingerprint =
        DtlsFingerprint::Of(FingerprintAlgorithm::kSha256, Bytes(der, static_cast<size_t>(size)));
    OPENSSL_free(der);
    return {fingerprint};
  }

  // The keys as this end exports them: client key, server key, client salt, server salt.
  std::vector<uint8_t> Export(SrtpSuite suite) {
    std::vector<uint8_t> bytes(2 * (SrtpKeyBytes(suite) + SrtpSaltBytes(suite)));
    EXPECT_EQ(SSL_export_keying_material(ssl_.get(), bytes.data(), bytes.size(),
                                         "EXTRACTOR-dtls_srtp", 19, nullptr, 0, 0),
              1);
    return bytes;
  }

  void Renegotiate() {
    SSL_renegotiate(ssl_.get());
    Go();
  }
  void Send(std::string_view text) {
    bio_.outgoing = &out_;
    SSL_write(ssl_.get(), text.data(), static_cast<int>(text.size()));
    Collect();
  }

  bool failed = false;

 private:
  void Go() {
    ERR_clear_error();
    bio_.outgoing = &out_;
    char buffer[2048];
    int done = SSL_is_init_finished(ssl_.get()) ? SSL_read(ssl_.get(), buffer, sizeof(buffer))
                                                : SSL_do_handshake(ssl_.get());
    int error = SSL_get_error(ssl_.get(), done);
    failed = failed || (done <= 0 && error != SSL_ERROR_WANT_READ);
    ERR_clear_error();
    Collect();
  }
  void Collect() {
    bio_.outgoing = nullptr;
    bio_.incoming.reset();
    for (size_t i = 0; i < out_.size(); ++i) sent.emplace_back(out_[i].begin(), out_[i].end());
    out_.Clear();
  }

  Key key_;
  Certificate certificate_;
  DtlsDatagramBio bio_;
  ByteStrings out_;
  std::unique_ptr<BIO_METHOD, Free<BIO_meth_free>> method_;
  std::unique_ptr<SSL_CTX, Free<SSL_CTX_free>> context_;
  std::unique_ptr<SSL, Free<SSL_free>> ssl_;
};

Key EcKey() { return Key(EVP_EC_gen("P-256")); }

using Number = std::unique_ptr<BIGNUM, Free<BN_free>>;

// An RSA key with this modulus and a private exponent that does not belong to it: it signs, and
// nobody can verify that.
Key RsaWithoutProof(const BIGNUM* modulus) {
  Number public_exponent(BN_new());
  Number private_exponent(BN_new());
  BN_set_word(public_exponent.get(), RSA_F4);
  BN_set_word(private_exponent.get(), 12345);
  OSSL_PARAM_BLD* builder = OSSL_PARAM_BLD_new();
  OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_RSA_N, modulus);
  OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_RSA_E, public_exponent.get());
  OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_RSA_D, private_exponent.get());
  OSSL_PARAM* parameters = OSSL_PARAM_BLD_to_param(builder);
  EVP_PKEY_CTX* maker = EVP_PKEY_CTX_new_from_name(nullptr, "RSA", nullptr);
  EVP_PKEY* made = nullptr;
  EVP_PKEY_fromdata_init(maker);
  EVP_PKEY_fromdata(maker, &made, EVP_PKEY_KEYPAIR, parameters);
  EVP_PKEY_CTX_free(maker);
  OSSL_PARAM_free(parameters);
  OSSL_PARAM_BLD_free(builder);
  return Key(made);
}

class DtlsPeerTest : public testing::Test {
 protected:
  // Our server against a client that is set up as told; answers how we ended.
  DtlsState ServeClient(const PeerSettings& settings, Key key = EcKey()) {
    OpensslEnd peer(settings, std::move(key));
    OurDtlsEnd ours(*context_, DtlsRole::kServer, peer.Fingerprints());
    link_.Run(peer, ours);
    EXPECT_EQ(ours.connected(), peer.connected());
    EXPECT_EQ(ours.session.TakeSrtpKeys().has_value(), ours.connected());
    failure_ = ours.failure;
    return ours.session.state();
  }

  std::unique_ptr<DtlsContext> context_ = MakeContext({.offer_short_tag = true});
  DtlsLink link_;
  std::string failure_;
};

struct Profile {
  const char* name;
  SrtpSuite suite;
};
constexpr Profile kProfiles[] = {
    {"SRTP_AEAD_AES_128_GCM", SrtpSuite::kAeadAes128Gcm},
    {"SRTP_AEAD_AES_256_GCM", SrtpSuite::kAeadAes256Gcm},
    {"SRTP_AES128_CM_SHA1_80", SrtpSuite::kAesCm128HmacSha1_80},
    {"SRTP_AES128_CM_SHA1_32", SrtpSuite::kAesCm128HmacSha1_32},
};

TEST_F(DtlsPeerTest, AgreesOnEachProfileInEitherRoleWithTheExportersKeys) {
  for (const Profile& profile : kProfiles) {
    for (bool we_are_client : {false, true}) {
      OpensslEnd peer({.client = !we_are_client, .profiles = profile.name}, EcKey());
      OurDtlsEnd ours(*context_, we_are_client ? DtlsRole::kClient : DtlsRole::kServer,
                      peer.Fingerprints());
      link_.Run(peer, ours);
      auto keys = ours.session.TakeSrtpKeys();
      ASSERT_TRUE(keys.has_value()) << profile.name;
      EXPECT_EQ(keys->sending.suite(), profile.suite);
      std::vector<uint8_t> exported = peer.Export(profile.suite);
      const SrtpKeyMaterial& of_client = we_are_client ? keys->sending : keys->receiving;
      const SrtpKeyMaterial& of_server = we_are_client ? keys->receiving : keys->sending;
      std::vector<uint8_t> expected;
      for (Bytes part : {of_client.key(), of_server.key(), of_client.salt(), of_server.salt()}) {
        expected.insert(expected.end(), part.begin(), part.end());
      }
      EXPECT_EQ(exported, expected) << profile.name;
    }
  }
}

TEST_F(DtlsPeerTest, PrefersTheFastProfileWhateverTheClientPrefers) {
  OpensslEnd peer({.profiles = "SRTP_AES128_CM_SHA1_32:SRTP_AES128_CM_SHA1_80:"
                               "SRTP_AEAD_AES_256_GCM:SRTP_AEAD_AES_128_GCM"},
                  EcKey());
  OurDtlsEnd ours(*context_, DtlsRole::kServer, peer.Fingerprints());
  link_.Run(peer, ours);
  EXPECT_EQ(ours.session.TakeSrtpKeys()->sending.suite(), SrtpSuite::kAeadAes128Gcm);
}

TEST_F(DtlsPeerTest, DoesNotAgreeOnTheShortTagUnlessItIsOffered) {
  context_ = MakeContext();
  EXPECT_EQ(ServeClient({.profiles = "SRTP_AES128_CM_SHA1_32"}), DtlsState::kFailed);
}

TEST_F(DtlsPeerTest, FailsWithoutUseSrtpInEitherRole) {
  EXPECT_EQ(ServeClient({.profiles = nullptr}), DtlsState::kFailed);
  EXPECT_NE(failure_.find("SRTP"), std::string::npos);
  OpensslEnd peer({.client = false, .profiles = nullptr}, EcKey());
  OurDtlsEnd ours(*context_, DtlsRole::kClient, peer.Fingerprints());
  link_.Run(peer, ours);
  EXPECT_EQ(ours.session.state(), DtlsState::kFailed);
  EXPECT_TRUE(peer.failed);
}

TEST_F(DtlsPeerTest, FailsWithoutAClientCertificate) {
  EXPECT_EQ(ServeClient({.certificate = false}), DtlsState::kFailed);
}

TEST_F(DtlsPeerTest, RefusesDtls10) {
  EXPECT_EQ(ServeClient({.version = DTLS1_VERSION}), DtlsState::kFailed);
}

TEST_F(DtlsPeerTest, RefusesCiphersWithoutEncryptionOrForwardSecrecy) {
  EXPECT_EQ(ServeClient({.ciphers = "ECDHE-ECDSA-NULL-SHA:@SECLEVEL=0"}), DtlsState::kFailed);
  EXPECT_EQ(ServeClient({.ciphers = "ECDHE-ECDSA-AES128-SHA:@SECLEVEL=0"}), DtlsState::kFailed);
  EXPECT_EQ(ServeClient({.ciphers = "AES128-GCM-SHA256:@SECLEVEL=0"}), DtlsState::kFailed);
}

TEST_F(DtlsPeerTest, FailsAloneWhenItRefuses) {
  OpensslEnd good({}, EcKey());
  OurDtlsEnd other(*context_, DtlsRole::kServer, good.Fingerprints());
  EXPECT_EQ(ServeClient({.ciphers = "ECDHE-ECDSA-NULL-SHA:@SECLEVEL=0"}), DtlsState::kFailed);
  link_.Run(good, other);
  EXPECT_TRUE(other.connected());
}

TEST_F(DtlsPeerTest, AcceptsTheKeysThatClientsHave) {
  EXPECT_EQ(ServeClient({}, Key(EVP_RSA_gen(2048))), DtlsState::kConnected);
  EXPECT_EQ(ServeClient({}, Key(EVP_EC_gen("P-384"))), DtlsState::kConnected);
}

TEST_F(DtlsPeerTest, RefusesAWeakKey) {
  EXPECT_EQ(ServeClient({}, Key(EVP_RSA_gen(1024))), DtlsState::kFailed);
}

TEST_F(DtlsPeerTest, RefusesACurveOfThePeersOwn) {
  EVP_PKEY_CTX* generator = EVP_PKEY_CTX_new_from_name(nullptr, "EC", nullptr);
  EVP_PKEY_keygen_init(generator);
  EVP_PKEY_CTX_set_group_name(generator, "P-256");
  EVP_PKEY_CTX_set_ec_param_enc(generator, OPENSSL_EC_EXPLICIT_CURVE);
  EVP_PKEY* made = nullptr;
  EVP_PKEY_generate(generator, &made);
  EVP_PKEY_CTX_free(generator);
  ASSERT_NE(made, nullptr);
  EXPECT_EQ(ServeClient({}, Key(made)), DtlsState::kFailed);
}

TEST_F(DtlsPeerTest, FailsWithoutProofThatTheKeyIsThePeers) {
  Key real(EVP_RSA_gen(2048));
  BIGNUM* modulus = nullptr;
  ASSERT_EQ(EVP_PKEY_get_bn_param(real.get(), OSSL_PKEY_PARAM_RSA_N, &modulus), 1);
  Key pretended = RsaWithoutProof(modulus);
  BN_free(modulus);
  ASSERT_NE(pretended, nullptr);
  EXPECT_EQ(ServeClient({}, std::move(pretended)), DtlsState::kFailed);
}

// Verifying with a key of 16,384 bits would hold up everybody's media.
TEST_F(DtlsPeerTest, RefusesAKeyThatIsTooLongBeforeItIsUsed) {
  Number modulus(BN_new());
  BN_rand(modulus.get(), 16384, BN_RAND_TOP_TWO, BN_RAND_BOTTOM_ODD);
  Key key = RsaWithoutProof(modulus.get());
  ASSERT_NE(key, nullptr);
  EXPECT_EQ(ServeClient({}, std::move(key)), DtlsState::kFailed);
  EXPECT_EQ(failure_, "the key of the peer's certificate is not acceptable");
}

TEST_F(DtlsPeerTest, RefusesAChainOfAHundredKilobytes) {
  EXPECT_EQ(ServeClient({.chain = 350}), DtlsState::kFailed);
}

TEST_F(DtlsPeerTest, GoesOnWhenThePeerWantsToRenegotiate) {
  OpensslEnd peer({}, EcKey());
  OurDtlsEnd ours(*context_, DtlsRole::kServer, peer.Fingerprints());
  link_.Run(peer, ours);
  ASSERT_TRUE(ours.connected());
  peer.Renegotiate();
  EXPECT_FALSE(peer.sent.empty());
  for (const auto& datagram : std::exchange(peer.sent, {})) ours.Receive(datagram);
  EXPECT_TRUE(ours.connected());
  EXPECT_TRUE(ours.Send("still here"));
}

TEST_F(DtlsPeerTest, ConnectsToAPeerThatLosesDatagramsAndReportsTheCertificate) {
  OpensslEnd peer({}, EcKey());
  OurDtlsEnd ours(*context_, DtlsRole::kServer, peer.Fingerprints());
  link_.arrives = [](size_t number, Bytes) { return number % 3 != 0; };
  link_.Run(peer, ours);
  EXPECT_TRUE(ours.connected());
  EXPECT_FALSE(ours.session.remote_certificate().empty());
}

std::string PemOf(EVP_PKEY* key, X509* certificate) {
  BIO* memory = BIO_new(BIO_s_mem());
  if (key != nullptr) PEM_write_bio_PrivateKey(memory, key, nullptr, nullptr, 0, nullptr, nullptr);
  if (certificate != nullptr) PEM_write_bio_X509(memory, certificate);
  char* bytes = nullptr;
  long size = BIO_get_mem_data(memory, &bytes);
  std::string text(bytes, static_cast<size_t>(size));
  BIO_free(memory);
  return text;
}

TEST(DtlsContextTest, TakesACertificateAndItsKeyAsText) {
  for (Key& key : std::array{EcKey(), Key(EVP_RSA_gen(2048))}) {
    Certificate certificate = SelfSigned(key.get());
    auto made = DtlsContext::Make({.certificate = PemOf(nullptr, certificate.get()),
                                   .private_key = PemOf(key.get(), nullptr)});
    ASSERT_TRUE(made.ok());
    OpensslEnd peer({}, EcKey());
    OurDtlsEnd ours(*made.value(), DtlsRole::kServer, peer.Fingerprints());
    DtlsLink link;
    link.Run(peer, ours);
    EXPECT_TRUE(ours.connected());
  }
}

TEST(DtlsContextTest, RefusesTextThatIsNoPair) {
  Key key = EcKey();
  Key other = EcKey();
  Certificate certificate = SelfSigned(key.get());
  std::string certificate_text = PemOf(nullptr, certificate.get());
  EXPECT_FALSE(DtlsContext::Make(
                   {.certificate = certificate_text, .private_key = PemOf(other.get(), nullptr)})
                   .ok());
  EXPECT_FALSE(DtlsContext::Make({.certificate = certificate_text}).ok());
  EXPECT_FALSE(DtlsContext::Make({.private_key = PemOf(key.get(), nullptr)}).ok());
  EXPECT_FALSE(DtlsContext::Make({.certificate = "nonsense", .private_key = "nonsense"}).ok());
}

TEST(DtlsContextTest, HasFiveFingerprintsOfAFreshCertificate) {
  auto first = MakeContext();
  auto second = MakeContext();
  ASSERT_EQ(first->fingerprints().size(), 5u);
  for (size_t i = 0; i < 5; ++i) {
    const DtlsFingerprint& fingerprint = first->fingerprints()[i];
    EXPECT_EQ(fingerprint.algorithm, kFingerprintAlgorithms[i]);
    EXPECT_NE(fingerprint, second->fingerprints()[i]);
    EXPECT_EQ(DtlsFingerprint::Parse(fingerprint.algorithm, fingerprint.value()), fingerprint);
  }
  EXPECT_EQ(first->fingerprints()[0].value().size(), 59u);
  EXPECT_EQ(first->fingerprints()[4].value().size(), 191u);
}

TEST(DtlsFingerprintTest, ReadsEitherCaseAndWritesUpperCase) {
  std::string lower = "a9:99:3e:36:47:06:81:6a:ba:3e:25:71:78:50:c2:6c:9c:d0:d8:9d";
  auto parsed = DtlsFingerprint::Parse(FingerprintAlgorithm::kSha1, lower);
  ASSERT_TRUE(parsed.has_value());
  EXPECT_EQ(parsed->value(), "A9:99:3E:36:47:06:81:6A:BA:3E:25:71:78:50:C2:6C:9C:D0:D8:9D");
  const uint8_t abc[] = {'a', 'b', 'c'};
  EXPECT_EQ(DtlsFingerprint::Of(FingerprintAlgorithm::kSha1, abc), *parsed);
}

TEST(DtlsFingerprintTest, RefusesWhatHasAnotherLengthOrOtherLetters) {
  std::string right = "A9:99:3E:36:47:06:81:6A:BA:3E:25:71:78:50:C2:6C:9C:D0:D8:9D";
  EXPECT_FALSE(DtlsFingerprint::Parse(FingerprintAlgorithm::kSha256, right));
  EXPECT_FALSE(DtlsFingerprint::Parse(FingerprintAlgorithm::kSha1, ""));
  EXPECT_FALSE(DtlsFingerprint::Parse(FingerprintAlgorithm::kSha1, right + ":"));
  for (size_t i = 0; i < right.size(); ++i) {
    std::string wrong = right;
    wrong[i] = 'G';
    EXPECT_FALSE(DtlsFingerprint::Parse(FingerprintAlgorithm::kSha1, wrong)) << i;
  }
}

TEST(DtlsFingerprintTest, KnowsItsAlgorithmsByName) {
  for (FingerprintAlgorithm algorithm : kFingerprintAlgorithms) {
    EXPECT_EQ(ParseFingerprintAlgorithm(ToString(algorithm)), algorithm);
  }
  EXPECT_EQ(ParseFingerprintAlgorithm("md5"), std::nullopt);
}

}  // namespace
}  // namespace millrace
