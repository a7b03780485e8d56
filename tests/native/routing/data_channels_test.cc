// Data channels of plain transports: associations, data producers, data consumers and their verbs.
#include "routing/data_channels.h"

#include <gtest/gtest.h>

#include "data_call.h"

namespace millrace {
namespace {

using TextList = std::vector<std::string>;

class DataChannelsTest : public DataCall {};

TEST_F(DataChannelsTest, BeginsWhenTheLinkIsReady) {
  Transport& transport = world_.AddPlain("plain", 0, DataWorld::WithSctp());
  EXPECT_EQ(DumpOf(transport).state, SctpState::kNew);
  EXPECT_EQ(transport.deadline(), Timestamp::Never());
  DataWorld::Peer& peer = world_.AttachPeer(transport, DataWorld::PeerPath(transport, 5001));
  Turn turn = world_.Now();
  ASSERT_TRUE(transport.ConnectPlain({.ip = "10.0.0.1", .port = 5001}, turn).ok());
  EXPECT_EQ(DumpOf(transport).state, SctpState::kConnecting);
  EXPECT_LT(transport.deadline(), Timestamp::Never());
  world_.Run(Duration::Millis(100));
  EXPECT_EQ(peer.side.association.state(), SctpState::kConnected);

  auto states = world_.TakeEvents<SctpStateChanged>();
  ASSERT_EQ(states.size(), 2u);
  EXPECT_EQ(states[0].state, SctpState::kConnecting);
  EXPECT_EQ(states[1].state, SctpState::kConnected);
  EXPECT_EQ(states[1].id, "plain");
  auto negotiated = world_.TakeEvents<SctpCapabilitiesNegotiated>();
  ASSERT_EQ(negotiated.size(), 1u);
  EXPECT_EQ(negotiated[0].max_outbound_streams, 1024);
  EXPECT_EQ(negotiated[0].max_inbound_streams, 1024);
  SctpDump dump = DumpOf(transport);
  ASSERT_TRUE(dump.negotiated);
  EXPECT_EQ(dump.negotiated->outbound_streams, 1024);
  EXPECT_EQ(dump.parameters.port, 5000);
  EXPECT_EQ(dump.parameters.max_send_message_size, 262144u);
  EXPECT_EQ(std::get<PlainTransportStats>(transport.Stats(world_.now)).base.sctp_state,
            SctpState::kConnected);
  EXPECT_GT(std::get<PlainTransportStats>(transport.Stats(world_.now)).base.bytes_sent, 0u);
}

TEST_F(DataChannelsTest, SaysWhenThePeerNeverAnswers) {
  Transport& transport = world_.AddPlain("plain", 5001, DataWorld::WithSctp());
  world_.Run(Duration::Seconds(40));
  auto states = world_.TakeEvents<SctpStateChanged>();
  ASSERT_EQ(states.size(), 2u);
  EXPECT_EQ(states[1].state, SctpState::kFailed);
  EXPECT_GT(world_.stray.size(), 10u);
  // A peer that comes late may still begin.
  DataWorld::Peer& peer = world_.AttachPeer(transport, DataWorld::PeerPath(transport, 5001));
  world_.Call(peer, [&](SctpAssociation& association, SctpOutput& out) {
    association.Connect(world_.now, out);
  });
  world_.Run(Duration::Millis(200));
  EXPECT_EQ(DumpOf(transport).state, SctpState::kConnected);
}

TEST_F(DataChannelsTest, CarriesMessagesFromProducerToConsumers) {
  SetUpCall();
  DataWorld::Peer& second = world_.AddPeer("second", 5003);
  world_.ConsumeData(*second.transport, "other", "chat", {.stream_id = 0});
  // On the very transport of the producer, too.
  world_.ConsumeData(*sender_->transport, "echo", "chat", {.stream_id = 9});
  Send("hello");
  Send(std::string(100'000, 'x'), kPpidBinary);
  world_.Run(Duration::Seconds(2));
  for (DataWorld::Peer* peer : {viewer_, &second, sender_}) {
    ASSERT_EQ(peer->side.messages.size(), 2u);
    EXPECT_EQ(TextOf(peer->side.messages[0]), "hello");
    EXPECT_EQ(peer->side.messages[0].ppid, kPpidString);
    EXPECT_EQ(peer->side.messages[1].bytes.size(), 100'000u);
    EXPECT_EQ(peer->side.messages[1].ppid, kPpidBinary);
  }
  EXPECT_EQ(viewer_->side.messages[0].stream, SctpStreamId(5));
  EXPECT_EQ(second.side.messages[0].stream, SctpStreamId(0));
  DataProducerStats received = producer_->Stats(world_.now);
  EXPECT_EQ(received.messages_received, 2u);
  EXPECT_EQ(received.bytes_received, 100'005u);
  EXPECT_EQ(received.label, "label of chat");
  EXPECT_EQ(received.timestamp_ms, static_cast<uint64_t>(world_.now.ms()));
  DataConsumerStats sent = consumer_->Stats(world_.now);
  EXPECT_EQ(sent.messages_sent, 2u);
  EXPECT_EQ(sent.bytes_sent, 100'005u);
  EXPECT_EQ(sent.buffered_amount, 0u);
}

TEST_F(DataChannelsTest, KeepsThePpidOfTheSender) {
  SetUpCall();
  // Strings and binaries, the partial ones of old, the empty ones, and one of no data channel.
  for (uint32_t ppid : {51u, 52u, 53u, 54u, 56u, 57u, 1234u}) Send("x", Ppid(ppid));
  std::vector<uint32_t> ppids;
  for (const SctpSide::Message& message : viewer_->side.messages) {
    ppids.push_back(message.ppid.value());
  }
  EXPECT_EQ(ppids, (std::vector<uint32_t>{51, 52, 53, 54, 56, 57, 1234}));
}

TEST_F(DataChannelsTest, CountsMessagesOfAStreamWithoutProducer) {
  SetUpCall();
  world_.Send(*sender_, 2, BytesOf("lost"));
  world_.Run(Duration::Millis(100));
  EXPECT_EQ(Drops(DropReason::kUnknownStream), 1u);
  EXPECT_TRUE(viewer_->side.messages.empty());
}

TEST_F(DataChannelsTest, PausesOnBothSides) {
  SetUpCall();
  Turn turn = world_.Now();
  world_.router.data().SetPaused(*producer_, true, turn);
  world_.router.data().SetPaused(*producer_, true, turn);
  EXPECT_EQ(world_.TakeEvents<DataConsumerProducerPaused>().size(), 1u);
  EXPECT_TRUE(consumer_->Dump().data_producer_paused);
  EXPECT_TRUE(producer_->Dump().paused);
  Send("one");
  EXPECT_EQ(Drops(DropReason::kProducerPaused), 1u);
  world_.router.data().SetPaused(*producer_, false, turn);
  auto resumed = world_.TakeEvents<DataConsumerProducerResumed>();
  ASSERT_EQ(resumed.size(), 1u);
  EXPECT_EQ(resumed[0].id, "sink");

  consumer_->SetPaused(true);
  Send("two");
  EXPECT_EQ(Drops(DropReason::kConsumerPaused), 1u);
  EXPECT_FALSE(world_.router.data().Send(*consumer_, {.payload = BytesOf("x")}, turn).ok());
  consumer_->SetPaused(false);
  Send("three");
  EXPECT_EQ(TextsOf(*viewer_), TextList{"three"});
  EXPECT_EQ(producer_->Stats(world_.now).messages_received, 3u);
  EXPECT_EQ(consumer_->Stats(world_.now).messages_sent, 1u);
}

TEST_F(DataChannelsTest, ChoosesBySubchannels) {
  SetUpCall();
  consumer_->SetSubchannels({7, 3, 7});
  EXPECT_EQ(consumer_->subchannels(), (std::vector<uint16_t>{3, 7}));
  consumer_->AddSubchannel(5);
  consumer_->AddSubchannel(5);
  consumer_->RemoveSubchannel(7);
  consumer_->RemoveSubchannel(8);
  EXPECT_EQ(consumer_->Dump().subchannels, (std::vector<uint16_t>{3, 5}));

  auto refused = [&](std::vector<uint16_t> any, std::optional<uint16_t> required,
                     std::optional<uint16_t> ignored) {
    DataMessage message{
        .subchannels = any, .required_subchannel = required, .ignored_subchannel = ignored};
    return consumer_->Refuses(message).has_value();
  };
  EXPECT_FALSE(refused({}, {}, {}));
  EXPECT_FALSE(refused({1, 5}, {}, {}));
  EXPECT_TRUE(refused({1, 2}, {}, {}));
  EXPECT_FALSE(refused({}, 3, {}));
  EXPECT_TRUE(refused({}, 4, {}));
  EXPECT_TRUE(refused({5}, 4, {}));
  EXPECT_TRUE(refused({1}, 3, {}));
  EXPECT_TRUE(refused({5}, 3, 5));
  EXPECT_FALSE(refused({5}, 3, 9));

  Turn turn = world_.Now();
  std::vector<uint16_t> other = {1};
  std::vector<uint8_t> payload = BytesOf("x");
  world_.router.data().Receive(*producer_, {.payload = payload, .subchannels = other}, turn);
  EXPECT_EQ(Drops(DropReason::kNotSubscribed), 1u);
}

TEST_F(DataChannelsTest, TellsConsumersThatTheirProducerIsGone) {
  SetUpCall();
  Turn turn = world_.Now();
  world_.control.CloseDataProducer(*producer_, turn);
  auto closed = world_.TakeEvents<DataConsumerProducerClosed>();
  ASSERT_EQ(closed.size(), 1u);
  EXPECT_EQ(closed[0].id, "sink");
  EXPECT_FALSE(world_.commons.registry.Contains("chat"));
  EXPECT_FALSE(world_.commons.registry.Contains("sink"));
  world_.Run(Duration::Millis(200));
  // Both peers see their channels closed.
  EXPECT_EQ(sender_->side.incoming_resets, std::vector{SctpStreamId(1)});
  EXPECT_EQ(viewer_->side.incoming_resets, std::vector{SctpStreamId(5)});
  // And the streams serve again.
  world_.ProduceData(*sender_->transport, "again", 1);
  world_.ConsumeData(*viewer_->transport, "sink", "again", {.stream_id = 5});
  Send("new life");
  EXPECT_EQ(TextsOf(*viewer_), TextList{"new life"});
}

TEST_F(DataChannelsTest, AnswersAResetOfADataChannel) {
  SetUpCall(true);
  SctpStreamId stream(1);
  auto reset = [&](SctpAssociation& association, SctpOutput& out) {
    association.ResetStreams({&stream, 1}, world_.now, out);
  };
  world_.Call(*sender_, reset);
  world_.Run(Duration::Millis(200));
  EXPECT_EQ(sender_->side.outgoing_resets, std::vector{stream});
  EXPECT_EQ(sender_->side.incoming_resets, std::vector{stream});
  // The controller knows by its own signalling, and closes it when it does.
  EXPECT_TRUE(world_.commons.registry.Contains("chat"));
}

TEST_F(DataChannelsTest, LeavesStreamsAloneThatAreNoDataChannels) {
  SetUpCall(false);
  SctpStreamId stream(1);
  world_.Call(*sender_, [&](SctpAssociation& association, SctpOutput& out) {
    association.ResetStreams({&stream, 1}, world_.now, out);
  });
  world_.Run(Duration::Millis(200));
  EXPECT_EQ(sender_->side.outgoing_resets, std::vector{stream});
  EXPECT_TRUE(sender_->side.incoming_resets.empty());
}

TEST_F(DataChannelsTest, AcknowledgesAnOpenedDataChannel) {
  SetUpCall(true);
  std::vector<uint8_t> open = *DataChannelOpen{.label = "chat", .protocol = ""}.Write();
  world_.Send(*sender_, 1, open, kPpidControl);
  world_.Run(Duration::Millis(100));
  ASSERT_EQ(sender_->side.messages.size(), 1u);
  EXPECT_TRUE(IsDataChannelAck(sender_->side.messages[0].bytes));
  EXPECT_EQ(sender_->side.messages[0].ppid, kPpidControl);
  EXPECT_EQ(sender_->side.messages[0].stream, SctpStreamId(1));
  // It is no message, and neither is an answer, or nonsense.
  world_.Send(*sender_, 1, DataChannelAck(), kPpidControl);
  world_.Send(*sender_, 1, BytesOf("nonsense"), kPpidControl);
  world_.Run(Duration::Millis(100));
  EXPECT_EQ(Drops(DropReason::kMalformed), 1u);
  EXPECT_EQ(sender_->side.messages.size(), 1u);
  EXPECT_TRUE(viewer_->side.messages.empty());
  Send("said on it");
  EXPECT_EQ(TextsOf(*viewer_), TextList{"said on it"});
}

TEST_F(DataChannelsTest, IgnoresDataChannelControlElsewhere) {
  SetUpCall(false);
  world_.Send(*sender_, 1, *DataChannelOpen{.label = "chat", .protocol = ""}.Write(), kPpidControl);
  world_.Run(Duration::Millis(100));
  EXPECT_TRUE(sender_->side.messages.empty());
  EXPECT_TRUE(viewer_->side.messages.empty());
  EXPECT_EQ(Drops(DropReason::kUnsupportedPayload), 1u);
}

TEST_F(DataChannelsTest, EndsWithItsTransport) {
  SetUpCall();
  Turn turn = world_.Now();
  world_.control.CloseTransport(*sender_->transport, turn);
  world_.Run(Duration::Millis(100));
  // The peer is told at once.
  EXPECT_EQ(sender_->side.association.state(), SctpState::kClosed);
  EXPECT_EQ(world_.TakeEvents<DataConsumerProducerClosed>().size(), 1u);
  EXPECT_FALSE(world_.commons.registry.Contains("chat"));
  EXPECT_FALSE(world_.commons.registry.Contains("sink"));
  EXPECT_EQ(viewer_->side.incoming_resets, std::vector{SctpStreamId(5)});
  world_.control.CloseTransport(*viewer_->transport, turn);
  world_.Run(Duration::Millis(100));
  EXPECT_EQ(viewer_->side.association.state(), SctpState::kClosed);
}

TEST_F(DataChannelsTest, SaysThatThePeerEnded) {
  SetUpCall();
  (void)world_.TakeEvents<SctpStateChanged>();
  world_.Call(*sender_,
              [](SctpAssociation& association, SctpOutput& out) { association.Abort(out); });
  world_.Run(Duration::Millis(100));
  auto states = world_.TakeEvents<SctpStateChanged>();
  ASSERT_EQ(states.size(), 1u);
  EXPECT_EQ(states[0].id, "in");
  EXPECT_EQ(states[0].state, SctpState::kClosed);
}

TEST_F(DataChannelsTest, RefusesWhatCannotBe) {
  SetUpCall();
  Transport& silent = world_.AddPlain("silent", 5004);
  auto produce = [&](Transport& transport, const ProduceDataOptions& options) {
    Result<DataProducer*> result = world_.control.ProduceData(transport, options);
    return result.ok() ? "" : result.error().reason;
  };
  auto stream = [](uint16_t id) { return SctpStreamParameters{.stream_id = id}; };
  Transport& in = *sender_->transport;
  EXPECT_EQ(produce(silent, {.data_producer_id = "p", .stream = stream(1)}),
            "SCTP is not enabled on this transport");
  EXPECT_EQ(produce(in, {.data_producer_id = "p"}), "missing sctpStreamParameters");
  EXPECT_EQ(produce(in, {.data_producer_id = "p", .type = DataType::kDirect}),
            "type 'direct' needs a direct transport");
  EXPECT_EQ(produce(in, {.data_producer_id = "p", .stream = stream(1)}),
            "streamId 1 has a data producer already");
  EXPECT_EQ(produce(in, {.data_producer_id = "p", .stream = stream(65535)}),
            "wrong streamId: 65534 is the highest");
  EXPECT_EQ(produce(in, {.data_producer_id = "p", .stream = stream(1024)}),
            "wrong streamId: an association has 1024 streams");
  EXPECT_EQ(produce(in, {.data_producer_id = "chat", .stream = stream(2)}),
            "DataProducer with the same id already exists [id:chat]");
  SctpStreamParameters both{.stream_id = 2, .max_packet_life_time_ms = 1, .max_retransmits = 1};
  EXPECT_EQ(produce(in, {.data_producer_id = "p", .stream = both}),
            "maxPacketLifeTime and maxRetransmits exclude each other");
  SctpStreamParameters ordered{.stream_id = 2, .ordered = true, .max_retransmits = 1};
  EXPECT_EQ(produce(in, {.data_producer_id = "p", .stream = ordered}),
            "an ordered stream has neither maxPacketLifeTime nor maxRetransmits");
  EXPECT_FALSE(world_.commons.registry.Contains("p"));

  auto consume = [&](const ConsumeDataOptions& options) {
    Result<DataConsumer*> result = world_.control.ConsumeData(*viewer_->transport, options);
    return result.ok() ? "" : result.error().reason;
  };
  EXPECT_EQ(consume({.data_consumer_id = "c", .data_producer_id = "none", .stream = stream(1)}),
            "DataProducer not found");
  EXPECT_EQ(consume({.data_consumer_id = "c", .data_producer_id = "chat", .stream = stream(5)}),
            "streamId 5 has a data consumer already");
  EXPECT_EQ(consume({.data_consumer_id = "sink", .data_producer_id = "chat", .stream = stream(6)}),
            "DataConsumer with the same id already exists [id:sink]");
  EXPECT_EQ(producer_->consumers().size(), 1u);
}

TEST_F(DataChannelsTest, ShowsUpInDumps) {
  SetUpCall();
  auto in = std::get<PlainTransportDump>(sender_->transport->Dump()).base;
  EXPECT_EQ(in.data_producer_ids, TextList{"chat"});
  EXPECT_TRUE(in.data_consumer_ids.empty());
  ASSERT_TRUE(in.sctp);
  ASSERT_EQ(in.sctp->stream_producer_ids.size(), 1u);
  EXPECT_EQ(in.sctp->stream_producer_ids[0], std::pair(uint16_t{1}, std::string("chat")));
  auto out = std::get<PlainTransportDump>(viewer_->transport->Dump()).base;
  EXPECT_EQ(out.data_consumer_ids, TextList{"sink"});
  RouterDump router = world_.router.Dump();
  ASSERT_EQ(router.data_producer_consumer_ids.size(), 1u);
  EXPECT_EQ(router.data_producer_consumer_ids[0], NameList("chat", {"sink"}));
  EXPECT_EQ(router.data_consumer_producer_ids, (std::vector<NamePair>{{"sink", "chat"}}));
  DataConsumerDump dump = consumer_->Dump();
  EXPECT_EQ(dump.data_producer_id, "chat");
  EXPECT_EQ(dump.stream->stream_id, 5);
  EXPECT_EQ(dump.protocol, "chat");
  EXPECT_EQ(producer_->Dump().stream->stream_id, 1);
}

}  // namespace
}  // namespace millrace
