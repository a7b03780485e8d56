#pragma once

#include <string>
#include <utility>
#include <variant>

#include "base/check.h"

namespace millrace {

// Why a request of the controller was refused. The kinds are those of the channel's error texts.
struct Error {
  enum class Kind { kError, kTypeError, kNotFound };
  Kind kind = Kind::kError;
  std::string reason;

  [[nodiscard]] static Error Of(std::string reason) { return {Kind::kError, std::move(reason)}; }
  [[nodiscard]] static Error Type(std::string reason) {
    return {Kind::kTypeError, std::move(reason)};
  }
  [[nodiscard]] static Error NotFound(std::string reason) {
    return {Kind::kNotFound, std::move(reason)};
  }
};

// A value or the reason why there is none.
template <typename T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}      // NOLINT: implicit
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}  // NOLINT: implicit

  [[nodiscard]] bool ok() const { return state_.index() == 0; }
  [[nodiscard]] T& value() {
    CHECK(ok(), "a Result is asked for its value only after ok()");
    return *std::get_if<0>(&state_);
  }
  [[nodiscard]] const T& value() const {
    CHECK(ok(), "a Result is asked for its value only after ok()");
    return *std::get_if<0>(&state_);
  }
  [[nodiscard]] const Error& error() const {
    CHECK(!ok(), "a Result is asked for its error only when it has one");
    return *std::get_if<1>(&state_);
  }

 private:
  std::variant<T, Error> state_;
};

// The value of a verb that only succeeds or fails.
struct Done {};

}  // namespace millrace
