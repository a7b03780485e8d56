// Data channels over links that lose packets: what each kind of stream promises, and what it does
// not.
#include <gtest/gtest.h>

#include <set>

#include "data_world.h"

namespace millrace {
namespace {

constexpr uint32_t kMessages = 300;

class DataLossTest : public testing::TestWithParam<uint64_t> {
 protected:
  void SetUp() override { world_.random = Random(GetParam()); }

  // Numbered messages, one each 10 ms, through a link to the viewer that loses `loss` of all
  // packets. Answers what arrived, in its order.
  std::vector<uint32_t> SendAll(SctpStreamParameters stream, double loss) {
    SetUpCall(stream);
    viewer_->loss = loss;
    for (uint32_t i = 0; i < kMessages; ++i) Send(i);
    viewer_->loss = 0;
    world_.Run(Duration::Seconds(20));
    return Numbers();
  }
  void SetUpCall(SctpStreamParameters stream) {
    sender_ = &world_.AddPeer("in", 5001);
    viewer_ = &world_.AddPeer("out", 5002);
    world_.ProduceData(*sender_->transport, "numbers", 1);
    world_.ConsumeData(*viewer_->transport, "sink", "numbers", stream);
  }
  void Send(uint32_t number) {
    ASSERT_EQ(world_.Send(*sender_, 1, NumberedMessage(number, 200)), SctpSendResult::kQueued);
    world_.Run(Duration::Millis(10));
  }
  [[nodiscard]] std::vector<uint32_t> Numbers() const {
    std::vector<uint32_t> numbers;
    for (const SctpSide::Message& message : viewer_->side.messages) {
      EXPECT_EQ(message.bytes, NumberedMessage(NumberOf(message), 200));
      numbers.push_back(NumberOf(message));
    }
    return numbers;
  }
  static std::vector<uint32_t> All() {
    std::vector<uint32_t> all(kMessages);
    for (uint32_t i = 0; i < kMessages; ++i) all[i] = i;
    return all;
  }

  DataWorld world_;
  DataWorld::Peer* sender_ = nullptr;
  DataWorld::Peer* viewer_ = nullptr;
};

TEST_P(DataLossTest, OrderedStreamsDeliverEverythingInOrder) {
  EXPECT_EQ(SendAll({.stream_id = 2, .ordered = true}, 0.2), All());
}

TEST_P(DataLossTest, UnorderedStreamsDeliverEverythingOnce) {
  std::vector<uint32_t> numbers = SendAll({.stream_id = 2, .ordered = false}, 0.2);
  EXPECT_FALSE(std::ranges::is_sorted(numbers)) << "a lost message held up the others";
  std::ranges::sort(numbers);
  EXPECT_EQ(numbers, All());
}

TEST_P(DataLossTest, StreamsWithoutRetransmissionsLoseWhatIsLost) {
  std::vector<uint32_t> numbers = SendAll({.stream_id = 2, .max_retransmits = 0}, 0.2);
  std::set<uint32_t> once(numbers.begin(), numbers.end());
  EXPECT_EQ(once.size(), numbers.size());
  EXPECT_LT(numbers.size(), kMessages * 9 / 10);
  EXPECT_GT(numbers.size(), kMessages / 2);
}

TEST_P(DataLossTest, AFewRetransmissionsDeliverMore) {
  std::vector<uint32_t> numbers = SendAll({.stream_id = 2, .max_retransmits = 5}, 0.2);
  EXPECT_GT(numbers.size(), kMessages * 9 / 10);
}

TEST_P(DataLossTest, MessagesThatAreTooOldAreGivenUp) {
  SetUpCall({.stream_id = 2, .max_packet_life_time_ms = 100});
  for (uint32_t i = 0; i < 100; ++i) Send(i);
  viewer_->cut = true;
  for (uint32_t i = 100; i < 200; ++i) Send(i);
  viewer_->cut = false;
  world_.Run(Duration::Seconds(5));
  for (uint32_t i = 200; i < 300; ++i) Send(i);
  world_.Run(Duration::Seconds(5));
  std::vector<uint32_t> numbers = Numbers();
  std::set<uint32_t> once(numbers.begin(), numbers.end());
  EXPECT_EQ(once.size(), numbers.size());
  auto between = [&](uint32_t first, uint32_t end) {
    return std::ranges::count_if(numbers, [&](uint32_t n) { return n >= first && n < end; });
  };
  EXPECT_EQ(between(0, 99), 99);
  EXPECT_LT(between(100, 200), 20) << "what grew old in the dark";
  EXPECT_EQ(between(200, 300), 100);
}

// SC-07.
TEST_P(DataLossTest, ConnectsAtThirtyPercentLoss) {
  Transport& transport = world_.AddPlain("plain", 0, DataWorld::WithSctp());
  DataWorld::Peer& peer = world_.AttachPeer(transport, DataWorld::PeerPath(transport, 5001));
  peer.loss = 0.3;
  Turn turn = world_.Now();
  ASSERT_TRUE(transport.ConnectPlain({.ip = "10.0.0.1", .port = 5001}, turn).ok());
  world_.Run(Duration::Seconds(10));
  EXPECT_EQ(transport.data().association()->state(), SctpState::kConnected);
  EXPECT_EQ(peer.side.association.state(), SctpState::kConnected);
}

INSTANTIATE_TEST_SUITE_P(Seeds, DataLossTest, testing::Values(1, 2, 3));

}  // namespace
}  // namespace millrace
