#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/random.h"
#include "base/result.h"
#include "protocol/byte_strings.h"
#include "protocol/sctp/sctp_association.h"
#include "routing/data_consumer.h"
#include "routing/data_dumps.h"
#include "routing/data_producer.h"
#include "routing/link.h"
#include "routing/traffic.h"
#include "routing/transport_parameters.h"
#include "routing/turn.h"

namespace millrace {

// The data side of one transport: its SCTP association, where it has one, its data producers and
// data consumers, whose stream is whose, and the SCTP packets that wait for the end of the tick.
// Owns all of them; only RouterControl adds and removes any. Never forwards: that is DataPath's.
class DataChannels {
 public:
  // Data producers of one transport, and data consumers: as many as SCTP has streams.
  static constexpr size_t kNounsMax = 65'535;
  // Waiting packets; what is beyond, SCTP repeats.
  static constexpr size_t kPacketsMax = 1024;

  // Refuses sizes that an association could only keep by clipping them.
  [[nodiscard]] static Result<Done> Check(const TransportOptions& options);
  // `options` have passed Check.
  DataChannels(const TransportOptions& options, Random& random);

  // Null where SCTP was not asked for.
  [[nodiscard]] SctpAssociation* association() { return association_.get(); }
  [[nodiscard]] const SctpAssociation* association() const { return association_.get(); }
  // Of a direct transport: messages come from the controller, and go there.
  [[nodiscard]] bool direct() const { return direct_; }
  [[nodiscard]] bool is_data_channel() const { return parameters_.is_data_channel; }
  // Of one message, in bytes.
  [[nodiscard]] size_t max_send_bytes() const { return parameters_.max_send_message_size; }
  [[nodiscard]] size_t max_receive_bytes() const { return parameters_.max_receive_message_size; }
  [[nodiscard]] uint32_t low_threshold() const { return low_threshold_; }
  [[nodiscard]] Timestamp deadline() const;

  // --- packets that leave
  // True: there is something to seal now.
  [[nodiscard]] bool Keep(const ByteStrings& packets, Turn& turn);
  // False: the slab is full, and something still waits.
  [[nodiscard]] bool Seal(Link& link, Traffic& traffic, Turn& turn);

  // --- tables
  [[nodiscard]] DataProducer* ProducerOf(SctpStreamId stream) const;
  [[nodiscard]] DataConsumer* ConsumerOf(SctpStreamId stream) const;
  // An error when the stream has one already, or cannot have any.
  [[nodiscard]] Result<Done> Add(std::unique_ptr<DataProducer> producer);
  [[nodiscard]] Result<Done> Add(std::unique_ptr<DataConsumer> consumer);
  void Remove(const DataProducer& producer);
  void Remove(const DataConsumer& consumer);
  [[nodiscard]] const std::vector<std::unique_ptr<DataProducer>>& producers() const {
    return producers_;
  }
  [[nodiscard]] const std::vector<std::unique_ptr<DataConsumer>>& consumers() const {
    return consumers_;
  }
  // Nothing where SCTP was not asked for.
  [[nodiscard]] std::optional<SctpDump> Dump() const;

 private:
  [[nodiscard]] Result<Done> CheckStream(SctpStreamId stream) const;

  bool direct_;
  SctpParameters parameters_;
  uint32_t low_threshold_;
  std::unique_ptr<SctpAssociation> association_;
  ByteStrings packets_;
  size_t next_packet_ = 0;
  std::vector<std::unique_ptr<DataProducer>> producers_;
  std::vector<std::unique_ptr<DataConsumer>> consumers_;
  std::unordered_map<SctpStreamId, DataProducer*> stream_producers_;
  std::unordered_map<SctpStreamId, DataConsumer*> stream_consumers_;
};

}  // namespace millrace
