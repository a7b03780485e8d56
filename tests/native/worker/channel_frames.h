#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "schema/message_generated.h"

namespace millrace {

using Frame = std::vector<uint8_t>;

// Makes frames as a controller does, with the generated builders and nothing of the worker's own
// code. Ids of requests count up from 1.
class ChannelFrames {
 public:
  using Builder = flatbuffers::FlatBufferBuilder;
  template <typename T>
  using Offset = flatbuffers::Offset<T>;
  using Method = Millrace::Schema::Request::Method;
  using Event = Millrace::Schema::Notification::Event;

  // --- envelopes
  Frame Request(Method method, const std::string& handler);
  template <typename Table>
  Frame Request(Method method, const std::string& handler, Offset<Table> body) {
    return Finish(method, handler, Millrace::Schema::Request::BodyTraits<Table>::enum_value,
                  body.Union());
  }
  Frame Notification(Event event, const std::string& handler);
  template <typename Table>
  Frame Notification(Event event, const std::string& handler, Offset<Table> body) {
    auto table = Millrace::Schema::Notification::CreateNotification(
        builder_, builder_.CreateString(handler), event,
        Millrace::Schema::Notification::BodyTraits<Table>::enum_value, body.Union());
    builder_.FinishSizePrefixed(Millrace::Schema::Message::CreateMessage(
        builder_, Millrace::Schema::Message::Body::Notification, table.Union()));
    return Take();
  }
  [[nodiscard]] uint32_t last_id() const { return next_id_ - 1; }
  Builder& builder() { return builder_; }

  // --- requests of the usual kind
  Frame CreateRouter(const std::string& id);
  Frame CloseRouter(const std::string& id);
  Frame CreateServer(const std::string& id, uint16_t port);
  Frame CloseServer(const std::string& id);
  Frame CreateWebRtcTransport(const std::string& router, const std::string& id);
  Frame CreateWebRtcTransportOn(const std::string& server, const std::string& router,
                                const std::string& id);
  Frame CreatePlainTransport(const std::string& router, const std::string& id, bool sctp = false);
  Frame ProduceData(const std::string& transport, const std::string& id, uint16_t stream);
  Frame ConsumeData(const std::string& transport, const std::string& id,
                    const std::string& producer, uint16_t stream);
  Frame CloseDataProducer(const std::string& transport, const std::string& id);
  Frame CloseDataConsumer(const std::string& transport, const std::string& id);
  Frame SendData(const std::string& consumer, uint32_t ppid, const std::vector<uint8_t>& bytes);
  Frame CreatePipeTransport(const std::string& router, const std::string& id, bool srtp = false);
  // Without a key when `key_base64` is empty.
  Frame ConnectPipe(const std::string& transport, const std::string& ip, uint16_t port,
                    const std::string& key_base64 = "");
  // Audio over a pipe, with this SSRC there; `source` is the SSRC of the producer.
  Frame ConsumeForPipe(const std::string& transport, const std::string& id,
                       const std::string& producer, uint32_t source, uint32_t ssrc);
  Frame CreateDirectTransport(const std::string& router, const std::string& id);
  Frame SendRtp(const std::string& producer, const std::vector<uint8_t>& packet);
  Frame SendRtcp(const std::string& transport, const std::vector<uint8_t>& compound);
  Frame CloseTransport(const std::string& router, const std::string& id);
  Frame CreateObserver(const std::string& router, const std::string& id);
  Frame CreateSpeakerObserver(const std::string& router, const std::string& id);
  Frame CloseObserver(const std::string& router, const std::string& id);
  Frame ProduceAudio(const std::string& transport, const std::string& id, uint32_t ssrc);
  Frame ProduceVideo(const std::string& transport, const std::string& id, uint32_t ssrc);
  Frame ConsumeAudio(const std::string& transport, const std::string& id,
                     const std::string& producer, uint32_t ssrc);
  Frame ConsumeVideo(const std::string& transport, const std::string& id,
                     const std::string& producer, uint32_t ssrc);
  Frame CloseProducer(const std::string& transport, const std::string& id);
  Frame CloseConsumer(const std::string& transport, const std::string& id);
  Frame ConnectPlain(const std::string& transport, const std::string& ip, uint16_t port);
  Frame ConnectWebRtc(const std::string& transport);
  Frame Observe(const std::string& observer, const std::string& producer);
  Frame Unobserve(const std::string& observer, const std::string& producer);
  Frame UpdateSettings(const std::string& level, const std::vector<std::string>& tags);

  // --- parts
  Offset<Millrace::Schema::Transport::ListenInfo> ListenInfo(uint16_t port);
  Offset<Millrace::Schema::RtpParameters::RtpParameters> RtpParameters(bool video, uint32_t ssrc);
  Offset<Millrace::Schema::RtpParameters::RtpMapping> RtpMapping(bool video, uint32_t ssrc);

 private:
  Frame Finish(Method method, const std::string& handler, Millrace::Schema::Request::Body type,
               Offset<void> body);
  Frame Take();
  Offset<Millrace::Schema::Transport::Options> Options(bool sctp = false);
  Frame Produce(const std::string& transport, const std::string& id, bool video, uint32_t ssrc);
  Frame Consume(const std::string& transport, const std::string& id, const std::string& producer,
                bool video, uint32_t ssrc);

  Builder builder_;
  uint32_t next_id_ = 1;
};

}  // namespace millrace
