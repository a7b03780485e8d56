#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "media/ntp_time.h"
#include "routing_world.h"
#include "wire/rtcp/pli.h"
#include "wire/rtcp/sender_report.h"

namespace millrace {

// --- what a controller negotiates for a pipe: the router's payload types, an SSRC for each stream

inline RtpParameters PipedVideo(size_t streams, uint32_t ssrc, bool rtx) {
  RtpParameters parameters;
  parameters.codecs = {{.mime_type = "video/VP8",
                        .payload_type = 96,
                        .clock_rate = 90000,
                        .rtcp_feedback = {{"nack", "pli"}}}};
  if (rtx) {
    parameters.codecs[0].rtcp_feedback.push_back({"nack", ""});
    parameters.codecs.push_back({.mime_type = "video/rtx",
                                 .payload_type = 97,
                                 .clock_rate = 90000,
                                 .parameters = {{"apt", CodecParameterValue(int32_t{96})}}});
  }
  parameters.header_extensions = {{.uri = HeaderExtensionUri::kVideoOrientation, .id = 8}};
  for (uint32_t i = 0; i < streams; ++i) {
    parameters.encodings.push_back({.ssrc = ssrc + i});
    if (rtx) parameters.encodings.back().rtx_ssrc = ssrc + 100 + i;
  }
  parameters.rtcp.cname = "pipe";
  return parameters;
}

// `mapped` is the producer's first mapped SSRC.
inline ConsumeOptions PipeConsumer(const std::string& id, const std::string& producer,
                                   const RtpParameters& parameters, uint32_t mapped) {
  ConsumeOptions options{.consumer_id = id,
                         .producer_id = producer,
                         .kind = MediaKind::kVideo,
                         .rtp_parameters = parameters,
                         .type = RtpType::kPipe};
  for (uint32_t i = 0; i < parameters.encodings.size(); ++i) {
    options.consumable_encodings.push_back({.ssrc = mapped + i});
  }
  return options;
}

inline ProduceOptions PipeProducer(const std::string& id, const RtpParameters& parameters,
                                   uint32_t mapped) {
  ProduceOptions options{
      .producer_id = id, .kind = MediaKind::kVideo, .rtp_parameters = parameters};
  options.rtp_mapping.codecs = {{96, 96}, {97, 97}};
  for (uint32_t i = 0; i < parameters.encodings.size(); ++i) {
    options.rtp_mapping.encodings.push_back(
        {.ssrc = parameters.encodings[i].ssrc, .mapped_ssrc = mapped + i});
  }
  return options;
}

// Two workers, each with a router, and a pipe between these whose packets may be lost.
class PipeWorlds {
 public:
  explicit PipeWorlds(bool rtx = true, bool srtp = false)
      : near_pipe(Add(near, 7, rtx, srtp)), far_pipe(Add(far, 99, rtx, srtp)) {
    auto near_dump = std::get<PipeTransportDump>(near_pipe.Dump());
    auto far_dump = std::get<PipeTransportDump>(far_pipe.Dump());
    Connect(near, near_pipe, kFarAddress, far_dump);
    Connect(far, far_pipe, kNearAddress, near_dump);
  }

  // What leaves one end arrives at the other; the rest is kept.
  void Exchange() {
    for (bool moved = true; moved;) {
      moved = Carry(near, near_pipe, far, far_pipe, kNearAddress, near_out);
      moved |= Carry(far, far_pipe, near, near_pipe, kFarAddress, far_out);
    }
  }
  void Advance(Duration duration) {
    constexpr Duration kStep = Duration::Millis(5);
    for (Timestamp end = near.now + duration; near.now < end;) {
      near.Advance(kStep);
      far.Advance(kStep);
      Exchange();
    }
  }
  // Where packets of the near end come from, as the far end sees it.
  [[nodiscard]] Path PathAtFar() const {
    return {far_pipe.sockets().front(), {*IpAddress::Parse(kNearAddress), PortOf(near_pipe)}};
  }

  static constexpr const char* kNearAddress = "10.1.0.1";
  static constexpr const char* kFarAddress = "10.2.0.1";

  RoutingWorld near;
  RoutingWorld far;
  Transport& near_pipe;
  Transport& far_pipe;
  uint32_t loss_percent = 0;  // of RTP, both ways
  std::vector<SentDatagram> near_out;
  std::vector<SentDatagram> far_out;
  std::vector<std::vector<uint8_t>> carried;  // from the near end to the far one

 private:
  // With seeds of their own, so that both workers make other keys.
  static Transport& Add(RoutingWorld& world, uint64_t seed, bool rtx, bool srtp) {
    world.random = Random(seed);
    Turn turn = world.Now();
    PipeTransportOptions options{
        .listen_info = {.ip = "127.0.0.1"}, .enable_rtx = rtx, .enable_srtp = srtp};
    return *world.control.CreatePipeTransport(world.router, "pipe", options, turn).value();
  }
  static uint16_t PortOf(const Transport& pipe) {
    return std::get<PipeTransportDump>(pipe.Dump()).tuple.local_port;
  }
  static void Connect(RoutingWorld& world, Transport& pipe, const char* address,
                      const PipeTransportDump& other) {
    Turn turn = world.Now();
    CHECK(pipe.ConnectPipe({.ip = address,
                            .port = other.tuple.local_port,
                            .srtp_parameters = other.srtp_parameters},
                           turn)
              .ok(),
          "both ends have what they need");
  }
  bool Carry(RoutingWorld& from, Transport& from_pipe, RoutingWorld& to, Transport& to_pipe,
             const char* address, std::vector<SentDatagram>& rest) {
    bool moved = false;
    for (SentDatagram& datagram : from.Drain()) {
      if (datagram.path.socket != from_pipe.sockets().front()) {
        rest.push_back(std::move(datagram));
        continue;
      }
      if (&from == &near) carried.push_back(datagram.bytes);
      bool rtp = Classify(datagram.bytes) == DatagramKind::kRtp;
      if (rtp && random_.Below(100) < loss_percent) continue;
      to.Receive(to_pipe,
                 {to_pipe.sockets().front(), {*IpAddress::Parse(address), PortOf(from_pipe)}},
                 std::move(datagram.bytes));
      moved = true;
    }
    return moved;
  }

  Random random_{5};
};

// A camera on the near side that sends VP8 in so many streams: SSRCs 70, 71... mapped to 11, 12...
class PipedCamera {
 public:
  static constexpr uint32_t kSsrc = 70;
  static constexpr uint32_t kMapped = 11;
  static constexpr uint16_t kPort = 5000;
  static constexpr Duration kFrame = Duration::Millis(40);

  PipedCamera(PipeWorlds& worlds, size_t streams)
      : worlds_(worlds),
        transport_(worlds.near.AddPlain("publisher", kPort)),
        sequences_(streams, 100) {
    ProduceOptions options = VideoProducer("cam", 1);
    options.rtp_parameters.encodings.clear();
    options.rtp_mapping.encodings.clear();
    for (uint32_t i = 0; i < streams; ++i) {
      options.rtp_parameters.encodings.push_back({.ssrc = kSsrc + i});
      options.rtp_mapping.encodings.push_back({.ssrc = kSsrc + i, .mapped_ssrc = kMapped + i});
      wanted_.insert(kSsrc + i);
    }
    worlds.near.Produce(transport_, options);
  }

  void Run(Duration duration) {
    for (Timestamp end = worlds_.near.now + duration; worlds_.near.now < end;) SendFrame();
  }
  // A packet of each stream, and what follows from it.
  void SendFrame() {
    time_ += 3600;
    if (frames_++ % 25 == 0) SendReports();
    for (uint32_t i = 0; i < sequences_.size(); ++i) Send(i);
    worlds_.Exchange();
    worlds_.Advance(kFrame);
    for (const RtcpBlock& block : BlocksOf(worlds_.near_out, RtcpKind::kPli)) {
      uint32_t media = Pli::Parse(block)->media.value();
      wanted_.insert(media);
      asked.push_back(media);
    }
    worlds_.near_out.clear();
  }
  [[nodiscard]] uint32_t time() const { return time_; }
  [[nodiscard]] size_t frames() const { return frames_; }

  std::vector<uint32_t> asked;  // for key frames of these SSRCs

 private:
  void Receive(std::vector<uint8_t> bytes) {
    worlds_.near.Receive(transport_, RoutingWorld::PeerPath(transport_, kPort), std::move(bytes));
  }
  void Send(uint32_t index) {
    bool key = wanted_.erase(kSsrc + index) != 0;
    uint8_t head = key ? 0x00 : 0x01;
    Receive(RtpMaker(kSsrc + index)
                .Seq(sequences_[index]++)
                .Time(time_)
                .Extension(13, {0x01})
                .Payload({0x10, head, static_cast<uint8_t>(index), 1, 2, 3, 4, 5, 6, 7})
                .Marker()
                .Make());
  }
  void SendReports() {
    for (uint32_t i = 0; i < sequences_.size(); ++i) {
      Receive(MakeRtcp([&](ByteWriter& writer) {
        SenderReport report{.sender = Ssrc(kSsrc + i),
                            .ntp = ToNtp(worlds_.near.now),
                            .rtp_timestamp = time_,
                            .packet_count = 1,
                            .octet_count = 1,
                            .report_blocks = {}};
        CHECK(report.Write(writer), "a report fits");
      }));
    }
  }

  PipeWorlds& worlds_;
  Transport& transport_;
  std::vector<uint16_t> sequences_;
  std::set<uint32_t> wanted_;
  uint32_t time_ = 0;
  size_t frames_ = 0;
};

}  // namespace millrace
