#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/byte_reader.h"
#include "protocol/sctp/sctp_types.h"

namespace millrace {

// What the controller asks of data producers and data consumers, as plain values that mirror the
// channel's tables. Enumerations carry the channel's numbers.

// Whether messages come and go by an SCTP stream, or through the channel of the controller.
enum class DataType : uint8_t { kSctp = 0, kDirect = 1 };

// Absent limits mean that a message is repeated until it arrives.
struct SctpStreamParameters {
  uint16_t stream_id = 0;
  std::optional<bool> ordered{};
  std::optional<uint16_t> max_packet_life_time_ms{};
  std::optional<uint16_t> max_retransmits{};
};

struct ProduceDataOptions {
  std::string data_producer_id{};
  DataType type = DataType::kSctp;
  std::optional<SctpStreamParameters> stream{};  // there for kSctp
  std::string label{};
  std::string protocol{};
  bool paused = false;
};

struct ConsumeDataOptions {
  std::string data_consumer_id{};
  std::string data_producer_id{};
  DataType type = DataType::kSctp;
  std::optional<SctpStreamParameters> stream{};  // there for kSctp
  std::string label{};
  std::string protocol{};
  bool paused = false;
  std::vector<uint16_t> subchannels{};
};

// One message on its way from a data producer, or from the controller, to data consumers. Borrows
// its bytes for the call.
struct DataMessage {
  Ppid ppid{};
  Bytes payload{};
  // Only data consumers that have one of these; all of them when empty.
  std::span<const uint16_t> subchannels{};
  // Only data consumers that have this one.
  std::optional<uint16_t> required_subchannel{};
  // Only data consumers that do not have this one.
  std::optional<uint16_t> ignored_subchannel{};
};

}  // namespace millrace
