#include <gtest/gtest.h>

#include "protocol/sctp/stream_reset_receiver.h"
#include "protocol/sctp/stream_reset_sender.h"

namespace millrace {
namespace {

using Outcome = StreamResetSender::Outcome;

OutgoingResetRequest Request(uint32_t sequence) {
  return {.request_sequence = sequence, .streams = {SctpStreamId(1)}};
}

TEST(StreamResetReceiverTest, PerformsInTurnAndRepeatsItsAnswer) {
  StreamResetReceiver receiver(10);
  Timestamp now;
  auto answer = receiver.OnReset(Request(10), true, true, now);
  EXPECT_TRUE(answer.perform);
  EXPECT_EQ(answer.response.result, ReconfigResult::kPerformed);
  EXPECT_EQ(receiver.last_request(), 10u);
  answer = receiver.OnReset(Request(10), true, true, now);
  EXPECT_FALSE(answer.perform);
  EXPECT_EQ(answer.response.result, ReconfigResult::kPerformed);
  for (uint32_t wrong : {9u, 12u}) {
    answer = receiver.OnReset(Request(wrong), true, true, now);
    EXPECT_FALSE(answer.perform);
    EXPECT_EQ(answer.response.result, ReconfigResult::kBadSequenceNumber);
  }
  EXPECT_TRUE(receiver.OnReset(Request(11), true, true, now).perform);
}

TEST(StreamResetReceiverTest, PutsOffWhatHasNotArrived) {
  StreamResetReceiver receiver(10);
  Timestamp now;
  EXPECT_EQ(receiver.OnReset(Request(10), false, true, now).response.result,
            ReconfigResult::kInProgress);
  // Asked again under the same number, or under the next.
  EXPECT_TRUE(receiver.OnReset(Request(10), true, true, now).perform);
  EXPECT_EQ(receiver.OnReset(Request(11), false, true, now).response.result,
            ReconfigResult::kInProgress);
  EXPECT_TRUE(receiver.OnReset(Request(12), true, true, now).perform);
}

TEST(StreamResetReceiverTest, RefusesUnknownStreamsAndOtherRequests) {
  StreamResetReceiver receiver(10);
  Timestamp now;
  EXPECT_EQ(receiver.OnReset(Request(10), true, false, now).response.result,
            ReconfigResult::kWrongSequence);
  EXPECT_EQ(receiver.OnOther(11).response.result, ReconfigResult::kDenied);
  EXPECT_EQ(receiver.OnOther(11).response.result, ReconfigResult::kDenied);
  EXPECT_EQ(receiver.OnOther(13).response.result, ReconfigResult::kBadSequenceNumber);
}

TEST(StreamResetReceiverTest, PutsAFloodOff) {
  StreamResetReceiver receiver(0);
  Timestamp now = Timestamp::Millis(5000);
  int performed = 0;
  for (uint32_t i = 0; i < 1000; ++i) {
    if (receiver.OnReset(Request(i), true, true, now).perform) ++performed;
  }
  EXPECT_EQ(performed, StreamResetReceiver::kResetsPerSecond);
  EXPECT_TRUE(receiver.OnReset(Request(1000), true, true, now + Duration::Seconds(1)).perform);
}

class StreamResetSenderTest : public ::testing::Test {
 protected:
  std::optional<OutgoingResetRequest> Take(size_t room = 1000) {
    return sender_.Take(
        {.last_tsn = 500, .last_peer_request = 70, .timeout = Duration::Millis(400), .room = room},
        now_);
  }
  StreamResetSender::Ended Respond(uint32_t sequence, ReconfigResult result) {
    return sender_.OnResponse({sequence, result}, Duration::Millis(400), now_);
  }

  StreamResetSender sender_{20};
  Timestamp now_ = Timestamp::Millis(1000);
};

TEST_F(StreamResetSenderTest, AsksOneThingAtATime) {
  EXPECT_FALSE(Take());
  sender_.Add(SctpStreamId(1));
  auto request = Take();
  ASSERT_TRUE(request);
  EXPECT_EQ(request->request_sequence, 20u);
  EXPECT_EQ(request->response_sequence, 70u);
  EXPECT_EQ(request->last_tsn, 500u);
  EXPECT_EQ(request->streams, std::vector{SctpStreamId(1)});
  sender_.Add(SctpStreamId(2));
  EXPECT_FALSE(Take());
  EXPECT_EQ(Respond(19, ReconfigResult::kPerformed).outcome, Outcome::kNone);
  StreamResetSender::Ended ended = Respond(20, ReconfigResult::kPerformed);
  EXPECT_EQ(ended.outcome, Outcome::kPerformed);
  EXPECT_EQ(ended.streams, std::vector{SctpStreamId(1)});
  EXPECT_EQ(Take()->request_sequence, 21u);
}

TEST_F(StreamResetSenderTest, RepeatsUntilItGivesUp) {
  sender_.Add(SctpStreamId(1));
  int tries = 0;
  for (;;) {
    auto request = Take();
    ASSERT_TRUE(request);
    EXPECT_EQ(request->request_sequence, 20u);
    ++tries;
    now_ = sender_.deadline();
    StreamResetSender::Ended ended = sender_.OnDeadline(now_);
    if (ended.outcome == Outcome::kRefused) break;
  }
  EXPECT_EQ(tries, StreamResetSender::kTriesMax);
  EXPECT_EQ(sender_.deadline(), Timestamp::Never());
}

TEST_F(StreamResetSenderTest, AsksUnderANewNumberWhatWasPutOff) {
  sender_.Add(SctpStreamId(1));
  ASSERT_TRUE(Take());
  EXPECT_EQ(Respond(20, ReconfigResult::kInProgress).outcome, Outcome::kNone);
  EXPECT_FALSE(Take());
  now_ = sender_.deadline();
  EXPECT_EQ(Take()->request_sequence, 21u);
  // A late answer to the first number counts as well.
  EXPECT_EQ(Respond(20, ReconfigResult::kInProgress).outcome, Outcome::kNone);
  EXPECT_EQ(Respond(20, ReconfigResult::kPerformed).outcome, Outcome::kPerformed);
}

TEST_F(StreamResetSenderTest, LeavesNoNumberOut) {
  sender_.Add(SctpStreamId(1));
  ASSERT_TRUE(Take());
  EXPECT_EQ(Respond(20, ReconfigResult::kInProgress).outcome, Outcome::kNone);
  // The answer comes before the request goes out again.
  EXPECT_EQ(Respond(20, ReconfigResult::kPerformed).outcome, Outcome::kPerformed);
  sender_.Add(SctpStreamId(2));
  EXPECT_EQ(Take()->request_sequence, 21u);
}

TEST_F(StreamResetSenderTest, TakesARefusal) {
  sender_.Add(SctpStreamId(1));
  ASSERT_TRUE(Take());
  EXPECT_EQ(Respond(20, ReconfigResult::kDenied).outcome, Outcome::kRefused);
}

TEST_F(StreamResetSenderTest, AsksForNoMoreStreamsThanFit) {
  for (uint16_t i = 0; i < 100; ++i) sender_.Add(SctpStreamId(i));
  auto request = Take(120);
  EXPECT_EQ(request->streams.size(), 50u);
  EXPECT_EQ(Respond(20, ReconfigResult::kPerformed).streams.size(), 50u);
  EXPECT_EQ(Take(120)->streams.front(), SctpStreamId(50));
}

}  // namespace
}  // namespace millrace
