#pragma once

#include "worker/verb_of.h"

namespace millrace {

// What each request does, one function a method.

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
VerbOf<WebRtcServerDump, WebRtcServer> DumpServer;

// --- router
VerbOf<RouterDump, Router> DumpRouter;
VerbOf<Answer, Router, CreateWebRtcTransport> AddWebRtcTransport;
VerbOf<Answer, Router, CreateWebRtcTransport> AddWebRtcTransportOnServer;
VerbOf<Answer, Router, CreatePlainTransport> AddPlainTransport;
VerbOf<Answer, Router, CreatePipeTransport> AddPipeTransport;
VerbOf<Answer, Router, CreateDirectTransport> AddDirectTransport;
VerbOf<Done, Router, CreateAudioLevelObserver> AddAudioLevelObserver;
VerbOf<Done, Router, CreateActiveSpeakerObserver> AddActiveSpeakerObserver;
VerbOf<Done, Router, CloseTransport> DropTransport;
VerbOf<Done, Router, CloseObserver> DropObserver;

// --- transport
VerbOf<Answer, Transport> DumpTransport;
VerbOf<Answer, Transport> GetTransportStats;
VerbOf<Done, Transport, SetMaxIncomingBitrate> LimitIncoming;
VerbOf<Done, Transport, SetMaxOutgoingBitrate> LimitOutgoing;
VerbOf<Done, Transport, SetMinOutgoingBitrate> KeepOutgoing;
VerbOf<IceParameters, Transport> RestartIce;
VerbOf<ProduceAnswer, Transport, ProduceOptions> AddProducer;
VerbOf<ConsumeAnswer, Transport, ConsumeOptions> AddConsumer;
VerbOf<Done, Transport, EnableTransportTrace> TraceTransport;
VerbOf<Done, Transport, CloseProducer> DropProducer;
VerbOf<Done, Transport, CloseConsumer> DropConsumer;
VerbOf<PlainConnectAnswer, Transport, PlainConnectOptions> ConnectPlainTransport;
VerbOf<PipeConnectAnswer, Transport, PipeConnectOptions> ConnectPipeTransport;
VerbOf<WebRtcConnectAnswer, Transport, DtlsParameters> ConnectWebRtcTransport;

// --- producer
VerbOf<ProducerDump, Producer> DumpProducer;
VerbOf<ProducerStats, Producer> GetProducerStats;
VerbOf<Done, Producer> PauseProducer;
VerbOf<Done, Producer> ResumeProducer;
VerbOf<Done, Producer, EnableProducerTrace> TraceProducer;

// --- consumer
VerbOf<ConsumerDump, Consumer> DumpConsumer;
VerbOf<ConsumerStats, Consumer> GetConsumerStats;
VerbOf<Done, Consumer> PauseConsumer;
VerbOf<Done, Consumer> ResumeConsumer;
VerbOf<PreferredLayersAnswer, Consumer, SetPreferredLayers> PreferLayers;
VerbOf<PriorityAnswer, Consumer, SetPriority> Prioritise;
VerbOf<Done, Consumer> AskKeyFrame;
VerbOf<Done, Consumer, EnableConsumerTrace> TraceConsumer;

// --- observer
VerbOf<Done, RtpObserver> PauseObserver;
VerbOf<Done, RtpObserver> ResumeObserver;
VerbOf<Done, RtpObserver, ObserveProducer> Observe;
VerbOf<Done, RtpObserver, UnobserveProducer> Unobserve;

}  // namespace millrace
