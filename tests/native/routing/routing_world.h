#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/output.h"
#include "routing/router_control.h"
#include "wire/demux.h"
#include "wire/rtcp/rtcp_reader.h"
#include "wire/rtp_writer.h"

namespace millrace {

// Sockets that exist only as numbers.
class PaperEdge final : public Edge {
 public:
  Result<OpenedSocket> Open(const SocketRequest& request) override {
    requests.push_back(request);
    if (refuse_after && requests.size() > *refuse_after) return Error::Of("no port available");
    uint32_t id = next_id_++;
    uint16_t port =
        static_cast<uint16_t>(request.port_min + (request.port_max > request.port_min ? id : 0));
    return OpenedSocket{.id = SocketId(id), .port = port};
  }
  ResourceUsage ReadResourceUsage() override { return {}; }

  std::vector<SocketRequest> requests;
  std::optional<size_t> refuse_after;

 private:
  uint32_t next_id_ = 1;
};

struct SentDatagram {
  Path path;
  std::vector<uint8_t> bytes;
};

// A router with everything around it that the worker would bring, and a clock that tests move.
class RoutingWorld {
 public:
  RoutingWorld()
      : dtls_(std::move(DtlsContext::Make({}).value())),
        srtp_(SrtpBackend::MakeEvp()),
        commons{.edge = edge, .random = random, .dtls = *dtls_, .srtp = *srtp_},
        control(commons),
        router("router", commons) {
    CHECK(commons.registry.Add("router", &router), "the first object of a world");
  }
  ~RoutingWorld() {
    Turn turn = Now();
    control.CloseRouter(router, turn);
  }

  Turn Now() { return {now, events, out}; }

  // What leaves now, sealed.
  std::vector<SentDatagram> Drain() {
    std::vector<SentDatagram> sent;
    bool more = true;
    while (more) {
      Turn turn = Now();
      more = commons.dirty.Seal(turn);
      for (const Output::Datagram& datagram : out.datagrams()) {
        Bytes bytes = out.bytes_of(datagram);
        sent.push_back({datagram.path, {bytes.begin(), bytes.end()}});
      }
      out.ClearDatagrams();
    }
    return sent;
  }
  std::vector<SentDatagram> DrainRtp() { return Only(DatagramKind::kRtp); }
  std::vector<SentDatagram> DrainRtcp() { return Only(DatagramKind::kRtcp); }

  void Receive(Transport& transport, const Path& path, std::vector<uint8_t> bytes) {
    Turn turn = Now();
    router.OnDatagram(transport, path, bytes, now, turn);
  }

  // Time passes; every deadline on the way is served at its time.
  void Advance(Duration duration) {
    Timestamp end = now + duration;
    while (true) {
      Timestamp next = router.deadline();
      for (Transport* transport : Transports()) next = std::min(next, transport->deadline());
      if (next > end) break;
      now = std::max(now, next);
      Turn turn = Now();
      for (Transport* transport : Transports()) {
        if (transport->deadline() <= now) router.OnTransportDeadline(*transport, turn);
      }
      if (router.deadline() <= now) router.OnDeadline(turn);
    }
    now = end;
  }

  std::vector<Transport*> Transports() {
    std::vector<Transport*> list;
    for (const std::string& id : router.Dump().transport_ids) {
      list.push_back(commons.registry.Find<Transport>(id));
    }
    return list;
  }

  // The events of one kind since the last call, in order.
  template <typename E>
  std::vector<E> TakeEvents() {
    std::vector<E> found;
    std::vector<RoutingEvent> rest;
    for (RoutingEvent& event : events.notifications) {
      if (E* wanted = std::get_if<E>(&event)) {
        found.push_back(std::move(*wanted));
      } else {
        rest.push_back(std::move(event));
      }
    }
    events.notifications = std::move(rest);
    return found;
  }

  // A plain transport, connected to 10.0.0.1 and this port unless it is zero.
  Transport& AddPlain(const std::string& id, uint16_t peer_port,
                      PlainTransportOptions options = {}) {
    options.listen_info.ip = "127.0.0.1";
    options.rtcp_mux = true;
    Turn turn = Now();
    Transport* transport = control.CreatePlainTransport(router, id, options, turn).value();
    if (peer_port != 0) {
      CHECK(transport->ConnectPlain({.ip = "10.0.0.1", .port = peer_port}, turn).ok(),
            "the test connects once, to a good address");
    }
    return *transport;
  }
  Transport& AddDirect(const std::string& id) {
    Turn turn = Now();
    return *control.CreateDirectTransport(router, id, {}, turn).value();
  }
  Producer& Produce(Transport& transport, const ProduceOptions& options) {
    Turn turn = Now();
    return *control.Produce(transport, options, turn).value();
  }
  Consumer& Consume(Transport& transport, const ConsumeOptions& options) {
    Turn turn = Now();
    CHECK(control.Consume(transport, options, turn).ok(), "the test consumes what exists");
    return *commons.registry.Find<Consumer>(options.consumer_id);
  }

  [[nodiscard]] static Path PeerPath(const Transport& transport, uint16_t port) {
    return {transport.sockets().front(), {*IpAddress::Parse("10.0.0.1"), port}};
  }

 private:
  std::vector<SentDatagram> Only(DatagramKind kind) {
    std::vector<SentDatagram> sent = Drain();
    std::erase_if(sent,
                  [&](const SentDatagram& datagram) { return Classify(datagram.bytes) != kind; });
    return sent;
  }

  std::unique_ptr<DtlsContext> dtls_;
  std::unique_ptr<SrtpBackend> srtp_;

 public:
  PaperEdge edge;
  Random random{7};
  Timestamp now = Timestamp::Millis(100'000);
  RoutingEvents events;
  Output out;
  RouterCommons commons;
  RouterControl control;
  Router router;
};

// --- makers of packets

class RtpMaker {
 public:
  explicit RtpMaker(uint32_t ssrc) { header_.ssrc = Ssrc(ssrc), header_.payload_type = 101; }
  RtpMaker& Seq(uint16_t sequence) { return header_.sequence_number = sequence, *this; }
  RtpMaker& Time(uint32_t timestamp) { return header_.timestamp = timestamp, *this; }
  RtpMaker& Type(uint8_t payload_type) { return header_.payload_type = payload_type, *this; }
  RtpMaker& Marker() { return header_.marker = true, *this; }
  RtpMaker& Extension(uint8_t id, std::vector<uint8_t> value) {
    return extensions_.emplace_back(id, std::move(value)), *this;
  }
  RtpMaker& Text(uint8_t id, const std::string& text) {
    return Extension(id, {text.begin(), text.end()});
  }
  RtpMaker& Payload(std::vector<uint8_t> payload) { return payload_ = std::move(payload), *this; }
  // RFC 7741: first packet of partition 0; the frame header's lowest bit is 0 in a key frame.
  RtpMaker& KeyFrame() { return Payload({0x10, 0x00, 1, 2, 3, 4, 5, 6, 7, 8}); }
  RtpMaker& DeltaFrame() { return Payload({0x10, 0x01, 1, 2, 3, 4, 5, 6, 7, 8}); }

  [[nodiscard]] std::vector<uint8_t> Make() const {
    std::vector<uint8_t> bytes(1500);
    RtpWriter writer(bytes, header_);
    for (const auto& [id, value] : extensions_) writer.AddExtension(id, value);
    bytes.resize(writer.Finish(payload_));
    return bytes;
  }

 private:
  RtpHeader header_;
  std::vector<std::pair<uint8_t, std::vector<uint8_t>>> extensions_;
  std::vector<uint8_t> payload_ = {0x10, 0x01, 1, 2, 3};
};

template <typename F>
std::vector<uint8_t> MakeRtcp(F&& write) {
  std::vector<uint8_t> bytes(1500);
  ByteWriter writer(bytes);
  write(writer);
  bytes.resize(writer.position());
  return bytes;
}

// The packets of one kind in all datagrams.
inline std::vector<RtcpBlock> BlocksOf(const std::vector<SentDatagram>& datagrams, RtcpKind kind) {
  std::vector<RtcpBlock> blocks;
  for (const SentDatagram& datagram : datagrams) {
    if (Classify(datagram.bytes) != DatagramKind::kRtcp) continue;
    RtcpReader reader(datagram.bytes);
    while (std::optional<RtcpBlock> block = reader.Next()) {
      if (block->kind == kind) blocks.push_back(*block);
    }
  }
  return blocks;
}

// --- makers of parameters. The peer calls VP8 101 and RTX 102; the router calls them 96 and 97.
// The peer's ids: MID 4, RID 10, repaired RID 11, transport-wide numbers 5, orientation 13.

inline RtpParameters PeerVideo() {
  RtpParameters parameters;
  parameters.mid = "video";
  parameters.codecs = {
      {.mime_type = "video/VP8",
       .payload_type = 101,
       .clock_rate = 90000,
       .rtcp_feedback = {{"nack", ""}, {"nack", "pli"}, {"ccm", "fir"}, {"transport-cc", ""}}},
      {.mime_type = "video/rtx",
       .payload_type = 102,
       .clock_rate = 90000,
       .parameters = {{"apt", CodecParameterValue(int32_t{101})}}}};
  parameters.header_extensions = {{.uri = HeaderExtensionUri::kMid, .id = 4},
                                  {.uri = HeaderExtensionUri::kRid, .id = 10},
                                  {.uri = HeaderExtensionUri::kRepairedRid, .id = 11},
                                  {.uri = HeaderExtensionUri::kTransportWideCc, .id = 5},
                                  {.uri = HeaderExtensionUri::kVideoOrientation, .id = 13}};
  parameters.rtcp.cname = "peer";
  return parameters;
}

inline ProduceOptions VideoProducer(const std::string& id, uint32_t ssrc,
                                    std::optional<uint32_t> rtx_ssrc = std::nullopt) {
  ProduceOptions options{.producer_id = id, .kind = MediaKind::kVideo};
  options.rtp_parameters = PeerVideo();
  options.rtp_parameters.mid = id;
  options.rtp_parameters.encodings = {{.ssrc = ssrc, .rtx_ssrc = rtx_ssrc}};
  options.rtp_mapping.codecs = {{101, 96}, {102, 97}};
  options.rtp_mapping.encodings = {{.ssrc = ssrc, .mapped_ssrc = ssrc + 1'000'000}};
  return options;
}

inline ProduceOptions SimulcastProducer(const std::string& id) {
  ProduceOptions options = VideoProducer(id, 1);
  options.rtp_parameters.encodings = {{.rid = "l"}, {.rid = "h"}};
  options.rtp_mapping.encodings = {{.rid = "l", .mapped_ssrc = 11},
                                   {.rid = "h", .mapped_ssrc = 12}};
  return options;
}

inline ProduceOptions AudioProducer(const std::string& id, uint32_t ssrc) {
  ProduceOptions options{.producer_id = id, .kind = MediaKind::kAudio};
  options.rtp_parameters.mid = id;
  options.rtp_parameters.codecs = {
      {.mime_type = "audio/opus", .payload_type = 111, .clock_rate = 48000, .channels = 2}};
  options.rtp_parameters.header_extensions = {{.uri = HeaderExtensionUri::kMid, .id = 4},
                                              {.uri = HeaderExtensionUri::kAudioLevel, .id = 1}};
  options.rtp_parameters.encodings = {{.ssrc = ssrc}};
  options.rtp_mapping.codecs = {{111, 100}};
  options.rtp_mapping.encodings = {{.ssrc = ssrc, .mapped_ssrc = ssrc + 1'000'000}};
  return options;
}

// Consumers speak with the ids and payload types of the router.
inline ConsumeOptions VideoConsumer(const std::string& id, const std::string& producer_id,
                                    uint32_t ssrc,
                                    std::optional<uint32_t> rtx_ssrc = std::nullopt) {
  ConsumeOptions options{.consumer_id = id, .producer_id = producer_id, .kind = MediaKind::kVideo};
  RtpParameters& parameters = options.rtp_parameters;
  parameters.mid = "m" + id;
  parameters.codecs = {{.mime_type = "video/VP8",
                        .payload_type = 96,
                        .clock_rate = 90000,
                        .rtcp_feedback = {{"nack", ""}, {"nack", "pli"}}}};
  if (rtx_ssrc) {
    parameters.codecs.push_back({.mime_type = "video/rtx",
                                 .payload_type = 97,
                                 .clock_rate = 90000,
                                 .parameters = {{"apt", CodecParameterValue(int32_t{96})}}});
  }
  parameters.header_extensions = {{.uri = HeaderExtensionUri::kMid, .id = 1},
                                  {.uri = HeaderExtensionUri::kAbsSendTime, .id = 4},
                                  {.uri = HeaderExtensionUri::kTransportWideCc, .id = 5},
                                  {.uri = HeaderExtensionUri::kVideoOrientation, .id = 8}};
  parameters.encodings = {{.ssrc = ssrc, .rtx_ssrc = rtx_ssrc}};
  parameters.rtcp.cname = "millrace";
  options.consumable_encodings = {{.ssrc = 1'000'001}};
  return options;
}

inline ConsumeOptions AudioConsumer(const std::string& id, const std::string& producer_id,
                                    uint32_t ssrc) {
  ConsumeOptions options{.consumer_id = id, .producer_id = producer_id, .kind = MediaKind::kAudio};
  options.rtp_parameters.mid = "m" + id;
  options.rtp_parameters.codecs = {
      {.mime_type = "audio/opus", .payload_type = 100, .clock_rate = 48000, .channels = 2}};
  options.rtp_parameters.encodings = {{.ssrc = ssrc}};
  options.rtp_parameters.rtcp.cname = "millrace";
  options.consumable_encodings = {{.ssrc = 1'000'001}};
  return options;
}

}  // namespace millrace
