#include "routing/data_path.h"

#include <array>
#include <optional>
#include <string>

#include "protocol/sctp/data_channel.h"
#include "routing/transport.h"

namespace millrace {
namespace {

DropReason ReasonOf(SctpSendResult result) {
  switch (result) {
    case SctpSendResult::kEmpty:
      return DropReason::kEmptyPayload;
    case SctpSendResult::kTooLarge:
      return DropReason::kTooLarge;
    case SctpSendResult::kBufferFull:
      return DropReason::kBufferLimit;
    case SctpSendResult::kUnknownStream:
      return DropReason::kUnknownStream;
    case SctpSendResult::kQueued:
    case SctpSendResult::kClosed:
      return DropReason::kNotConnected;
  }
  return DropReason::kNotConnected;
}

Error ErrorOf(SctpSendResult result, size_t max_bytes) {
  switch (result) {
    case SctpSendResult::kEmpty:
      return Error::Type("an empty message has no such PPID");
    case SctpSendResult::kTooLarge:
      return Error::Type("message too long: " + std::to_string(max_bytes) + " bytes at most");
    case SctpSendResult::kBufferFull:
      // Controllers of this channel know this word.
      return Error::Of("sctpsendbufferfull");
    case SctpSendResult::kUnknownStream:
      return Error::Of("the peer does not have this stream");
    case SctpSendResult::kQueued:
    case SctpSendResult::kClosed:
      return Error::Of("SCTP is not connected");
  }
  return Error::Of("SCTP is not connected");
}

// RFC 8831 section 6.6: an empty message is one zero byte under a PPID of its own, because SCTP
// sends no message without bytes.
DataMessage WithoutEmpty(const DataMessage& message) {
  static constexpr std::array<uint8_t, 1> kZero{};
  if (!message.payload.empty()) return message;
  DataMessage filled = message;
  if (message.ppid == kPpidString) filled.ppid = kPpidEmptyString;
  if (message.ppid == kPpidBinary) filled.ppid = kPpidEmptyBinary;
  if (filled.ppid == kPpidEmptyString || filled.ppid == kPpidEmptyBinary) filled.payload = kZero;
  return filled;
}

}  // namespace

void DataPath::Start(Transport& transport, Turn& turn) {
  SctpAssociation* association = transport.data().association();
  if (!association) return;
  SctpOutput& out = commons_.sctp_received;
  out.Clear();
  association->Connect(turn.now, out);
  Take(transport, out, turn);
}

void DataPath::Stop(Transport& transport, Turn& turn) {
  SctpAssociation* association = transport.data().association();
  if (!association || association->state() == SctpState::kNew ||
      association->state() == SctpState::kClosed) {
    return;
  }
  SctpOutput& out = commons_.sctp_received;
  out.Clear();
  association->Abort(out);
  Tell(transport, out, turn);
}

void DataPath::OnPacket(Transport& transport, Bytes packet, Turn& turn) {
  SctpAssociation* association = transport.data().association();
  if (!association) {
    turn.out.CountDrop(DropReason::kUnknownProtocol);
    return;
  }
  SctpOutput& out = commons_.sctp_received;
  out.Clear();
  association->Receive(packet, turn.now, out);
  Take(transport, out, turn);
}

void DataPath::OnDeadline(Transport& transport, Turn& turn) {
  SctpAssociation* association = transport.data().association();
  if (!association || association->deadline() > turn.now) return;
  SctpOutput& out = commons_.sctp_received;
  out.Clear();
  association->OnDeadline(turn.now, out);
  Take(transport, out, turn);
}

void DataPath::ResetStream(Transport& transport, SctpStreamId stream, Turn& turn) {
  SctpAssociation* association = transport.data().association();
  if (!association || association->state() != SctpState::kConnected) return;
  SctpOutput& out = commons_.sctp_sent;
  out.Clear();
  association->ResetStreams({&stream, 1}, turn.now, out);
  Take(transport, out, turn);
}

void DataPath::Close(Transport& transport, Turn& turn) {
  SctpAssociation* association = transport.data().association();
  if (!association || !transport.link().ready()) return;
  SctpOutput& out = commons_.sctp_sent;
  out.Clear();
  association->Abort(out);
  (void)transport.data().Keep(out.packets, turn);
  // What the slab does not take now is lost, as any datagram may be.
  (void)transport.data().Seal(transport.link(), transport.traffic(), turn);
}

void DataPath::Receive(DataProducer& producer, const DataMessage& message, Turn& turn) {
  if (message.payload.size() > producer.transport().data().max_receive_bytes()) {
    turn.out.CountDrop(DropReason::kTooLarge);
    return;
  }
  Forward(producer, message, turn);
}

Result<uint32_t> DataPath::Send(DataConsumer& consumer, const DataMessage& message, Turn& turn) {
  if (consumer.type() != DataType::kSctp) return Error::Of("not a data consumer of type 'sctp'");
  if (consumer.paused()) return Error::Of("the data consumer is paused");
  SctpSendResult result = Put(consumer, message, turn);
  if (result == SctpSendResult::kQueued) return BufferedAmount(consumer);
  return ErrorOf(result, consumer.transport().data().max_send_bytes());
}

void DataPath::SetPaused(DataProducer& producer, bool paused, Turn& turn) {
  if (producer.paused() == paused) return;
  producer.SetPaused(paused);
  for (DataConsumer* consumer : producer.consumers()) {
    if (paused) {
      turn.events.notifications.push_back(DataConsumerProducerPaused{consumer->id()});
    } else {
      turn.events.notifications.push_back(DataConsumerProducerResumed{consumer->id()});
    }
  }
}

Result<uint32_t> DataPath::BufferedAmount(const DataConsumer& consumer) const {
  if (consumer.type() != DataType::kSctp) return Error::Of("not a data consumer of type 'sctp'");
  return consumer.buffered_amount();
}

Result<Done> DataPath::SetLowThreshold(DataConsumer& consumer, uint32_t bytes, Turn& turn) {
  if (consumer.type() != DataType::kSctp) return Error::Of("not a data consumer of type 'sctp'");
  consumer.SetLowThreshold(bytes);
  uint32_t buffered = consumer.buffered_amount();
  // Whoever waits for the event would otherwise wait in vain.
  if (buffered <= bytes) {
    turn.events.notifications.push_back(DataConsumerBufferedAmountLow{consumer.id(), buffered});
  }
  return Done{};
}

// Carries out what came of a call to the transport's association.
void DataPath::Take(Transport& transport, const SctpOutput& out, Turn& turn) {
  DataChannels& data = transport.data();
  if (data.Keep(out.packets, turn)) commons_.dirty.Mark(transport);
  Tell(transport, out, turn);
  for (size_t i = 0; i < out.messages.size(); ++i) {
    OnMessage(transport, out.messages[i], out.payloads[i], turn);
  }
  // RFC 8831 section 6.7: "When the peer sees that an incoming stream was reset, it also resets its
  // corresponding outgoing stream."
  if (data.is_data_channel()) {
    for (SctpStreamId stream : out.incoming_resets) ResetStream(transport, stream, turn);
  }
  transport.Schedule(data.deadline(), turn);
}

void DataPath::Tell(const Transport& transport, const SctpOutput& out, Turn& turn) {
  if (out.drop) turn.out.CountDrop(*out.drop);
  if (out.state) {
    turn.events.notifications.push_back(SctpStateChanged{transport.id(), *out.state});
  }
  if (out.restarted && turn.out.WouldLog(LogLevel::kWarn, LogTag::kSctp)) {
    turn.out.Log(LogLevel::kWarn, LogTag::kSctp,
                 "DataPath::Tell() | SCTP of transport " + transport.id() + " began anew");
  }
  if (!out.failure.empty() && turn.out.WouldLog(LogLevel::kWarn, LogTag::kSctp)) {
    turn.out.Log(LogLevel::kWarn, LogTag::kSctp,
                 "DataPath::Tell() | SCTP of transport " + transport.id() + ": " + out.failure);
  }
  if (out.negotiated) {
    turn.events.notifications.push_back(SctpCapabilitiesNegotiated{
        transport.id(), out.negotiated->outbound_streams, out.negotiated->inbound_streams});
    // An association that begins anew has forgotten what it was told of its streams.
    for (const auto& consumer : transport.data().consumers()) {
      consumer->SetLowThreshold(consumer->low_threshold());
    }
  }
  for (SctpStreamId stream : out.buffered_amount_low) {
    DataConsumer* consumer = transport.data().ConsumerOf(stream);
    if (!consumer) continue;
    turn.events.notifications.push_back(
        DataConsumerBufferedAmountLow{consumer->id(), consumer->buffered_amount()});
  }
}

void DataPath::OnMessage(Transport& transport, const SctpOutput::Message& message, Bytes payload,
                         Turn& turn) {
  if (message.ppid == kPpidControl) {
    OnControl(transport, message.stream, payload, turn);
    return;
  }
  DataProducer* producer = transport.data().ProducerOf(message.stream);
  if (!producer) {
    turn.out.CountDrop(DropReason::kUnknownStream);
    return;
  }
  Forward(*producer, {.ppid = message.ppid, .payload = payload}, turn);
}

// RFC 8832. Data channels are agreed on by signalling, and most peers then send none of this; one
// that does opens its channel all the same, and waits for the answer.
void DataPath::OnControl(Transport& transport, SctpStreamId stream, Bytes payload, Turn& turn) {
  if (!transport.data().is_data_channel()) {
    turn.out.CountDrop(DropReason::kUnsupportedPayload);
    return;
  }
  if (IsDataChannelAck(payload)) return;
  if (!DataChannelOpen::Parse(payload)) {
    turn.out.CountDrop(DropReason::kMalformed);
    return;
  }
  SctpOutput& out = commons_.sctp_sent;
  out.Clear();
  SctpSendResult result = transport.data().association()->Send(
      {.stream = stream, .ppid = kPpidControl, .payload = DataChannelAck()}, turn.now, out);
  if (result != SctpSendResult::kQueued) turn.out.CountDrop(ReasonOf(result));
  Take(transport, out, turn);
}

void DataPath::Forward(DataProducer& producer, const DataMessage& message, Turn& turn) {
  if (std::optional<DropReason> reason = producer.Receive(message)) {
    turn.out.CountDrop(*reason);
    return;
  }
  for (DataConsumer* consumer : producer.consumers()) {
    if (std::optional<DropReason> reason = consumer->Refuses(message)) {
      turn.out.CountDrop(*reason);
      continue;
    }
    SctpSendResult result = Put(*consumer, message, turn);
    if (result != SctpSendResult::kQueued) turn.out.CountDrop(ReasonOf(result));
  }
}

// Into the consumer's association, or to the controller.
SctpSendResult DataPath::Put(DataConsumer& consumer, const DataMessage& message, Turn& turn) {
  Transport& transport = consumer.transport();
  if (consumer.type() == DataType::kDirect) {
    if (message.payload.size() > transport.data().max_send_bytes()) {
      return SctpSendResult::kTooLarge;
    }
    consumer.CountSent(message.payload.size());
    turn.events.notifications.push_back(DataConsumerMessage{
        consumer.id(), message.ppid.value(), {message.payload.begin(), message.payload.end()}});
    return SctpSendResult::kQueued;
  }
  SctpAssociation& association = *transport.data().association();
  // Nothing is kept for a peer that may never come.
  if (association.state() != SctpState::kConnected) return SctpSendResult::kClosed;
  DataMessage filled = WithoutEmpty(message);
  SctpOutput& out = commons_.sctp_sent;
  out.Clear();
  SctpSendResult result = association.Send({.stream = consumer.stream(),
                                            .ppid = filled.ppid,
                                            .reliability = consumer.reliability(),
                                            .payload = filled.payload},
                                           turn.now, out);
  if (result == SctpSendResult::kQueued) consumer.CountSent(filled.payload.size());
  if (result == SctpSendResult::kBufferFull && consumer.TurnFull()) {
    turn.events.notifications.push_back(DataConsumerSendBufferFull{consumer.id()});
  }
  Take(transport, out, turn);
  return result;
}

}  // namespace millrace
