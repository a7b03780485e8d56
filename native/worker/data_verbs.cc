#include "worker/data_verbs.h"

namespace millrace {

Result<DataProducerDump> AddDataProducer(Machine& machine, Transport& transport,
                                         const ProduceDataOptions& body, Turn&) {
  Result<DataProducer*> producer = machine.control.ProduceData(transport, body);
  if (!producer.ok()) return producer.error();
  return producer.value()->Dump();
}

Result<DataConsumerDump> AddDataConsumer(Machine& machine, Transport& transport,
                                         const ConsumeDataOptions& body, Turn&) {
  Result<DataConsumer*> consumer = machine.control.ConsumeData(transport, body);
  if (!consumer.ok()) return consumer.error();
  return consumer.value()->Dump();
}

Result<Done> DropDataProducer(Machine& machine, Transport& transport, const CloseDataProducer& body,
                              Turn& turn) {
  DataProducer* producer = machine.commons.registry.Find<DataProducer>(body.id);
  if (!producer || &producer->transport() != &transport) {
    return Error::NotFound("dataProducer with id '" + body.id + "' not found");
  }
  machine.control.CloseDataProducer(*producer, turn);
  return Done{};
}

Result<Done> DropDataConsumer(Machine& machine, Transport& transport, const CloseDataConsumer& body,
                              Turn& turn) {
  DataConsumer* consumer = machine.commons.registry.Find<DataConsumer>(body.id);
  if (!consumer || &consumer->transport() != &transport) {
    return Error::NotFound("dataConsumer with id '" + body.id + "' not found");
  }
  machine.control.CloseDataConsumer(*consumer, turn);
  return Done{};
}

Result<DataProducerDump> DumpDataProducer(Machine&, DataProducer& producer, const NoBody&, Turn&) {
  return producer.Dump();
}

Result<DataProducerStats> GetDataProducerStats(Machine&, DataProducer& producer, const NoBody&,
                                               Turn& turn) {
  return producer.Stats(turn.now);
}

Result<Done> PauseDataProducer(Machine&, DataProducer& producer, const NoBody&, Turn& turn) {
  producer.transport().router().data().SetPaused(producer, true, turn);
  return Done{};
}

Result<Done> ResumeDataProducer(Machine&, DataProducer& producer, const NoBody&, Turn& turn) {
  producer.transport().router().data().SetPaused(producer, false, turn);
  return Done{};
}

Result<Done> SendFromDirect(Machine& machine, const std::string& data_producer_id,
                            const SendFromProducer& body, Turn& turn) {
  DataProducer* producer = machine.commons.registry.Find<DataProducer>(data_producer_id);
  if (!producer)
    return Error::NotFound("dataProducer with id '" + data_producer_id + "' not found");
  if (producer->type() != DataType::kDirect) {
    return Error::Of("dataProducer '" + data_producer_id + "' is not of type 'direct'");
  }
  producer->transport().router().data().Receive(*producer,
                                                {.ppid = Ppid(body.ppid),
                                                 .payload = body.payload,
                                                 .subchannels = body.subchannels,
                                                 .required_subchannel = body.required_subchannel,
                                                 .ignored_subchannel = body.ignored_subchannel},
                                                turn);
  return Done{};
}

Result<DataConsumerDump> DumpDataConsumer(Machine&, DataConsumer& consumer, const NoBody&, Turn&) {
  return consumer.Dump();
}

Result<DataConsumerStats> GetDataConsumerStats(Machine&, DataConsumer& consumer, const NoBody&,
                                               Turn& turn) {
  return consumer.Stats(turn.now);
}

Result<Done> PauseDataConsumer(Machine&, DataConsumer& consumer, const NoBody&, Turn&) {
  consumer.SetPaused(true);
  return Done{};
}

Result<Done> ResumeDataConsumer(Machine&, DataConsumer& consumer, const NoBody&, Turn&) {
  consumer.SetPaused(false);
  return Done{};
}

Result<BufferedAmountAnswer> GetBufferedAmount(Machine&, DataConsumer& consumer, const NoBody&,
                                               Turn&) {
  Result<uint32_t> bytes = consumer.transport().router().data().BufferedAmount(consumer);
  if (!bytes.ok()) return bytes.error();
  return BufferedAmountAnswer{bytes.value()};
}

Result<Done> ChangeLowThreshold(Machine&, DataConsumer& consumer, const SetLowThreshold& body,
                                Turn& turn) {
  return consumer.transport().router().data().SetLowThreshold(consumer, body.bytes, turn);
}

Result<SendAnswer> SendMessage(Machine&, DataConsumer& consumer, const SendToConsumer& body,
                               Turn& turn) {
  Result<uint32_t> buffered = consumer.transport().router().data().Send(
      consumer, {.ppid = Ppid(body.ppid), .payload = body.payload}, turn);
  if (!buffered.ok()) return buffered.error();
  return SendAnswer{buffered.value()};
}

Result<SetSubchannelsAnswer> ChangeSubchannels(Machine&, DataConsumer& consumer,
                                               const SetSubchannels& body, Turn&) {
  consumer.SetSubchannels(body.subchannels);
  return SetSubchannelsAnswer{consumer.subchannels()};
}

Result<AddSubchannelAnswer> JoinSubchannel(Machine&, DataConsumer& consumer,
                                           const AddSubchannel& body, Turn&) {
  consumer.AddSubchannel(body.subchannel);
  return AddSubchannelAnswer{consumer.subchannels()};
}

Result<RemoveSubchannelAnswer> LeaveSubchannel(Machine&, DataConsumer& consumer,
                                               const RemoveSubchannel& body, Turn&) {
  consumer.RemoveSubchannel(body.subchannel);
  return RemoveSubchannelAnswer{consumer.subchannels()};
}

}  // namespace millrace
