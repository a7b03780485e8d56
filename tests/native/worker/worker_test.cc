#include "worker/worker.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "worker/request_catalogue.h"
#include "worker/request_table.h"
#include "worker/worker_harness.h"

namespace millrace {
namespace {

namespace fbs = Millrace::Schema;
using Method = ChannelFrames::Method;
using Event = ChannelFrames::Event;

class WorkerTest : public testing::Test {
 protected:
  void SetUpObjects() { ASSERT_TRUE(harness_.SetUpObjects()) << harness_.failure(); }

  std::string ErrorOf(const Frame& frame) { return harness_.Ask(frame).error(); }

  // The ids that the worker's dump names as handlers.
  std::set<std::string> Handlers() {
    SentFrame answer = harness_.Ask(frames_.Request(Method::WORKER_DUMP, ""));
    const auto* dump = answer.response()->body_as_Worker_DumpResponse();
    std::set<std::string> ids;
    for (const auto* id : *dump->channel_message_handlers()->channel_request_handlers()) {
      ids.insert(id->str());
    }
    return ids;
  }

  WorkerHarness harness_;
  ChannelFrames& frames_ = harness_.frames;
};

TEST_F(WorkerTest, SaysThatItRuns) {
  harness_.worker().Start(harness_.now(), harness_.out());
  std::vector<SentFrame> sent = harness_.TakeFrames();
  ASSERT_EQ(sent.size(), 1u);
  ASSERT_TRUE(sent[0].valid());
  ASSERT_NE(sent[0].notification(), nullptr);
  EXPECT_EQ(sent[0].notification()->event(), Event::WORKER_RUNNING);
  EXPECT_EQ(sent[0].notification()->handler_id()->str(), "4711");
}

TEST_F(WorkerTest, AnswersEveryMethodOnce) {
  SetUpObjects();
  size_t methods = 0;
  for (const auto& [method, frame] : RequestCatalogue::Of(frames_)) {
    const RequestRow& row = RequestRows()[static_cast<size_t>(method)];
    ASSERT_EQ(row.method(), methods++);
    std::vector<SentFrame> sent = harness_.Send(frame);
    size_t answers = 0;
    for (const SentFrame& one : sent) {
      ASSERT_TRUE(one.valid()) << row.name();
      if (one.response() == nullptr) continue;
      ++answers;
      // Nobody is connected whom a message could be sent to.
      bool possible = row.verb() != nullptr && method != Method::DATACONSUMER_SEND;
      EXPECT_EQ(one.accepted(), possible) << row.name() << " " << one.error();
    }
    EXPECT_EQ(answers, 1u) << row.name();
  }
  EXPECT_EQ(methods, 68u);
}

TEST_F(WorkerTest, AnswersBeforeItSpeaksOfWhatFollowed) {
  SetUpObjects();
  auto order = [&](const Frame& frame) {
    std::vector<SentFrame> sent = harness_.Send(frame);
    EXPECT_GE(sent.size(), 2u);
    EXPECT_TRUE(sent.front().accepted());
    return sent.size() < 2 || !sent[1].notification() ? Event::WORKER_CLOSE
                                                      : sent[1].notification()->event();
  };
  EXPECT_EQ(order(frames_.Request(Method::PRODUCER_PAUSE, "video")),
            Event::CONSUMER_PRODUCER_PAUSE);
  EXPECT_EQ(order(frames_.Request(Method::PRODUCER_RESUME, "video")),
            Event::CONSUMER_PRODUCER_RESUME);
  EXPECT_EQ(order(frames_.CloseProducer("plain", "video")), Event::CONSUMER_PRODUCER_CLOSE);
}

TEST_F(WorkerTest, GivesAnswersTheIdOfTheirRequest) {
  for (int i = 0; i < 5; ++i) {
    SentFrame answer = harness_.Ask(frames_.Request(Method::WORKER_DUMP, ""));
    EXPECT_EQ(answer.response()->id(), frames_.last_id());
  }
}

TEST_F(WorkerTest, RefusesIdsThatAreInUse) {
  SetUpObjects();
  EXPECT_NE(ErrorOf(frames_.CreateRouter("router")).find("already exists"), std::string::npos);
  EXPECT_EQ(ErrorOf(frames_.CreateRouter("router")).find("Error: "), 0u);
  EXPECT_NE(ErrorOf(frames_.CreateRouter("video")).find("already exists"), std::string::npos);
  EXPECT_NE(ErrorOf(frames_.CreateServer("server", 0)).find("already exists"), std::string::npos);
  EXPECT_NE(ErrorOf(frames_.CreatePlainTransport("router", "plain")).find("already exists"),
            std::string::npos);
  EXPECT_NE(ErrorOf(frames_.CreateWebRtcTransport("router", "plain")).find("already exists"),
            std::string::npos);
  EXPECT_NE(ErrorOf(frames_.ProduceAudio("plain", "audio", 5)).find("already exists"),
            std::string::npos);
  EXPECT_NE(ErrorOf(frames_.ConsumeVideo("webrtc", "consumer", "video", 5)).find("already exists"),
            std::string::npos);
  EXPECT_NE(ErrorOf(frames_.CreateObserver("router", "observer")).find("already exists"),
            std::string::npos);
}

TEST_F(WorkerTest, LeavesNothingBehindWhenItRefuses) {
  SetUpObjects();
  size_t sockets = harness_.edge().open_sockets();
  std::set<std::string> handlers = Handlers();
  for (int i = 0; i < 10; ++i) {
    EXPECT_NE(ErrorOf(frames_.CreateServer("server", 0)), "");
    EXPECT_NE(ErrorOf(frames_.CreatePlainTransport("router", "plain")), "");
    EXPECT_NE(ErrorOf(frames_.CreateWebRtcTransport("router", "webrtc")), "");
    EXPECT_NE(ErrorOf(frames_.CreateWebRtcTransportOn("server", "router", "webrtc")), "");
  }
  EXPECT_EQ(harness_.edge().open_sockets(), sockets);
  EXPECT_EQ(Handlers(), handlers);
}

TEST_F(WorkerTest, DoesNotFindUnknownObjects) {
  SetUpObjects();
  std::vector<Frame> requests = {
      frames_.CloseRouter("nobody"),
      frames_.CloseServer("nobody"),
      frames_.Request(Method::ROUTER_DUMP, "nobody"),
      frames_.Request(Method::WEBRTCSERVER_DUMP, "nobody"),
      frames_.Request(Method::TRANSPORT_DUMP, "nobody"),
      frames_.Request(Method::PRODUCER_DUMP, "nobody"),
      frames_.Request(Method::CONSUMER_DUMP, ""),
      frames_.Request(Method::DATAPRODUCER_DUMP, "nobody"),
      frames_.Request(Method::DATACONSUMER_DUMP, "nobody"),
      frames_.Request(Method::RTPOBSERVER_PAUSE, "nobody"),
      frames_.CloseTransport("router", "nobody"),
      frames_.CloseObserver("router", "nobody"),
      frames_.CloseProducer("plain", "nobody"),
      frames_.CloseConsumer("webrtc", "nobody"),
      frames_.CreateWebRtcTransportOn("nobody", "router", "w2"),
      frames_.ConsumeVideo("webrtc", "c2", "nobody", 5),
      frames_.Observe("observer", "nobody"),
  };
  for (const Frame& frame : requests) {
    std::string error = ErrorOf(frame);
    EXPECT_EQ(error.find("NotFoundError: "), 0u) << error;
    EXPECT_NE(error.find(" [method:"), std::string::npos) << error;
  }
}

// An id that exists names only what it was given to, and only where it lives.
TEST_F(WorkerTest, DoesNotReachObjectsOfAnotherRouterOrTransport) {
  SetUpObjects();
  ASSERT_TRUE(harness_.Ask(frames_.CreateRouter("other")).accepted());
  ASSERT_TRUE(harness_.Ask(frames_.CreatePlainTransport("other", "foreign")).accepted());
  ASSERT_TRUE(harness_.Ask(frames_.CreateObserver("other", "foreignObserver")).accepted());
  std::vector<Frame> requests = {
      frames_.CloseTransport("other", "plain"),
      frames_.CloseObserver("other", "observer"),
      frames_.CloseProducer("webrtc", "video"),
      frames_.CloseProducer("plain", "consumer"),
      frames_.CloseConsumer("plain", "consumer"),
      frames_.ConsumeVideo("foreign", "c2", "video", 5),
      frames_.Observe("foreignObserver", "audio"),
      frames_.CloseRouter("video"),
  };
  for (const Frame& frame : requests) {
    EXPECT_EQ(ErrorOf(frame).find("NotFoundError: "), 0u) << ErrorOf(frame);
  }
  EXPECT_EQ(Handlers().size(), 13u);
}

TEST_F(WorkerTest, NamesUnknownMethods) {
  SetUpObjects();
  EXPECT_EQ(ErrorOf(frames_.Request(Method::TRANSPORT_CONNECT, "webrtc")),
            "Error: unknown method 'transport.connect' [method:transport.connect]");
  EXPECT_EQ(ErrorOf(frames_.Request(Method::ROUTER_DUMP, "webrtc")),
            "Error: unknown method 'router.dump' [method:router.dump]");
  EXPECT_EQ(ErrorOf(frames_.Request(Method::TRANSPORT_RESTART_ICE, "plain")),
            "Error: unknown method 'transport.restartIce' [method:transport.restartIce]");
  EXPECT_EQ(ErrorOf(frames_.ConnectWebRtc("plain")),
            "Error: unknown method 'webRtcTransport.connect' [method:webRtcTransport.connect]");
  EXPECT_EQ(ErrorOf(frames_.Request(static_cast<Method>(68), "webrtc")),
            "Error: unknown method 'unknown' [method:unknown]");
  EXPECT_EQ(ErrorOf(frames_.Request(static_cast<Method>(255), "")),
            "Error: unknown method 'unknown' [method:unknown]");
}

TEST_F(WorkerTest, RefusesAMissingBodyAndABodyOfAnotherMethod) {
  SetUpObjects();
  for (const RequestRow& row : RequestRows()) {
    auto method = static_cast<Method>(row.method());
    std::vector<SentFrame> sent = harness_.Send(frames_.Request(method, "webrtc"));
    ASSERT_FALSE(sent.empty()) << row.name();
  }
  EXPECT_EQ(ErrorOf(frames_.Request(Method::TRANSPORT_PRODUCE, "webrtc")).find("TypeError: "), 0u);
  auto body = fbs::Worker::CreateCreateRouterRequestDirect(frames_.builder(), "x");
  EXPECT_EQ(ErrorOf(frames_.Request(Method::WORKER_CLOSE_ROUTER, "", body)).find("TypeError: "),
            0u);
}

TEST_F(WorkerTest, DumpsWhatExists) {
  SetUpObjects();
  SentFrame answer = harness_.Ask(frames_.Request(Method::WORKER_DUMP, ""));
  const auto* dump = answer.response()->body_as_Worker_DumpResponse();
  ASSERT_NE(dump, nullptr);
  EXPECT_EQ(dump->pid(), 4711u);
  ASSERT_EQ(dump->router_ids()->size(), 1u);
  EXPECT_EQ(dump->router_ids()->Get(0)->str(), "router");
  ASSERT_EQ(dump->web_rtc_server_ids()->size(), 1u);
  EXPECT_EQ(Handlers(), (std::set<std::string>{"router", "server", "webrtc", "plain", "audio",
                                               "video", "consumer", "observer", "data", "sink"}));
}

TEST_F(WorkerTest, DumpsARouter) {
  SetUpObjects();
  ASSERT_TRUE(harness_.Ask(frames_.Observe("observer", "audio")).accepted());
  SentFrame answer = harness_.Ask(frames_.Request(Method::ROUTER_DUMP, "router"));
  const auto* dump = answer.response()->body_as_Router_DumpResponse();
  ASSERT_NE(dump, nullptr);
  EXPECT_EQ(dump->id()->str(), "router");
  EXPECT_EQ(dump->transport_ids()->size(), 2u);
  EXPECT_EQ(dump->rtp_observer_ids()->size(), 1u);
  ASSERT_EQ(dump->map_consumer_id_producer_id()->size(), 1u);
  EXPECT_EQ(dump->map_consumer_id_producer_id()->Get(0)->key()->str(), "consumer");
  EXPECT_EQ(dump->map_consumer_id_producer_id()->Get(0)->value()->str(), "video");
  bool found = false;
  for (const auto* entry : *dump->map_producer_id_observer_ids()) {
    found = found || (entry->key()->str() == "audio" && entry->values()->size() == 1 &&
                      entry->values()->Get(0)->str() == "observer");
  }
  EXPECT_TRUE(found);
}

TEST_F(WorkerTest, AnswersACreatedTransportWithItsDump) {
  ASSERT_TRUE(harness_.Ask(frames_.CreateRouter("router")).accepted());
  SentFrame answer = harness_.Ask(frames_.CreateWebRtcTransport("router", "webrtc"));
  const auto* dump = answer.response()->body_as_WebRtcTransport_DumpResponse();
  ASSERT_NE(dump, nullptr) << answer.error();
  EXPECT_EQ(dump->base()->id()->str(), "webrtc");
  EXPECT_TRUE(dump->ice_parameters()->ice_lite());
  ASSERT_EQ(dump->ice_candidates()->size(), 1u);
  EXPECT_EQ(dump->ice_candidates()->Get(0)->address()->str(), "127.0.0.1");
  EXPECT_GE(dump->ice_candidates()->Get(0)->port(), 10000);
  EXPECT_EQ(dump->dtls_parameters()->fingerprints()->size(), 5u);
  EXPECT_EQ(dump->dtls_state(), fbs::WebRtcTransport::DtlsState::NEW);

  SentFrame plain_answer = harness_.Ask(frames_.CreatePlainTransport("router", "plain"));
  const auto* plain = plain_answer.response()->body_as_PlainTransport_DumpResponse();
  ASSERT_NE(plain, nullptr);
  EXPECT_TRUE(plain->rtcp_mux());
  EXPECT_EQ(plain->tuple()->local_address()->str(), "127.0.0.1");
  EXPECT_EQ(plain->srtp_parameters(), nullptr);
}

TEST_F(WorkerTest, DumpsProducersAndConsumersAsTheyWereMade) {
  SetUpObjects();
  SentFrame answer = harness_.Ask(frames_.Request(Method::PRODUCER_DUMP, "video"));
  const auto* producer = answer.response()->body_as_Producer_DumpResponse();
  ASSERT_NE(producer, nullptr);
  EXPECT_EQ(producer->kind(), fbs::RtpParameters::MediaKind::VIDEO);
  EXPECT_EQ(producer->type(), fbs::RtpParameters::Type::SIMPLE);
  ASSERT_EQ(producer->rtp_parameters()->codecs()->size(), 2u);
  const auto* rtx = producer->rtp_parameters()->codecs()->Get(1);
  ASSERT_EQ(rtx->parameters()->size(), 1u);
  EXPECT_EQ(rtx->parameters()->Get(0)->name()->str(), "apt");
  EXPECT_EQ(rtx->parameters()->Get(0)->value_as_Integer32()->value(), 101);
  EXPECT_EQ(producer->rtp_mapping()->encodings()->Get(0)->mapped_ssrc(), 102000u);

  SentFrame consumer_answer = harness_.Ask(frames_.Request(Method::CONSUMER_DUMP, "consumer"));
  const auto* consumer = consumer_answer.response()->body_as_Consumer_DumpResponse();
  ASSERT_NE(consumer, nullptr);
  EXPECT_EQ(consumer->data()->base()->producer_id()->str(), "video");
  EXPECT_EQ(consumer->data()->base()->priority(), 1);
  EXPECT_EQ(consumer->data()->rtp_streams()->size(), 1u);
  EXPECT_FALSE(consumer->data()->preferred_spatial_layer().has_value());
}

TEST_F(WorkerTest, KeepsThePriorityThatItAnswers) {
  SetUpObjects();
  auto set = [&](uint8_t priority) {
    return harness_.Ask(
        frames_.Request(Method::CONSUMER_SET_PRIORITY, "consumer",
                        fbs::Consumer::CreateSetPriorityRequest(frames_.builder(), priority)));
  };
  SentFrame answer = set(7);
  ASSERT_TRUE(answer.accepted());
  EXPECT_EQ(answer.response()->body_as_Consumer_SetPriorityResponse()->priority(), 7);
  EXPECT_EQ(set(0).error().find("TypeError: "), 0u);
  SentFrame dump = harness_.Ask(frames_.Request(Method::CONSUMER_DUMP, "consumer"));
  EXPECT_EQ(dump.response()->body_as_Consumer_DumpResponse()->data()->base()->priority(), 7);
}

TEST_F(WorkerTest, PassesResourceUsageOn) {
  harness_.edge().SetResourceUsage(
      {.user_time_ms = 11, .max_resident = 22, .involuntary_switches = 33});
  SentFrame answer = harness_.Ask(frames_.Request(Method::WORKER_GET_RESOURCE_USAGE, ""));
  const auto* usage = answer.response()->body_as_Worker_ResourceUsageResponse();
  ASSERT_NE(usage, nullptr);
  EXPECT_EQ(usage->ru_utime(), 11u);
  EXPECT_EQ(usage->ru_maxrss(), 22u);
  EXPECT_EQ(usage->ru_nivcsw(), 33u);
}

TEST_F(WorkerTest, GivesEverySocketAndIdBack) {
  SetUpObjects();
  ASSERT_TRUE(harness_.Ask(frames_.Observe("observer", "audio")).accepted());
  ASSERT_TRUE(
      harness_.Ask(frames_.CreateWebRtcTransportOn("server", "router", "shared")).accepted());
  ASSERT_TRUE(harness_.Ask(frames_.CloseRouter("router")).accepted());
  EXPECT_EQ(harness_.edge().open_sockets(), 1u);
  EXPECT_EQ(Handlers(), (std::set<std::string>{"server"}));
  EXPECT_EQ(harness_.worker().deadline(), Timestamp::Never());
  ASSERT_TRUE(harness_.Ask(frames_.CloseServer("server")).accepted());
  EXPECT_EQ(harness_.edge().open_sockets(), 0u);
  EXPECT_EQ(harness_.edge().closed_twice(), 0u);
  EXPECT_TRUE(Handlers().empty());
}

TEST_F(WorkerTest, ClosesTheTransportsOfAServer) {
  SetUpObjects();
  ASSERT_TRUE(
      harness_.Ask(frames_.CreateWebRtcTransportOn("server", "router", "shared")).accepted());
  ASSERT_TRUE(harness_.Ask(frames_.ConsumeAudio("shared", "listener", "audio", 70)).accepted());
  ASSERT_TRUE(harness_.Ask(frames_.CloseServer("server")).accepted());
  EXPECT_FALSE(Handlers().contains("shared"));
  EXPECT_FALSE(Handlers().contains("listener"));
  EXPECT_TRUE(Handlers().contains("webrtc"));
}

TEST_F(WorkerTest, ComesBackToBaselineAfterManyRounds) {
  SetUpObjects();
  std::set<std::string> handlers = Handlers();
  size_t sockets = harness_.edge().open_sockets();
  for (int i = 0; i < 100; ++i) {
    ASSERT_TRUE(harness_.Ask(frames_.CreateRouter("r")).accepted());
    ASSERT_TRUE(harness_.Ask(frames_.CreatePlainTransport("r", "p")).accepted());
    ASSERT_TRUE(harness_.Ask(frames_.CreateWebRtcTransport("r", "w")).accepted());
    ASSERT_TRUE(harness_.Ask(frames_.ProduceVideo("p", "v", 1)).accepted());
    ASSERT_TRUE(harness_.Ask(frames_.ConsumeVideo("w", "c", "v", 9)).accepted());
    if (i % 2 == 0) {
      ASSERT_TRUE(harness_.Ask(frames_.CloseTransport("r", "p")).accepted());
    }
    ASSERT_TRUE(harness_.Ask(frames_.CloseRouter("r")).accepted());
  }
  EXPECT_EQ(Handlers(), handlers);
  EXPECT_EQ(harness_.edge().open_sockets(), sockets);
}

TEST_F(WorkerTest, SurvivesTheEndOfPortsAndOfSockets) {
  WorkerHarness small({.rtc_min_port = 20000, .rtc_max_port = 20001, .pid = "1"});
  ASSERT_TRUE(small.Ask(small.frames.CreateRouter("r")).accepted());
  ASSERT_TRUE(small.Ask(small.frames.CreatePlainTransport("r", "a")).accepted());
  ASSERT_TRUE(small.Ask(small.frames.CreatePlainTransport("r", "b")).accepted());
  EXPECT_EQ(small.Ask(small.frames.CreatePlainTransport("r", "c")).error().find("Error: "), 0u);
  ASSERT_TRUE(small.Ask(small.frames.CloseTransport("r", "a")).accepted());
  EXPECT_TRUE(small.Ask(small.frames.CreatePlainTransport("r", "c")).accepted());
  small.edge().SetSocketLimit(0);
  ASSERT_TRUE(small.Ask(small.frames.CloseTransport("r", "c")).accepted());
  EXPECT_EQ(small.Ask(small.frames.CreateWebRtcTransport("r", "d")).error().find("Error: "), 0u);
}

TEST_F(WorkerTest, EndsWhenItIsTold) {
  EXPECT_FALSE(harness_.worker().closed());
  harness_.Send(frames_.Notification(Event::WORKER_CLOSE, ""));
  EXPECT_TRUE(harness_.worker().closed());
  EXPECT_TRUE(harness_.Send(frames_.Request(Method::WORKER_DUMP, "")).empty());
}

TEST_F(WorkerTest, RefusesACertificateThatIsNone) {
  ModelEdge edge;
  Worker worker(
      {.dtls_certificate = "not a certificate", .dtls_private_key = "nor a key", .pid = "1"},
      Random::Seed{}, edge);
  EXPECT_FALSE(worker.usable());
  EXPECT_TRUE(harness_.worker().usable());
}

}  // namespace
}  // namespace millrace
