#pragma once

#include <cstdint>

#include "base/byte_reader.h"
#include "base/result.h"
#include "routing/commons.h"
#include "routing/data_consumer.h"
#include "routing/data_producer.h"
#include "routing/turn.h"

namespace millrace {

class Transport;

// The journey of messages through one router: an SCTP packet of a peer, or a message of the
// controller, comes in; each message goes from its data producer to every data consumer that wants
// it, into their associations or to the controller. Keeps nothing of its own.
class DataPath {
 public:
  explicit DataPath(RouterCommons& commons) : commons_(commons) {}

  // --- the transport's link and peer
  // The link has become ready: the association may begin.
  void Start(Transport& transport, Turn& turn);
  // The link will never carry anything again.
  void Stop(Transport& transport, Turn& turn);
  void OnPacket(Transport& transport, Bytes packet, Turn& turn);
  void OnDeadline(Transport& transport, Turn& turn);
  // The stream's noun is gone: as RFC 8831 section 6.7 closes a data channel.
  void ResetStream(Transport& transport, SctpStreamId stream, Turn& turn);
  // The transport is about to go. Its peer is told at once, the controller is not.
  void Close(Transport& transport, Turn& turn);

  // --- the controller
  // A message for all consumers of a direct data producer.
  void Receive(DataProducer& producer, const DataMessage& message, Turn& turn);
  // A message for this data consumer alone. Answers its buffered bytes.
  [[nodiscard]] Result<uint32_t> Send(DataConsumer& consumer, const DataMessage& message,
                                      Turn& turn);
  void SetPaused(DataProducer& producer, bool paused, Turn& turn);
  [[nodiscard]] Result<uint32_t> BufferedAmount(const DataConsumer& consumer) const;
  [[nodiscard]] Result<Done> SetLowThreshold(DataConsumer& consumer, uint32_t bytes, Turn& turn);

 private:
  void Take(Transport& transport, const SctpOutput& out, Turn& turn);
  void Tell(const Transport& transport, const SctpOutput& out, Turn& turn);
  void OnMessage(Transport& transport, const SctpOutput::Message& message, Bytes payload,
                 Turn& turn);
  void OnControl(Transport& transport, SctpStreamId stream, Bytes payload, Turn& turn);
  void Forward(DataProducer& producer, const DataMessage& message, Turn& turn);
  [[nodiscard]] SctpSendResult Put(DataConsumer& consumer, const DataMessage& message, Turn& turn);

  RouterCommons& commons_;
};

}  // namespace millrace
