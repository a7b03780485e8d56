#pragma once

#include "base/endpoint.h"

namespace millrace {

// A path over which ICE saw a check with the right credentials. Only IceLite makes one, and DTLS
// takes nothing else: so no DTLS byte can leave for, or be accepted from, a stranger's address.
class ValidatedPath {
 public:
  [[nodiscard]] const Path& path() const { return path_; }
  bool operator==(const ValidatedPath&) const = default;

 private:
  friend class IceLite;
  explicit ValidatedPath(const Path& path) : path_(path) {}
  Path path_;
};

}  // namespace millrace
