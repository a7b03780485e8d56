#include "protocol/sctp/send_queue.h"

#include <gtest/gtest.h>

#include <string>

#include "protocol/sctp/chunk_maker.h"

namespace millrace {
namespace {

class SendQueueTest : public ::testing::Test {
 protected:
  SendQueueTest() { queue_.Start(negotiated_, out_); }

  SctpSendResult Queue(uint16_t stream, size_t size, SctpReliability reliability = {}) {
    ByteVector payload(size, static_cast<uint8_t>('0' + stream));
    return queue_.Queue({.stream = SctpStreamId(stream),
                         .ppid = Ppid(51),
                         .reliability = reliability,
                         .payload = payload},
                        now_);
  }
  // "stream.sequence" of each fragment that comes, with [ and ] where messages begin and end.
  std::string Take(size_t payload_max, int count = 1000) {
    std::string text;
    for (int i = 0; i < count; ++i) {
      auto fragment = queue_.Next(payload_max, now_, out_);
      if (!fragment) break;
      EXPECT_LE(fragment->payload.size(), payload_max);
      text += (fragment->begin ? "[" : "") + std::to_string(fragment->stream.value()) + "." +
              std::to_string(fragment->sequence) + (fragment->end ? "]" : "") + " ";
    }
    return text;
  }

  SctpNegotiated negotiated_{.outbound_streams = 100, .inbound_streams = 100};
  SendQueue queue_{SctpSettings{.max_send_message_size = 1000,
                                .send_buffer_size = 3000,
                                .per_stream_send_queue_limit = 2000}};
  SctpOutput out_;
  Timestamp now_ = Timestamp::Millis(5);
};

TEST_F(SendQueueTest, LetsStreamsTakeTurnsByMessages) {
  for (int i = 0; i < 2; ++i) {
    for (uint16_t stream = 1; stream <= 3; ++stream) {
      ASSERT_EQ(Queue(stream, 20), SctpSendResult::kQueued);
    }
  }
  EXPECT_EQ(Take(10), "[1.0 1.0] [2.0 2.0] [3.0 3.0] [1.1 1.1] [2.1 2.1] [3.1 3.1] ");
  EXPECT_TRUE(queue_.empty());
}

TEST_F(SendQueueTest, LetsStreamsTakeTurnsByFragmentsWhenInterleaving) {
  negotiated_.interleaving = true;
  queue_.Start(negotiated_, out_);
  ASSERT_EQ(Queue(1, 20), SctpSendResult::kQueued);
  ASSERT_EQ(Queue(2, 20, {.ordered = false}), SctpSendResult::kQueued);
  ASSERT_EQ(Queue(2, 5, {.ordered = false}), SctpSendResult::kQueued);
  EXPECT_EQ(Take(10), "[1.0 [2.0 1.0] 2.0] [2.1] ");
}

TEST_F(SendQueueTest, DropsMessagesThatExpireBeforeTheirTurn) {
  ASSERT_EQ(Queue(1, 20, {.lifetime = Duration::Millis(10)}), SctpSendResult::kQueued);
  ASSERT_EQ(Queue(1, 20), SctpSendResult::kQueued);
  now_ = now_ + Duration::Millis(10);
  EXPECT_EQ(Take(100), "[1.0] ");
  EXPECT_EQ(queue_.total(), 0u);
}

TEST_F(SendQueueTest, KeepsItsLimits) {
  EXPECT_EQ(Queue(1, 0), SctpSendResult::kEmpty);
  EXPECT_EQ(Queue(1, 1001), SctpSendResult::kTooLarge);
  EXPECT_EQ(Queue(100, 1), SctpSendResult::kUnknownStream);
  EXPECT_EQ(Queue(1, 1000), SctpSendResult::kQueued);
  EXPECT_EQ(Queue(1, 1000), SctpSendResult::kQueued);
  EXPECT_EQ(Queue(1, 1), SctpSendResult::kBufferFull);
  EXPECT_EQ(Queue(2, 1000), SctpSendResult::kQueued);
  EXPECT_EQ(Queue(3, 1), SctpSendResult::kBufferFull);
  EXPECT_EQ(queue_.BufferedAmount(SctpStreamId(1)), 2000u);
  EXPECT_EQ(queue_.BufferedAmount(SctpStreamId(9)), 0u);
  EXPECT_EQ(queue_.total(), 3000u);
  (void)Take(100);
  EXPECT_EQ(queue_.total(), 0u);
}

TEST_F(SendQueueTest, CountsWhatSmallMessagesCostToKeep) {
  int queued = 0;
  while (Queue(1, 1) == SctpSendResult::kQueued) ++queued;
  EXPECT_LT(queued, 40);
}

TEST_F(SendQueueTest, TellsOnceThatTheAmountIsLow) {
  queue_.SetLowThreshold(SctpStreamId(1), 15);
  ASSERT_EQ(Queue(1, 40), SctpSendResult::kQueued);
  (void)Take(10, 2);
  EXPECT_TRUE(out_.buffered_amount_low.empty());
  (void)Take(10, 2);
  EXPECT_EQ(out_.buffered_amount_low, std::vector{SctpStreamId(1)});
}

TEST_F(SendQueueTest, DiscardsTheRestOfAMessage) {
  ASSERT_EQ(Queue(1, 40), SctpSendResult::kQueued);
  ASSERT_EQ(Queue(1, 10), SctpSendResult::kQueued);
  auto first = queue_.Next(10, now_, out_);
  queue_.Discard(SctpStreamId(1), first->message + 1, out_);
  EXPECT_EQ(queue_.total(), 40u);
  queue_.Discard(SctpStreamId(1), first->message, out_);
  EXPECT_EQ(queue_.total(), 10u);
  EXPECT_EQ(Take(10), "[1.1] ");
}

TEST_F(SendQueueTest, RestsAStreamOnlyAfterWhatWasQueuedBefore) {
  ASSERT_EQ(Queue(1, 10), SctpSendResult::kQueued);
  ASSERT_EQ(Queue(1, 10), SctpSendResult::kQueued);
  queue_.BeginReset(SctpStreamId(1));
  queue_.BeginReset(SctpStreamId(1));
  queue_.BeginReset(SctpStreamId(2));
  ASSERT_EQ(Queue(1, 10), SctpSendResult::kQueued);
  EXPECT_EQ(queue_.TakeResting(), std::vector{SctpStreamId(2)});
  EXPECT_EQ(Take(10), "[1.0] [1.1] ");
  EXPECT_EQ(queue_.TakeResting(), std::vector{SctpStreamId(1)});
  queue_.EndReset(SctpStreamId(1), true);
  EXPECT_EQ(Take(10), "[1.0] ");
}

TEST_F(SendQueueTest, GoesOnWithItsNumbersWhenAResetFailed) {
  ASSERT_EQ(Queue(1, 10), SctpSendResult::kQueued);
  EXPECT_EQ(Take(10), "[1.0] ");
  queue_.BeginReset(SctpStreamId(1));
  ASSERT_EQ(Queue(1, 10), SctpSendResult::kQueued);
  EXPECT_EQ(Take(10), "");
  queue_.EndReset(SctpStreamId(1), false);
  EXPECT_EQ(Take(10), "[1.1] ");
}

TEST_F(SendQueueTest, StartsOverWithoutWhatWasHalfSent) {
  ASSERT_EQ(Queue(1, 40), SctpSendResult::kQueued);
  ASSERT_EQ(Queue(1, 10), SctpSendResult::kQueued);
  ASSERT_EQ(Queue(60, 10), SctpSendResult::kQueued);
  (void)Take(10, 1);
  negotiated_.outbound_streams = 50;
  queue_.Start(negotiated_, out_);
  EXPECT_EQ(Take(10), "[1.0] ");
  EXPECT_EQ(queue_.total(), 0u);
  EXPECT_EQ(Queue(50, 10), SctpSendResult::kUnknownStream);
}

}  // namespace
}  // namespace millrace
