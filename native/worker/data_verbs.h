#pragma once

#include "base/result.h"
#include "routing/turn.h"
#include "worker/channel_message.h"
#include "worker/machine.h"

namespace millrace {

// What each request about data channels does; as request_verbs.h.

// --- transport
[[nodiscard]] Result<DataProducerDump> AddDataProducer(Machine& machine, Transport& transport,
                                                       const ProduceDataOptions& body, Turn& turn);
[[nodiscard]] Result<DataConsumerDump> AddDataConsumer(Machine& machine, Transport& transport,
                                                       const ConsumeDataOptions& body, Turn& turn);
[[nodiscard]] Result<Done> DropDataProducer(Machine& machine, Transport& transport,
                                            const CloseDataProducer& body, Turn& turn);
[[nodiscard]] Result<Done> DropDataConsumer(Machine& machine, Transport& transport,
                                            const CloseDataConsumer& body, Turn& turn);

// --- data producer
[[nodiscard]] Result<DataProducerDump> DumpDataProducer(Machine& machine, DataProducer& producer,
                                                        const NoBody&, Turn& turn);
[[nodiscard]] Result<DataProducerStats> GetDataProducerStats(Machine& machine,
                                                             DataProducer& producer, const NoBody&,
                                                             Turn& turn);
[[nodiscard]] Result<Done> PauseDataProducer(Machine& machine, DataProducer& producer,
                                             const NoBody&, Turn& turn);
[[nodiscard]] Result<Done> ResumeDataProducer(Machine& machine, DataProducer& producer,
                                              const NoBody&, Turn& turn);
// The notification of the controller; why it has no effect, if it has none.
[[nodiscard]] Result<Done> SendFromDirect(Machine& machine, const std::string& data_producer_id,
                                          const SendFromProducer& body, Turn& turn);

// --- data consumer
[[nodiscard]] Result<DataConsumerDump> DumpDataConsumer(Machine& machine, DataConsumer& consumer,
                                                        const NoBody&, Turn& turn);
[[nodiscard]] Result<DataConsumerStats> GetDataConsumerStats(Machine& machine,
                                                             DataConsumer& consumer, const NoBody&,
                                                             Turn& turn);
[[nodiscard]] Result<Done> PauseDataConsumer(Machine& machine, DataConsumer& consumer,
                                             const NoBody&, Turn& turn);
[[nodiscard]] Result<Done> ResumeDataConsumer(Machine& machine, DataConsumer& consumer,
                                              const NoBody&, Turn& turn);
[[nodiscard]] Result<BufferedAmountAnswer> GetBufferedAmount(Machine& machine,
                                                             DataConsumer& consumer, const NoBody&,
                                                             Turn& turn);
[[nodiscard]] Result<Done> ChangeLowThreshold(Machine& machine, DataConsumer& consumer,
                                              const SetLowThreshold& body, Turn& turn);
[[nodiscard]] Result<SendAnswer> SendMessage(Machine& machine, DataConsumer& consumer,
                                             const SendToConsumer& body, Turn& turn);
[[nodiscard]] Result<SetSubchannelsAnswer> ChangeSubchannels(Machine& machine,
                                                             DataConsumer& consumer,
                                                             const SetSubchannels& body,
                                                             Turn& turn);
[[nodiscard]] Result<AddSubchannelAnswer> JoinSubchannel(Machine& machine, DataConsumer& consumer,
                                                         const AddSubchannel& body, Turn& turn);
[[nodiscard]] Result<RemoveSubchannelAnswer> LeaveSubchannel(Machine& machine,
                                                             DataConsumer& consumer,
                                                             const RemoveSubchannel& body,
                                                             Turn& turn);

}  // namespace millrace
