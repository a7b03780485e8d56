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

class DataConsumer;
class Transport;

// A source of messages: one SCTP stream of its transport's peer, or the controller. Counts what
// comes, and keeps the list of who is to get it. Never forwards by itself: that is DataPath's.
class DataProducer {
 public:
  // Refuses parameters that contradict each other.
  [[nodiscard]] static Result<Done> Check(const ProduceDataOptions& options);
  // `options` have passed Check.
  DataProducer(ProduceDataOptions options, Transport& transport);

  // Counts a message, and says why it goes no further, if it does not.
  [[nodiscard]] std::optional<DropReason> Receive(const DataMessage& message);
  [[nodiscard]] const std::vector<DataConsumer*>& consumers() const { return consumers_; }

  void SetPaused(bool paused) { options_.paused = paused; }
  [[nodiscard]] bool paused() const { return options_.paused; }
  [[nodiscard]] const std::string& id() const { return options_.data_producer_id; }
  [[nodiscard]] Transport& transport() const { return transport_; }
  [[nodiscard]] DataType type() const { return options_.type; }
  // Of kSctp.
  [[nodiscard]] SctpStreamId stream() const { return SctpStreamId(options_.stream->stream_id); }
  [[nodiscard]] DataProducerDump Dump() const;
  [[nodiscard]] DataProducerStats Stats(Timestamp now) const;

 private:
  friend class RouterControl;

  Transport& transport_;
  std::vector<DataConsumer*> consumers_;
  ProduceDataOptions options_;
  uint64_t messages_ = 0;
  uint64_t bytes_ = 0;
};

// Refuses a stream that SCTP or WebRTC does not have, and limits that exclude each other.
[[nodiscard]] Result<Done> CheckStream(DataType type,
                                       const std::optional<SctpStreamParameters>& stream);

}  // namespace millrace
