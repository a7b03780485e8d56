#include "protocol/sctp/init_chunk.h"

#include "protocol/sctp/parameter.h"

namespace millrace {

namespace {

constexpr uint16_t kStateCookie = 7;
constexpr uint16_t kUnrecognized = 8;
// RFC 9260 sections 3.3.2.1 and 3.3.3.1: addresses, cookie preservative, host name, address types.
constexpr uint16_t kKnownWithoutUse[] = {5, 6, 9, 11, 12};
constexpr uint16_t kSupportedExtensions = 0x8008;
constexpr uint16_t kForwardTsnSupported = 0xC000;

// RFC 9260 3.2.1: the two highest bits of an unknown type say what to do with it.
constexpr uint16_t kGoOn = 0x8000;
constexpr uint16_t kReport = 0x4000;

bool IsKnownWithoutUse(uint16_t type) {
  for (uint16_t known : kKnownWithoutUse) {
    if (type == known) return true;
  }
  return false;
}

void ReadExtensions(Bytes types, InitChunk& init) {
  for (uint8_t type : types) {
    switch (static_cast<ChunkType>(type)) {
      case ChunkType::kForwardTsn:
        init.partial_reliability = true;
        break;
      case ChunkType::kReconfig:
        init.stream_reset = true;
        break;
      case ChunkType::kIData:
        init.interleaving = true;
        break;
      default:
        break;
    }
  }
}

// False when the rest must not be looked at.
bool ReadParameter(const ParameterView& parameter, InitChunk& init) {
  if (parameter.type == kStateCookie) {
    init.cookie = parameter.value;
  } else if (parameter.type == kSupportedExtensions) {
    ReadExtensions(parameter.value, init);
  } else if (parameter.type == kForwardTsnSupported) {
    init.partial_reliability = true;
  } else if (parameter.type != kUnrecognized && !IsKnownWithoutUse(parameter.type)) {
    if ((parameter.type & kReport) != 0 && init.report_count < InitChunk::kReportsMax &&
        parameter.whole.size() <= InitChunk::kReportBytesMax) {
      init.reports[init.report_count++] = parameter.whole;
    }
    return (parameter.type & kGoOn) != 0;
  }
  return true;
}

}  // namespace

std::optional<InitChunk> InitChunk::Parse(const ChunkView& chunk) {
  ByteReader reader(chunk.value);
  InitChunk init;
  init.initiate_tag = reader.ReadU32();
  init.window = reader.ReadU32();
  init.outbound_streams = reader.ReadU16();
  init.inbound_streams = reader.ReadU16();
  init.initial_tsn = reader.ReadU32();
  // RFC 9260 3.3.2: tag and numbers of streams "MUST NOT be 0", nor may the window be that small.
  if (!reader.ok() || init.initiate_tag == 0 || init.outbound_streams == 0 ||
      init.inbound_streams == 0 || init.window < SctpLimits::kReceiveWindowMin) {
    return std::nullopt;
  }
  ParameterReader parameters(reader.rest());
  while (std::optional<ParameterView> parameter = parameters.Next()) {
    if (!ReadParameter(*parameter, init)) return init;
  }
  if (!parameters.ok()) return std::nullopt;
  return init;
}

void InitChunk::Write(ChunkType type, PacketWriter& packet) const {
  ByteWriter& writer = packet.BeginChunk(type);
  writer.WriteU32(initiate_tag);
  writer.WriteU32(window);
  writer.WriteU16(outbound_streams);
  writer.WriteU16(inbound_streams);
  writer.WriteU32(initial_tsn);
  if (!cookie.empty()) packet.AddParameter(kStateCookie, cookie);
  if (partial_reliability) packet.AddParameter(kForwardTsnSupported, {});
  std::array<uint8_t, 4> types{};
  size_t count = 0;
  if (stream_reset) types[count++] = static_cast<uint8_t>(ChunkType::kReconfig);
  if (partial_reliability) types[count++] = static_cast<uint8_t>(ChunkType::kForwardTsn);
  if (interleaving) types[count++] = static_cast<uint8_t>(ChunkType::kIData);
  if (interleaving && partial_reliability) {
    types[count++] = static_cast<uint8_t>(ChunkType::kIForwardTsn);
  }
  if (count > 0) packet.AddParameter(kSupportedExtensions, Bytes(types).first(count));
  for (size_t i = 0; i < report_count; ++i) packet.AddParameter(kUnrecognized, reports[i]);
  packet.EndChunk();
}

}  // namespace millrace
