#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "routing/data_parameters.h"

namespace millrace {

// Bodies of the channel's messages about data channels.

// --- of requests

struct CloseDataProducer {
  std::string id;
};
struct CloseDataConsumer {
  std::string id;
};
struct SetLowThreshold {
  uint32_t bytes = 0;
};
struct SetSubchannels {
  std::vector<uint16_t> subchannels;
};
struct AddSubchannel {
  uint16_t subchannel = 0;
};
struct RemoveSubchannel {
  uint16_t subchannel = 0;
};
// DATACONSUMER_SEND.
struct SendToConsumer {
  uint32_t ppid = 0;
  std::vector<uint8_t> payload;
};

// --- of notifications

// DATAPRODUCER_SEND.
struct SendFromProducer {
  uint32_t ppid = 0;
  std::vector<uint8_t> payload;
  std::vector<uint16_t> subchannels;
  std::optional<uint16_t> required_subchannel;
  std::optional<uint16_t> ignored_subchannel;
};

// --- of answers

struct BufferedAmountAnswer {
  uint32_t bytes = 0;
};
struct SendAnswer {
  uint32_t buffered_amount = 0;
};
struct SetSubchannelsAnswer {
  std::vector<uint16_t> subchannels;
};
struct AddSubchannelAnswer {
  std::vector<uint16_t> subchannels;
};
struct RemoveSubchannelAnswer {
  std::vector<uint16_t> subchannels;
};

}  // namespace millrace
