// Messages of the controller: direct data producers and consumers, and the way over a pipe.
#include <gtest/gtest.h>

#include "data_world.h"
#include "protocol/sctp/data_channel.h"

namespace millrace {
namespace {

class DataDirectTest : public testing::Test {
 protected:
  DataProducer& Produce(Transport& transport, const std::string& id) {
    return *world_.control
                .ProduceData(transport, {.data_producer_id = id, .type = DataType::kDirect})
                .value();
  }
  DataConsumer& Consume(Transport& transport, const std::string& id, const std::string& producer,
                        std::vector<uint16_t> subchannels = {}) {
    return *world_.control
                .ConsumeData(transport, {.data_consumer_id = id,
                                         .data_producer_id = producer,
                                         .type = DataType::kDirect,
                                         .subchannels = std::move(subchannels)})
                .value();
  }
  void Send(DataProducer& producer, const std::string& text, DataMessage how = {}) {
    std::vector<uint8_t> bytes = BytesOf(text);
    how.payload = bytes;
    how.ppid = kPpidString;
    Turn turn = world_.Now();
    world_.router.data().Receive(producer, how, turn);
    world_.Run(Duration::Millis(100));
  }
  // Who was told what, since the last call.
  std::vector<std::string> Told() {
    std::vector<std::string> told;
    for (const DataConsumerMessage& event : world_.TakeEvents<DataConsumerMessage>()) {
      told.push_back(event.id + ": " + std::string(event.payload.begin(), event.payload.end()));
    }
    return told;
  }

  DataWorld world_;
};

TEST_F(DataDirectTest, CarriesMessagesFromControllerToController) {
  Transport& transport = world_.AddDirect("direct");
  DataProducer& producer = Produce(transport, "source");
  Consume(transport, "all", "source");
  Consume(transport, "three", "source", {3});
  Consume(transport, "five", "source", {3, 5});
  Send(producer, "hello");
  EXPECT_EQ(Told(), (std::vector<std::string>{"all: hello", "three: hello", "five: hello"}));
  std::vector<uint16_t> five = {5, 7};
  Send(producer, "of five", {.subchannels = five});
  EXPECT_EQ(Told(), (std::vector<std::string>{"five: of five"}));
  Send(producer, "required", {.required_subchannel = uint16_t{3}});
  EXPECT_EQ(Told(), (std::vector<std::string>{"three: required", "five: required"}));
  Send(producer, "ignored", {.ignored_subchannel = uint16_t{5}});
  EXPECT_EQ(Told(), (std::vector<std::string>{"all: ignored", "three: ignored"}));
  EXPECT_EQ(producer.Stats(world_.now).messages_received, 4u);
  EXPECT_EQ(world_.commons.registry.Find<DataConsumer>("three")->Stats(world_.now).messages_sent,
            3u);
  EXPECT_EQ(producer.Dump().type, DataType::kDirect);
  EXPECT_FALSE(producer.Dump().stream);
}

TEST_F(DataDirectTest, MeetsPeers) {
  DataWorld::Peer& peer = world_.AddPeer("peer", 5001);
  Transport& direct = world_.AddDirect("direct");
  DataProducer& down = Produce(direct, "down");
  world_.ConsumeData(*peer.transport, "sink", "down", {.stream_id = 8});
  world_.ProduceData(*peer.transport, "up", 2);
  Consume(direct, "ear", "up");
  Send(down, "from the controller");
  ASSERT_EQ(peer.side.messages.size(), 1u);
  EXPECT_EQ(TextOf(peer.side.messages[0]), "from the controller");
  EXPECT_EQ(peer.side.messages[0].stream, SctpStreamId(8));
  Send(down, "");
  ASSERT_EQ(peer.side.messages.size(), 2u);
  EXPECT_EQ(peer.side.messages[1].ppid, kPpidEmptyString);
  world_.Send(peer, 2, BytesOf("from the peer"), kPpidString);
  world_.Run(Duration::Millis(100));
  EXPECT_EQ(Told(), std::vector<std::string>{"ear: from the peer"});
}

TEST_F(DataDirectTest, BoundsMessagesInBothDirections) {
  Turn turn = world_.Now();
  DirectTransportOptions options;
  options.base.max_send_message_size = 100;
  options.base.max_receive_message_size = 200;
  Transport& transport =
      *world_.control.CreateDirectTransport(world_.router, "direct", options, turn).value();
  DataProducer& producer = Produce(transport, "source");
  Consume(transport, "sink", "source");
  Send(producer, std::string(201, 'x'));
  EXPECT_EQ(world_.out.drops(DropReason::kTooLarge), 1u);
  EXPECT_EQ(producer.Stats(world_.now).messages_received, 0u);
  Send(producer, std::string(101, 'x'));
  EXPECT_EQ(world_.out.drops(DropReason::kTooLarge), 2u);
  EXPECT_EQ(producer.Stats(world_.now).messages_received, 1u);
  EXPECT_TRUE(Told().empty());
  Send(producer, std::string(100, 'x'));
  EXPECT_EQ(Told().size(), 1u);
}

TEST_F(DataDirectTest, HasNoStreamsAndNoBuffers) {
  Transport& transport = world_.AddDirect("direct");
  DataProducer& producer = Produce(transport, "source");
  DataConsumer& consumer = Consume(transport, "sink", "source");
  Turn turn = world_.Now();
  EXPECT_FALSE(world_.router.data().BufferedAmount(consumer).ok());
  EXPECT_FALSE(world_.router.data().SetLowThreshold(consumer, 1, turn).ok());
  EXPECT_FALSE(world_.router.data().Send(consumer, {.payload = BytesOf("x")}, turn).ok());
  Result<DataProducer*> sctp = world_.control.ProduceData(
      transport, {.data_producer_id = "p", .stream = SctpStreamParameters{.stream_id = 1}});
  ASSERT_FALSE(sctp.ok());
  EXPECT_EQ(sctp.error().reason, "a direct transport takes type 'direct' only");
  world_.control.CloseDataProducer(producer, turn);
  EXPECT_EQ(world_.TakeEvents<DataConsumerProducerClosed>().size(), 1u);
  world_.control.CloseTransport(transport, turn);
}

TEST_F(DataDirectTest, CrossesAPipe) {
  Turn turn = world_.Now();
  PipeTransportOptions options;
  options.base.enable_sctp = true;
  options.listen_info.ip = "127.0.0.1";
  Transport& near =
      *world_.control.CreatePipeTransport(world_.router, "near", options, turn).value();
  Transport& far = *world_.control.CreatePipeTransport(world_.router, "far", options, turn).value();
  world_.Join(near, far);
  ASSERT_TRUE(near.ConnectPipe({.ip = "10.0.0.1", .port = 7002}, turn).ok());
  ASSERT_TRUE(far.ConnectPipe({.ip = "10.0.0.1", .port = 7001}, turn).ok());
  world_.Run(Duration::Seconds(1));
  ASSERT_EQ(near.data().association()->state(), SctpState::kConnected);
  ASSERT_EQ(far.data().association()->state(), SctpState::kConnected);
  Transport& direct = world_.AddDirect("direct");
  DataProducer& producer = Produce(direct, "source");
  world_.ConsumeData(near, "out", "source", {.stream_id = 0});
  world_.ProduceData(far, "in", 0);
  Consume(direct, "ear", "in");
  Send(producer, "far away");
  EXPECT_EQ(Told(), std::vector<std::string>{"ear: far away"});
  // A stranger's packet is not looked at.
  world_.Receive(far, DataWorld::PeerPath(far, 6666),
                 {0x13, 0x88, 0x13, 0x88, 0, 0, 0, 0, 0, 0, 0, 0});
  EXPECT_EQ(world_.out.drops(DropReason::kUnknownPath), 1u);
}

}  // namespace
}  // namespace millrace
