#pragma once

#include "worker/verb_of.h"

namespace millrace {

// What each request about data channels does; as request_verbs.h.

// --- transport
VerbOf<DataProducerDump, Transport, ProduceDataOptions> AddDataProducer;
VerbOf<DataConsumerDump, Transport, ConsumeDataOptions> AddDataConsumer;
VerbOf<Done, Transport, CloseDataProducer> DropDataProducer;
VerbOf<Done, Transport, CloseDataConsumer> DropDataConsumer;

// --- data producer
VerbOf<DataProducerDump, DataProducer> DumpDataProducer;
VerbOf<DataProducerStats, DataProducer> GetDataProducerStats;
VerbOf<Done, DataProducer> PauseDataProducer;
VerbOf<Done, DataProducer> ResumeDataProducer;
// The notification of the controller; why it has no effect, if it has none.
[[nodiscard]] Result<Done> SendFromDirect(Machine& machine, const std::string& data_producer_id,
                                          const SendFromProducer& body, Turn& turn);

// --- data consumer
VerbOf<DataConsumerDump, DataConsumer> DumpDataConsumer;
VerbOf<DataConsumerStats, DataConsumer> GetDataConsumerStats;
VerbOf<Done, DataConsumer> PauseDataConsumer;
VerbOf<Done, DataConsumer> ResumeDataConsumer;
VerbOf<BufferedAmountAnswer, DataConsumer> GetBufferedAmount;
VerbOf<Done, DataConsumer, SetLowThreshold> ChangeLowThreshold;
VerbOf<SendAnswer, DataConsumer, SendToConsumer> SendMessage;
VerbOf<SetSubchannelsAnswer, DataConsumer, SetSubchannels> ChangeSubchannels;
VerbOf<AddSubchannelAnswer, DataConsumer, AddSubchannel> JoinSubchannel;
VerbOf<RemoveSubchannelAnswer, DataConsumer, RemoveSubchannel> LeaveSubchannel;

}  // namespace millrace
