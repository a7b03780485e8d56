#include "protocol/ice_lite.h"

#include <algorithm>
#include <array>
#include <utility>

#include "protocol/crypto.h"

namespace millrace {

namespace {

constexpr size_t kFragmentLetters = 16;
constexpr size_t kPasswordLetters = 32;

// Error answers a second, and at once: enough for a peer that mistyped, too few to be of use to
// somebody who has other people's addresses answered.
constexpr uint32_t kErrorsPerSecond = 10;

// Selecting another path costs a notification, so a peer gets only so many.
constexpr Duration kMoveInterval = Duration::Millis(100);

// A success or an error with all its attributes is far below this.
constexpr size_t kAnswerBytesMax = 160;

Bytes BytesOf(std::string_view text) {
  return Bytes(reinterpret_cast<const uint8_t*>(text.data()), text.size());
}

std::string_view ReasonOf(uint16_t code) {
  switch (code) {
    case kStunBadRequest:
      return "Bad Request";
    case kStunUnauthenticated:
      return "Unauthorized";
    case kStunUnknownAttribute:
      return "Unknown Attribute";
    case kStunRoleConflict:
      return "Role Conflict";
    default:
      return "Error";
  }
}

Duration ClampConsent(Duration consent) {
  if (consent <= Duration()) return Duration();
  return std::clamp(consent, IceLite::kConsentMin, IceLite::kConsentMax);
}

}  // namespace

IceCredentials IceCredentials::Make(Random& random) {
  return {.username_fragment = random.Letters(kFragmentLetters),
          .password = random.Letters(kPasswordLetters)};
}

IceLite::IceLite(IceCredentials local, Duration consent)
    : local_(std::move(local)), consent_(ClampConsent(consent)), error_tokens_(kErrorsPerSecond) {}

IceEvents IceLite::Receive(const StunMessage& message, Bytes datagram, const Path& path,
                           Timestamp now, Output& out) {
  bool is_check = message.message_class == StunClass::kRequest && message.method == kStunBinding;
  // We never ask, so nobody has anything to answer; indications keep a NAT open and need no reply.
  if (!is_check) return Drop(DropReason::kStunUnauthenticated, out);
  // RFC 8489 section 9.1.3: both are required, and their absence is a 400.
  if (!message.username || !message.integrity_position) {
    return Refuse(message, datagram, path, kStunBadRequest, now, out);
  }
  const IceCredentials* credentials = CredentialsFor(message);
  // The HMAC is computed for an unknown fragment too, so that time does not tell the two apart.
  const IceCredentials& tried = credentials != nullptr ? *credentials : local_;
  bool genuine = message.CheckIntegrity(datagram, BytesOf(tried.password), HmacSha1);
  if (credentials == nullptr || !genuine) {
    return Refuse(message, datagram, path, kStunUnauthenticated, now, out);
  }

  uint16_t code = ErrorOf(message);
  if (code != 0) {
    RespondError(message, path, code, *credentials, out);
    return Drop(DropReason::kMalformed, out);
  }
  if (old_local_ && credentials == &local_) old_local_.reset();
  RespondSuccess(message, path, *credentials, out);
  IceEvents events;
  ValidPath& valid = Validate(path, now, events);
  if (message.use_candidate) valid.nominated = true;
  Consider(valid, message.use_candidate, now, events);
  return events;
}

const IceCredentials* IceLite::CredentialsFor(const StunMessage& message) const {
  // RFC 8445 section 7.2.2: the receiver's fragment, a colon, the sender's fragment.
  size_t colon = message.username->find(':');
  if (colon == std::string_view::npos) return nullptr;
  std::string_view fragment = message.username->substr(0, colon);
  if (fragment == local_.username_fragment) return &local_;
  if (old_local_ && fragment == old_local_->username_fragment) return &*old_local_;
  return nullptr;
}

// What is wrong with a check that is genuine; zero if nothing is.
uint16_t IceLite::ErrorOf(const StunMessage& message) {
  if (message.unknown_required_count > 0) return kStunUnknownAttribute;
  // RFC 8445 section 7.1.1: "The PRIORITY attribute MUST be included in a Binding request".
  if (!message.priority) return kStunBadRequest;
  // A lite agent is always controlled (RFC 8445 section 6.1.1), so the peer has to change its mind.
  if (message.ice_controlled) return kStunRoleConflict;
  return 0;
}

IceEvents IceLite::Refuse(const StunMessage& message, Bytes datagram, const Path& path,
                          uint16_t code, Timestamp now, Output& out) {
  std::array<uint8_t, kAnswerBytesMax> bytes;
  Bytes answer = WriteError(message, code, nullptr, bytes);
  // A stranger may have forged the address: what he makes us send must not be more than he sent.
  if (answer.size() <= datagram.size() && TakeErrorToken(now)) out.Send(path, answer);
  return Drop(DropReason::kStunUnauthenticated, out);
}

IceEvents IceLite::Drop(DropReason reason, Output& out) {
  out.CountDrop(reason);
  IceEvents events;
  events.drop = reason;
  return events;
}

bool IceLite::TakeErrorToken(Timestamp now) {
  if (now - error_tokens_since_ >= Duration::Seconds(1)) {
    error_tokens_ = kErrorsPerSecond;
    error_tokens_since_ = now;
  }
  if (error_tokens_ == 0) return false;
  --error_tokens_;
  return true;
}

void IceLite::RespondError(const StunMessage& message, const Path& path, uint16_t code,
                           const IceCredentials& credentials, Output& out) {
  std::array<uint8_t, kAnswerBytesMax> bytes;
  out.Send(path, WriteError(message, code, &credentials, bytes));
}

Bytes IceLite::WriteError(const StunMessage& message, uint16_t code,
                          const IceCredentials* credentials, MutableBytes target) {
  StunWriter writer(target, StunClass::kError, kStunBinding, message.transaction_id);
  writer.AddErrorCode(code, ReasonOf(code));
  if (code == kStunUnknownAttribute) writer.AddUnknownAttributes(message.unknown_required());
  if (credentials != nullptr) writer.AddMessageIntegrity(BytesOf(credentials->password), HmacSha1);
  writer.AddFingerprint();
  return writer.Finish();
}

void IceLite::RespondSuccess(const StunMessage& message, const Path& path,
                             const IceCredentials& credentials, Output& out) {
  std::array<uint8_t, kAnswerBytesMax> bytes;
  StunWriter writer(bytes, StunClass::kSuccess, kStunBinding, message.transaction_id);
  writer.AddXorMappedAddress(path.remote);
  writer.AddMessageIntegrity(BytesOf(credentials.password), HmacSha1);
  writer.AddFingerprint();
  out.Send(path, writer.Finish());
}

IceLite::ValidPath& IceLite::Validate(const Path& path, Timestamp now, IceEvents& events) {
  for (ValidPath& valid : paths_) {
    if (valid.path != path) continue;
    valid.last_check = now;
    return valid;
  }
  if (paths_.size() >= kPathsMax) EvictOne(events);
  paths_.push_back({.path = path, .last_check = now, .nominated = false});
  events.added = path;
  return paths_.back();
}

// The one that was checked least recently. Media goes over the selected one and may soon go over
// the pending one, so those stay.
void IceLite::EvictOne(IceEvents& events) {
  auto oldest = paths_.end();
  for (auto valid = paths_.begin(); valid != paths_.end(); ++valid) {
    if (valid->path == selected_ || valid->path == pending_) continue;
    if (oldest == paths_.end() || valid->last_check < oldest->last_check) oldest = valid;
  }
  events.removed.push_back(oldest->path);
  paths_.erase(oldest);
}

// What a genuine check means for the selection.
void IceLite::Consider(const ValidPath& valid, bool nominated_now, Timestamp now,
                       IceEvents& events) {
  if (valid.path == selected_) {
    // The peer came back to where media goes already.
    if (nominated_now) pending_.reset();
    if (valid.nominated) SetState(IceState::kCompleted, events);
    return;
  }
  if (selected_ && !nominated_now) return;
  // Until media may flow, only a handshake is at stake; and the path of before a silence is no
  // stranger's.
  bool harmless = !authenticated_ || (!selected_ && valid.path == authenticated_);
  bool rested = state_ != IceState::kCompleted || now - last_move_ >= kMoveInterval;
  if (harmless && rested) return Select(valid, now, events);
  if (nominated_now) pending_ = valid.path;
}

IceEvents IceLite::Confirm(const Path& path, Timestamp now) {
  IceEvents events;
  auto valid = std::ranges::find(paths_, path, &ValidPath::path);
  if (valid == paths_.end()) return events;
  if (!authenticated_) {
    // Media begins, and it begins where this packet came from, whatever was nominated before.
    authenticated_ = path;
    valid->authenticated = true;
    if (path == selected_) return events;
    std::optional<Path> nominated = pending_ ? pending_ : selected_;
    Select(*valid, now, events);
    if (nominated != path) pending_ = nominated;
    return events;
  }
  bool rested = !selected_ || now - last_move_ >= kMoveInterval;
  bool welcome = !selected_ || path == pending_;
  if (!welcome || !rested) return events;
  authenticated_ = path;
  valid->authenticated = true;
  Select(*valid, now, events);
  return events;
}

void IceLite::Select(const ValidPath& valid, Timestamp now, IceEvents& events) {
  selected_ = valid.path;
  pending_.reset();
  last_move_ = now;
  events.selected_changed = true;
  SetState(valid.nominated ? IceState::kCompleted : IceState::kConnected, events);
}

void IceLite::SetState(IceState state, IceEvents& events) {
  // Once completed, a session whose peer moves on without a nomination stays so.
  bool falls_back = state_ == IceState::kCompleted && state == IceState::kConnected;
  if (state_ == state || falls_back) return;
  state_ = state;
  events.state = state;
}

void IceLite::Restart(IceCredentials local) {
  // The peer may not have used what an earlier restart gave it: then it still has what it had
  // before.
  if (!old_local_) old_local_ = std::move(local_);
  local_ = std::move(local);
}

// RFC 7675 section 5.1: without a check within the consent time, nothing may be sent over a path.
IceEvents IceLite::OnDeadline(Timestamp now) {
  IceEvents events;
  if (now < deadline()) return events;
  std::erase_if(paths_, [&](const ValidPath& valid) {
    bool expired = now - valid.last_check >= consent_;
    if (expired) events.removed.push_back(valid.path);
    return expired;
  });
  if (pending_ && !IsValidated(*pending_)) pending_.reset();
  if (selected_ && !IsValidated(*selected_)) LeaveSelected(now, events);
  return events;
}

IceEvents IceLite::Lose(const Path& path, Timestamp now) {
  IceEvents events;
  if (std::erase_if(paths_, [&](const ValidPath& valid) { return valid.path == path; }) == 0) {
    return events;
  }
  events.removed.push_back(path);
  if (pending_ == path) pending_.reset();
  if (selected_ == path) LeaveSelected(now, events);
  return events;
}

// Media moves to a path that is no stranger's, a nominated one before others, or it stops.
void IceLite::LeaveSelected(Timestamp now, IceEvents& events) {
  selected_.reset();
  const ValidPath* next = nullptr;
  for (const ValidPath& valid : paths_) {
    if (authenticated_ && !valid.authenticated) continue;
    if (next == nullptr || std::pair(valid.nominated, valid.last_check) >
                               std::pair(next->nominated, next->last_check)) {
      next = &valid;
    }
  }
  if (next != nullptr) return Select(*next, now, events);
  events.selected_changed = true;
  SetState(IceState::kDisconnected, events);
}

Timestamp IceLite::deadline() const {
  if (consent_ == Duration()) return Timestamp::Never();
  Timestamp earliest = Timestamp::Never();
  for (const ValidPath& valid : paths_) {
    earliest = std::min(earliest, valid.last_check + consent_);
  }
  return earliest;
}

const IceLite::ValidPath* IceLite::Find(const Path& path) const {
  auto found = std::ranges::find(paths_, path, &ValidPath::path);
  return found == paths_.end() ? nullptr : &*found;
}

std::optional<ValidatedPath> IceLite::Validated(const Path& path) const {
  if (!IsValidated(path)) return std::nullopt;
  return ValidatedPath(path);
}

std::optional<ValidatedPath> IceLite::selected() const {
  if (!selected_) return std::nullopt;
  return ValidatedPath(*selected_);
}

}  // namespace millrace
