#pragma once

#include "base/random.h"
#include "base/result.h"
#include "protocol/srtp.h"
#include "routing/transport_parameters.h"

namespace millrace {

// SRTP keys that come by signalling, in the form of RFC 4568 section 6.1 (key and salt together, in
// base64): ours, which are made here, and the peer's, which the controller brings.
class SignalledKeys {
 public:
  SignalledKeys(SrtpSuiteName suite, Random& random);

  // The peer's keys. Both directions use one suite and the peer's choice wins, so ours may be
  // others afterwards. Nothing changes on an error.
  [[nodiscard]] Result<SrtpKeyMaterial> Accept(const SrtpParameters& remote, Random& random);

  [[nodiscard]] const SrtpKeyMaterial& local() const { return local_; }
  // Ours, for the peer.
  [[nodiscard]] SrtpParameters Parameters() const;

 private:
  SrtpKeyMaterial local_;
};

}  // namespace millrace
