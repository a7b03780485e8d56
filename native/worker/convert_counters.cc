#include "worker/convert_counters.h"

#include <string>
#include <vector>

namespace millrace {

namespace fbs = Millrace::Schema::Counters;

namespace {

using Builder = flatbuffers::FlatBufferBuilder;
template <typename T>
using Offset = flatbuffers::Offset<T>;
using ReasonCounts = flatbuffers::Vector<Offset<fbs::ReasonCount>>;

Offset<fbs::PacketCount> Write(Builder& builder, const PacketCount& value) {
  return fbs::CreatePacketCount(builder, value.packets, value.bytes);
}

template <size_t kBuckets>
Offset<fbs::Histogram> Write(Builder& builder, const PowerHistogram<kBuckets>& value) {
  return fbs::CreateHistogram(
      builder, builder.CreateVector(value.buckets().data(), value.buckets().size()), value.sum());
}

// Reasons that never came are left out.
template <typename Reason, size_t kCount>
Offset<ReasonCounts> WriteReasons(Builder& builder, const std::array<uint64_t, kCount>& counts) {
  std::vector<Offset<fbs::ReasonCount>> offsets;
  for (size_t i = 0; i < kCount; ++i) {
    if (counts[i] == 0) continue;
    auto reason = builder.CreateString(std::string(ToString(static_cast<Reason>(i))));
    offsets.push_back(fbs::CreateReasonCount(builder, reason, counts[i]));
  }
  return builder.CreateVector(offsets);
}

Offset<fbs::Media> WriteMedia(Builder& builder, const Counters& value) {
  auto rtp_received = Write(builder, value.rtp_received);
  auto rtp_sent = Write(builder, value.rtp_sent);
  auto rtx_sent = Write(builder, value.rtx_sent);
  auto probation_sent = Write(builder, value.probation_sent);
  return fbs::CreateMedia(builder, rtp_received, rtp_sent, rtx_sent, probation_sent,
                          value.rtcp_received, value.nacks_received, value.packets_asked_again,
                          value.packets_resent, value.nacks_sent, value.key_frames_asked,
                          value.key_frame_requests_sent, value.transport_feedbacks_received,
                          value.rembs_received);
}

Offset<fbs::Batches> WriteBatches(Builder& builder, const Counters& value) {
  auto receive = Write(builder, value.receive_batch);
  auto send = Write(builder, value.send_batch);
  auto segments = Write(builder, value.send_segments);
  auto tick = Write(builder, value.tick_us);
  return fbs::CreateBatches(builder, receive, send, segments, tick);
}

Offset<fbs::Objects> WriteObjects(Builder& builder, const Census& value) {
  return fbs::CreateObjects(builder, value.webrtc_servers, value.routers, value.transports,
                            value.producers, value.consumers, value.data_producers,
                            value.data_consumers, value.observers, value.packets_in_use,
                            value.packets_max);
}

Offset<fbs::Estimates> WriteEstimates(Builder& builder, const Census& value) {
  return fbs::CreateEstimates(builder, value.estimates_normal, value.estimates_overuse,
                              value.estimates_underuse, value.estimates_limited,
                              value.estimated_bps, value.wanted_bps, value.packets_paced);
}

}  // namespace

Offset<fbs::GetCountersResponse> WriteCounters(Builder& builder, const CountersAnswer& value) {
  const Counters& counters = value.counters;
  auto received = Write(builder, counters.received);
  auto sent = Write(builder, counters.sent);
  auto drops = WriteReasons<DropReason>(builder, value.drops);
  auto media = WriteMedia(builder, counters);
  auto switches = WriteReasons<LayerCause>(builder, counters.layer_switches);
  auto connections = fbs::CreateConnections(
      builder, counters.ice_completed, counters.ice_disconnected, counters.dtls_connected,
      counters.dtls_failed, counters.sctp_connected, counters.sctp_failed);
  auto channel = fbs::CreateChannelFrames(
      builder, counters.requests, counters.requests_refused, counters.notifications_received,
      counters.notifications_refused, counters.unreadable_frames, counters.notifications_sent,
      counters.log_lines_sent);
  auto batches = WriteBatches(builder, counters);
  auto objects = WriteObjects(builder, value.census);
  auto estimates = WriteEstimates(builder, value.census);
  return fbs::CreateGetCountersResponse(builder, received, sent, drops, media, switches,
                                        connections, channel, batches, objects, estimates);
}

}  // namespace millrace
