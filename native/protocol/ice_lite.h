#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/byte_reader.h"
#include "base/drop_reason.h"
#include "base/endpoint.h"
#include "base/output.h"
#include "base/random.h"
#include "base/time.h"
#include "protocol/validated_path.h"
#include "wire/stun.h"

namespace millrace {

//   kNew -----------> kConnected -----------> kCompleted
//      valid check        |      nomination       |
//                         '----> kDisconnected <--'   consent ran out, or the connection ended
//                                      |
//        kConnected or kCompleted <----'              the peer is back
enum class IceState : uint8_t { kNew, kConnected, kCompleted, kDisconnected };

struct IceCredentials {
  std::string username_fragment;
  std::string password;

  // 96 bits of chance in the fragment, which names the transport on a shared port, and 192 in the
  // password; RFC 8445 section 5.3 asks for 24 and 128.
  [[nodiscard]] static IceCredentials Make(Random& random);
  bool operator==(const IceCredentials&) const = default;
};

// What changed by one message, one authenticated packet or one deadline.
struct [[nodiscard]] IceEvents {
  std::optional<IceState> state;
  // The selected path is another one now: ask selected().
  bool selected_changed = false;
  // A path that has just been validated, and paths that are valid no more: for the demultiplexer.
  std::optional<Path> added;
  std::vector<Path> removed;
  // Why the message had no effect.
  std::optional<DropReason> drop;
};

// One transport's ICE agent: a lite one (RFC 8445 section 2.5), which never sends a check of its
// own and answers those that carry its credentials. A path is valid once a check with the right
// MESSAGE-INTEGRITY came over it, and stays so while checks go on (consent, RFC 7675). At most
// kPathsMax are valid; the selected one is never evicted. Until the first authenticated packet,
// which means that DTLS is done, the peer's nomination selects at once; from then on it selects
// only together with an authenticated packet from that path, so that a peer cannot turn its media
// on a stranger whose address it forged. When the selected path goes, a valid one that was
// selected by an authenticated packet before takes its place at once.
class IceLite {
 public:
  static constexpr size_t kPathsMax = 8;
  // Zero switches consent off.
  static constexpr Duration kConsentMin = Duration::Seconds(10);
  static constexpr Duration kConsentMax = Duration::Seconds(60);
  static constexpr Duration kConsentDefault = Duration::Seconds(30);

  explicit IceLite(IceCredentials local, Duration consent = kConsentDefault);

  // `message` was parsed from `datagram`. The answer, if any, goes to `out`; a message that has no
  // effect is counted there as dropped.
  IceEvents Receive(const StunMessage& message, Bytes datagram, const Path& path, Timestamp now,
                    Output& out);
  // A DTLS or SRTP packet from `path` proved authentic. Cheap: call it for every one.
  IceEvents ConfirmPath(const Path& path, Timestamp now) {
    if (authenticated_ && selected_ && !pending_) return {};
    return Confirm(path, now);
  }
  // New credentials (RFC 8445 section 9). The old ones stay good until the peer uses the new ones.
  void Restart(IceCredentials local);
  IceEvents OnDeadline(Timestamp now);
  // The TCP connection that this path is has ended: it is valid no more.
  IceEvents Lose(const Path& path, Timestamp now);

  // The only source of the token that DTLS asks for.
  [[nodiscard]] std::optional<ValidatedPath> Validated(const Path& path) const;
  [[nodiscard]] bool IsValidated(const Path& path) const { return Find(path) != nullptr; }
  [[nodiscard]] std::optional<ValidatedPath> selected() const;
  [[nodiscard]] IceState state() const { return state_; }
  [[nodiscard]] const IceCredentials& local() const { return local_; }
  // Credentials from before a restart while they are still good; for tables keyed by fragment.
  [[nodiscard]] const std::optional<IceCredentials>& old_local() const { return old_local_; }
  [[nodiscard]] size_t path_count() const { return paths_.size(); }
  [[nodiscard]] Timestamp deadline() const;

 private:
  struct ValidPath {
    Path path;
    Timestamp last_check;
    bool nominated = false;
    bool authenticated = false;  // it was selected, and an authenticated packet came from it
  };

  [[nodiscard]] const ValidPath* Find(const Path& path) const;
  [[nodiscard]] const IceCredentials* CredentialsFor(const StunMessage& message) const;
  [[nodiscard]] static uint16_t ErrorOf(const StunMessage& message);
  IceEvents Refuse(const StunMessage& message, Bytes datagram, const Path& path, uint16_t code,
                   Timestamp now, Output& out);
  static IceEvents Drop(DropReason reason, Output& out);
  [[nodiscard]] bool TakeErrorToken(Timestamp now);
  static void RespondError(const StunMessage& message, const Path& path, uint16_t code,
                           const IceCredentials& credentials, Output& out);
  [[nodiscard]] static Bytes WriteError(const StunMessage& message, uint16_t code,
                                        const IceCredentials* credentials, MutableBytes target);
  static void RespondSuccess(const StunMessage& message, const Path& path,
                             const IceCredentials& credentials, Output& out);
  ValidPath& Validate(const Path& path, Timestamp now, IceEvents& events);
  void EvictOne(IceEvents& events);
  void Consider(const ValidPath& valid, bool nominated_now, Timestamp now, IceEvents& events);
  IceEvents Confirm(const Path& path, Timestamp now);
  void Select(const ValidPath& valid, Timestamp now, IceEvents& events);
  void LeaveSelected(Timestamp now, IceEvents& events);
  void SetState(IceState state, IceEvents& events);

  IceCredentials local_;
  std::optional<IceCredentials> old_local_;
  Duration consent_;
  IceState state_ = IceState::kNew;
  std::vector<ValidPath> paths_;
  std::optional<Path> selected_;
  // Nominated, but nothing authenticated came from it yet.
  std::optional<Path> pending_;
  // The path of the last authenticated packet that selected something.
  std::optional<Path> authenticated_;
  Timestamp last_move_;
  uint32_t error_tokens_;
  Timestamp error_tokens_since_;
};

}  // namespace millrace
