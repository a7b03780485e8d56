// Data channels through the whole worker: frames in, SCTP packets out, and the other way round.
#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "protocol/sctp/sctp_pair.h"
#include "worker/worker_harness.h"

namespace millrace {
namespace {

namespace fbs = Millrace::Schema;
using Method = ChannelFrames::Method;
using Event = ChannelFrames::Event;

class WorkerDataTest : public testing::Test {
 protected:
  struct Peer {
    Peer(const std::string& address, Random& random)
        : side({}, random), path{SocketId(0), {*IpAddress::Parse(address), 5000}} {}
    SctpSide side;
    Path path;
    bool cut = false;
  };

  // A router with the plain transports "in" and "out", each with a connected peer; data producer
  // "data" on stream 1 of "in", data consumer "sink" on stream 2 of "out".
  void SetUp() override {
    ASSERT_TRUE(harness_.Ask(frames_.CreateRouter("router")).accepted());
    AddTransport("in", in_);
    AddTransport("out", out_);
    Run(Duration::Millis(100));
    ASSERT_TRUE(Ask(frames_.ProduceData("in", "data", 1)).accepted());
    ASSERT_TRUE(Ask(frames_.ConsumeData("out", "sink", "data", 2)).accepted());
  }

  void AddTransport(const std::string& id, Peer& peer) {
    SentFrame answer = harness_.Ask(frames_.CreatePlainTransport("router", id, true));
    ASSERT_TRUE(answer.accepted()) << answer.error();
    uint16_t port = answer.response()->body_as_PlainTransport_DumpResponse()->tuple()->local_port();
    peer.path.socket = *harness_.edge().Find(SocketRequest::Protocol::kUdp, port);
    std::string address = peer.path.remote.address.ToString();
    ASSERT_TRUE(Ask(frames_.ConnectPlain(id, address, 5000)).accepted());
  }

  // The answer; what else came of the frame is kept in events_ or on its way.
  SentFrame Ask(const Frame& frame) {
    harness_.worker().OnFrame(harness_.now(), frame, harness_.out());
    Carry();
    SentFrame answer({});
    for (SentFrame& sent : harness_.TakeFrames()) {
      EXPECT_TRUE(sent.valid());
      if (sent.response()) {
        EXPECT_TRUE(events_of_request_.empty()) << "the answer comes first";
        answer = std::move(sent);
      } else {
        events_of_request_.push_back(std::move(sent));
      }
    }
    for (SentFrame& event : events_of_request_) events_.push_back(std::move(event));
    events_of_request_.clear();
    return answer;
  }
  SentFrame Ask(Method method, const std::string& handler) {
    return Ask(frames_.Request(method, handler));
  }

  // What the worker sends arrives at once, and so does what follows from it.
  void Carry() {
    bool more = true;
    while (more) {
      more = harness_.worker().Seal(harness_.now(), harness_.out());
      std::vector<std::pair<Path, std::vector<uint8_t>>> sent;
      for (const Output::Datagram& datagram : harness_.out().datagrams()) {
        Bytes bytes = harness_.out().bytes_of(datagram);
        sent.emplace_back(datagram.path, std::vector<uint8_t>(bytes.begin(), bytes.end()));
      }
      harness_.out().ClearDatagrams();
      for (const auto& [path, bytes] : sent) {
        for (Peer* peer : {&in_, &out_}) {
          if (peer->path != path || peer->cut) continue;
          Call(*peer, [&](SctpAssociation& association, SctpOutput& output) {
            association.Receive(bytes, harness_.now(), output);
          });
        }
      }
      more = more || !sent.empty();
    }
  }

  template <typename F>
  void Call(Peer& peer, F call) {
    SctpOutput output;
    call(peer.side.association, output);
    peer.side.Gather(output);
    if (peer.cut) return;
    for (size_t i = 0; i < output.packets.size(); ++i) {
      std::vector<uint8_t> bytes(output.packets[i].begin(), output.packets[i].end());
      InboundDatagram datagram{peer.path, harness_.now(), bytes};
      harness_.worker().OnDatagrams(harness_.now(), {&datagram, 1}, harness_.out());
    }
  }

  void Send(uint16_t stream, const std::string& text) {
    std::vector<uint8_t> bytes(text.begin(), text.end());
    Call(in_, [&](SctpAssociation& association, SctpOutput& output) {
      EXPECT_EQ(
          association.Send({.stream = SctpStreamId(stream), .ppid = Ppid(51), .payload = bytes},
                           harness_.now(), output),
          SctpSendResult::kQueued);
    });
    Run(Duration::Millis(500));
  }

  void Run(Duration duration) {
    Timestamp end = harness_.now() + duration;
    Carry();
    while (true) {
      Timestamp next = harness_.worker().deadline();
      for (Peer* peer : {&in_, &out_}) next = std::min(next, peer->side.association.deadline());
      if (next > end) break;
      harness_.Advance(std::max(next, harness_.now()) - harness_.now());
      harness_.worker().OnDeadline(harness_.now(), harness_.out());
      for (Peer* peer : {&in_, &out_}) {
        Call(*peer, [&](SctpAssociation& association, SctpOutput& output) {
          association.OnDeadline(harness_.now(), output);
        });
      }
      Carry();
    }
    for (SentFrame& frame : harness_.TakeFrames()) events_.push_back(std::move(frame));
    harness_.Advance(end - harness_.now());
  }

  // The events of one kind since the last call.
  std::vector<SentFrame> Take(Event event) {
    std::vector<SentFrame> found;
    std::vector<SentFrame> rest;
    for (SentFrame& frame : events_) {
      bool wanted = frame.notification() && frame.notification()->event() == event;
      (wanted ? found : rest).push_back(std::move(frame));
    }
    events_ = std::move(rest);
    return found;
  }

  Random random_{3};
  WorkerHarness harness_;
  ChannelFrames& frames_ = harness_.frames;
  Peer in_{"192.0.2.1", random_};
  Peer out_{"192.0.2.2", random_};
  std::vector<SentFrame> events_;
  std::vector<SentFrame> events_of_request_;
};

TEST_F(WorkerDataTest, TellsOfTheAssociation) {
  std::vector<SentFrame> states = Take(Event::TRANSPORT_SCTP_STATE_CHANGE);
  ASSERT_EQ(states.size(), 4u);
  std::vector<fbs::SctpAssociation::SctpState> of_in;
  for (const SentFrame& state : states) {
    if (state.notification()->handler_id()->str() != "in") continue;
    of_in.push_back(
        state.notification()->body_as_Transport_SctpStateChangeNotification()->sctp_state());
  }
  EXPECT_EQ(of_in, (std::vector{fbs::SctpAssociation::SctpState::CONNECTING,
                                fbs::SctpAssociation::SctpState::CONNECTED}));
  std::vector<SentFrame> negotiated = Take(Event::TRANSPORT_SCTP_NEGOTIATED_CAPABILITIES);
  ASSERT_EQ(negotiated.size(), 2u);
  const auto* capabilities = negotiated[0]
                                 .notification()
                                 ->body_as_Transport_SctpNegotiatedCapabilitiesNotification()
                                 ->negotiated_capabilities();
  EXPECT_EQ(capabilities->negotiated_max_outbound_streams(), 1024);
  EXPECT_EQ(capabilities->negotiated_max_inbound_streams(), 1024);
}

TEST_F(WorkerDataTest, DumpsWhatTransportAndRouterHave) {
  SentFrame answer = Ask(Method::TRANSPORT_DUMP, "in");
  const auto* dump = answer.response()->body_as_PlainTransport_DumpResponse()->base();
  ASSERT_NE(dump->sctp_parameters(), nullptr);
  EXPECT_EQ(dump->sctp_parameters()->port(), 5000);
  EXPECT_EQ(dump->sctp_parameters()->max_send_message_size(), 262144u);
  EXPECT_FALSE(dump->sctp_parameters()->is_data_channel());
  EXPECT_EQ(dump->sctp_state(), fbs::SctpAssociation::SctpState::CONNECTED);
  ASSERT_NE(dump->sctp_negotiated_capabilities(), nullptr);
  EXPECT_EQ(dump->sctp_negotiated_capabilities()->negotiated_max_inbound_streams(), 1024);
  ASSERT_EQ(dump->sctp_listener()->stream_id_table()->size(), 1u);
  EXPECT_EQ(dump->sctp_listener()->stream_id_table()->Get(0)->key(), 1);
  EXPECT_EQ(dump->sctp_listener()->stream_id_table()->Get(0)->value()->str(), "data");
  ASSERT_EQ(dump->data_producer_ids()->size(), 1u);
  EXPECT_EQ(dump->data_producer_ids()->Get(0)->str(), "data");
  EXPECT_EQ(dump->data_consumer_ids()->size(), 0u);

  SentFrame stats = Ask(Method::TRANSPORT_GET_STATS, "out");
  EXPECT_EQ(stats.response()->body_as_PlainTransport_GetStatsResponse()->base()->sctp_state(),
            fbs::SctpAssociation::SctpState::CONNECTED);

  SentFrame router = Ask(Method::ROUTER_DUMP, "router");
  const auto* table = router.response()->body_as_Router_DumpResponse();
  ASSERT_EQ(table->map_data_producer_id_data_consumer_ids()->size(), 1u);
  EXPECT_EQ(table->map_data_producer_id_data_consumer_ids()->Get(0)->key()->str(), "data");
  EXPECT_EQ(table->map_data_producer_id_data_consumer_ids()->Get(0)->values()->Get(0)->str(),
            "sink");
  ASSERT_EQ(table->map_data_consumer_id_data_producer_id()->size(), 1u);
  EXPECT_EQ(table->map_data_consumer_id_data_producer_id()->Get(0)->key()->str(), "sink");
}

TEST_F(WorkerDataTest, CarriesMessagesAndCountsThem) {
  Send(1, "hello");
  Send(1, std::string(50'000, 'x'));
  ASSERT_EQ(out_.side.messages.size(), 2u);
  EXPECT_EQ(out_.side.messages[0].stream, SctpStreamId(2));
  EXPECT_EQ(out_.side.messages[1].bytes.size(), 50'000u);
  SentFrame producer = Ask(Method::DATAPRODUCER_GET_STATS, "data");
  const auto* received = producer.response()->body_as_DataProducer_GetStatsResponse();
  EXPECT_EQ(received->messages_received(), 2u);
  EXPECT_EQ(received->bytes_received(), 50'005u);
  EXPECT_EQ(received->label()->str(), "label");
  EXPECT_EQ(received->protocol()->str(), "protocol");
  EXPECT_EQ(received->timestamp(), static_cast<uint64_t>(harness_.now().ms()));
  SentFrame consumer = Ask(Method::DATACONSUMER_GET_STATS, "sink");
  const auto* sent = consumer.response()->body_as_DataConsumer_GetStatsResponse();
  EXPECT_EQ(sent->messages_sent(), 2u);
  EXPECT_EQ(sent->bytes_sent(), 50'005u);
  EXPECT_EQ(sent->buffered_amount(), 0u);
}

TEST_F(WorkerDataTest, DumpsProducersAndConsumers) {
  SentFrame producer = Ask(Method::DATAPRODUCER_DUMP, "data");
  const auto* source = producer.response()->body_as_DataProducer_DumpResponse();
  EXPECT_EQ(source->id()->str(), "data");
  EXPECT_EQ(source->type(), fbs::DataProducer::Type::SCTP);
  ASSERT_NE(source->sctp_stream_parameters(), nullptr);
  EXPECT_EQ(source->sctp_stream_parameters()->stream_id(), 1);
  EXPECT_EQ(source->sctp_stream_parameters()->ordered(), true);
  EXPECT_FALSE(source->sctp_stream_parameters()->max_retransmits().has_value());
  EXPECT_EQ(source->label()->str(), "label");
  EXPECT_FALSE(source->paused());
  SentFrame consumer = Ask(Method::DATACONSUMER_DUMP, "sink");
  const auto* sink = consumer.response()->body_as_DataConsumer_DumpResponse();
  EXPECT_EQ(sink->id()->str(), "sink");
  EXPECT_EQ(sink->data_producer_id()->str(), "data");
  EXPECT_EQ(sink->sctp_stream_parameters()->stream_id(), 2);
  EXPECT_EQ(sink->protocol()->str(), "protocol");
  EXPECT_EQ(sink->subchannels()->size(), 0u);
  EXPECT_FALSE(sink->paused());
  EXPECT_FALSE(sink->data_producer_paused());
}

TEST_F(WorkerDataTest, PausesAndTellsConsumers) {
  EXPECT_TRUE(Ask(Method::DATAPRODUCER_PAUSE, "data").accepted());
  std::vector<SentFrame> paused = Take(Event::DATACONSUMER_DATAPRODUCER_PAUSE);
  ASSERT_EQ(paused.size(), 1u);
  EXPECT_EQ(paused[0].notification()->handler_id()->str(), "sink");
  Send(1, "not now");
  EXPECT_TRUE(Ask(Method::DATAPRODUCER_RESUME, "data").accepted());
  EXPECT_EQ(Take(Event::DATACONSUMER_DATAPRODUCER_RESUME).size(), 1u);
  EXPECT_TRUE(Ask(Method::DATACONSUMER_PAUSE, "sink").accepted());
  SentFrame dump = Ask(Method::DATACONSUMER_DUMP, "sink");
  EXPECT_TRUE(dump.response()->body_as_DataConsumer_DumpResponse()->paused());
  Send(1, "not now either");
  EXPECT_TRUE(Ask(Method::DATACONSUMER_RESUME, "sink").accepted());
  Send(1, "now");
  ASSERT_EQ(out_.side.messages.size(), 1u);
  EXPECT_EQ(out_.side.messages[0].bytes.size(), 3u);
}

TEST_F(WorkerDataTest, TellsConsumersThatTheirProducerIsGone) {
  EXPECT_TRUE(Ask(frames_.CloseDataProducer("in", "data")).accepted());
  std::vector<SentFrame> closed = Take(Event::DATACONSUMER_DATAPRODUCER_CLOSE);
  ASSERT_EQ(closed.size(), 1u);
  EXPECT_EQ(closed[0].notification()->handler_id()->str(), "sink");
  EXPECT_EQ(Ask(Method::DATACONSUMER_DUMP, "sink").error().find("NotFoundError: "), 0u);
  EXPECT_EQ(Ask(frames_.CloseDataConsumer("out", "sink")).error().find("NotFoundError: "), 0u);
  EXPECT_EQ(Ask(frames_.CloseDataProducer("in", "data")).error().find("NotFoundError: "), 0u);
  Run(Duration::Millis(100));
  EXPECT_EQ(out_.side.incoming_resets, std::vector{SctpStreamId(2)});
}

TEST_F(WorkerDataTest, ClosesAConsumerOnItsOwnTransportOnly) {
  EXPECT_FALSE(Ask(frames_.CloseDataConsumer("in", "sink")).accepted());
  EXPECT_FALSE(Ask(frames_.CloseDataProducer("out", "data")).accepted());
  EXPECT_TRUE(Ask(frames_.CloseDataConsumer("out", "sink")).accepted());
  Send(1, "to nobody");
  EXPECT_TRUE(out_.side.messages.empty());
}

TEST_F(WorkerDataTest, SendsForTheController) {
  SentFrame sent = Ask(frames_.SendData("sink", 51, {'h', 'i'}));
  ASSERT_TRUE(sent.accepted()) << sent.error();
  EXPECT_EQ(sent.response()->body_as_DataConsumer_SendResponse()->buffered_amount(), 0u);
  ASSERT_EQ(out_.side.messages.size(), 1u);
  EXPECT_EQ(out_.side.messages[0].ppid, Ppid(51));
  EXPECT_EQ(Ask(frames_.SendData("sink", 53, std::vector<uint8_t>(300'000))).error(),
            "TypeError: message too long: 262144 bytes at most [method:dataConsumer.send]");
}

TEST_F(WorkerDataTest, TellsOfBuffersThatFillAndEmpty) {
  auto threshold = [&](uint32_t bytes) {
    return frames_.Request(
        Method::DATACONSUMER_SET_BUFFERED_AMOUNT_LOW_THRESHOLD, "sink",
        fbs::DataConsumer::CreateSetBufferedAmountLowThresholdRequest(frames_.builder(), bytes));
  };
  ASSERT_TRUE(Ask(threshold(1000)).accepted());
  EXPECT_EQ(Take(Event::DATACONSUMER_BUFFERED_AMOUNT_LOW).size(), 1u);
  SentFrame dump = Ask(Method::DATACONSUMER_DUMP, "sink");
  EXPECT_EQ(dump.response()->body_as_DataConsumer_DumpResponse()->buffered_amount_low_threshold(),
            1000u);

  out_.cut = true;
  std::vector<uint8_t> message(200'000, 1);
  std::string error;
  for (int i = 0; i < 20 && error.empty(); ++i) {
    error = Ask(frames_.SendData("sink", 53, message)).error();
  }
  EXPECT_EQ(error, "Error: sctpsendbufferfull [method:dataConsumer.send]");
  std::vector<SentFrame> full = Take(Event::DATACONSUMER_SCTP_SENDBUFFER_FULL);
  ASSERT_EQ(full.size(), 1u);
  EXPECT_EQ(full[0].notification()->handler_id()->str(), "sink");
  SentFrame amount = Ask(Method::DATACONSUMER_GET_BUFFERED_AMOUNT, "sink");
  EXPECT_GT(amount.response()->body_as_DataConsumer_GetBufferedAmountResponse()->buffered_amount(),
            1'000'000u);

  out_.cut = false;
  Run(Duration::Seconds(60));
  std::vector<SentFrame> low = Take(Event::DATACONSUMER_BUFFERED_AMOUNT_LOW);
  ASSERT_EQ(low.size(), 1u);
  EXPECT_LE(low[0]
                .notification()
                ->body_as_DataConsumer_BufferedAmountLowNotification()
                ->buffered_amount(),
            1000u);
  amount = Ask(Method::DATACONSUMER_GET_BUFFERED_AMOUNT, "sink");
  EXPECT_EQ(amount.response()->body_as_DataConsumer_GetBufferedAmountResponse()->buffered_amount(),
            0u);
}

TEST_F(WorkerDataTest, ChangesSubchannels) {
  auto numbers = [](const flatbuffers::Vector<uint16_t>* list) {
    return std::vector<uint16_t>(list->begin(), list->end());
  };
  std::vector<uint16_t> wanted = {9, 4, 9};
  SentFrame set = Ask(frames_.Request(
      Method::DATACONSUMER_SET_SUBCHANNELS, "sink",
      fbs::DataConsumer::CreateSetSubchannelsRequestDirect(frames_.builder(), &wanted)));
  EXPECT_EQ(numbers(set.response()->body_as_DataConsumer_SetSubchannelsResponse()->subchannels()),
            (std::vector<uint16_t>{4, 9}));
  SentFrame added =
      Ask(frames_.Request(Method::DATACONSUMER_ADD_SUBCHANNEL, "sink",
                          fbs::DataConsumer::CreateAddSubchannelRequest(frames_.builder(), 5)));
  EXPECT_EQ(numbers(added.response()->body_as_DataConsumer_AddSubchannelResponse()->subchannels()),
            (std::vector<uint16_t>{4, 5, 9}));
  SentFrame removed =
      Ask(frames_.Request(Method::DATACONSUMER_REMOVE_SUBCHANNEL, "sink",
                          fbs::DataConsumer::CreateRemoveSubchannelRequest(frames_.builder(), 4)));
  EXPECT_EQ(
      numbers(removed.response()->body_as_DataConsumer_RemoveSubchannelResponse()->subchannels()),
      (std::vector<uint16_t>{5, 9}));
}

TEST_F(WorkerDataTest, RefusesWhatCannotBe) {
  EXPECT_EQ(Ask(frames_.ProduceData("in", "data", 3)).error().find("Error: "), 0u);
  EXPECT_EQ(Ask(frames_.ProduceData("in", "new", 1)).error().find("Error: "), 0u);
  EXPECT_EQ(Ask(frames_.ProduceData("in", "new", 65535)).error().find("TypeError: "), 0u);
  EXPECT_EQ(Ask(frames_.ConsumeData("out", "new", "nobody", 3)).error().find("NotFoundError: "),
            0u);
  EXPECT_EQ(Ask(Method::DATACONSUMER_DUMP, "data").error(),
            "Error: unknown method 'dataConsumer.dump' [method:dataConsumer.dump]");
}

}  // namespace
}  // namespace millrace
