#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "protocol/sctp/sctp_types.h"

namespace millrace {

// What data channels tell the controller; `id` is the object's id.

struct SctpStateChanged {
  std::string id{};
  SctpState state{};
};
struct SctpCapabilitiesNegotiated {
  std::string id{};
  uint16_t max_outbound_streams = 0;
  uint16_t max_inbound_streams = 0;
};
// The bytes that wait to be sent fell to the threshold, or below.
struct DataConsumerBufferedAmountLow {
  std::string id{};
  uint32_t buffered_amount = 0;
};
// A message found no room; told once until the next one finds room.
struct DataConsumerSendBufferFull {
  std::string id{};
};
struct DataConsumerProducerPaused {
  std::string id{};
};
struct DataConsumerProducerResumed {
  std::string id{};
};
struct DataConsumerProducerClosed {
  std::string id{};
};
// A message for the controller itself, of a data consumer on a direct transport.
struct DataConsumerMessage {
  std::string id{};
  uint32_t ppid = 0;
  std::vector<uint8_t> payload{};
};

}  // namespace millrace
