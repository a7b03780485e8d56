// Our association against usrsctp, which shares no code with it: an independent reading of the
// RFCs.
#if __has_include(<usrsctp.h>)

#include "protocol/sctp/usrsctp_peer.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <deque>
#include <functional>
#include <utility>
#include <vector>

#include "protocol/sctp/sctp_pair.h"

namespace millrace {
namespace {

constexpr int kStepMs = 5;

// Our side and theirs with a lossy link between, in steps of kStepMs.
class UsrsctpPeerTest : public ::testing::Test {
 protected:
  explicit UsrsctpPeerTest(const SctpSettings& settings = {}) : ours_(settings, random_) {}

  bool RunUntil(const std::function<bool()>& done, Duration limit) {
    for (Timestamp end = now_ + limit; now_ < end; now_ = now_ + Duration::Millis(kStepMs)) {
      if (done()) return true;
      Step();
    }
    return done();
  }
  void Run(Duration time) {
    (void)RunUntil([] { return false; }, time);
  }
  template <typename F>
  void Call(F call) {
    SctpOutput out;
    call(out);
    ours_.Gather(out);
    for (size_t i = 0; i < out.packets.size(); ++i) {
      if (random_.NextDouble() < loss_) continue;
      to_peer_.emplace_back(out.packets[i].begin(), out.packets[i].end());
    }
  }
  void ConnectOurs() {
    Call([&](SctpOutput& out) { ours_.association.Connect(now_, out); });
  }
  SctpSendResult Send(uint16_t stream, Bytes payload, SctpReliability reliability = {}) {
    SctpSendResult result = SctpSendResult::kClosed;
    Call([&](SctpOutput& out) {
      result = ours_.association.Send({.stream = SctpStreamId(stream),
                                       .ppid = Ppid(51),
                                       .reliability = reliability,
                                       .payload = payload},
                                      now_, out);
    });
    return result;
  }
  [[nodiscard]] bool Connected() const {
    return peer_.connected && ours_.association.state() == SctpState::kConnected;
  }
  // usrsctp answers an INIT only when it listens, or sends one itself: it always begins too.
  void ConnectBoth() {
    ConnectOurs();
    peer_.Connect();
    ASSERT_TRUE(RunUntil([&] { return Connected(); }, Duration::Seconds(20)));
    Run(Duration::Millis(500));
  }

  Random random_{4711};
  SctpSide ours_;
  UsrsctpPeer peer_;
  Timestamp now_ = Timestamp::Millis(1000);
  double loss_ = 0;

 private:
  void Step() {
    // One step each way is the delay of the link.
    std::deque<std::vector<uint8_t>> to_us = std::exchange(peer_.packets, {});
    std::deque<std::vector<uint8_t>> to_peer = std::exchange(to_peer_, {});
    for (const auto& packet : to_us) {
      if (random_.NextDouble() < loss_) continue;
      Call([&](SctpOutput& out) { ours_.association.Receive(packet, now_, out); });
    }
    for (const auto& packet : to_peer) peer_.Input(packet);
    if (ours_.association.deadline() <= now_) {
      Call([&](SctpOutput& out) { ours_.association.OnDeadline(now_, out); });
    }
    peer_.Advance(kStepMs);
  }

  std::deque<std::vector<uint8_t>> to_peer_;
};

TEST_F(UsrsctpPeerTest, ConnectsWhenBothBegin) {
  ConnectBoth();
  ASSERT_TRUE(ours_.negotiated);
  EXPECT_EQ(ours_.negotiated->outbound_streams, 1024);
  EXPECT_EQ(ours_.negotiated->inbound_streams, 1024);
  EXPECT_TRUE(ours_.negotiated->partial_reliability);
  EXPECT_TRUE(ours_.negotiated->stream_reset);
}

TEST_F(UsrsctpPeerTest, AnswersAPeerThatBegins) {
  peer_.Connect();
  ASSERT_TRUE(RunUntil([&] { return Connected(); }, Duration::Seconds(5)));
  EXPECT_EQ(ours_.states, std::vector{SctpState::kConnected});
}

TEST_F(UsrsctpPeerTest, ConnectsAtThirtyPercentLoss) {
  loss_ = 0.3;
  peer_.Connect();
  Run(Duration::Millis(20));
  ConnectOurs();
  EXPECT_TRUE(RunUntil([&] { return Connected(); }, Duration::Seconds(10)));
}

TEST_F(UsrsctpPeerTest, ExchangesMessagesOfAllSizes) {
  ConnectBoth();
  for (uint32_t i = 0; i < 50; ++i) {
    std::vector<uint8_t> message = NumberedMessage(i, 4 + i * i * 100);
    ASSERT_EQ(Send(static_cast<uint16_t>(i % 3), message), SctpSendResult::kQueued);
    ASSERT_TRUE(peer_.Send(static_cast<uint16_t>(i % 3), message)) << i;
    Run(Duration::Millis(50));
  }
  ASSERT_TRUE(RunUntil([&] { return peer_.messages.size() == 50 && ours_.messages.size() == 50; },
                       Duration::Seconds(30)))
      << peer_.messages.size() << " and " << ours_.messages.size();
  for (uint32_t i = 0; i < 50; ++i) {
    EXPECT_EQ(peer_.messages[i].bytes, NumberedMessage(i, 4 + i * i * 100));
    EXPECT_EQ(peer_.messages[i].stream, i % 3);
    EXPECT_EQ(peer_.messages[i].ppid, 51u);
    EXPECT_EQ(ours_.messages[i].bytes, NumberedMessage(i, 4 + i * i * 100));
    EXPECT_EQ(ours_.messages[i].ppid, Ppid(53));
  }
}

TEST_F(UsrsctpPeerTest, ExchangesMessagesOverALossyLink) {
  ConnectBoth();
  loss_ = 0.1;
  for (uint32_t i = 0; i < 60; ++i) {
    std::vector<uint8_t> message = NumberedMessage(i, 5000);
    bool unordered = i % 2 == 1;
    ASSERT_EQ(Send(1, message, {.ordered = !unordered}), SctpSendResult::kQueued);
    ASSERT_TRUE(peer_.Send(1, message, unordered));
  }
  ASSERT_TRUE(RunUntil([&] { return peer_.messages.size() == 60 && ours_.messages.size() == 60; },
                       Duration::Seconds(120)))
      << peer_.messages.size() << " and " << ours_.messages.size();
  int64_t last = -1;
  for (const UsrsctpMessage& message : peer_.messages) {
    if (message.unordered) continue;
    int64_t number = message.bytes[3];
    EXPECT_GT(number, last);
    last = number;
  }
}

TEST_F(UsrsctpPeerTest, GivesUpMessagesInBothDirections) {
  ConnectBoth();
  loss_ = 0.2;
  for (uint32_t i = 0; i < 200; ++i) {
    std::vector<uint8_t> message = NumberedMessage(i, 600 + i * 10);
    ASSERT_EQ(Send(1, message, {.max_retransmits = uint16_t{0}}), SctpSendResult::kQueued);
    ASSERT_TRUE(peer_.Send(1, message, false, 0));
    Run(Duration::Millis(20));
  }
  loss_ = 0;
  Run(Duration::Seconds(5));
  ASSERT_EQ(Send(1, NumberedMessage(1000, 100)), SctpSendResult::kQueued);
  ASSERT_TRUE(peer_.Send(1, NumberedMessage(1000, 100)));
  Run(Duration::Seconds(5));
  ASSERT_FALSE(peer_.messages.empty());
  ASSERT_FALSE(ours_.messages.empty());
  EXPECT_EQ(peer_.messages.back().bytes, NumberedMessage(1000, 100));
  EXPECT_EQ(NumberOf(ours_.messages.back()), 1000u);
  EXPECT_GT(peer_.messages.size(), 80u);
  EXPECT_LT(peer_.messages.size(), 195u);
  EXPECT_LT(ours_.messages.size(), 201u);
  EXPECT_EQ(ours_.association.reassembly_bytes(), 0u);
}

TEST_F(UsrsctpPeerTest, ResetsStreamsInBothDirections) {
  ConnectBoth();
  loss_ = 0.1;
  for (int round = 1; round <= 3; ++round) {
    ASSERT_EQ(Send(7, NumberedMessage(1, 20000)), SctpSendResult::kQueued);
    ASSERT_TRUE(peer_.Send(7, NumberedMessage(2, 20000)));
    Call([&](SctpOutput& out) {
      SctpStreamId stream(7);
      ours_.association.ResetStreams({&stream, 1}, now_, out);
    });
    peer_.Reset(7);
    size_t count = static_cast<size_t>(round);
    EXPECT_TRUE(RunUntil(
        [&] {
          return ours_.outgoing_resets.size() == count && ours_.incoming_resets.size() == count &&
                 peer_.incoming_resets.size() >= count;
        },
        Duration::Seconds(60)))
        << ours_.outgoing_resets.size() << ours_.incoming_resets.size();
  }
  ASSERT_EQ(Send(7, NumberedMessage(3, 100)), SctpSendResult::kQueued);
  ASSERT_TRUE(peer_.Send(7, NumberedMessage(4, 100)));
  EXPECT_TRUE(RunUntil([&] { return peer_.messages.size() == 4 && ours_.messages.size() == 4; },
                       Duration::Seconds(20)));
}

TEST_F(UsrsctpPeerTest, ShutsDownWhenThePeerDoes) {
  ConnectBoth();
  peer_.Shutdown();
  EXPECT_TRUE(RunUntil([&] { return ours_.association.state() == SctpState::kClosed; },
                       Duration::Seconds(5)));
}

TEST_F(UsrsctpPeerTest, ShutsDownThePeer) {
  ConnectBoth();
  Call([&](SctpOutput& out) { ours_.association.Shutdown(now_, out); });
  EXPECT_TRUE(
      RunUntil([&] { return ours_.association.state() == SctpState::kClosed && peer_.ended; },
               Duration::Seconds(5)));
}

TEST_F(UsrsctpPeerTest, EndsThePeerByAbort) {
  ConnectBoth();
  Call([&](SctpOutput& out) { ours_.association.Abort(out); });
  EXPECT_TRUE(RunUntil([&] { return peer_.ended; }, Duration::Seconds(1)));
}

TEST_F(UsrsctpPeerTest, AnswersHeartbeatsThroughASilentHour) {
  ConnectBoth();
  Run(Duration::Seconds(3600));
  EXPECT_TRUE(Connected());
  ASSERT_TRUE(peer_.Send(1, NumberedMessage(1, 100)));
  EXPECT_TRUE(RunUntil([&] { return ours_.messages.size() == 1; }, Duration::Seconds(1)));
}

}  // namespace
}  // namespace millrace

#endif
