#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/drop_reason.h"
#include "base/result.h"
#include "base/time.h"
#include "routing/data_dumps.h"
#include "routing/data_parameters.h"

namespace millrace {

class DataProducer;
class Transport;

// Who gets the messages of one data producer: a peer by an SCTP stream of its transport, or the
// controller. Decides which messages it wants and counts what was sent. Never sends by itself: that
// is DataPath's.
class DataConsumer {
 public:
  // Refuses parameters that contradict each other.
  [[nodiscard]] static Result<Done> Check(const ConsumeDataOptions& options);
  // `options` have passed Check.
  DataConsumer(ConsumeDataOptions options, DataProducer& producer, Transport& transport);

  // --- the message path
  // Why a message of the producer is not for this consumer, if it is not.
  [[nodiscard]] std::optional<DropReason> Refuses(const DataMessage& message) const;
  void CountSent(size_t bytes);
  // The send buffer had no room. True: the controller does not know yet.
  [[nodiscard]] bool TurnFull();

  // --- control
  void SetPaused(bool paused) { options_.paused = paused; }
  // Bytes; of kSctp.
  void SetLowThreshold(uint32_t bytes);
  void SetSubchannels(std::vector<uint16_t> subchannels);
  void AddSubchannel(uint16_t subchannel);
  void RemoveSubchannel(uint16_t subchannel);
  [[nodiscard]] bool paused() const { return options_.paused; }
  // In rising order, each once.
  [[nodiscard]] const std::vector<uint16_t>& subchannels() const { return options_.subchannels; }
  [[nodiscard]] const std::string& id() const { return options_.data_consumer_id; }
  [[nodiscard]] DataProducer& producer() const { return producer_; }
  [[nodiscard]] Transport& transport() const { return transport_; }
  [[nodiscard]] DataType type() const { return options_.type; }
  // Of kSctp.
  [[nodiscard]] SctpStreamId stream() const { return SctpStreamId(options_.stream->stream_id); }
  [[nodiscard]] const SctpReliability& reliability() const { return reliability_; }
  [[nodiscard]] uint32_t low_threshold() const { return low_threshold_; }
  // Bytes that wait for their first sending.
  [[nodiscard]] uint32_t buffered_amount() const;
  [[nodiscard]] DataConsumerDump Dump() const;
  [[nodiscard]] DataConsumerStats Stats(Timestamp now) const;

 private:
  [[nodiscard]] bool Has(uint16_t subchannel) const;

  DataProducer& producer_;
  Transport& transport_;
  ConsumeDataOptions options_;
  SctpReliability reliability_;
  uint32_t low_threshold_ = 0;
  bool full_ = false;
  uint64_t messages_ = 0;
  uint64_t bytes_ = 0;
};

}  // namespace millrace
