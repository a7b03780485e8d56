#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/byte_reader.h"
#include "base/strong.h"
#include "schema/message_generated.h"

namespace millrace {

// Makes the frames of a controller, with the generated builders and nothing of the worker's own
// code. Ids of requests count up from 1.
class ModelController {
 public:
  using Frame = std::vector<uint8_t>;
  using Method = Millrace::Schema::Request::Method;

  // A producer or consumer: its id, and that of its transport.
  struct Media {
    std::string transport;
    std::string id;
    bool video = true;
    Ssrc ssrc = {};
    Ssrc rtx_ssrc = {};
  };

  Frame CreateRouter(const std::string& id);
  // With SRTP (AEAD_AES_128_GCM) and RTCP on the same port.
  Frame CreateTransport(const std::string& router, const std::string& id);
  Frame ConnectTransport(const std::string& id, const std::string& ip, uint16_t port,
                         const std::string& key_base64);
  Frame CloseTransport(const std::string& router, const std::string& id);
  Frame Produce(const Media& media);
  Frame Consume(const Media& media, const std::string& producer, bool paused);
  Frame CloseProducer(const Media& media);
  Frame CloseConsumer(const Media& media);
  // A request without a body, such as CONSUMER_PAUSE.
  Frame Plain(Method method, const std::string& handler);

  [[nodiscard]] uint32_t last_id() const { return next_id_ - 1; }

 private:
  template <typename T>
  using Offset = flatbuffers::Offset<T>;
  // Payload types, and whether the mapped ones of consumers.
  enum class Side : uint8_t { kProducer, kConsumer };

  template <typename Table>
  Frame Request(Method method, const std::string& handler, Offset<Table> body) {
    return Finish(method, handler, Millrace::Schema::Request::BodyTraits<Table>::enum_value,
                  body.Union());
  }
  Frame Finish(Method method, const std::string& handler, Millrace::Schema::Request::Body type,
               Offset<void> body);
  Offset<Millrace::Schema::RtpParameters::RtpParameters> Parameters(const Media& media, Side side);
  Offset<Millrace::Schema::RtpParameters::RtpCodecParameters> Codec(bool video, Side side);
  Offset<Millrace::Schema::RtpParameters::RtpCodecParameters> Rtx(Side side);
  Offset<Millrace::Schema::RtpParameters::RtpMapping> Mapping(const Media& media);

  flatbuffers::FlatBufferBuilder builder_;
  uint32_t next_id_ = 1;
};

}  // namespace millrace
