#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/byte_reader.h"
#include "base/drop_reason.h"
#include "base/time.h"
#include "protocol/byte_strings.h"
#include "protocol/dtls_context.h"
#include "protocol/dtls_fingerprint.h"
#include "protocol/dtls_record.h"
#include "protocol/srtp_suite.h"
#include "protocol/validated_path.h"

namespace millrace {

//   kNew --Start--> kConnecting --handshake done--> kConnected
//                       |                               |
//                       '----------> kFailed <----------|   alert, wrong fingerprint, 30 s
//                                    kClosed <----------'   close_notify of either side
enum class DtlsState : uint8_t { kNew, kConnecting, kConnected, kFailed, kClosed };

enum class DtlsRole : uint8_t { kClient, kServer };

// The master keys that the handshake agreed on (RFC 5764 section 4.2).
struct DtlsSrtpKeys {
  SrtpKeyMaterial sending;
  SrtpKeyMaterial receiving;
};

// What came of one call. Reused from call to call: Clear() keeps the memory.
struct DtlsOutput {
  // To be sent in this order, each as one datagram, to the selected path.
  ByteStrings datagrams;
  // Messages of the peer, decrypted (SCTP packets, for instance).
  ByteStrings application_data;
  // The state after the call, if it changed.
  std::optional<DtlsState> state;
  // Why the peer's datagram had no effect, if it had none.
  std::optional<DropReason> drop;
  // For the log, when the state became kFailed.
  std::string failure;

  void Clear();
};

// One DTLS 1.2 association (RFC 6347) of one transport, either role, for SRTP keys (RFC 5764).
// Costs next to nothing before Start. The peer must show a certificate with one of the fingerprints
// given to Start, prove that it has the key, and agree on an SRTP profile, or the session fails.
// Takes only paths that ICE validated; after the handshake, records in the clear are ignored.
class DtlsSession {
 public:
  // From Start until the handshake is done.
  static constexpr Duration kHandshakeLimit = Duration::Seconds(30);
  // The longest message Send takes: what fits one datagram of 1,200 bytes.
  static constexpr size_t kMessageBytesMax = 1150;

  // Borrows the context for its whole life.
  explicit DtlsSession(const DtlsContext& context);
  DtlsSession(DtlsSession&&) noexcept;
  DtlsSession& operator=(DtlsSession&&) noexcept;
  ~DtlsSession();

  // Whether there is room for one more handshake now; ask before Start.
  [[nodiscard]] bool MayStart() const { return !context_->handshakes().full(); }
  // Begins the handshake; a client's first flight is in `out`. An empty list fails at once.
  void Start(const ValidatedPath& path, DtlsRole role, std::vector<DtlsFingerprint> remote,
             Timestamp now, DtlsOutput& out);
  void Receive(const ValidatedPath& path, Bytes datagram, Timestamp now, DtlsOutput& out);
  void OnDeadline(Timestamp now, DtlsOutput& out);
  // False when not connected or the message is too long.
  [[nodiscard]] bool Send(Bytes message, DtlsOutput& out);
  // Sends close_notify if there is somebody to tell.
  void Close(DtlsOutput& out);

  [[nodiscard]] DtlsState state() const { return state_; }
  [[nodiscard]] Timestamp deadline() const { return deadline_; }
  // There once connected, until taken: so that they stand in one place only.
  [[nodiscard]] std::optional<DtlsSrtpKeys> TakeSrtpKeys();
  // PEM; empty before the handshake is done.
  [[nodiscard]] const std::string& remote_certificate() const { return remote_certificate_; }

 private:
  struct Native;

  [[nodiscard]] bool TakeRecord(const DtlsRecord& record, DtlsOutput& out);
  [[nodiscard]] bool KeepEarly(const DtlsRecord& record);
  void Feed(Bytes record, DtlsOutput& out);
  void Handshake(DtlsOutput& out);
  void FinishHandshake(DtlsOutput& out);
  void ReadApplicationData(DtlsOutput& out);
  void Fail(std::string reason, DtlsOutput& out);
  void SetState(DtlsState state, DtlsOutput& out);
  void Settle(Timestamp now);
  void UpdateDeadline(Timestamp now);

  const DtlsContext* context_;
  std::unique_ptr<Native> native_;
  DtlsHandshakes::Slot handshake_;
  DtlsState state_ = DtlsState::kNew;
  Timestamp give_up_at_ = Timestamp::Never();
  Timestamp deadline_ = Timestamp::Never();
  std::optional<DtlsSrtpKeys> srtp_keys_;
  std::string remote_certificate_;
};

}  // namespace millrace
