#include "protocol/sctp/sctp_association.h"

#include <gtest/gtest.h>

#include <set>
#include <vector>

#include "protocol/sctp/sctp_pair.h"

namespace millrace {
namespace {

ChunkType FirstChunkOf(Bytes packet) { return static_cast<ChunkType>(packet[12]); }

TEST(SctpAssociationTest, ConnectsInTwoRoundTrips) {
  SctpPair pair;
  Timestamp start = pair.now;
  pair.Connect();
  ASSERT_TRUE(pair.Connected());
  EXPECT_EQ(pair.now - start, Duration::Millis(80));
  EXPECT_EQ(pair.a.states, (std::vector{SctpState::kConnecting, SctpState::kConnected}));
  EXPECT_EQ(pair.z.states, (std::vector{SctpState::kConnected}));
  ASSERT_TRUE(pair.a.negotiated);
  EXPECT_EQ(pair.a.negotiated->outbound_streams, 1024);
  EXPECT_TRUE(pair.a.negotiated->partial_reliability);
  EXPECT_TRUE(pair.z.negotiated->stream_reset);
  EXPECT_FALSE(pair.z.negotiated->interleaving);
}

TEST(SctpAssociationTest, ConnectsWhenBothBeginAtOnce) {
  SctpPair pair;
  pair.Call(pair.a, [&](SctpOutput& out) { pair.a.association.Connect(pair.now, out); });
  pair.Call(pair.z, [&](SctpOutput& out) { pair.z.association.Connect(pair.now, out); });
  ASSERT_TRUE(pair.RunUntil([&] { return pair.Connected(); }, Duration::Seconds(1)));
  pair.Run(Duration::Seconds(1));
  EXPECT_EQ(pair.Send(pair.a, 1, NumberedMessage(1, 5000)), SctpSendResult::kQueued);
  EXPECT_EQ(pair.Send(pair.z, 2, NumberedMessage(2, 5000)), SctpSendResult::kQueued);
  pair.Run(Duration::Seconds(1));
  ASSERT_EQ(pair.z.messages.size(), 1u);
  ASSERT_EQ(pair.a.messages.size(), 1u);
  EXPECT_EQ(pair.z.messages[0].bytes, NumberedMessage(1, 5000));
}

TEST(SctpAssociationTest, ConnectsWithinTenSecondsAtThirtyPercentLoss) {
  for (uint64_t seed = 1; seed <= 200; ++seed) {
    SctpPair pair(seed);
    pair.link.loss = 0.3;
    pair.link.delay = Duration::Millis(50);
    pair.Connect();
    ASSERT_TRUE(pair.Connected()) << "seed " << seed;
  }
}

TEST(SctpAssociationTest, ConnectsWhenOneInThreeCookieEchoesArrives) {
  SctpPair pair;
  int echoes = 0;
  pair.lose = [&](const SctpSide&, Bytes packet) {
    return FirstChunkOf(packet) == ChunkType::kCookieEcho && ++echoes % 3 != 0;
  };
  pair.Connect();
  EXPECT_TRUE(pair.Connected());
  EXPECT_EQ(echoes, 3);
}

TEST(SctpAssociationTest, FailsWhenNobodyAnswers) {
  SctpPair pair;
  pair.link.loss = 1;
  pair.Connect();
  pair.Run(Duration::Seconds(30));
  EXPECT_EQ(pair.a.association.state(), SctpState::kFailed);
  EXPECT_EQ(pair.a.association.deadline(), Timestamp::Never());
  EXPECT_EQ(pair.a.failure, "no answer to INIT");
}

TEST(SctpAssociationTest, AcceptsAPeerThatComesAfterItGaveUp) {
  SctpPair pair;
  pair.link.loss = 1;
  pair.Connect();
  pair.Run(Duration::Seconds(30));
  ASSERT_EQ(pair.a.association.state(), SctpState::kFailed);
  pair.link.loss = 0;
  pair.Call(pair.z, [&](SctpOutput& out) { pair.z.association.Connect(pair.now, out); });
  EXPECT_TRUE(pair.RunUntil([&] { return pair.Connected(); }, Duration::Seconds(1)));
}

TEST(SctpAssociationTest, SendsWhatWasQueuedBeforeItConnected) {
  SctpPair pair;
  EXPECT_EQ(pair.Send(pair.a, 3, NumberedMessage(7, 100)), SctpSendResult::kQueued);
  pair.Connect();
  pair.Run(Duration::Millis(100));
  ASSERT_EQ(pair.z.messages.size(), 1u);
  EXPECT_EQ(pair.z.messages[0].stream, SctpStreamId(3));
  EXPECT_EQ(pair.z.messages[0].ppid, Ppid(53));
}

TEST(SctpAssociationTest, DeliversEverythingInOrderOverABadLink) {
  for (uint64_t seed = 1; seed <= 20; ++seed) {
    SctpPair pair(seed);
    pair.Connect();
    pair.link = {.delay = Duration::Millis(30),
                 .jitter = Duration::Millis(40),
                 .loss = 0.1,
                 .duplicates = 0.05};
    for (uint32_t i = 0; i < 60; ++i) {
      ASSERT_EQ(pair.Send(pair.a, i % 4, NumberedMessage(i, 10 + i * 173)),
                SctpSendResult::kQueued);
    }
    ASSERT_TRUE(pair.RunUntil([&] { return pair.z.messages.size() == 60; }, Duration::Seconds(60)))
        << "seed " << seed << ", " << pair.z.messages.size() << " messages";
    std::array<int64_t, 4> last{-1, -1, -1, -1};
    for (const auto& message : pair.z.messages) {
      uint32_t number = NumberOf(message);
      EXPECT_EQ(message.bytes, NumberedMessage(number, 10 + number * 173));
      EXPECT_EQ(message.stream.value(), number % 4);
      EXPECT_GT(number, last[number % 4]);
      last[number % 4] = number;
    }
    pair.Run(Duration::Seconds(5));
    EXPECT_EQ(pair.z.messages.size(), 60u);
    EXPECT_EQ(pair.z.association.reassembly_bytes(), 0u);
    EXPECT_LE(pair.a.longest_packet, SctpLimits::kPacketBytesDefault);
  }
}

TEST(SctpAssociationTest, DeliversUnorderedMessagesOnceEach) {
  SctpPair pair(5);
  pair.Connect();
  pair.link = {.delay = Duration::Millis(30), .jitter = Duration::Millis(30), .loss = 0.1};
  for (uint32_t i = 0; i < 100; ++i) {
    ASSERT_EQ(pair.Send(pair.a, 9, NumberedMessage(i, 2000), {.ordered = false}),
              SctpSendResult::kQueued);
  }
  pair.Run(Duration::Seconds(30));
  std::set<uint32_t> numbers;
  for (const auto& message : pair.z.messages) {
    numbers.insert(NumberOf(message));
    EXPECT_FALSE(message.ordered);
    EXPECT_EQ(message.bytes, NumberedMessage(NumberOf(message), 2000));
  }
  EXPECT_EQ(numbers.size(), 100u);
  EXPECT_EQ(pair.z.messages.size(), 100u);
}

// Bytes a second that arrive of a sender that always has more.
double Throughput(const SctpLink& link, uint64_t seed) {
  SctpPair pair(seed);
  pair.Connect();
  pair.link = link;
  std::vector<uint8_t> message(32 * 1024, 1);
  Timestamp start = pair.now;
  for (int i = 0; i < 300; ++i) {
    while (pair.a.association.buffered_amount() < 512 * 1024) {
      if (pair.Send(pair.a, 0, message) != SctpSendResult::kQueued) break;
    }
    pair.Run(Duration::Millis(10));
  }
  return static_cast<double>(pair.z.messages.size() * message.size()) /
         (pair.now - start).seconds();
}

TEST(SctpAssociationTest, FillsTheReceiveWindowOnACleanLink) {
  // A window of 768 KiB each 40 ms would be 19 MB/s.
  double rate = Throughput({.delay = Duration::Millis(20)}, 1);
  RecordProperty("bytes_per_second", static_cast<int>(rate));
  EXPECT_GT(rate, 10e6);
}

TEST(SctpAssociationTest, KeepsGoingAtOnePercentLoss) {
  // Mathis' formula: 1148 B / 40 ms * sqrt(1.5 / 0.01) is about 350 kB/s.
  double rate = Throughput({.delay = Duration::Millis(20), .loss = 0.01}, 2);
  RecordProperty("bytes_per_second", static_cast<int>(rate));
  EXPECT_GT(rate, 150e3);
}

TEST(SctpAssociationTest, GivesUpMessagesThatMayNotBeSentAgain) {
  SctpPair pair(3);
  pair.Connect();
  pair.link = {.delay = Duration::Millis(20), .jitter = Duration(), .loss = 0.2};
  for (uint32_t i = 0; i < 300; ++i) {
    ASSERT_EQ(pair.Send(pair.a, 1, NumberedMessage(i, 100), {.max_retransmits = uint16_t{0}}),
              SctpSendResult::kQueued);
    pair.Run(Duration::Millis(10));
  }
  pair.link.loss = 0;
  pair.Run(Duration::Seconds(5));
  // What arrived is in order, much of it did, and a lost one holds up nothing.
  EXPECT_GT(pair.z.messages.size(), 200u);
  EXPECT_LT(pair.z.messages.size(), 270u);
  for (size_t i = 1; i < pair.z.messages.size(); ++i) {
    EXPECT_GT(NumberOf(pair.z.messages[i]), NumberOf(pair.z.messages[i - 1]));
  }
  ASSERT_EQ(pair.Send(pair.a, 1, NumberedMessage(999, 100)), SctpSendResult::kQueued);
  pair.Run(Duration::Seconds(1));
  EXPECT_EQ(NumberOf(pair.z.messages.back()), 999u);
  EXPECT_EQ(pair.z.association.reassembly_bytes(), 0u);
}

TEST(SctpAssociationTest, GivesUpLongMessagesWhoseTimeIsOver) {
  SctpPair pair(4);
  pair.Connect();
  // Nothing gets through for two seconds, in the middle of a message of many fragments.
  ASSERT_EQ(pair.Send(pair.a, 1, NumberedMessage(1, 100000), {.lifetime = Duration::Millis(500)}),
            SctpSendResult::kQueued);
  pair.Run(Duration::Millis(50));
  pair.link.loss = 1;
  pair.Run(Duration::Seconds(2));
  pair.link.loss = 0;
  ASSERT_EQ(pair.Send(pair.a, 1, NumberedMessage(2, 1000)), SctpSendResult::kQueued);
  pair.Run(Duration::Seconds(10));
  ASSERT_EQ(pair.z.messages.size(), 1u);
  EXPECT_EQ(NumberOf(pair.z.messages[0]), 2u);
  EXPECT_EQ(pair.z.association.reassembly_bytes(), 0u);
  EXPECT_EQ(pair.a.association.buffered_amount(), 0u);
}

TEST(SctpAssociationTest, ResetsStreamsAfterWhatWasQueuedOnThem) {
  SctpPair pair(6);
  pair.Connect();
  pair.link.loss = 0.1;
  for (uint32_t i = 0; i < 20; ++i) {
    ASSERT_EQ(pair.Send(pair.a, 5, NumberedMessage(i, 3000)), SctpSendResult::kQueued);
  }
  pair.Reset(pair.a, {SctpStreamId(5)});
  // Of the stream's next life.
  ASSERT_EQ(pair.Send(pair.a, 5, NumberedMessage(100, 50)), SctpSendResult::kQueued);
  ASSERT_TRUE(pair.RunUntil([&] { return pair.z.messages.size() == 21; }, Duration::Seconds(30)));
  EXPECT_EQ(pair.z.incoming_resets, std::vector{SctpStreamId(5)});
  EXPECT_EQ(pair.a.outgoing_resets, std::vector{SctpStreamId(5)});
  EXPECT_TRUE(pair.a.failed_resets.empty());
  EXPECT_EQ(NumberOf(pair.z.messages[19]), 19u);
  EXPECT_EQ(NumberOf(pair.z.messages[20]), 100u);
}

TEST(SctpAssociationTest, ResetsManyStreamsInBothDirections) {
  SctpPair pair(7);
  pair.Connect();
  pair.link.loss = 0.2;
  std::vector<SctpStreamId> all;
  for (uint16_t i = 0; i < 1024; ++i) all.push_back(SctpStreamId(i));
  pair.Reset(pair.a, all);
  pair.Reset(pair.z, all);
  pair.Run(Duration::Seconds(60));
  EXPECT_EQ(pair.a.outgoing_resets.size(), 1024u);
  EXPECT_EQ(pair.a.incoming_resets.size(), 1024u);
  EXPECT_EQ(pair.z.outgoing_resets.size(), 1024u);
  EXPECT_TRUE(pair.z.failed_resets.empty());
}

TEST(SctpAssociationTest, TellsWhenTheBufferedAmountIsLow) {
  SctpPair pair;
  pair.Connect();
  pair.a.association.SetBufferedAmountLowThreshold(SctpStreamId(1), 10000);
  ASSERT_EQ(pair.Send(pair.a, 1, NumberedMessage(1, 200000)), SctpSendResult::kQueued);
  EXPECT_GT(pair.a.association.BufferedAmount(SctpStreamId(1)), 100000u);
  EXPECT_TRUE(pair.a.low.empty());
  pair.Run(Duration::Seconds(5));
  EXPECT_EQ(pair.a.low, std::vector{SctpStreamId(1)});
  EXPECT_EQ(pair.a.association.BufferedAmount(SctpStreamId(1)), 0u);
}

TEST(SctpAssociationTest, RefusesWhatCannotBeSent) {
  SctpPair pair(1, {.send_buffer_size = 100000});
  pair.Connect();
  std::vector<uint8_t> longest(262144);
  std::vector<uint8_t> too_long(262145);
  EXPECT_EQ(pair.Send(pair.a, 1, {}), SctpSendResult::kEmpty);
  EXPECT_EQ(pair.Send(pair.a, 1, too_long), SctpSendResult::kTooLarge);
  EXPECT_EQ(pair.Send(pair.a, 1024, NumberedMessage(1, 4)), SctpSendResult::kUnknownStream);
  EXPECT_EQ(pair.Send(pair.a, 1023, longest), SctpSendResult::kQueued);
  EXPECT_EQ(pair.Send(pair.a, 1, NumberedMessage(1, 4)), SctpSendResult::kBufferFull);
  pair.Call(pair.a, [&](SctpOutput& out) { pair.a.association.Abort(out); });
  EXPECT_EQ(pair.Send(pair.a, 1, NumberedMessage(1, 4)), SctpSendResult::kClosed);
}

TEST(SctpAssociationTest, NegotiatesTheSmallerNumberOfStreams) {
  SctpPair pair(1, {.streams_max = 65535}, {.streams_max = 16});
  pair.Connect();
  EXPECT_EQ(pair.a.negotiated->outbound_streams, 16);
  EXPECT_EQ(pair.z.negotiated->inbound_streams, 16);
  EXPECT_EQ(pair.Send(pair.a, 16, NumberedMessage(1, 4)), SctpSendResult::kUnknownStream);
}

TEST(SctpAssociationTest, ShutsDownAfterEverythingArrived) {
  SctpPair pair(8);
  pair.Connect();
  pair.link.loss = 0.2;
  ASSERT_EQ(pair.Send(pair.a, 1, NumberedMessage(1, 50000)), SctpSendResult::kQueued);
  pair.Call(pair.a, [&](SctpOutput& out) { pair.a.association.Shutdown(pair.now, out); });
  EXPECT_EQ(pair.a.association.state(), SctpState::kConnected);
  EXPECT_EQ(pair.Send(pair.a, 1, NumberedMessage(1, 4)), SctpSendResult::kClosed);
  pair.Run(Duration::Seconds(60));
  EXPECT_EQ(pair.a.association.state(), SctpState::kClosed);
  EXPECT_EQ(pair.z.association.state(), SctpState::kClosed);
  EXPECT_EQ(pair.z.messages.size(), 1u);
  EXPECT_EQ(pair.a.association.deadline(), Timestamp::Never());
}

TEST(SctpAssociationTest, ClosesWhenThePeerAborts) {
  SctpPair pair;
  pair.Connect();
  pair.Call(pair.a, [&](SctpOutput& out) { pair.a.association.Abort(out); });
  pair.Run(Duration::Millis(100));
  EXPECT_EQ(pair.a.association.state(), SctpState::kClosed);
  EXPECT_EQ(pair.z.association.state(), SctpState::kClosed);
  EXPECT_EQ(pair.z.failure, "the peer aborted: cause 12 'closed'");
}

TEST(SctpAssociationTest, FailsWhenThePeerAcknowledgesNothing) {
  SctpPair pair;
  pair.Connect();
  pair.link.loss = 1;
  ASSERT_EQ(pair.Send(pair.a, 1, NumberedMessage(1, 50)), SctpSendResult::kQueued);
  pair.Run(Duration::Seconds(120));
  EXPECT_EQ(pair.a.association.state(), SctpState::kFailed);
  // The other side sends nothing but heartbeats, and notices by them.
  pair.Run(Duration::Seconds(300));
  EXPECT_EQ(pair.z.association.state(), SctpState::kFailed);
}

TEST(SctpAssociationTest, StaysConnectedWithoutTraffic) {
  SctpPair pair;
  pair.Connect();
  size_t before = pair.a.packets_sent;
  pair.Run(Duration::Seconds(600));
  EXPECT_TRUE(pair.Connected());
  // Twenty heartbeats, and answers to as many.
  EXPECT_LE(pair.a.packets_sent - before, 45u);
  EXPECT_GE(pair.a.packets_sent - before, 30u);
}

TEST(SctpAssociationTest, LetsThePeerBeginAnew) {
  SctpPair pair;
  pair.Connect();
  ASSERT_EQ(pair.Send(pair.a, 1, NumberedMessage(1, 50)), SctpSendResult::kQueued);
  pair.Run(Duration::Seconds(1));
  Random random(77);
  pair.a.association = SctpAssociation({}, random);
  pair.Call(pair.a, [&](SctpOutput& out) { pair.a.association.Connect(pair.now, out); });
  pair.Run(Duration::Seconds(1));
  ASSERT_TRUE(pair.Connected());
  EXPECT_TRUE(pair.z.restarted);
  ASSERT_EQ(pair.Send(pair.a, 1, NumberedMessage(2, 50)), SctpSendResult::kQueued);
  ASSERT_EQ(pair.Send(pair.z, 1, NumberedMessage(3, 50)), SctpSendResult::kQueued);
  pair.Run(Duration::Seconds(1));
  ASSERT_EQ(pair.z.messages.size(), 2u);
  EXPECT_EQ(NumberOf(pair.z.messages[1]), 2u);
  ASSERT_EQ(pair.a.messages.size(), 1u);
}

TEST(SctpAssociationTest, InterleavesLongMessagesWhenBothCan) {
  SctpSettings settings{.interleaving = true};
  SctpPair pair(9, settings, settings);
  pair.Connect();
  ASSERT_TRUE(pair.a.negotiated->interleaving);
  pair.link.loss = 0.05;
  ASSERT_EQ(pair.Send(pair.a, 1, NumberedMessage(1, 200000)), SctpSendResult::kQueued);
  ASSERT_EQ(pair.Send(pair.a, 2, NumberedMessage(2, 3000)), SctpSendResult::kQueued);
  ASSERT_EQ(pair.Send(pair.a, 3, NumberedMessage(3, 3000), {.ordered = false}),
            SctpSendResult::kQueued);
  ASSERT_TRUE(pair.RunUntil([&] { return pair.z.messages.size() == 3; }, Duration::Seconds(30)));
  // The short ones do not wait for the long one.
  EXPECT_EQ(NumberOf(pair.z.messages[2]), 1u);
  EXPECT_EQ(pair.z.messages[2].bytes, NumberedMessage(1, 200000));
}

TEST(SctpAssociationTest, GivesUpInterleavedMessages) {
  SctpSettings settings{.interleaving = true};
  SctpPair pair(10, settings, settings);
  pair.Connect();
  pair.link.loss = 0.2;
  for (uint32_t i = 0; i < 100; ++i) {
    SctpReliability once{.ordered = i % 2 == 0, .max_retransmits = uint16_t{0}};
    ASSERT_EQ(pair.Send(pair.a, 1, NumberedMessage(i, 2500), once), SctpSendResult::kQueued);
    pair.Run(Duration::Millis(20));
  }
  pair.link.loss = 0;
  ASSERT_EQ(pair.Send(pair.a, 1, NumberedMessage(500, 100)), SctpSendResult::kQueued);
  pair.Run(Duration::Seconds(5));
  EXPECT_EQ(NumberOf(pair.z.messages.back()), 500u);
  EXPECT_GT(pair.z.messages.size(), 20u);
  EXPECT_LT(pair.z.messages.size(), 95u);
  EXPECT_EQ(pair.z.association.reassembly_bytes(), 0u);
}

TEST(SctpAssociationTest, GivesTheSameRunForTheSameSeed) {
  std::vector<std::vector<uint8_t>> runs[2];
  for (auto& run : runs) {
    SctpPair pair(42);
    pair.link = {.delay = Duration::Millis(10), .jitter = Duration::Millis(9), .loss = 0.1};
    pair.Connect();
    ASSERT_EQ(pair.Send(pair.a, 1, NumberedMessage(1, 30000)), SctpSendResult::kQueued);
    pair.Run(Duration::Seconds(10));
    run = pair.sent_by_a;
  }
  EXPECT_GT(runs[0].size(), 30u);
  EXPECT_EQ(runs[0], runs[1]);
}

}  // namespace
}  // namespace millrace
