#include "protocol/sctp/outstanding_chunks.h"

#include <gtest/gtest.h>

#include "protocol/sctp/chunk_maker.h"

namespace millrace {
namespace {

class OutstandingChunksTest : public ::testing::Test {
 protected:
  void Send(int count, std::optional<uint16_t> max_retransmits = {},
            Timestamp expires = Timestamp::Never()) {
    for (int i = 0; i < count; ++i) {
      (void)chunks_.Send({.stream = SctpStreamId(1),
                          .message = ++message_,
                          .sequence = static_cast<uint32_t>(message_ - 1),
                          .begin = true,
                          .end = true,
                          .max_retransmits = max_retransmits,
                          .expires = expires,
                          .payload = ByteVector(84, 0)},
                         now_);
    }
  }
  // Parts of one message, the last of which is still to come.
  void SendParts(int count) {
    ++message_;
    for (int i = 0; i < count; ++i) {
      (void)chunks_.Send({.stream = SctpStreamId(2),
                          .message = message_,
                          .begin = i == 0,
                          .max_retransmits = uint16_t{0},
                          .payload = ByteVector(84, 0)},
                         now_);
    }
  }
  std::optional<OutstandingChunks::Acknowledged> Sack(uint32_t cumulative,
                                                      std::vector<std::pair<int, int>> gaps = {},
                                                      bool in_fast_recovery = false) {
    MadeChunk made([&](PacketWriter& p) {
      ByteWriter& writer = p.BeginChunk(ChunkType::kSack);
      writer.WriteU32(cumulative);
      writer.WriteU32(100000);
      writer.WriteU16(static_cast<uint16_t>(gaps.size()));
      writer.WriteU16(0);
      for (auto [start, end] : gaps) {
        writer.WriteU16(static_cast<uint16_t>(start));
        writer.WriteU16(static_cast<uint16_t>(end));
      }
      p.EndChunk();
    });
    return chunks_.OnSack(*SackChunk::Parse(made.view), in_fast_recovery, now_);
  }
  std::vector<uint32_t> Resent() {
    std::vector<uint32_t> tsns;
    while (auto chunk = chunks_.Resend(1000, now_)) tsns.push_back(chunk->tsn);
    return tsns;
  }

  // The first TSN is 10.
  OutstandingChunks chunks_{(int64_t{1} << 32) + 10, {.partial_reliability = true}};
  Timestamp now_ = Timestamp::Millis(1000);
  uint64_t message_ = 0;
};

TEST_F(OutstandingChunksTest, CountsWhatIsUnderWay) {
  Send(5);
  EXPECT_EQ(chunks_.in_flight(), 500u);
  now_ = now_ + Duration::Millis(30);
  auto result = Sack(11);
  ASSERT_TRUE(result);
  EXPECT_EQ(result->bytes, 200u);
  EXPECT_EQ(result->in_flight_before, 500u);
  EXPECT_TRUE(result->cumulative);
  EXPECT_EQ(result->rtt, Duration::Millis(30));
  EXPECT_EQ(chunks_.in_flight(), 300u);
  result = Sack(11, {{2, 3}});
  EXPECT_EQ(result->bytes, 200u);
  EXPECT_FALSE(result->cumulative);
  result = Sack(14);
  EXPECT_EQ(result->bytes, 100u);
  EXPECT_TRUE(chunks_.empty());
  EXPECT_EQ(chunks_.in_flight(), 0u);
}

TEST_F(OutstandingChunksTest, IgnoresOldSacksAndThoseOfTheFuture) {
  Send(5);
  ASSERT_TRUE(Sack(12));
  EXPECT_FALSE(Sack(11));
  EXPECT_FALSE(Sack(15));
  EXPECT_FALSE(Sack(12 + 0x80000000u));
  // Gaps beyond what was sent, backwards, or overlapping.
  ASSERT_TRUE(Sack(12, {{2, 9}}));
  ASSERT_TRUE(Sack(12, {{2, 1}}));
  ASSERT_TRUE(Sack(12, {{0, 1}}));
  EXPECT_EQ(chunks_.in_flight(), 200u);
  ASSERT_TRUE(Sack(12, {{2, 2}, {1, 1}}));
  EXPECT_EQ(chunks_.in_flight(), 100u);
}

TEST_F(OutstandingChunksTest, SendsAgainAfterThreeReports) {
  Send(6);
  EXPECT_FALSE(Sack(10, {{2, 2}})->loss);
  EXPECT_FALSE(Sack(10, {{2, 3}})->loss);
  EXPECT_FALSE(chunks_.has_lost());
  EXPECT_TRUE(Sack(10, {{2, 4}})->loss);
  EXPECT_EQ(Resent(), std::vector<uint32_t>{11});
  // A second time only when something sent later was received.
  EXPECT_FALSE(Sack(10, {{2, 5}})->loss);
  Send(3);
  for (int end : {6, 7}) EXPECT_FALSE(Sack(10, {{2, end}})->loss);
  EXPECT_TRUE(Sack(10, {{2, 8}})->loss);
}

TEST_F(OutstandingChunksTest, TakesNoRoundTripFromWhatWasSentTwice) {
  Send(1);
  chunks_.OnTimeout(now_);
  EXPECT_EQ(Resent(), std::vector<uint32_t>{10});
  now_ = now_ + Duration::Millis(10);
  EXPECT_FALSE(Sack(10)->rtt);
}

TEST_F(OutstandingChunksTest, SendsAllAgainAfterATimeout) {
  Send(4);
  ASSERT_TRUE(Sack(9 + 0, {{3, 3}}));
  chunks_.OnTimeout(now_);
  EXPECT_EQ(chunks_.in_flight(), 0u);
  EXPECT_EQ(Resent(), (std::vector<uint32_t>{10, 11, 13}));
  EXPECT_EQ(chunks_.in_flight(), 300u);
}

TEST_F(OutstandingChunksTest, SendsAgainWhatThePeerDroppedAfterAll) {
  Send(4);
  ASSERT_TRUE(Sack(10, {{2, 3}}));
  EXPECT_EQ(chunks_.in_flight(), 100u);
  ASSERT_TRUE(Sack(10));
  EXPECT_EQ(chunks_.in_flight(), 300u);
  chunks_.OnTimeout(now_);
  EXPECT_EQ(Resent(), (std::vector<uint32_t>{11, 12, 13}));
}

TEST_F(OutstandingChunksTest, GivesUpAfterTheAllowedRetransmissions) {
  Send(2, uint16_t{1});
  chunks_.OnTimeout(now_);
  EXPECT_EQ(Resent(), (std::vector<uint32_t>{10, 11}));
  EXPECT_FALSE(chunks_.TakeForward(10));
  chunks_.OnTimeout(now_);
  EXPECT_TRUE(Resent().empty());
  auto forward = chunks_.TakeForward(10);
  ASSERT_TRUE(forward);
  EXPECT_EQ(forward->new_cumulative_tsn, 11u);
  ASSERT_EQ(forward->skipped.size(), 1u);
  EXPECT_EQ(forward->skipped[0].sequence, 1u);
  EXPECT_FALSE(chunks_.TakeForward(10));
  // Until it is acknowledged, it is said again.
  chunks_.OnTimeout(now_);
  EXPECT_TRUE(chunks_.TakeForward(10));
  ASSERT_TRUE(Sack(11));
  EXPECT_TRUE(chunks_.empty());
}

TEST_F(OutstandingChunksTest, GivesUpWhenTheTimeIsOver) {
  Send(1);
  Send(1, {}, now_ + Duration::Millis(100));
  chunks_.Expire(now_ + Duration::Millis(99));
  EXPECT_EQ(chunks_.in_flight(), 200u);
  chunks_.Expire(now_ + Duration::Millis(100));
  EXPECT_EQ(chunks_.in_flight(), 100u);
  // The one before it is still to arrive.
  EXPECT_FALSE(chunks_.TakeForward(10));
  ASSERT_TRUE(Sack(10));
  EXPECT_EQ(chunks_.TakeForward(10)->new_cumulative_tsn, 11u);
}

TEST_F(OutstandingChunksTest, GivesUpAllPartsAndTheRestThatWasNotSent) {
  Send(1);
  SendParts(3);
  ASSERT_TRUE(Sack(10));
  chunks_.OnTimeout(now_);
  auto abandoned = chunks_.TakeAbandoned();
  ASSERT_EQ(abandoned.size(), 1u);
  EXPECT_EQ(abandoned[0].stream, SctpStreamId(2));
  EXPECT_EQ(abandoned[0].message, 2u);
  // Three parts, and one TSN for the end that never comes.
  EXPECT_EQ(chunks_.TakeForward(10)->new_cumulative_tsn, 14u);
  EXPECT_EQ(static_cast<uint32_t>(chunks_.last_tsn()), 14u);
}

TEST_F(OutstandingChunksTest, NamesNoMoreStreamsThanFit) {
  for (uint16_t stream = 0; stream < 5; ++stream) {
    (void)chunks_.Send({.stream = SctpStreamId(stream),
                        .message = ++message_,
                        .begin = true,
                        .end = true,
                        .max_retransmits = uint16_t{0},
                        .payload = ByteVector(1, 0)},
                       now_);
  }
  chunks_.OnTimeout(now_);
  auto forward = chunks_.TakeForward(3);
  EXPECT_EQ(forward->new_cumulative_tsn, 12u);
  EXPECT_EQ(forward->skipped.size(), 3u);
}

TEST_F(OutstandingChunksTest, GivesNothingUpWhenThePeerCannotFollow) {
  OutstandingChunks reliable((int64_t{1} << 32) + 10, {.partial_reliability = false});
  (void)reliable.Send({.begin = true,
                       .end = true,
                       .max_retransmits = uint16_t{0},
                       .expires = now_,
                       .payload = ByteVector(1, 0)},
                      now_);
  reliable.Expire(now_);
  reliable.OnTimeout(now_);
  EXPECT_TRUE(reliable.has_lost());
  EXPECT_FALSE(reliable.TakeForward(10));
}

}  // namespace
}  // namespace millrace
