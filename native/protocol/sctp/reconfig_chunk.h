#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "protocol/sctp/chunk.h"
#include "protocol/sctp/packet_writer.h"
#include "protocol/sctp/parameter.h"

namespace millrace {

// The parameters of RE-CONFIG chunks (RFC 6525 section 4).
enum class ReconfigType : uint16_t {
  kOutgoingReset = 13,
  kIncomingReset = 14,
  kTsnReset = 15,
  kResponse = 16,
  kAddOutgoingStreams = 17,
  kAddIncomingStreams = 18,
};

enum class ReconfigResult : uint32_t {
  kNothingToDo = 0,
  kPerformed = 1,
  kDenied = 2,
  kWrongSequence = 3,
  kAlreadyInProgress = 4,
  kBadSequenceNumber = 5,
  kInProgress = 6,
};

// "I will start over on these streams, once you have everything up to this TSN."
struct OutgoingResetRequest {
  uint32_t request_sequence = 0;
  uint32_t response_sequence = 0;
  uint32_t last_tsn = 0;
  std::vector<SctpStreamId> streams;  // none: all of them

  [[nodiscard]] static std::optional<OutgoingResetRequest> Parse(const ParameterView& parameter);
  // As the only parameter of a RE-CONFIG chunk.
  void Write(PacketWriter& packet) const;
  [[nodiscard]] static size_t StreamsWithin(size_t room);
};

struct ReconfigResponse {
  uint32_t response_sequence = 0;
  ReconfigResult result = ReconfigResult::kDenied;

  [[nodiscard]] static std::optional<ReconfigResponse> Parse(const ParameterView& parameter);
  void Write(PacketWriter& packet) const;
};

}  // namespace millrace
