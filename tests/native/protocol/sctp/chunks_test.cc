// The chunks as values: what is written is read again, and what is clipped is refused.
#include <gtest/gtest.h>

#include "protocol/sctp/chunk_maker.h"
#include "protocol/sctp/data_chunk.h"
#include "protocol/sctp/error_cause.h"
#include "protocol/sctp/forward_tsn_chunk.h"
#include "protocol/sctp/init_chunk.h"
#include "protocol/sctp/reconfig_chunk.h"
#include "protocol/sctp/sack_chunk.h"

namespace millrace {
namespace {

// Reads every shorter copy of the chunk; none may do more than be refused.
template <typename T>
size_t RefusedWhenClipped(const ChunkView& chunk) {
  size_t refused = 0;
  for (size_t size = 0; size < chunk.value.size(); ++size) {
    ChunkView clipped = chunk;
    clipped.value = chunk.value.first(size);
    if (!T::Parse(clipped)) ++refused;
  }
  return refused;
}

TEST(DataChunkTest, KeepsAllFields) {
  ByteVector payload{1, 2, 3};
  for (bool interleaved : {false, true}) {
    DataChunk data{.tsn = 0xFFFFFFFE,
                   .stream = SctpStreamId(513),
                   .sequence = 0x1234,
                   .ppid = Ppid(53),
                   .begin = true,
                   .unordered = true,
                   .immediate = true,
                   .interleaved = interleaved,
                   .payload = payload};
    MadeChunk made([&](PacketWriter& p) { data.Write(p); });
    EXPECT_EQ(made.view.whole.size(), DataChunk::HeaderBytes(interleaved) + 3);
    auto read = DataChunk::Parse(made.view);
    ASSERT_TRUE(read);
    EXPECT_EQ(read->tsn, 0xFFFFFFFEu);
    EXPECT_EQ(read->stream, SctpStreamId(513));
    EXPECT_EQ(read->sequence, 0x1234u);
    EXPECT_EQ(read->ppid, Ppid(53));
    EXPECT_TRUE(read->begin && read->unordered && read->immediate);
    EXPECT_FALSE(read->end);
    EXPECT_EQ(read->interleaved, interleaved);
    EXPECT_EQ(ByteVector(read->payload.begin(), read->payload.end()), payload);
    EXPECT_EQ(RefusedWhenClipped<DataChunk>(made.view),
              DataChunk::HeaderBytes(interleaved) - kChunkHeaderBytes);
  }
}

TEST(DataChunkTest, CarriesTheFragmentNumberInLaterInterleavedParts) {
  ByteVector payload{1};
  DataChunk data{.sequence = 70000, .fragment = 9, .interleaved = true, .payload = payload};
  MadeChunk made([&](PacketWriter& p) { data.Write(p); });
  auto read = DataChunk::Parse(made.view);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->sequence, 70000u);
  EXPECT_EQ(read->fragment, 9u);
}

InitChunk MakeInit() {
  InitChunk init;
  init.initiate_tag = 99;
  init.window = 100000;
  init.outbound_streams = 65535;
  init.inbound_streams = 2;
  init.initial_tsn = 5;
  init.partial_reliability = true;
  init.stream_reset = true;
  init.interleaving = true;
  return init;
}

TEST(InitChunkTest, KeepsAllFields) {
  ByteVector cookie(64, 7);
  InitChunk init = MakeInit();
  init.cookie = cookie;
  MadeChunk made([&](PacketWriter& p) { init.Write(ChunkType::kInitAck, p); });
  auto read = InitChunk::Parse(made.view);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->initiate_tag, 99u);
  EXPECT_EQ(read->window, 100000u);
  EXPECT_EQ(read->outbound_streams, 65535);
  EXPECT_EQ(read->inbound_streams, 2);
  EXPECT_EQ(read->initial_tsn, 5u);
  EXPECT_TRUE(read->partial_reliability && read->stream_reset && read->interleaving);
  EXPECT_EQ(ByteVector(read->cookie.begin(), read->cookie.end()), cookie);
  EXPECT_EQ(read->report_count, 0u);
  EXPECT_GT(RefusedWhenClipped<InitChunk>(made.view), made.view.value.size() - 8);
}

TEST(InitChunkTest, RefusesForbiddenValues) {
  for (int field = 0; field < 4; ++field) {
    InitChunk init = MakeInit();
    if (field == 0) init.initiate_tag = 0;
    if (field == 1) init.window = 1499;
    if (field == 2) init.outbound_streams = 0;
    if (field == 3) init.inbound_streams = 0;
    MadeChunk made([&](PacketWriter& p) { init.Write(ChunkType::kInit, p); });
    EXPECT_FALSE(InitChunk::Parse(made.view)) << field;
  }
}

TEST(InitChunkTest, TreatsUnknownParametersAsTheirTypeSays) {
  auto parse = [](uint16_t type) {
    MadeChunk made([&](PacketWriter& p) {
      ByteWriter& writer = p.BeginChunk(ChunkType::kInit);
      for (uint32_t number : {99u, 100000u, 0x00010001u, 5u}) writer.WriteU32(number);
      p.AddParameter(type, ByteVector{1, 2, 3, 4});
      p.AddParameter(0xC000, {});
      p.EndChunk();
    });
    auto init = InitChunk::Parse(made.view);
    return std::pair(init->partial_reliability, init->report_count);
  };
  EXPECT_EQ(parse(0x3F00), std::pair(false, size_t{0}));
  EXPECT_EQ(parse(0x7F00), std::pair(false, size_t{1}));
  EXPECT_EQ(parse(0xBF00), std::pair(true, size_t{0}));
  EXPECT_EQ(parse(0xFF00), std::pair(true, size_t{1}));
  // An IPv4 address is known, and of no use.
  EXPECT_EQ(parse(5), std::pair(true, size_t{0}));
}

TEST(SackChunkTest, ReadsGapsAndRefusesClippedOnes) {
  MadeChunk made([](PacketWriter& p) {
    ByteWriter& writer = p.BeginChunk(ChunkType::kSack);
    for (uint32_t number : {10u, 65536u, 0x00020001u, 0x00020003u, 0x00050005u, 9u}) {
      writer.WriteU32(number);
    }
    p.EndChunk();
  });
  auto sack = SackChunk::Parse(made.view);
  ASSERT_TRUE(sack);
  EXPECT_EQ(sack->cumulative_tsn, 10u);
  EXPECT_EQ(sack->window, 65536u);
  ASSERT_EQ(sack->gap_count, 2u);
  EXPECT_EQ(sack->Gap(0).start, 2);
  EXPECT_EQ(sack->Gap(0).end, 3);
  EXPECT_EQ(sack->Gap(1).start, 5);
  EXPECT_EQ(sack->duplicate_count, 1u);
  EXPECT_EQ(RefusedWhenClipped<SackChunk>(made.view), made.view.value.size());
}

TEST(ForwardTsnChunkTest, KeepsAllFields) {
  for (bool interleaved : {false, true}) {
    ForwardTsnChunk forward{.new_cumulative_tsn = 77,
                            .interleaved = interleaved,
                            .skipped = {{SctpStreamId(1), 2, false}, {SctpStreamId(3), 4, true}}};
    MadeChunk made([&](PacketWriter& p) { forward.Write(p); });
    auto read = ForwardTsnChunk::Parse(made.view);
    ASSERT_TRUE(read);
    EXPECT_EQ(read->new_cumulative_tsn, 77u);
    ASSERT_EQ(read->skipped.size(), 2u);
    EXPECT_EQ(read->skipped[1].stream, SctpStreamId(3));
    EXPECT_EQ(read->skipped[1].sequence, 4u);
    EXPECT_EQ(read->skipped[1].unordered, interleaved);
    EXPECT_EQ(ForwardTsnChunk::EntriesWithin(made.view.whole.size(), interleaved), 2u);
    ChunkView clipped = made.view;
    clipped.value = clipped.value.first(clipped.value.size() - 1);
    EXPECT_FALSE(ForwardTsnChunk::Parse(clipped));
  }
}

TEST(ReconfigChunkTest, KeepsAllFields) {
  OutgoingResetRequest request{.request_sequence = 1,
                               .response_sequence = 2,
                               .last_tsn = 3,
                               .streams = {SctpStreamId(4), SctpStreamId(5), SctpStreamId(6)}};
  ReconfigResponse response{.response_sequence = 8, .result = ReconfigResult::kInProgress};
  MadeChunk made([&](PacketWriter& p) { request.Write(p); });
  auto parameter = ParameterReader(made.view.value).Next();
  ASSERT_TRUE(parameter);
  auto read = OutgoingResetRequest::Parse(*parameter);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->request_sequence, 1u);
  EXPECT_EQ(read->response_sequence, 2u);
  EXPECT_EQ(read->last_tsn, 3u);
  EXPECT_EQ(read->streams, request.streams);
  EXPECT_EQ(OutgoingResetRequest::StreamsWithin(made.view.whole.size()), 3u);

  MadeChunk answer([&](PacketWriter& p) { response.Write(p); });
  auto read_answer = ReconfigResponse::Parse(*ParameterReader(answer.view.value).Next());
  ASSERT_TRUE(read_answer);
  EXPECT_EQ(read_answer->response_sequence, 8u);
  EXPECT_EQ(read_answer->result, ReconfigResult::kInProgress);
}

TEST(ErrorCauseTest, IsDescribedWithoutControlCharacters) {
  ByteVector reason{'b', 'y', 'e', '\n', '!'};
  MadeChunk made([&](PacketWriter& p) {
    WriteErrorChunk(ChunkType::kAbort, 0, ErrorCause::kUserAbort, reason, p);
  });
  EXPECT_TRUE(HasCause(made.view, ErrorCause::kUserAbort));
  EXPECT_FALSE(HasCause(made.view, ErrorCause::kStaleCookie));
  EXPECT_EQ(DescribeCauses(made.view), "cause 12 'bye?!'");
  EXPECT_EQ(DescribeCauses({}), "no cause given");
}

}  // namespace
}  // namespace millrace
