// The verbs that edit the tables of data channels.
#include <utility>

#include "routing/router_control.h"

namespace millrace {
namespace {

Error Exists(const std::string& what, const std::string& id) {
  return Error::Of(what + " with the same id already exists [id:" + id + "]");
}

// Direct messages belong to direct transports, and SCTP streams to those with an association.
Result<Done> CheckType(const Transport& transport, DataType type) {
  if (transport.data().direct() != (type == DataType::kDirect)) {
    return Error::Type(transport.data().direct() ? "a direct transport takes type 'direct' only"
                                                 : "type 'direct' needs a direct transport");
  }
  if (type == DataType::kSctp && !transport.data().association()) {
    return Error::Of("SCTP is not enabled on this transport");
  }
  return Done{};
}

}  // namespace

Result<DataProducer*> RouterControl::ProduceData(Transport& transport,
                                                 const ProduceDataOptions& options) {
  Result<Done> checked = CheckType(transport, options.type);
  if (checked.ok()) checked = DataProducer::Check(options);
  if (!checked.ok()) return checked.error();
  auto owner = std::make_unique<DataProducer>(options, transport);
  DataProducer* producer = owner.get();
  if (!commons_.registry.Add(options.data_producer_id, producer)) {
    return Exists("DataProducer", options.data_producer_id);
  }
  Result<Done> added = transport.data().Add(std::move(owner));
  if (added.ok()) return producer;
  commons_.registry.Remove(options.data_producer_id);
  return added.error();
}

Result<DataConsumer*> RouterControl::ConsumeData(Transport& transport,
                                                 const ConsumeDataOptions& options) {
  DataProducer* producer = commons_.registry.Find<DataProducer>(options.data_producer_id);
  if (!producer || &producer->transport().router() != &transport.router()) {
    return Error::NotFound("DataProducer not found");
  }
  Result<Done> checked = CheckType(transport, options.type);
  if (checked.ok()) checked = DataConsumer::Check(options);
  if (!checked.ok()) return checked.error();
  auto owner = std::make_unique<DataConsumer>(options, *producer, transport);
  DataConsumer* consumer = owner.get();
  if (!commons_.registry.Add(options.data_consumer_id, consumer)) {
    return Exists("DataConsumer", options.data_consumer_id);
  }
  Result<Done> added = transport.data().Add(std::move(owner));
  if (!added.ok()) {
    commons_.registry.Remove(options.data_consumer_id);
    return added.error();
  }
  if (consumer->type() == DataType::kSctp) {
    consumer->SetLowThreshold(transport.data().low_threshold());
  }
  producer->consumers_.push_back(consumer);
  return consumer;
}

void RouterControl::CloseDataProducer(DataProducer& producer, Turn& turn) {
  std::vector<DataConsumer*> consumers = producer.consumers_;
  for (DataConsumer* consumer : consumers) {
    turn.events.notifications.push_back(DataConsumerProducerClosed{consumer->id()});
    CloseDataConsumer(*consumer, turn);
  }
  Transport& transport = producer.transport();
  // The peer's channel closes when we reset our half of it; but not one that a data consumer uses.
  if (producer.type() == DataType::kSctp && !transport.data().ConsumerOf(producer.stream())) {
    transport.router().data().ResetStream(transport, producer.stream(), turn);
  }
  commons_.registry.Remove(producer.id());
  transport.data().Remove(producer);
}

void RouterControl::CloseDataConsumer(DataConsumer& consumer, Turn& turn) {
  Transport& transport = consumer.transport();
  std::erase(consumer.producer().consumers_, &consumer);
  if (consumer.type() == DataType::kSctp) {
    transport.router().data().ResetStream(transport, consumer.stream(), turn);
  }
  commons_.registry.Remove(consumer.id());
  transport.data().Remove(consumer);
}

void RouterControl::CloseData(Transport& transport, Turn& turn) {
  DataChannels& data = transport.data();
  // With the association there is no stream left to reset.
  transport.router().data().Close(transport, turn);
  while (!data.producers().empty()) CloseDataProducer(*data.producers().back(), turn);
  while (!data.consumers().empty()) CloseDataConsumer(*data.consumers().back(), turn);
}

}  // namespace millrace
