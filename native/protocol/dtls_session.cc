#include "protocol/dtls_session.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/srtp.h>
#include <openssl/ssl.h>
#include <sys/time.h>

#include <algorithm>
#include <array>
#include <utility>

#include "base/check.h"
#include "protocol/crypto.h"
#include "protocol/dtls_datagram_bio.h"
#include "protocol/dtls_peer_check.h"
#include "protocol/dtls_record.h"

namespace millrace {

namespace {

// Room for the headers of IPv6, UDP and a tunnel or two below 1,280, the smallest MTU of IPv6.
constexpr long kMtuBytes = 1200;
// What is tried when large flights seem not to arrive: it fits a path with an MTU of 500.
constexpr long kSmallMtuBytes = 420;
constexpr uint32_t kTimeoutsBeforeSmallMtu = 3;

// RFC 6347 section 4.2.4.1 starts at one second, for peers of unknown distance. Here a round trip
// of ICE has just been seen, and a lost flight delays the first picture.
constexpr unsigned kFirstTimeoutUs = 100'000;
constexpr unsigned kLastTimeoutUs = 1'600'000;

// The Finished message of any cipher suite of ours has 61 bytes as a record.
constexpr size_t kEarlyRecordBytesMax = 128;
constexpr size_t kEarlyRecordsMax = 2;

unsigned NextTimeout(SSL*, unsigned previous_us) {
  return previous_us == 0 ? kFirstTimeoutUs : std::min(previous_us * 2, kLastTimeoutUs);
}

std::string TakeErrorText() {
  unsigned long error = ERR_peek_error();
  const char* reason = error == 0 ? nullptr : ERR_reason_error_string(error);
  ERR_clear_error();
  return reason == nullptr ? "unknown error" : reason;
}

std::optional<SrtpSuite> SuiteOf(const SRTP_PROTECTION_PROFILE* profile) {
  if (profile == nullptr) return std::nullopt;
  switch (profile->id) {
    case SRTP_AEAD_AES_128_GCM:
      return SrtpSuite::kAeadAes128Gcm;
    case SRTP_AEAD_AES_256_GCM:
      return SrtpSuite::kAeadAes256Gcm;
    case SRTP_AES128_CM_SHA1_80:
      return SrtpSuite::kAesCm128HmacSha1_80;
    case SRTP_AES128_CM_SHA1_32:
      return SrtpSuite::kAesCm128HmacSha1_32;
  }
  return std::nullopt;
}

// RFC 5764 section 4.2: client key, server key, client salt, server salt, exported under the label
// "EXTRACTOR-dtls_srtp".
std::optional<DtlsSrtpKeys> ExportKeys(SSL* ssl) {
  std::optional<SrtpSuite> suite = SuiteOf(SSL_get_selected_srtp_profile(ssl));
  if (!suite) return std::nullopt;
  constexpr std::string_view kLabel = "EXTRACTOR-dtls_srtp";
  size_t key_bytes = SrtpKeyBytes(*suite);
  size_t salt_bytes = SrtpSaltBytes(*suite);
  std::vector<uint8_t> exported(2 * (key_bytes + salt_bytes));
  if (SSL_export_keying_material(ssl, exported.data(), exported.size(), kLabel.data(),
                                 kLabel.size(), nullptr, 0, 0) != 1) {
    return std::nullopt;
  }
  auto material_of = [&](size_t side) {
    auto key = exported.begin() + static_cast<ptrdiff_t>(side * key_bytes);
    auto salt = exported.begin() + static_cast<ptrdiff_t>(2 * key_bytes + side * salt_bytes);
    std::vector<uint8_t> bytes(key, key + static_cast<ptrdiff_t>(key_bytes));
    bytes.insert(bytes.end(), salt, salt + static_cast<ptrdiff_t>(salt_bytes));
    std::optional<SrtpKeyMaterial> material = SrtpKeyMaterial::FromBytes(*suite, bytes);
    Wipe(bytes);
    return *material;
  };
  size_t own_side = SSL_is_server(ssl) ? 1 : 0;
  DtlsSrtpKeys keys{.sending = material_of(own_side), .receiving = material_of(1 - own_side)};
  Wipe(exported);
  return keys;
}

std::string CertificateText(SSL* ssl) {
  X509* certificate = SSL_get0_peer_certificate(ssl);
  BIO* memory = BIO_new(BIO_s_mem());
  std::string text;
  if (certificate != nullptr && memory != nullptr && PEM_write_bio_X509(memory, certificate) == 1) {
    char* bytes = nullptr;
    long size = BIO_get_mem_data(memory, &bytes);
    text.assign(bytes, static_cast<size_t>(size));
  }
  BIO_free(memory);
  return text;
}

struct SslFree {
  void operator()(SSL* ssl) const { SSL_free(ssl); }
};

}  // namespace

// What exists only between Start and the end.
struct DtlsSession::Native {
  DtlsDatagramBio bio;
  DtlsPeerExpectation expectation;
  std::unique_ptr<SSL, SslFree> ssl;
  // Records of the next epoch that overtook the end of this one.
  ByteStrings early_records;
  uint32_t timeouts = 0;
  bool ended = false;

  // Whether OpenSSL would read records of epoch 1 now, instead of keeping each of them in a buffer
  // of 16 KB.
  [[nodiscard]] bool ReadsSealedRecords() const {
    OSSL_HANDSHAKE_STATE at = SSL_get_state(ssl.get());
    return at == TLS_ST_SR_CHANGE || at == TLS_ST_CR_CHANGE || at == TLS_ST_OK;
  }
};

void DtlsOutput::Clear() {
  datagrams.Clear();
  application_data.Clear();
  state.reset();
  drop.reset();
  failure.clear();
}

DtlsSession::DtlsSession(const DtlsContext& context) : context_(&context) {}
DtlsSession::DtlsSession(DtlsSession&&) noexcept = default;
DtlsSession& DtlsSession::operator=(DtlsSession&&) noexcept = default;
DtlsSession::~DtlsSession() = default;

void DtlsSession::Start(const ValidatedPath&, DtlsRole role, std::vector<DtlsFingerprint> remote,
                        Timestamp now, DtlsOutput& out) {
  CHECK(state_ == DtlsState::kNew, "a DTLS session is started once");
  if (remote.empty()) return Fail("no fingerprint was signalled", out);
  handshake_ = context_->TakeHandshake();
  native_ = std::make_unique<Native>();
  native_->expectation.fingerprints = std::move(remote);
  native_->ssl.reset(SSL_new(context_->ssl_context()));
  BIO* bio = native_->bio.MakeBio(context_->bio_method());
  SSL* ssl = native_->ssl.get();
  CHECK(ssl != nullptr && bio != nullptr, "no memory for a DTLS session");
  SSL_set_bio(ssl, bio, bio);
  SSL_set_app_data(ssl, &native_->expectation);
  SSL_set_mtu(ssl, kMtuBytes);
  DTLS_set_timer_cb(ssl, NextTimeout);
  give_up_at_ = now + kHandshakeLimit;
  SetState(DtlsState::kConnecting, out);
  if (role == DtlsRole::kServer) {
    SSL_set_accept_state(ssl);
    return UpdateDeadline(now);
  }
  SSL_set_connect_state(ssl);
  Handshake(out);
  Settle(now);
}

void DtlsSession::Receive(const ValidatedPath&, Bytes datagram, Timestamp now, DtlsOutput& out) {
  if (!native_) {
    out.drop = state_ == DtlsState::kNew ? DropReason::kNotConnected : DropReason::kClosed;
    return;
  }
  ByteReader reader(datagram);
  size_t used = 0;
  while (reader.remaining() > 0 && !native_->ended) {
    std::optional<DtlsRecord> record = DtlsRecord::Read(reader);
    if (!record) break;
    if (TakeRecord(*record, out)) ++used;
  }
  if (used == 0) out.drop = DropReason::kMalformed;
  Settle(now);
}

bool DtlsSession::TakeRecord(const DtlsRecord& record, DtlsOutput& out) {
  if (state_ == DtlsState::kConnected) {
    // Nothing in the clear counts any more: anybody can write an alert.
    bool allowed = record.epoch == 1 && record.type != DtlsRecord::Type::kChangeCipherSpec;
    if (allowed) Feed(record.whole, out);
    return allowed;
  }
  if (record.type == DtlsRecord::Type::kApplicationData || record.epoch > 1) return false;
  if (record.epoch == 1 && !native_->ReadsSealedRecords()) return KeepEarly(record);
  bool readable = record.epoch == 1 || record.type != DtlsRecord::Type::kHandshake ||
                  record.HasSoundHandshakeMessages();
  if (!readable) return false;
  Feed(record.whole, out);
  if (native_->ended || native_->early_records.empty() || !native_->ReadsSealedRecords()) {
    return true;
  }
  ByteStrings early = std::move(native_->early_records);
  native_->early_records.Clear();
  for (size_t i = 0; i < early.size() && !native_->ended; ++i) Feed(early[i], out);
  return true;
}

bool DtlsSession::KeepEarly(const DtlsRecord& record) {
  bool may_be_finished = record.type == DtlsRecord::Type::kHandshake &&
                         record.whole.size() <= kEarlyRecordBytesMax &&
                         native_->early_records.size() < kEarlyRecordsMax;
  if (may_be_finished) native_->early_records.Append(record.whole);
  return may_be_finished;
}

void DtlsSession::Feed(Bytes record, DtlsOutput& out) {
  native_->bio.incoming = record;
  if (state_ == DtlsState::kConnecting) Handshake(out);
  if (state_ == DtlsState::kConnected) ReadApplicationData(out);
  native_->bio.incoming.reset();
}

void DtlsSession::Handshake(DtlsOutput& out) {
  ERR_clear_error();
  native_->bio.outgoing = &out.datagrams;
  int done = SSL_do_handshake(native_->ssl.get());
  int error = SSL_get_error(native_->ssl.get(), done);
  native_->bio.outgoing = nullptr;
  if (done == 1) return FinishHandshake(out);
  if (error != SSL_ERROR_WANT_READ) Fail(TakeErrorText(), out);
}

void DtlsSession::FinishHandshake(DtlsOutput& out) {
  srtp_keys_ = ExportKeys(native_->ssl.get());
  if (!srtp_keys_) return Fail("no SRTP keys came of the handshake", out);
  remote_certificate_ = CertificateText(native_->ssl.get());
  native_->early_records.Clear();
  SetState(DtlsState::kConnected, out);
}

void DtlsSession::ReadApplicationData(DtlsOutput& out) {
  SSL* ssl = native_->ssl.get();
  // The longest record there is (RFC 6347 section 4.1).
  std::array<uint8_t, 16384> buffer;
  native_->bio.outgoing = &out.datagrams;
  int error = SSL_ERROR_NONE;
  while (error == SSL_ERROR_NONE) {
    ERR_clear_error();
    size_t size = 0;
    int done = SSL_read_ex(ssl, buffer.data(), buffer.size(), &size);
    error = SSL_get_error(ssl, done);
    if (done == 1) out.application_data.Append(Bytes(buffer).first(size));
  }
  if (error == SSL_ERROR_ZERO_RETURN) {
    // RFC 5246 section 7.2.1: "The other party MUST respond with a close_notify alert of its own".
    SSL_shutdown(ssl);
    ERR_clear_error();
    SetState(DtlsState::kClosed, out);
  } else if (error != SSL_ERROR_WANT_READ) {
    Fail(TakeErrorText(), out);
  }
  native_->bio.outgoing = nullptr;
}

void DtlsSession::OnDeadline(Timestamp now, DtlsOutput& out) {
  if (!native_ || now < deadline_) return;
  if (now >= give_up_at_) {
    Fail("the handshake took too long", out);
    return Settle(now);
  }
  ERR_clear_error();
  native_->bio.outgoing = &out.datagrams;
  int sent = static_cast<int>(DTLSv1_handle_timeout(native_->ssl.get()));
  native_->bio.outgoing = nullptr;
  if (sent < 0) Fail(TakeErrorText(), out);
  if (sent > 0 && ++native_->timeouts == kTimeoutsBeforeSmallMtu) {
    SSL_set_mtu(native_->ssl.get(), kSmallMtuBytes);
  }
  Settle(now);
}

bool DtlsSession::Send(Bytes message, DtlsOutput& out) {
  if (state_ != DtlsState::kConnected || message.empty() || message.size() > kMessageBytesMax) {
    return false;
  }
  ERR_clear_error();
  native_->bio.outgoing = &out.datagrams;
  size_t written = 0;
  int done = SSL_write_ex(native_->ssl.get(), message.data(), message.size(), &written);
  native_->bio.outgoing = nullptr;
  return done == 1;
}

void DtlsSession::Close(DtlsOutput& out) {
  if (state_ == DtlsState::kFailed || state_ == DtlsState::kClosed) return;
  if (state_ == DtlsState::kConnected) {
    native_->bio.outgoing = &out.datagrams;
    SSL_shutdown(native_->ssl.get());
    ERR_clear_error();
  }
  native_.reset();
  srtp_keys_.reset();
  deadline_ = Timestamp::Never();
  SetState(DtlsState::kClosed, out);
}

std::optional<DtlsSrtpKeys> DtlsSession::TakeSrtpKeys() {
  return std::exchange(srtp_keys_, std::nullopt);
}

void DtlsSession::Fail(std::string reason, DtlsOutput& out) {
  bool peer_refused = native_ && !native_->expectation.failure.empty();
  out.failure = peer_refused ? native_->expectation.failure : std::move(reason);
  srtp_keys_.reset();
  SetState(DtlsState::kFailed, out);
}

void DtlsSession::SetState(DtlsState state, DtlsOutput& out) {
  state_ = state;
  out.state = state;
  if (state != DtlsState::kConnecting) handshake_.GiveBack();
  bool ended = state == DtlsState::kFailed || state == DtlsState::kClosed;
  if (native_) native_->ended = ended;
}

// The end of every call: what is over gives back its memory, and the rest gets its next deadline.
void DtlsSession::Settle(Timestamp now) {
  if (native_ && native_->ended) native_.reset();
  UpdateDeadline(now);
}

// OpenSSL measures its timer by a clock of its own, so that only what is left of it means anything
// here. If the two clocks disagree, a deadline comes a little early, does nothing, and is set anew.
void DtlsSession::UpdateDeadline(Timestamp now) {
  deadline_ = Timestamp::Never();
  if (!native_ || state_ != DtlsState::kConnecting) return;
  deadline_ = give_up_at_;
  timeval left{};
  if (DTLSv1_get_timeout(native_->ssl.get(), &left) != 1) return;
  deadline_ =
      std::min(deadline_, now + Duration::Seconds(left.tv_sec) + Duration::Micros(left.tv_usec));
}

}  // namespace millrace
