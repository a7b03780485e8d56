// Reads bytes as a packet whose checksum is made right, and every chunk of it as what it says.
#include <vector>

#include "base/check.h"
#include "protocol/sctp/data_channel.h"
#include "protocol/sctp/data_chunk.h"
#include "protocol/sctp/error_cause.h"
#include "protocol/sctp/forward_tsn_chunk.h"
#include "protocol/sctp/init_chunk.h"
#include "protocol/sctp/parameter.h"
#include "protocol/sctp/reconfig_chunk.h"
#include "protocol/sctp/sack_chunk.h"
#include "protocol/sctp/sctp_packet.h"
#include "protocol/sctp/state_cookie.h"

using namespace millrace;

namespace {

void ReadParameters(const ChunkView& chunk) {
  ParameterReader parameters(chunk.value);
  while (auto parameter = parameters.Next()) {
    if (auto request = OutgoingResetRequest::Parse(*parameter)) {
      CHECK(request->streams.size() <= parameter->value.size(), "streams come from the bytes");
    }
    (void)ReconfigResponse::Parse(*parameter);
  }
}

void ReadChunk(const ChunkView& chunk) {
  if (auto data = DataChunk::Parse(chunk)) {
    CHECK(data->payload.size() < chunk.whole.size(), "a payload is a part of its chunk");
    (void)DataChannelOpen::Parse(data->payload);
  }
  if (auto sack = SackChunk::Parse(chunk)) {
    for (size_t i = 0; i < sack->gap_count; ++i) (void)sack->Gap(i);
  }
  if (auto init = InitChunk::Parse(chunk)) {
    CHECK(init->report_count <= InitChunk::kReportsMax, "reports are bounded");
  }
  if (auto forward = ForwardTsnChunk::Parse(chunk)) {
    CHECK(forward->skipped.size() <= chunk.value.size() / 4, "entries come from the bytes");
  }
  (void)DescribeCauses(chunk);
  (void)HasCause(chunk, ErrorCause::kStaleCookie);
  CHECK(!StateCookie::Open(chunk.value, {1, 2, 3}), "nobody guesses a signature");
  ReadParameters(chunk);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::vector<uint8_t> bytes(data, data + size);
  (void)SctpPacket::Parse(bytes);
  if (size < kSctpHeaderBytes + kChunkHeaderBytes) return 0;
  SetSctpChecksum(bytes);
  auto packet = SctpPacket::Parse(bytes);
  CHECK(packet.has_value(), "a packet with the right sum is one");
  ChunkReader chunks(packet->chunks);
  while (auto chunk = chunks.Next()) ReadChunk(*chunk);
  return 0;
}
