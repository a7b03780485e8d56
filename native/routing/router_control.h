#pragma once

#include <memory>
#include <string>

#include "base/result.h"
#include "routing/commons.h"
#include "routing/consumer.h"
#include "routing/parameters.h"
#include "routing/producer.h"
#include "routing/router.h"
#include "routing/rtp_observer.h"
#include "routing/transport.h"
#include "routing/webrtc_server.h"

namespace millrace {

// The only code that edits the tables of routers: it creates and closes transports, producers,
// consumers and observers, and keeps the registry and the hot path's raw pointers true. It holds no
// state of its own. Nothing of a refused verb stays behind.
class RouterControl {
 public:
  explicit RouterControl(RouterCommons& commons) : commons_(commons) {}

  // `server` is null unless the options name one (the caller looked it up).
  [[nodiscard]] Result<Transport*> CreateWebRtcTransport(Router& router, const std::string& id,
                                                         const WebRtcTransportOptions& options,
                                                         WebRtcServer* server, Turn& turn);
  [[nodiscard]] Result<Transport*> CreatePlainTransport(Router& router, const std::string& id,
                                                        const PlainTransportOptions& options,
                                                        Turn& turn);
  [[nodiscard]] Result<Transport*> CreatePipeTransport(Router& router, const std::string& id,
                                                       const PipeTransportOptions& options,
                                                       Turn& turn);
  [[nodiscard]] Result<Transport*> CreateDirectTransport(Router& router, const std::string& id,
                                                         const DirectTransportOptions& options,
                                                         Turn& turn);
  [[nodiscard]] Result<RtpObserver*> CreateAudioLevelObserver(
      Router& router, const std::string& id, const AudioLevelObserverOptions& options, Turn& turn);
  [[nodiscard]] Result<RtpObserver*> CreateActiveSpeakerObserver(
      Router& router, const std::string& id, const ActiveSpeakerObserverOptions& options,
      Turn& turn);
  [[nodiscard]] Result<Producer*> Produce(Transport& transport, const ProduceOptions& options,
                                          Turn& turn);
  [[nodiscard]] Result<ConsumeAnswer> Consume(Transport& transport, const ConsumeOptions& options,
                                              Turn& turn);

  // router_control_data.cc
  [[nodiscard]] Result<DataProducer*> ProduceData(Transport& transport,
                                                  const ProduceDataOptions& options);
  [[nodiscard]] Result<DataConsumer*> ConsumeData(Transport& transport,
                                                  const ConsumeDataOptions& options);
  void CloseDataProducer(DataProducer& producer, Turn& turn);
  void CloseDataConsumer(DataConsumer& consumer, Turn& turn);

  // Closing is silent towards whoever asked for it; consumers of a closed producer are told.
  void CloseProducer(Producer& producer, Turn& turn);
  void CloseConsumer(Consumer& consumer, Turn& turn);
  void CloseTransport(Transport& transport, Turn& turn);
  void CloseObserver(Router& router, RtpObserver& observer, Turn& turn);
  // Everything inside; the caller then destroys the object itself.
  void CloseRouter(Router& router, Turn& turn);
  void CloseServer(WebRtcServer& server, Turn& turn);

 private:
  [[nodiscard]] Result<Transport*> Register(Router& router, std::unique_ptr<Transport> transport);
  [[nodiscard]] Result<RtpObserver*> Register(Router& router,
                                              std::unique_ptr<RtpObserver> observer);

  // Every data producer and data consumer of a transport that goes.
  void CloseData(Transport& transport, Turn& turn);

  RouterCommons& commons_;
};

}  // namespace millrace
