#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "base/result.h"
#include "routing/registry.h"
#include "routing/turn.h"
#include "worker/channel_message.h"
#include "worker/machine.h"

namespace millrace {

// Whom a request's handler id names.
enum class HandlerKind : uint8_t {
  kWorker,
  kWebRtcServer,
  kRouter,
  kTransport,
  kPlainTransport,
  kPipeTransport,
  kWebRtcTransport,
  kProducer,
  kConsumer,
  kDataProducer,
  kDataConsumer,
  kObserver,
};

[[nodiscard]] std::string_view ToString(HandlerKind kind);
[[nodiscard]] bool IsOfKind(const Registry::Entry& target, HandlerKind kind);

// One request on its way to its verb.
struct RequestCall {
  Machine& machine;
  Registry::Entry target;
  const RequestBody& body;
  Turn& turn;
};
using Verb = Result<Answer> (*)(const RequestCall& call);

// The number exists in the protocol, but no handler ever knew the method.
struct Unused {};

// A method of the channel: its number and name, whom it is sent to, and what it does, unless no
// handler ever knew it.
class RequestRow {
 public:
  constexpr RequestRow(uint8_t method, std::string_view name, HandlerKind kind, Verb verb)
      : method_(method), kind_(kind), name_(name), verb_(verb) {}
  constexpr RequestRow(uint8_t method, std::string_view name, HandlerKind kind, Unused)
      : method_(method), kind_(kind), unused_(true), name_(name) {}

  [[nodiscard]] constexpr uint8_t method() const { return method_; }
  [[nodiscard]] constexpr HandlerKind kind() const { return kind_; }
  [[nodiscard]] constexpr std::string_view name() const { return name_; }
  // Null for a method that is not in use.
  [[nodiscard]] constexpr Verb verb() const { return verb_; }
  [[nodiscard]] constexpr bool unused() const { return unused_; }

 private:
  uint8_t method_;
  HandlerKind kind_;
  bool unused_ = false;
  std::string_view name_;
  Verb verb_ = nullptr;
};

// All methods of the protocol in the order of their numbers, and our extensions of it; the tables
// of methods in docs/ are printed from them.
[[nodiscard]] std::span<const RequestRow> RequestRows();
[[nodiscard]] std::span<const RequestRow> ExtensionRows();

// "router.dump", or "unknown" for a number that is no method.
[[nodiscard]] std::string_view MethodName(uint8_t method);

// Carries the request out and says what it is answered.
[[nodiscard]] Result<Answer> Perform(Machine& machine, const ChannelRequest& request, Turn& turn);

}  // namespace millrace
