// Messages of the controller through the whole worker: notifications in, events out.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "worker/worker_harness.h"

namespace millrace {
namespace {

namespace fbs = Millrace::Schema;
using Method = ChannelFrames::Method;
using Event = ChannelFrames::Event;

class WorkerDirectDataTest : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(harness_.Ask(frames_.CreateRouter("router")).accepted());
    ASSERT_TRUE(harness_.Ask(frames_.CreateDirectTransport("router", "direct")).accepted());
    ASSERT_TRUE(harness_
                    .Ask(frames_.Request(Method::TRANSPORT_PRODUCE_DATA, "direct",
                                         fbs::Transport::CreateProduceDataRequestDirect(
                                             frames_.builder(), "source",
                                             fbs::DataProducer::Type::DIRECT, 0, "chat")))
                    .accepted());
    ASSERT_TRUE(Consume("all", {}).accepted());
    ASSERT_TRUE(Consume("five", {5}).accepted());
    // What is ignored is logged.
    ASSERT_TRUE(harness_.Ask(frames_.UpdateSettings("warn", {"message"})).accepted());
  }
  SentFrame Consume(const std::string& id, const std::vector<uint16_t>& subchannels) {
    return harness_.Ask(frames_.Request(
        Method::TRANSPORT_CONSUME_DATA, "direct",
        fbs::Transport::CreateConsumeDataRequestDirect(frames_.builder(), id.c_str(), "source",
                                                       fbs::DataConsumer::Type::DIRECT, 0, "chat",
                                                       "", false, &subchannels)));
  }
  Frame Message(const std::string& producer, const std::string& text,
                const std::vector<uint16_t>& subchannels = {},
                flatbuffers::Optional<uint16_t> required = flatbuffers::nullopt,
                flatbuffers::Optional<uint16_t> ignored = flatbuffers::nullopt) {
    std::vector<uint8_t> bytes(text.begin(), text.end());
    return frames_.Notification(
        Event::DATAPRODUCER_SEND, producer,
        fbs::DataProducer::CreateSendNotificationDirect(frames_.builder(), 51, &bytes, &subchannels,
                                                        required, ignored));
  }
  // "consumer: text" for each event, and "log" for each log line.
  std::vector<std::string> Says(const Frame& frame) {
    std::vector<std::string> said;
    for (const SentFrame& sent : harness_.Send(frame)) {
      EXPECT_TRUE(sent.valid());
      if (!sent.log().empty()) said.emplace_back("log");
      if (!sent.notification()) continue;
      EXPECT_EQ(sent.notification()->event(), Event::DATACONSUMER_MESSAGE);
      const auto* body = sent.notification()->body_as_DataConsumer_MessageNotification();
      EXPECT_EQ(body->ppid(), 51u);
      said.push_back(sent.notification()->handler_id()->str() + ": " +
                     std::string(body->data()->begin(), body->data()->end()));
    }
    return said;
  }

  WorkerHarness harness_;
  ChannelFrames& frames_ = harness_.frames;
};

TEST_F(WorkerDirectDataTest, CarriesMessagesToWhomTheyAreFor) {
  using Said = std::vector<std::string>;
  EXPECT_EQ(Says(Message("source", "hello")), (Said{"all: hello", "five: hello"}));
  EXPECT_EQ(Says(Message("source", "to five", {4, 5})), (Said{"five: to five"}));
  EXPECT_EQ(Says(Message("source", "needs five", {}, uint16_t{5})), (Said{"five: needs five"}));
  EXPECT_EQ(Says(Message("source", "not five", {}, flatbuffers::nullopt, uint16_t{5})),
            (Said{"all: not five"}));
  SentFrame stats = harness_.Ask(frames_.Request(Method::DATAPRODUCER_GET_STATS, "source"));
  EXPECT_EQ(stats.response()->body_as_DataProducer_GetStatsResponse()->messages_received(), 4u);
  SentFrame dump = harness_.Ask(frames_.Request(Method::DATACONSUMER_DUMP, "five"));
  const auto* sink = dump.response()->body_as_DataConsumer_DumpResponse();
  EXPECT_EQ(sink->type(), fbs::DataConsumer::Type::DIRECT);
  EXPECT_EQ(sink->sctp_stream_parameters(), nullptr);
  ASSERT_EQ(sink->subchannels()->size(), 1u);
  EXPECT_EQ(sink->subchannels()->Get(0), 5);
}

TEST_F(WorkerDirectDataTest, LogsWhatItCannotSend) {
  using Said = std::vector<std::string>;
  EXPECT_EQ(Says(Message("nobody", "x")), Said{"log"});
  EXPECT_EQ(Says(Message("all", "x")), Said{"log"});
  EXPECT_EQ(Says(frames_.Notification(Event::DATAPRODUCER_SEND, "source")), Said{"log"});
}

TEST_F(WorkerDirectDataTest, RefusesWhatOnlySctpHas) {
  EXPECT_FALSE(harness_.Ask(frames_.SendData("all", 51, {1})).accepted());
  EXPECT_FALSE(
      harness_.Ask(frames_.Request(Method::DATACONSUMER_GET_BUFFERED_AMOUNT, "all")).accepted());
  EXPECT_FALSE(harness_.Ask(frames_.ProduceData("direct", "sctp", 1)).accepted());
}

}  // namespace
}  // namespace millrace
