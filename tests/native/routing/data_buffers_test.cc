// What waits to be sent on data channels: how much may, who is told, and what is dropped.
#include <gtest/gtest.h>

#include "data_call.h"
#include "routing/data_channels.h"

namespace millrace {
namespace {

using TextList = std::vector<std::string>;

class DataBuffersTest : public DataCall {};

TEST_F(DataBuffersTest, KeepsNothingForAPeerThatIsNotConnected) {
  sender_ = &world_.AddPeer("in", 5001);
  producer_ = &world_.ProduceData(*sender_->transport, "chat", 1);
  Transport& lonely = world_.AddPlain("out", 5002, DataWorld::WithSctp());
  consumer_ = &world_.ConsumeData(lonely, "sink", "chat", {.stream_id = 5});
  Send("nobody hears this");
  EXPECT_EQ(Drops(DropReason::kNotConnected), 1u);
  EXPECT_EQ(lonely.data().association()->buffered_amount(), 0u);
  Turn turn = world_.Now();
  EXPECT_FALSE(world_.router.data().Send(*consumer_, {.payload = BytesOf("x")}, turn).ok());
}

TEST_F(DataBuffersTest, SendsWhatWasQueuedBeforeAConsumerCloses) {
  SetUpCall();
  std::vector<uint8_t> large(200'000, 7);
  Turn turn = world_.Now();
  ASSERT_TRUE(
      world_.router.data().Send(*consumer_, {.ppid = kPpidBinary, .payload = large}, turn).ok());
  world_.control.CloseDataConsumer(*consumer_, turn);
  EXPECT_TRUE(producer_->consumers().empty());
  world_.Run(Duration::Seconds(2));
  ASSERT_EQ(viewer_->side.messages.size(), 1u);
  EXPECT_EQ(viewer_->side.incoming_resets, std::vector{SctpStreamId(5)});
}

TEST_F(DataBuffersTest, SendsForTheController) {
  SetUpCall();
  Turn turn = world_.Now();
  auto send = [&](const std::string& text, uint32_t ppid) {
    return world_.router.data().Send(*consumer_, {.ppid = Ppid(ppid), .payload = BytesOf(text)},
                                     turn);
  };
  EXPECT_EQ(send("hello", 51).value(), 0u);
  EXPECT_TRUE(send("", 51).ok());
  EXPECT_TRUE(send("", 57).ok());
  EXPECT_FALSE(send("", 99).ok());
  Result<uint32_t> long_one = send(std::string(262'145, 'x'), 53);
  ASSERT_FALSE(long_one.ok());
  EXPECT_EQ(long_one.error().kind, Error::Kind::kTypeError);
  world_.Run(Duration::Millis(100));
  ASSERT_EQ(viewer_->side.messages.size(), 3u);
  EXPECT_EQ(TextOf(viewer_->side.messages[0]), "hello");
  EXPECT_EQ(viewer_->side.messages[1].ppid, kPpidEmptyString);
  EXPECT_EQ(viewer_->side.messages[1].bytes, std::vector<uint8_t>{0});
  EXPECT_EQ(viewer_->side.messages[2].ppid, kPpidEmptyBinary);
}

TEST_F(DataBuffersTest, SaysOnceThatTheBufferIsFull) {
  PlainTransportOptions options = DataWorld::WithSctp();
  options.base.sctp_send_buffer_size = 100'000;
  sender_ = &world_.AddPeer("in", 5001);
  viewer_ = &world_.AddPeer("out", 5002, options);
  producer_ = &world_.ProduceData(*sender_->transport, "chat", 1);
  consumer_ = &world_.ConsumeData(*viewer_->transport, "sink", "chat", {.stream_id = 5});
  viewer_->cut = true;  // a viewer that stands still
  std::vector<uint8_t> message(10'000, 1);
  for (int i = 0; i < 30; ++i) world_.Send(*sender_, 1, message);
  world_.Run(Duration::Seconds(1));
  EXPECT_LE(consumer_->buffered_amount(), 110'000u);
  EXPECT_GT(Drops(DropReason::kBufferLimit), 5u);
  auto full = world_.TakeEvents<DataConsumerSendBufferFull>();
  ASSERT_EQ(full.size(), 1u);
  EXPECT_EQ(full[0].id, "sink");
  Turn turn = world_.Now();
  Result<uint32_t> refused = world_.router.data().Send(*consumer_, {.payload = message}, turn);
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().reason, "sctpsendbufferfull");
  EXPECT_TRUE(world_.TakeEvents<DataConsumerSendBufferFull>().empty());
  // Others are served meanwhile, and afterwards this one is, too.
  viewer_->cut = false;
  world_.Run(Duration::Seconds(10));
  EXPECT_EQ(consumer_->buffered_amount(), 0u);
  EXPECT_TRUE(world_.router.data().Send(*consumer_, {.payload = message}, turn).ok());
}

TEST_F(DataBuffersTest, SaysWhenTheBufferedAmountIsLow) {
  PlainTransportOptions options = DataWorld::WithSctp();
  options.base.sctp_default_stream_buffered_amount_low_threshold = 1024;
  sender_ = &world_.AddPeer("in", 5001);
  viewer_ = &world_.AddPeer("out", 5002, options);
  producer_ = &world_.ProduceData(*sender_->transport, "chat", 1);
  consumer_ = &world_.ConsumeData(*viewer_->transport, "sink", "chat", {.stream_id = 5});
  EXPECT_EQ(consumer_->Dump().buffered_amount_low_threshold, 1024u);
  Turn turn = world_.Now();
  ASSERT_TRUE(world_.router.data().SetLowThreshold(*consumer_, 5000, turn).ok());
  // There is less already.
  EXPECT_EQ(world_.TakeEvents<DataConsumerBufferedAmountLow>().size(), 1u);
  std::vector<uint8_t> message(60'000, 1);
  Result<uint32_t> buffered = world_.router.data().Send(*consumer_, {.payload = message}, turn);
  ASSERT_TRUE(buffered.ok());
  EXPECT_GT(buffered.value(), 30'000u);
  EXPECT_EQ(world_.router.data().BufferedAmount(*consumer_).value(), buffered.value());
  EXPECT_TRUE(world_.TakeEvents<DataConsumerBufferedAmountLow>().empty());
  world_.Run(Duration::Seconds(2));
  auto low = world_.TakeEvents<DataConsumerBufferedAmountLow>();
  ASSERT_EQ(low.size(), 1u);
  EXPECT_EQ(low[0].id, "sink");
  EXPECT_LE(low[0].buffered_amount, 5000u);
}

TEST_F(DataBuffersTest, DropsAMessageThatTheConsumersTransportMayNotSend) {
  PlainTransportOptions options = DataWorld::WithSctp();
  options.base.max_send_message_size = 1000;
  sender_ = &world_.AddPeer("in", 5001);
  viewer_ = &world_.AddPeer("out", 5002, options);
  producer_ = &world_.ProduceData(*sender_->transport, "chat", 1);
  consumer_ = &world_.ConsumeData(*viewer_->transport, "sink", "chat", {.stream_id = 5});
  Send(std::string(1001, 'x'));
  EXPECT_EQ(Drops(DropReason::kTooLarge), 1u);
  Send("short");
  EXPECT_EQ(TextsOf(*viewer_), TextList{"short"});
}

TEST_F(DataBuffersTest, DropsAMessageThatThePeerMayNotSend) {
  PlainTransportOptions options = DataWorld::WithSctp();
  options.base.max_receive_message_size = 1000;
  sender_ = &world_.AddPeer("in", 5001, options);
  viewer_ = &world_.AddPeer("out", 5002);
  producer_ = &world_.ProduceData(*sender_->transport, "chat", 1);
  consumer_ = &world_.ConsumeData(*viewer_->transport, "sink", "chat", {.stream_id = 5});
  Send(std::string(5000, 'x'));
  EXPECT_EQ(Drops(DropReason::kTooLarge), 1u);
  EXPECT_EQ(producer_->Stats(world_.now).messages_received, 0u);
  Send("short");
  EXPECT_EQ(TextsOf(*viewer_), TextList{"short"});
  EXPECT_EQ(DumpOf(*sender_->transport).state, SctpState::kConnected);
}

TEST_F(DataBuffersTest, RefusesSizesThatItCouldNotKeep) {
  auto create = [&](const TransportOptions& base) {
    PlainTransportOptions options{.base = base, .listen_info = {.ip = "127.0.0.1"}};
    options.rtcp_mux = true;
    Turn turn = world_.Now();
    return world_.control.CreatePlainTransport(world_.router, "t", options, turn).ok();
  };
  EXPECT_FALSE(create({.enable_sctp = true, .max_send_message_size = 524'289}));
  EXPECT_FALSE(create({.enable_sctp = true, .max_receive_message_size = 524'289}));
  EXPECT_FALSE(create({.enable_sctp = true, .sctp_send_buffer_size = 16'777'217}));
  // What the usual controller asks for.
  EXPECT_TRUE(create({.enable_sctp = true,
                      .max_send_message_size = 262'144,
                      .max_receive_message_size = 262'144,
                      .sctp_send_buffer_size = 2'000'000,
                      .sctp_per_stream_send_queue_limit = 2'000'000,
                      .sctp_max_receiver_window_buffer_size = 5'242'880}));
}

}  // namespace
}  // namespace millrace
