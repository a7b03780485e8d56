// One end of a pipe: its connection, its keys, what its consumers and producers are made of.
#include <gtest/gtest.h>

#include "pipe_worlds.h"

namespace millrace {
namespace {

class PipeTransportTest : public testing::Test {
 protected:
  Transport& AddPipe(bool srtp = false) {
    Turn turn = world_.Now();
    return *world_.control
                .CreatePipeTransport(
                    world_.router, "pipe",
                    {.listen_info = {.ip = "127.0.0.1"}, .enable_rtx = true, .enable_srtp = srtp},
                    turn)
                .value();
  }
  std::string Connect(Transport& pipe, const PipeConnectOptions& options) {
    Turn turn = world_.Now();
    Result<PipeConnectAnswer> answer = pipe.ConnectPipe(options, turn);
    return answer.ok() ? "" : answer.error().reason;
  }
  bool Consumes(const ConsumeOptions& options, Transport& transport) {
    Turn turn = world_.Now();
    return world_.control.Consume(transport, options, turn).ok();
  }

  RoutingWorld world_;
};

TEST_F(PipeTransportTest, DumpsItsTupleBeforeAndAfterItIsConnected) {
  Transport& pipe = AddPipe();
  EXPECT_TRUE(pipe.is_pipe());
  EXPECT_FALSE(pipe.is_plain());
  auto dump = std::get<PipeTransportDump>(pipe.Dump());
  EXPECT_FALSE(dump.base.direct);
  EXPECT_TRUE(dump.rtx);
  EXPECT_FALSE(dump.srtp_parameters.has_value());
  EXPECT_EQ(dump.tuple.local_address, "127.0.0.1");
  EXPECT_EQ(dump.tuple.remote_ip, "");
  EXPECT_EQ(Connect(pipe, {.ip = "10.0.0.9", .port = 4000}), "");
  dump = std::get<PipeTransportDump>(pipe.Dump());
  EXPECT_EQ(dump.tuple.remote_ip, "10.0.0.9");
  EXPECT_EQ(dump.tuple.remote_port, 4000);
  EXPECT_EQ(std::get<PipeTransportStats>(pipe.Stats(world_.now)).tuple.remote_port, 4000);
}

TEST_F(PipeTransportTest, RefusesAddressesThatAreNoneAndASecondConnection) {
  Transport& pipe = AddPipe();
  EXPECT_NE(Connect(pipe, {.ip = "", .port = 1}), "");
  EXPECT_NE(Connect(pipe, {.ip = "pipe.example", .port = 1}), "");
  EXPECT_NE(Connect(pipe, {.ip = "0.0.0.0", .port = 1}), "");
  EXPECT_NE(Connect(pipe, {.ip = "10.0.0.9"}), "");
  EXPECT_NE(Connect(pipe, {.ip = "10.0.0.9", .port = 0}), "");
  EXPECT_NE(Connect(pipe, {.ip = "10.0.0.9", .port = 1, .srtp_parameters = SrtpParameters{}}), "");
  EXPECT_FALSE(pipe.link().ready());
  EXPECT_EQ(Connect(pipe, {.ip = "10.0.0.9", .port = 1}), "");
  EXPECT_NE(Connect(pipe, {.ip = "10.0.0.9", .port = 1}), "");
  Turn turn = world_.Now();
  EXPECT_FALSE(pipe.ConnectPlain({.ip = "10.0.0.9", .port = 1}, turn).ok());
}

TEST_F(PipeTransportTest, MakesAKeyOfItsOwnAndTakesOnlyItsSuite) {
  Transport& pipe = AddPipe(true);
  auto dump = std::get<PipeTransportDump>(pipe.Dump());
  ASSERT_TRUE(dump.srtp_parameters.has_value());
  EXPECT_EQ(dump.srtp_parameters->suite, SrtpSuiteName::kAeadAes256Gcm);
  // 32 bytes of key and 12 of salt in base64.
  EXPECT_EQ(dump.srtp_parameters->key_base64.size(), 60u);
  SrtpParameters good = *dump.srtp_parameters;
  SrtpParameters other_suite = good;
  other_suite.suite = SrtpSuiteName::kAeadAes128Gcm;
  SrtpParameters short_key = good;
  short_key.key_base64 = "AAAA";
  SrtpParameters no_key = good;
  no_key.key_base64 = "this is no key!";
  EXPECT_NE(Connect(pipe, {.ip = "10.0.0.9", .port = 1}), "");
  for (const SrtpParameters& wrong : {other_suite, short_key, no_key}) {
    EXPECT_NE(Connect(pipe, {.ip = "10.0.0.9", .port = 1, .srtp_parameters = wrong}), "");
  }
  EXPECT_FALSE(pipe.link().ready());
  EXPECT_EQ(Connect(pipe, {.ip = "10.0.0.9", .port = 1, .srtp_parameters = good}), "");
  EXPECT_TRUE(pipe.link().ready());
}

TEST_F(PipeTransportTest, RefusesToBeMadeOfWhatItIsNot) {
  Turn turn = world_.Now();
  PipeTransportOptions options{.listen_info = {.ip = "127.0.0.1"}};
  options.listen_info.protocol = TransportProtocol::kTcp;
  EXPECT_FALSE(world_.control.CreatePipeTransport(world_.router, "p", options, turn).ok());
  options.listen_info = {.ip = "nowhere"};
  EXPECT_FALSE(world_.control.CreatePipeTransport(world_.router, "p", options, turn).ok());
  options.listen_info = {.ip = "127.0.0.1"};
  options.base.direct = true;
  EXPECT_FALSE(world_.control.CreatePipeTransport(world_.router, "p", options, turn).ok());
  options.base.direct = false;
  world_.edge.refuse_after = world_.edge.requests.size();
  EXPECT_FALSE(world_.control.CreatePipeTransport(world_.router, "p", options, turn).ok());
  EXPECT_FALSE(world_.commons.registry.Contains("p"));
  world_.edge.refuse_after.reset();
  EXPECT_TRUE(world_.control.CreatePipeTransport(world_.router, "p", options, turn).ok());
  EXPECT_FALSE(world_.control.CreatePipeTransport(world_.router, "p", options, turn).ok());
}

TEST_F(PipeTransportTest, APipeConsumerNeedsAllStreamsOfItsProducer) {
  Transport& pipe = AddPipe();
  Transport& publisher = world_.AddPlain("publisher", 5000);
  world_.Produce(publisher, SimulcastProducer("cam"));
  EXPECT_FALSE(Consumes(PipeConsumer("c", "cam", PipedVideo(1, 500, true), 11), pipe));
  EXPECT_FALSE(Consumes(PipeConsumer("c", "cam", PipedVideo(3, 500, true), 11), pipe));
  EXPECT_FALSE(Consumes(PipeConsumer("c", "cam", PipedVideo(2, 500, true), 12), pipe));
  ConsumeOptions twice = PipeConsumer("c", "cam", PipedVideo(2, 500, true), 11);
  twice.consumable_encodings[1].ssrc = 11;
  EXPECT_FALSE(Consumes(twice, pipe));
  ConsumeOptions unnamed = PipeConsumer("c", "cam", PipedVideo(2, 500, true), 11);
  unnamed.rtp_parameters.encodings[1].ssrc.reset();
  EXPECT_FALSE(Consumes(unnamed, pipe));
  EXPECT_FALSE(world_.commons.registry.Contains("c"));

  EXPECT_TRUE(Consumes(PipeConsumer("c", "cam", PipedVideo(2, 500, true), 11), pipe));
  const Consumer& consumer = *world_.commons.registry.Find<Consumer>("c");
  ConsumerDump dump = consumer.Dump();
  EXPECT_EQ(dump.type, RtpType::kPipe);
  ASSERT_EQ(dump.rtp_streams.size(), 2u);
  EXPECT_EQ(dump.rtp_streams[0].parameters.ssrc, 500u);
  EXPECT_EQ(dump.rtp_streams[1].parameters.ssrc, 501u);
  EXPECT_EQ(dump.rtp_streams[1].rtx_stream->ssrc, 601u);
  EXPECT_EQ(consumer.Stats(world_.now).size(), 2u);
  EXPECT_EQ(consumer.Score().score, 10);
  EXPECT_EQ(consumer.Score().producer_scores.size(), 2u);
  EXPECT_FALSE(consumer.Answer().preferred_layers.has_value());
  auto transport = std::get<PipeTransportDump>(pipe.Dump());
  EXPECT_EQ(transport.base.ssrc_consumer_ids, (std::vector<SsrcName>{{500, "c"}, {501, "c"}}));
  EXPECT_EQ(transport.base.rtx_ssrc_consumer_ids, (std::vector<SsrcName>{{600, "c"}, {601, "c"}}));
  // Any of its SSRCs may be in use already.
  world_.Produce(publisher, VideoProducer("other", 3333));
  EXPECT_FALSE(Consumes(VideoConsumer("d", "other", 501), pipe));
  EXPECT_TRUE(Consumes(VideoConsumer("d", "other", 502), pipe));
}

TEST_F(PipeTransportTest, CarriesFarMoreStreamsThanAPeerMayInvent) {
  Transport& pipe = AddPipe();
  EXPECT_EQ(Connect(pipe, {.ip = "10.0.0.9", .port = 4000}), "");
  Transport& viewer = world_.AddPlain("viewer", 6000);
  for (uint32_t i = 0; i < 100; ++i) {
    std::string id = "p" + std::to_string(i);
    world_.Produce(pipe, PipeProducer(id, PipedVideo(3, 10'000 + 1000 * i, true), 11 + 10 * i));
  }
  world_.Consume(viewer, VideoConsumer("c", "p77", 100));
  Path path{pipe.sockets().front(), {*IpAddress::Parse("10.0.0.9"), 4000}};
  auto send = [&](uint32_t ssrc) {
    world_.Receive(pipe, path, RtpMaker(ssrc).Type(96).Seq(1).KeyFrame().Make());
  };
  send(10'000 + 77'000);
  EXPECT_EQ(world_.DrainRtp().size(), 1u);
  send(10'000 + 99'002);
  EXPECT_EQ(world_.commons.registry.Find<Producer>("p99")->Stats(world_.now).size(), 1u);
  EXPECT_EQ(world_.out.drops(DropReason::kUnknownStream), 0u);
  send(5);
  EXPECT_EQ(world_.out.drops(DropReason::kUnknownStream), 1u);
  // Those that stay are found when others go.
  Turn turn = world_.Now();
  for (uint32_t i = 0; i < 50; ++i) {
    world_.control.CloseProducer(*world_.commons.registry.Find<Producer>("p" + std::to_string(i)),
                                 turn);
  }
  world_.Receive(pipe, path, RtpMaker(87'000).Type(96).Seq(2).DeltaFrame().Make());
  EXPECT_EQ(world_.DrainRtp().size(), 1u);
  send(10'000);
  EXPECT_EQ(world_.out.drops(DropReason::kUnknownStream), 2u);
}

}  // namespace
}  // namespace millrace
