// The verbs of transports.
#include <utility>

#include "worker/request_verbs.h"
#include "worker/rtp_check.h"

namespace millrace {

Result<Answer> DumpTransport(Machine&, Transport& transport, const NoBody&, Turn&) {
  AnyTransportDump dump = transport.Dump();
  return std::visit([](auto& any) { return Answer(std::move(any)); }, dump);
}

Result<Answer> GetTransportStats(Machine&, Transport& transport, const NoBody&, Turn& turn) {
  AnyTransportStats stats = transport.Stats(turn.now);
  return std::visit([](auto& any) { return Answer(std::move(any)); }, stats);
}

Result<Done> LimitIncoming(Machine&, Transport& transport, const SetMaxIncomingBitrate& body,
                           Turn& turn) {
  return transport.SetMaxIncomingBitrate(body.bits_per_second, turn);
}

Result<Done> LimitOutgoing(Machine&, Transport& transport, const SetMaxOutgoingBitrate& body,
                           Turn& turn) {
  return transport.SetMaxOutgoingBitrate(body.bits_per_second, turn);
}

Result<Done> KeepOutgoing(Machine&, Transport& transport, const SetMinOutgoingBitrate& body,
                          Turn& turn) {
  return transport.SetMinOutgoingBitrate(body.bits_per_second, turn);
}

Result<IceParameters> RestartIce(Machine&, Transport& transport, const NoBody&, Turn& turn) {
  return transport.RestartIce(turn);
}

Result<ProduceAnswer> AddProducer(Machine& machine, Transport& transport,
                                  const ProduceOptions& body, Turn& turn) {
  if (std::optional<Error> fault = FindFault(body)) return *std::move(fault);
  Result<Producer*> producer = machine.control.Produce(transport, body, turn);
  if (!producer.ok()) return producer.error();
  return ProduceAnswer{producer.value()->type()};
}

Result<ConsumeAnswer> AddConsumer(Machine& machine, Transport& transport,
                                  const ConsumeOptions& body, Turn& turn) {
  if (std::optional<Error> fault = FindFault(body)) return *std::move(fault);
  Producer* producer = machine.commons.registry.Find<Producer>(body.producer_id);
  if (!producer || &producer->transport().router() != &transport.router()) {
    return Error::NotFound("producer with id '" + body.producer_id + "' not found");
  }
  return machine.control.Consume(transport, body, turn);
}

Result<Done> TraceTransport(Machine&, Transport& transport, const EnableTransportTrace& body,
                            Turn&) {
  transport.EnableTrace(body.types);
  return Done{};
}

Result<Done> DropProducer(Machine& machine, Transport& transport, const CloseProducer& body,
                          Turn& turn) {
  Producer* producer = machine.commons.registry.Find<Producer>(body.id);
  if (!producer || &producer->transport() != &transport) {
    return Error::NotFound("producer with id '" + body.id + "' not found");
  }
  machine.control.CloseProducer(*producer, turn);
  return Done{};
}

Result<Done> DropConsumer(Machine& machine, Transport& transport, const CloseConsumer& body,
                          Turn& turn) {
  Consumer* consumer = machine.commons.registry.Find<Consumer>(body.id);
  if (!consumer || &consumer->transport() != &transport) {
    return Error::NotFound("consumer with id '" + body.id + "' not found");
  }
  machine.control.CloseConsumer(*consumer, turn);
  return Done{};
}

Result<PlainConnectAnswer> ConnectPlainTransport(Machine&, Transport& transport,
                                                 const PlainConnectOptions& body, Turn& turn) {
  return transport.ConnectPlain(body, turn);
}

Result<PipeConnectAnswer> ConnectPipeTransport(Machine&, Transport& transport,
                                               const PipeConnectOptions& body, Turn& turn) {
  return transport.ConnectPipe(body, turn);
}

Result<WebRtcConnectAnswer> ConnectWebRtcTransport(Machine&, Transport& transport,
                                                   const DtlsParameters& body, Turn& turn) {
  Result<DtlsRoleName> role = transport.ConnectWebRtc(body, turn);
  if (!role.ok()) return role.error();
  return WebRtcConnectAnswer{role.value()};
}

}  // namespace millrace
