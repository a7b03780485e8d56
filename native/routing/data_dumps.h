#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "protocol/sctp/sctp_types.h"
#include "routing/data_parameters.h"

namespace millrace {

// The state of data channels as values, for the controller's dump and statistics requests.

// What a transport's association was made with. Sizes in bytes.
struct SctpParameters {
  uint16_t port = 5000;
  uint32_t max_send_message_size = 0;
  uint32_t max_receive_message_size = 0;
  uint32_t send_buffer_size = 0;
  uint32_t per_stream_send_queue_limit = 0;
  uint32_t max_receiver_window_buffer_size = 0;
  bool is_data_channel = false;
};

// Of a transport that has an association.
struct SctpDump {
  SctpParameters parameters{};
  SctpState state = SctpState::kNew;  // numbered as on the channel
  std::optional<SctpNegotiated> negotiated{};
  std::vector<std::pair<uint16_t, std::string>> stream_producer_ids{};
};

struct DataProducerDump {
  std::string id{};
  DataType type = DataType::kSctp;
  std::optional<SctpStreamParameters> stream{};
  std::string label{};
  std::string protocol{};
  bool paused = false;
};

struct DataProducerStats {
  uint64_t timestamp_ms = 0;
  std::string label{};
  std::string protocol{};
  uint64_t messages_received = 0;
  uint64_t bytes_received = 0;
};

struct DataConsumerDump {
  std::string id{};
  std::string data_producer_id{};
  DataType type = DataType::kSctp;
  std::optional<SctpStreamParameters> stream{};
  std::string label{};
  std::string protocol{};
  uint32_t buffered_amount = 0;
  uint32_t buffered_amount_low_threshold = 0;
  bool paused = false;
  bool data_producer_paused = false;
  std::vector<uint16_t> subchannels{};
};

struct DataConsumerStats {
  uint64_t timestamp_ms = 0;
  std::string label{};
  std::string protocol{};
  uint64_t messages_sent = 0;
  uint64_t bytes_sent = 0;
  uint32_t buffered_amount = 0;
};

}  // namespace millrace
