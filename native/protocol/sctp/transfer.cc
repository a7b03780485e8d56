#include "protocol/sctp/transfer.h"

#include <algorithm>
#include <array>

#include "base/byte_writer.h"
#include "protocol/sctp/serial.h"

namespace millrace {

namespace {

// Answers that one packet may draw: a peer sends one heartbeat, or one request, at a time.
constexpr int kRepliesPerPacket = 4;

}  // namespace

Transfer::Transfer(const TransferStart& start, const SctpSettings& settings, Timestamp now)
    : start_(start),
      settings_(settings),
      received_(FirstUnwrapped(start.peer_initial_tsn)),
      reassembly_(settings.receive_window, settings.max_receive_message_size,
                  start.negotiated.interleaving),
      outstanding_(FirstUnwrapped(start.own_initial_tsn), start.negotiated),
      congestion_(settings.packet_bytes_max),
      heartbeat_(start.nonce, now),
      // RFC 6525 4.1: the sequence number "is initialized to the same value as the Initial TSN".
      reset_receiver_(start.peer_initial_tsn),
      reset_sender_(start.own_initial_tsn),
      peer_window_(start.peer_window),
      last_sent_(now),
      replies_left_(kRepliesPerPacket) {}

std::optional<Violation> Transfer::OnChunk(const ChunkView& chunk, SendQueue& queue, Timestamp now,
                                           SctpOutput& out) {
  switch (chunk.type) {
    case ChunkType::kData:
    case ChunkType::kIData:
      return OnData(chunk, out);
    case ChunkType::kSack:
      if (std::optional<SackChunk> sack = SackChunk::Parse(chunk)) OnSack(*sack, now);
      break;
    case ChunkType::kForwardTsn:
    case ChunkType::kIForwardTsn:
      OnForwardTsn(chunk, out);
      break;
    case ChunkType::kHeartbeat:
      OnHeartbeat(chunk, out);
      break;
    case ChunkType::kHeartbeatAck:
      if (std::optional<Duration> rtt = heartbeat_.OnAnswer(chunk.value, now)) {
        timeout_.Measure(*rtt);
        errors_ = 0;
      }
      break;
    case ChunkType::kReconfig:
      OnReconfig(chunk, queue, now, out);
      break;
    case ChunkType::kInit:
    case ChunkType::kInitAck:
    case ChunkType::kAbort:
    case ChunkType::kShutdown:
    case ChunkType::kShutdownAck:
    case ChunkType::kError:
    case ChunkType::kCookieEcho:
    case ChunkType::kCookieAck:
    case ChunkType::kShutdownComplete:
      break;
  }
  return std::nullopt;
}

std::optional<Violation> Transfer::OnData(const ChunkView& chunk, SctpOutput& out) {
  std::optional<DataChunk> data = DataChunk::Parse(chunk);
  if (!data) return Violation{.reason = "DATA is clipped"};
  if (data->interleaved != start_.negotiated.interleaving) {
    return Violation{.reason = "DATA of the kind that was not agreed on"};
  }
  // RFC 9260 6.2: "If an endpoint receives a DATA chunk with no user data ... it MUST send an ABORT
  // with a "No User Data" error cause."
  if (data->payload.empty()) return Violation{ErrorCause::kNoUserData, "DATA without payload"};
  packet_has_data_ = true;
  packet_is_urgent_ = packet_is_urgent_ || data->immediate;
  int64_t tsn = UnwrapNear(data->tsn, received_.cumulative());
  switch (received_.Examine(tsn)) {
    case ReceivedTsns::Fit::kDuplicate:
      received_.NoteDuplicate();
      return std::nullopt;
    case ReceivedTsns::Fit::kRefused:
      out.drop = DropReason::kBufferLimit;
      return std::nullopt;
    case ReceivedTsns::Fit::kNew:
      break;
  }
  return Keep(*data, tsn, out);
}

std::optional<Violation> Transfer::Keep(const DataChunk& data, int64_t tsn, SctpOutput& out) {
  if (data.stream.value() >= start_.negotiated.inbound_streams) {
    // RFC 9260 6.5: acknowledged as usual, and reported.
    received_.Add(tsn);
    out.drop = DropReason::kUnknownStream;
    if (!TakeReply()) return std::nullopt;
    PacketWriter packet(settings_.ports, start_.peer_tag, settings_.packet_bytes_max);
    std::array<uint8_t, 4> stream{};
    ByteWriter(stream).WriteU16(data.stream.value());
    WriteErrorChunk(ChunkType::kError, 0, ErrorCause::kInvalidStream, stream, packet);
    out.packets.Append(packet.Finish());
    return std::nullopt;
  }
  ReassemblyQueue::Place place = ReassemblyQueue::Place::kNewest;
  if (tsn < received_.highest()) place = ReassemblyQueue::Place::kGap;
  if (tsn == received_.cumulative() + 1) place = ReassemblyQueue::Place::kNext;
  if (!reassembly_.Admits(data.payload.size(), place)) {
    out.drop = DropReason::kBufferLimit;
    if (place != ReassemblyQueue::Place::kNext) return std::nullopt;
    return Violation{ErrorCause::kOutOfResource, "the reassembly queue is full"};
  }
  received_.Add(tsn);
  reassembly_.Add(tsn, data, out);
  return std::nullopt;
}

void Transfer::OnSack(const SackChunk& sack, Timestamp now) {
  std::optional<OutstandingChunks::Acknowledged> acknowledged =
      outstanding_.OnSack(sack, congestion_.in_fast_recovery(), now);
  if (!acknowledged) return;
  errors_ = 0;
  heartbeat_.Postpone(now);
  peer_window_ = sack.window;
  if (acknowledged->rtt) timeout_.Measure(*acknowledged->rtt);
  congestion_.OnAcknowledged({.bytes = acknowledged->bytes,
                              .in_flight = acknowledged->in_flight_before,
                              .cumulative = acknowledged->cumulative,
                              .tsn = outstanding_.acknowledged_tsn()});
  if (acknowledged->loss) {
    // RFC 9260 7.2.4: the first packet of retransmissions goes out whatever the window says.
    if (!congestion_.in_fast_recovery()) fast_retransmit_ = outstanding_.has_lost();
    congestion_.OnLoss(outstanding_.last_tsn());
  }
  // 6.3.2 R2 and R3: all acknowledged, the timer stops; the earliest acknowledged, it starts over.
  if (outstanding_.empty()) {
    retransmit_at_ = Timestamp::Never();
  } else if (acknowledged->cumulative) {
    retransmit_at_ = now + timeout_.value();
  }
}

void Transfer::OnForwardTsn(const ChunkView& chunk, SctpOutput& out) {
  bool interleaved = chunk.type == ChunkType::kIForwardTsn;
  if (!start_.negotiated.partial_reliability || interleaved != start_.negotiated.interleaving) {
    return;
  }
  std::optional<ForwardTsnChunk> forward = ForwardTsnChunk::Parse(chunk);
  if (!forward) return;
  packet_has_data_ = true;
  int64_t tsn = UnwrapNear(forward->new_cumulative_tsn, received_.cumulative());
  // More than a whole window ahead is no message of ours to give up.
  if (tsn > received_.cumulative() + ReceivedTsns::kDistanceMax) return;
  bool old = tsn <= received_.cumulative();
  received_.ForwardTo(tsn);
  if (old) return;
  std::erase_if(forward->skipped, [this](const ForwardTsnChunk::Skipped& skipped) {
    return skipped.stream.value() >= start_.negotiated.inbound_streams;
  });
  reassembly_.Skip(tsn, *forward, out);
}

void Transfer::OnHeartbeat(const ChunkView& chunk, SctpOutput& out) {
  PacketWriter packet(settings_.ports, start_.peer_tag, settings_.packet_bytes_max);
  // RFC 9260 8.3: the answer carries the information "unchanged".
  if (!packet.Fits(chunk.value.size()) || !TakeReply()) return;
  packet.AddChunk(ChunkType::kHeartbeatAck, 0, chunk.value);
  out.packets.Append(packet.Finish());
}

void Transfer::OnReconfig(const ChunkView& chunk, SendQueue& queue, Timestamp now,
                          SctpOutput& out) {
  if (!start_.negotiated.stream_reset) return;
  ParameterReader parameters(chunk.value);
  PacketWriter packet(settings_.ports, start_.peer_tag, settings_.packet_bytes_max);
  // RFC 6525 3.1: at most two parameters stand in one chunk.
  for (int i = 0; i < 2; ++i) {
    std::optional<ParameterView> parameter = parameters.Next();
    if (!parameter) break;
    if (parameter->type == static_cast<uint16_t>(ReconfigType::kResponse)) {
      if (auto response = ReconfigResponse::Parse(*parameter)) {
        EndReset(reset_sender_.OnResponse(*response, timeout_.value(), now), queue, out);
      }
    } else if (!TakeReply()) {
      break;
    } else if (auto answer = AnswerReset(*parameter, now, out)) {
      answer->Write(packet);
    }
  }
  if (!packet.empty()) out.packets.Append(packet.Finish());
}

std::optional<ReconfigResponse> Transfer::AnswerReset(const ParameterView& parameter, Timestamp now,
                                                      SctpOutput& out) {
  if (parameter.type != static_cast<uint16_t>(ReconfigType::kOutgoingReset)) {
    ByteReader reader(parameter.value);
    uint32_t sequence = reader.ReadU32();
    if (!reader.ok()) return std::nullopt;
    return reset_receiver_.OnOther(sequence).response;
  }
  std::optional<OutgoingResetRequest> request = OutgoingResetRequest::Parse(parameter);
  if (!request) return std::nullopt;
  int64_t cumulative = received_.cumulative();
  bool ready = UnwrapNear(request->last_tsn, cumulative) <= cumulative;
  bool known = std::ranges::all_of(request->streams, [this](SctpStreamId stream) {
    return stream.value() < start_.negotiated.inbound_streams;
  });
  StreamResetReceiver::Answer answer = reset_receiver_.OnReset(*request, ready, known, now);
  if (answer.perform) {
    std::vector<SctpStreamId> streams =
        request->streams.empty() ? reassembly_.ActiveStreams() : request->streams;
    reassembly_.ResetStreams(request->streams);
    out.incoming_resets.insert(out.incoming_resets.end(), streams.begin(), streams.end());
  }
  return answer.response;
}

void Transfer::EndReset(const StreamResetSender::Ended& ended, SendQueue& queue, SctpOutput& out) {
  bool performed = ended.outcome == StreamResetSender::Outcome::kPerformed;
  for (SctpStreamId stream : ended.streams) {
    queue.EndReset(stream, performed);
    (performed ? out.outgoing_resets : out.failed_resets).push_back(stream);
  }
}

void Transfer::OnPacketEnd(Timestamp now) {
  if (packet_has_data_) received_.OnPacketEnd(packet_is_urgent_, now);
  packet_has_data_ = false;
  packet_is_urgent_ = false;
  replies_left_ = kRepliesPerPacket;
}

void Transfer::OnShutdownTsn(uint32_t tsn, Timestamp now) {
  // RFC 9260 3.3.8: a SHUTDOWN acknowledges cumulatively; it says nothing about gaps or window.
  OnSack({.cumulative_tsn = tsn, .window = peer_window_, .gaps = {}}, now);
}

}  // namespace millrace
