// The verbs of producers and consumers.
#include "worker/request_verbs.h"

namespace millrace {

Result<ProducerDump> DumpProducer(Machine&, Producer& producer, const NoBody&, Turn&) {
  return producer.Dump();
}

Result<ProducerStats> GetProducerStats(Machine&, Producer& producer, const NoBody&, Turn& turn) {
  return ProducerStats{producer.Stats(turn.now)};
}

Result<Done> PauseProducer(Machine&, Producer& producer, const NoBody&, Turn& turn) {
  producer.transport().router().SetPaused(producer, true, turn);
  return Done{};
}

Result<Done> ResumeProducer(Machine&, Producer& producer, const NoBody&, Turn& turn) {
  producer.transport().router().SetPaused(producer, false, turn);
  return Done{};
}

Result<Done> TraceProducer(Machine&, Producer& producer, const EnableProducerTrace& body, Turn&) {
  producer.EnableTrace(body.types);
  return Done{};
}

Result<ConsumerDump> DumpConsumer(Machine&, Consumer& consumer, const NoBody&, Turn&) {
  return consumer.Dump();
}

Result<ConsumerStats> GetConsumerStats(Machine&, Consumer& consumer, const NoBody&, Turn& turn) {
  return ConsumerStats{consumer.Stats(turn.now)};
}

Result<Done> PauseConsumer(Machine&, Consumer& consumer, const NoBody&, Turn& turn) {
  consumer.transport().router().SetPaused(consumer, true, turn);
  return Done{};
}

Result<Done> ResumeConsumer(Machine&, Consumer& consumer, const NoBody&, Turn& turn) {
  consumer.transport().router().SetPaused(consumer, false, turn);
  return Done{};
}

Result<PreferredLayersAnswer> PreferLayers(Machine&, Consumer& consumer,
                                           const SetPreferredLayers& body, Turn& turn) {
  Router& router = consumer.transport().router();
  router.Apply(consumer, consumer.Prefer(body.layers, turn.now), turn);
  router.ShareSoon(consumer.transport(), turn);
  return PreferredLayersAnswer{consumer.preferred_layers()};
}

Result<PriorityAnswer> Prioritise(Machine&, Consumer& consumer, const SetPriority& body,
                                  Turn& turn) {
  if (body.priority == 0) return Error::Type("wrong priority: 1 is the lowest");
  PriorityAnswer answer{consumer.SetPriority(body.priority)};
  consumer.transport().router().ShareSoon(consumer.transport(), turn);
  return answer;
}

Result<Done> AskKeyFrame(Machine&, Consumer& consumer, const NoBody&, Turn& turn) {
  consumer.transport().router().RequestKeyFrame(consumer, turn);
  return Done{};
}

Result<Done> TraceConsumer(Machine&, Consumer& consumer, const EnableConsumerTrace& body, Turn&) {
  consumer.EnableTrace(body.types);
  return Done{};
}

}  // namespace millrace
