// Data channels against usrsctp on a plain transport: a peer that shares no code with ours.
#if __has_include(<usrsctp.h>)

#include <gtest/gtest.h>

#include <functional>

#include "data_world.h"
#include "protocol/sctp/usrsctp_peer.h"

namespace millrace {
namespace {

constexpr int kStepMs = 5;

class UsrsctpDataTest : public testing::Test {
 protected:
  void SetUp() override {
    viewer_ = &world_.AddPeer("ours", 5002);
    transport_ = &world_.AddPlain("theirs", 5001, DataWorld::WithSctp());
    path_ = DataWorld::PeerPath(*transport_, 5001);
    // usrsctp answers an INIT only when it listens, or sends one itself.
    peer_.Connect();
    ASSERT_TRUE(RunUntil([&] { return peer_.connected && State() == SctpState::kConnected; }));
    Run(Duration::Millis(300));
  }
  [[nodiscard]] SctpState State() const { return transport_->data().association()->state(); }

  bool RunUntil(const std::function<bool()>& done) {
    for (int i = 0; i < 20'000 / kStepMs && !done(); ++i) Step();
    return done();
  }
  void Run(Duration duration) {
    for (int i = 0; i < duration.ms() / kStepMs; ++i) Step();
  }

  DataWorld world_;
  UsrsctpPeer peer_;
  DataWorld::Peer* viewer_ = nullptr;
  Transport* transport_ = nullptr;
  Path path_;

 private:
  void Step() {
    world_.Run(Duration::Millis(kStepMs));
    for (const SentDatagram& datagram : std::exchange(world_.stray, {})) {
      if (datagram.path == path_) peer_.Input(datagram.bytes);
    }
    peer_.Advance(kStepMs);
    for (std::vector<uint8_t>& packet : std::exchange(peer_.packets, {})) {
      world_.Receive(*transport_, path_, std::move(packet));
    }
  }
};

TEST_F(UsrsctpDataTest, CarriesMessagesOfAllSizesBothWays) {
  world_.ProduceData(*transport_, "theirs up", 1);
  world_.ConsumeData(*viewer_->transport, "to ours", "theirs up", {.stream_id = 4});
  world_.ProduceData(*viewer_->transport, "ours up", 2);
  world_.ConsumeData(*transport_, "to theirs", "ours up", {.stream_id = 3});
  for (uint32_t i = 0; i < 20; ++i) {
    std::vector<uint8_t> message = NumberedMessage(i, 4 + i * i * 300);
    ASSERT_TRUE(peer_.Send(1, message));
    ASSERT_EQ(world_.Send(*viewer_, 2, message), SctpSendResult::kQueued);
    Run(Duration::Millis(100));
  }
  ASSERT_TRUE(
      RunUntil([&] { return viewer_->side.messages.size() == 20 && peer_.messages.size() == 20; }));
  for (uint32_t i = 0; i < 20; ++i) {
    std::vector<uint8_t> message = NumberedMessage(i, 4 + i * i * 300);
    EXPECT_EQ(viewer_->side.messages[i].bytes, message);
    EXPECT_EQ(viewer_->side.messages[i].stream, SctpStreamId(4));
    EXPECT_EQ(peer_.messages[i].bytes, message);
    EXPECT_EQ(peer_.messages[i].stream, 3);
    EXPECT_EQ(peer_.messages[i].ppid, 53u);
    EXPECT_FALSE(peer_.messages[i].unordered);
  }
}

TEST_F(UsrsctpDataTest, MarksUnorderedMessages) {
  world_.ProduceData(*viewer_->transport, "ours up", 2);
  world_.ConsumeData(*transport_, "to theirs", "ours up", {.stream_id = 3, .max_retransmits = 0});
  world_.Send(*viewer_, 2, BytesOf("whenever"));
  ASSERT_TRUE(RunUntil([&] { return peer_.messages.size() == 1; }));
  EXPECT_TRUE(peer_.messages[0].unordered);
}

TEST_F(UsrsctpDataTest, SeesItsStreamResetWhenAConsumerCloses) {
  world_.ProduceData(*viewer_->transport, "ours up", 2);
  DataConsumer& consumer =
      world_.ConsumeData(*transport_, "to theirs", "ours up", {.stream_id = 3});
  world_.Send(*viewer_, 2, BytesOf("last words"));
  ASSERT_TRUE(RunUntil([&] { return peer_.messages.size() == 1; }));
  Turn turn = world_.Now();
  world_.control.CloseDataConsumer(consumer, turn);
  ASSERT_TRUE(RunUntil([&] { return !peer_.incoming_resets.empty(); }));
  EXPECT_EQ(peer_.incoming_resets, std::vector<uint16_t>{3});
}

TEST_F(UsrsctpDataTest, EndsWhenThePeerShutsDown) {
  (void)world_.TakeEvents<SctpStateChanged>();
  peer_.Shutdown();
  ASSERT_TRUE(RunUntil([&] { return State() == SctpState::kClosed; }));
  std::vector<SctpStateChanged> states = world_.TakeEvents<SctpStateChanged>();
  ASSERT_EQ(states.size(), 1u);
  EXPECT_EQ(states[0].id, "theirs");
}

}  // namespace
}  // namespace millrace

#endif
