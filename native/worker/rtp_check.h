#pragma once

#include <optional>

#include "base/result.h"
#include "routing/parameters.h"

namespace millrace {

// What is wrong with the RTP parameters of a producer or consumer in themselves, whatever objects
// exist: numbers outside RFC 3550, repeated payload types and SSRCs, retransmission without its
// media, a mapping that leaves something out. Always a TypeError; nothing when all is well.
[[nodiscard]] std::optional<Error> FindFault(const ProduceOptions& options);
[[nodiscard]] std::optional<Error> FindFault(const ConsumeOptions& options);

}  // namespace millrace
