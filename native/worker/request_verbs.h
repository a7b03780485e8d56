#pragma once

#include "base/result.h"
#include "routing/turn.h"
#include "worker/channel_message.h"
#include "worker/machine.h"

namespace millrace {

// What each request does, one function a method. A verb gets the object that the request's handler
// id names and the request's body, both already of the right type.

// --- worker
[[nodiscard]] Result<WorkerDump> DumpWorker(Machine& machine, const NoBody&, Turn& turn);
[[nodiscard]] Result<ResourceUsage> GetResourceUsage(Machine& machine, const NoBody&, Turn& turn);
[[nodiscard]] Result<CountersAnswer> GetCounters(Machine& machine, const NoBody&, Turn& turn);
[[nodiscard]] Result<Done> ChangeSettings(Machine& machine, const UpdateSettings& body, Turn& turn);
[[nodiscard]] Result<Done> CreateServer(Machine& machine, const CreateWebRtcServer& body,
                                        Turn& turn);
[[nodiscard]] Result<Done> CloseServer(Machine& machine, const CloseWebRtcServer& body, Turn& turn);
[[nodiscard]] Result<Done> AddRouter(Machine& machine, const CreateRouter& body, Turn& turn);
[[nodiscard]] Result<Done> DropRouter(Machine& machine, const CloseRouter& body, Turn& turn);
[[nodiscard]] Result<WebRtcServerDump> DumpServer(Machine& machine, WebRtcServer& server,
                                                  const NoBody&, Turn& turn);

// --- router
[[nodiscard]] Result<RouterDump> DumpRouter(Machine& machine, Router& router, const NoBody&,
                                            Turn& turn);
[[nodiscard]] Result<Answer> AddWebRtcTransport(Machine& machine, Router& router,
                                                const CreateWebRtcTransport& body, Turn& turn);
[[nodiscard]] Result<Answer> AddWebRtcTransportOnServer(Machine& machine, Router& router,
                                                        const CreateWebRtcTransport& body,
                                                        Turn& turn);
[[nodiscard]] Result<Answer> AddPlainTransport(Machine& machine, Router& router,
                                               const CreatePlainTransport& body, Turn& turn);
[[nodiscard]] Result<Answer> AddPipeTransport(Machine& machine, Router& router,
                                              const CreatePipeTransport& body, Turn& turn);
[[nodiscard]] Result<Answer> AddDirectTransport(Machine& machine, Router& router,
                                                const CreateDirectTransport& body, Turn& turn);
[[nodiscard]] Result<Done> AddAudioLevelObserver(Machine& machine, Router& router,
                                                 const CreateAudioLevelObserver& body, Turn& turn);
[[nodiscard]] Result<Done> AddActiveSpeakerObserver(Machine& machine, Router& router,
                                                    const CreateActiveSpeakerObserver& body,
                                                    Turn& turn);
[[nodiscard]] Result<Done> DropTransport(Machine& machine, Router& router,
                                         const CloseTransport& body, Turn& turn);
[[nodiscard]] Result<Done> DropObserver(Machine& machine, Router& router, const CloseObserver& body,
                                        Turn& turn);

// --- transport
[[nodiscard]] Result<Answer> DumpTransport(Machine& machine, Transport& transport, const NoBody&,
                                           Turn& turn);
[[nodiscard]] Result<Answer> GetTransportStats(Machine& machine, Transport& transport,
                                               const NoBody&, Turn& turn);
[[nodiscard]] Result<Done> LimitIncoming(Machine& machine, Transport& transport,
                                         const SetMaxIncomingBitrate& body, Turn& turn);
[[nodiscard]] Result<Done> LimitOutgoing(Machine& machine, Transport& transport,
                                         const SetMaxOutgoingBitrate& body, Turn& turn);
[[nodiscard]] Result<Done> KeepOutgoing(Machine& machine, Transport& transport,
                                        const SetMinOutgoingBitrate& body, Turn& turn);
[[nodiscard]] Result<IceParameters> RestartIce(Machine& machine, Transport& transport,
                                               const NoBody&, Turn& turn);
[[nodiscard]] Result<ProduceAnswer> AddProducer(Machine& machine, Transport& transport,
                                                const ProduceOptions& body, Turn& turn);
[[nodiscard]] Result<ConsumeAnswer> AddConsumer(Machine& machine, Transport& transport,
                                                const ConsumeOptions& body, Turn& turn);
[[nodiscard]] Result<Done> TraceTransport(Machine& machine, Transport& transport,
                                          const EnableTransportTrace& body, Turn& turn);
[[nodiscard]] Result<Done> DropProducer(Machine& machine, Transport& transport,
                                        const CloseProducer& body, Turn& turn);
[[nodiscard]] Result<Done> DropConsumer(Machine& machine, Transport& transport,
                                        const CloseConsumer& body, Turn& turn);
[[nodiscard]] Result<PlainConnectAnswer> ConnectPlainTransport(Machine& machine,
                                                               Transport& transport,
                                                               const PlainConnectOptions& body,
                                                               Turn& turn);
[[nodiscard]] Result<PipeConnectAnswer> ConnectPipeTransport(Machine& machine, Transport& transport,
                                                             const PipeConnectOptions& body,
                                                             Turn& turn);
[[nodiscard]] Result<WebRtcConnectAnswer> ConnectWebRtcTransport(Machine& machine,
                                                                 Transport& transport,
                                                                 const DtlsParameters& body,
                                                                 Turn& turn);

// --- producer
[[nodiscard]] Result<ProducerDump> DumpProducer(Machine& machine, Producer& producer, const NoBody&,
                                                Turn& turn);
[[nodiscard]] Result<ProducerStats> GetProducerStats(Machine& machine, Producer& producer,
                                                     const NoBody&, Turn& turn);
[[nodiscard]] Result<Done> PauseProducer(Machine& machine, Producer& producer, const NoBody&,
                                         Turn& turn);
[[nodiscard]] Result<Done> ResumeProducer(Machine& machine, Producer& producer, const NoBody&,
                                          Turn& turn);
[[nodiscard]] Result<Done> TraceProducer(Machine& machine, Producer& producer,
                                         const EnableProducerTrace& body, Turn& turn);

// --- consumer
[[nodiscard]] Result<ConsumerDump> DumpConsumer(Machine& machine, Consumer& consumer, const NoBody&,
                                                Turn& turn);
[[nodiscard]] Result<ConsumerStats> GetConsumerStats(Machine& machine, Consumer& consumer,
                                                     const NoBody&, Turn& turn);
[[nodiscard]] Result<Done> PauseConsumer(Machine& machine, Consumer& consumer, const NoBody&,
                                         Turn& turn);
[[nodiscard]] Result<Done> ResumeConsumer(Machine& machine, Consumer& consumer, const NoBody&,
                                          Turn& turn);
[[nodiscard]] Result<PreferredLayersAnswer> PreferLayers(Machine& machine, Consumer& consumer,
                                                         const SetPreferredLayers& body,
                                                         Turn& turn);
[[nodiscard]] Result<PriorityAnswer> Prioritise(Machine& machine, Consumer& consumer,
                                                const SetPriority& body, Turn& turn);
[[nodiscard]] Result<Done> AskKeyFrame(Machine& machine, Consumer& consumer, const NoBody&,
                                       Turn& turn);
[[nodiscard]] Result<Done> TraceConsumer(Machine& machine, Consumer& consumer,
                                         const EnableConsumerTrace& body, Turn& turn);

// --- observer
[[nodiscard]] Result<Done> PauseObserver(Machine& machine, RtpObserver& observer, const NoBody&,
                                         Turn& turn);
[[nodiscard]] Result<Done> ResumeObserver(Machine& machine, RtpObserver& observer, const NoBody&,
                                          Turn& turn);
[[nodiscard]] Result<Done> Observe(Machine& machine, RtpObserver& observer,
                                   const ObserveProducer& body, Turn& turn);
[[nodiscard]] Result<Done> Unobserve(Machine& machine, RtpObserver& observer,
                                     const UnobserveProducer& body, Turn& turn);

}  // namespace millrace
