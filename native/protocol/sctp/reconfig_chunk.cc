#include "protocol/sctp/reconfig_chunk.h"

namespace millrace {

namespace {

constexpr size_t kResetFixedBytes = 12;
constexpr size_t kResponseBytes = 8;

}  // namespace

std::optional<OutgoingResetRequest> OutgoingResetRequest::Parse(const ParameterView& parameter) {
  ByteReader reader(parameter.value);
  OutgoingResetRequest request;
  request.request_sequence = reader.ReadU32();
  request.response_sequence = reader.ReadU32();
  request.last_tsn = reader.ReadU32();
  if (!reader.ok() || reader.remaining() % 2 != 0) return std::nullopt;
  request.streams.reserve(reader.remaining() / 2);
  while (reader.remaining() > 0) request.streams.push_back(SctpStreamId(reader.ReadU16()));
  return request;
}

void OutgoingResetRequest::Write(PacketWriter& packet) const {
  ByteWriter& writer = packet.BeginChunk(ChunkType::kReconfig);
  writer.WriteU16(static_cast<uint16_t>(ReconfigType::kOutgoingReset));
  writer.WriteU16(
      static_cast<uint16_t>(kParameterHeaderBytes + kResetFixedBytes + 2 * streams.size()));
  writer.WriteU32(request_sequence);
  writer.WriteU32(response_sequence);
  writer.WriteU32(last_tsn);
  for (SctpStreamId stream : streams) writer.WriteU16(stream.value());
  packet.EndChunk();
}

size_t OutgoingResetRequest::StreamsWithin(size_t room) {
  size_t fixed = kChunkHeaderBytes + kParameterHeaderBytes + kResetFixedBytes;
  return room < fixed ? 0 : (room - fixed) / 2;
}

std::optional<ReconfigResponse> ReconfigResponse::Parse(const ParameterView& parameter) {
  ByteReader reader(parameter.value);
  ReconfigResponse response;
  response.response_sequence = reader.ReadU32();
  response.result = static_cast<ReconfigResult>(reader.ReadU32());
  if (!reader.ok()) return std::nullopt;
  return response;
}

void ReconfigResponse::Write(PacketWriter& packet) const {
  ByteWriter& writer = packet.BeginChunk(ChunkType::kReconfig);
  writer.WriteU16(static_cast<uint16_t>(ReconfigType::kResponse));
  writer.WriteU16(static_cast<uint16_t>(kParameterHeaderBytes + kResponseBytes));
  writer.WriteU32(response_sequence);
  writer.WriteU32(static_cast<uint32_t>(result));
  packet.EndChunk();
}

}  // namespace millrace
