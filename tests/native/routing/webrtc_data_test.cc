// Data channels of WebRTC transports: SCTP in DTLS, with either side as the DTLS client.
#include <gtest/gtest.h>

#include "model_browser.h"
#include "protocol/sctp/data_channel.h"
#include "protocol/sctp/sctp_pair.h"
#include "routing_world.h"

namespace millrace {
namespace {

// A browser with an association, and the transport of the worker that it talks to.
class DataBrowser {
 public:
  DataBrowser(RoutingWorld& world, const std::string& id, uint16_t port, DtlsRoleName role)
      : world_(world), browser_(port), side({}, world.random) {
    WebRtcTransportOptions options;
    options.listen = ListenIndividual{{{.ip = "0.0.0.0"}}};
    options.base.enable_sctp = true;
    options.base.is_data_channel = true;
    Turn turn = world_.Now();
    transport_ =
        world_.control.CreateWebRtcTransport(world_.router, id, options, nullptr, turn).value();
    path_ = browser_.PathTo(transport_->sockets().front());
    world_.Receive(*transport_, path_, Browser::Check(Dump().ice_parameters, true));
    EXPECT_TRUE(transport_->ConnectWebRtc(browser_.Parameters(role), turn).ok());
    browser_.Start(Dump(), role == DtlsRoleName::kClient ? DtlsRole::kClient : DtlsRole::kServer,
                   world_.now);
  }

  [[nodiscard]] WebRtcTransportDump Dump() const {
    return std::get<WebRtcTransportDump>(transport_->Dump());
  }
  [[nodiscard]] const Path& path() const { return path_; }
  [[nodiscard]] Transport& transport() { return *transport_; }
  [[nodiscard]] Browser& browser() { return browser_; }

  void Send(uint16_t stream, Bytes payload, Ppid ppid) {
    Call([&](SctpOutput& out) {
      EXPECT_EQ(
          side.association.Send({.stream = SctpStreamId(stream), .ppid = ppid, .payload = payload},
                                world_.now, out),
          SctpSendResult::kQueued);
    });
  }
  void Reset(uint16_t stream) {
    SctpStreamId id(stream);
    Call([&](SctpOutput& out) { side.association.ResetStreams({&id, 1}, world_.now, out); });
  }
  // Up: what the browser has to say. True: it had something.
  bool Speak() {
    std::vector<std::vector<uint8_t>> datagrams = browser_.TakePending();
    for (std::vector<uint8_t>& datagram : datagrams) {
      EXPECT_LE(datagram.size(), 1200u);
      world_.Receive(*transport_, path_, std::move(datagram));
    }
    return !datagrams.empty();
  }
  // Down.
  void Hear(const std::vector<uint8_t>& datagram) {
    if (Classify(datagram) != DatagramKind::kDtls) return;
    EXPECT_LE(datagram.size(), 1200u);
    browser_.Receive(datagram, world_.now);
    for (const std::vector<uint8_t>& packet : browser_.TakeSctp()) {
      Call([&](SctpOutput& out) { side.association.Receive(packet, world_.now, out); });
    }
  }
  void OnTime() {
    if (side.association.deadline() > world_.now) return;
    Call([&](SctpOutput& out) { side.association.OnDeadline(world_.now, out); });
  }

 private:
  template <typename F>
  void Call(F call) {
    SctpOutput out;
    call(out);
    side.Gather(out);
    for (size_t i = 0; i < out.packets.size(); ++i) {
      EXPECT_TRUE(browser_.SendSctp(out.packets[i]));
    }
  }

  RoutingWorld& world_;
  Browser browser_;
  Transport* transport_ = nullptr;
  Path path_;

 public:
  SctpSide side;
};

class WebRtcDataTest : public testing::Test {
 protected:
  DataBrowser& Add(const std::string& id, uint16_t port, DtlsRoleName role) {
    return *browsers_.emplace_back(std::make_unique<DataBrowser>(world_, id, port, role));
  }
  // Datagrams arrive at once; each step is a millisecond.
  void Run(int ms) {
    for (int i = 0; i < ms; ++i) {
      bool busy = true;
      while (busy) {
        busy = false;
        for (const auto& browser : browsers_) busy = browser->Speak() || busy;
        for (const SentDatagram& datagram : world_.Drain()) {
          busy = true;
          for (const auto& browser : browsers_) {
            if (browser->path() == datagram.path) browser->Hear(datagram.bytes);
          }
        }
      }
      world_.Advance(Duration::Millis(1));
      for (const auto& browser : browsers_) browser->OnTime();
    }
  }
  DataProducer& Produce(DataBrowser& browser, const std::string& id, uint16_t stream) {
    return *world_.control
                .ProduceData(
                    browser.transport(),
                    {.data_producer_id = id, .stream = SctpStreamParameters{.stream_id = stream}})
                .value();
  }
  DataConsumer& Consume(DataBrowser& browser, const std::string& id, const std::string& producer,
                        uint16_t stream) {
    return *world_.control
                .ConsumeData(browser.transport(),
                             {.data_consumer_id = id,
                              .data_producer_id = producer,
                              .stream = SctpStreamParameters{.stream_id = stream}})
                .value();
  }

  RoutingWorld world_;
  std::vector<std::unique_ptr<DataBrowser>> browsers_;
};

TEST_F(WebRtcDataTest, CarriesMessagesBetweenBothDtlsRoles) {
  DataBrowser& client = Add("in", 4000, DtlsRoleName::kClient);
  DataBrowser& server = Add("out", 4001, DtlsRoleName::kServer);
  Run(50);
  ASSERT_EQ(client.side.association.state(), SctpState::kConnected);
  ASSERT_EQ(server.side.association.state(), SctpState::kConnected);
  EXPECT_EQ(world_.TakeEvents<SctpCapabilitiesNegotiated>().size(), 2u);
  WebRtcTransportDump dump = client.Dump();
  ASSERT_TRUE(dump.base.sctp);
  EXPECT_EQ(dump.base.sctp->state, SctpState::kConnected);
  EXPECT_TRUE(dump.base.sctp->parameters.is_data_channel);

  Produce(client, "up", 0);
  Consume(server, "down", "up", 3);
  Produce(server, "back", 7);
  Consume(client, "forth", "back", 4);
  std::vector<uint8_t> large(200'000, 9);
  client.Send(0, large, kPpidBinary);
  server.Send(7, std::vector<uint8_t>{'h', 'i'}, kPpidString);
  Run(500);
  ASSERT_EQ(server.side.messages.size(), 1u);
  EXPECT_EQ(server.side.messages[0].bytes, large);
  EXPECT_EQ(server.side.messages[0].stream, SctpStreamId(3));
  ASSERT_EQ(client.side.messages.size(), 1u);
  EXPECT_EQ(client.side.messages[0].ppid, kPpidString);
  // The worker is idle again: only heartbeats, ICE and RTCP keep time.
  EXPECT_EQ(client.transport().data().association()->buffered_amount(), 0u);
}

TEST_F(WebRtcDataTest, KnowsChannelsWithAndWithoutControl) {
  DataBrowser& browser = Add("in", 4000, DtlsRoleName::kClient);
  Run(50);
  Produce(browser, "chat", 2);
  browser.Send(2, *DataChannelOpen{.label = "chat", .protocol = "p"}.Write(), kPpidControl);
  Run(20);
  ASSERT_EQ(browser.side.messages.size(), 1u);
  EXPECT_TRUE(IsDataChannelAck(browser.side.messages[0].bytes));
  // The browser closes its channel: we reset our half, too.
  browser.Reset(2);
  Run(50);
  EXPECT_EQ(browser.side.incoming_resets, std::vector{SctpStreamId(2)});
  // Closing the data producer closes the browser's channel.
  Produce(browser, "other", 4);
  Turn turn = world_.Now();
  world_.control.CloseDataProducer(*world_.commons.registry.Find<DataProducer>("other"), turn);
  Run(50);
  EXPECT_EQ(browser.side.incoming_resets, (std::vector{SctpStreamId(2), SctpStreamId(4)}));
}

TEST_F(WebRtcDataTest, EndsWithDtls) {
  DataBrowser& browser = Add("in", 4000, DtlsRoleName::kClient);
  Run(50);
  (void)world_.TakeEvents<SctpStateChanged>();
  DtlsOutput out;
  browser.browser().session().Close(out);
  for (size_t i = 0; i < out.datagrams.size(); ++i) {
    Bytes bytes = out.datagrams[i];
    world_.Receive(browser.transport(), browser.path(), {bytes.begin(), bytes.end()});
  }
  std::vector<SctpStateChanged> states = world_.TakeEvents<SctpStateChanged>();
  ASSERT_EQ(states.size(), 1u);
  EXPECT_EQ(states[0].state, SctpState::kClosed);
  EXPECT_EQ(browser.transport().data().deadline(), Timestamp::Never());
}

TEST_F(WebRtcDataTest, TellsTheBrowserThatTheTransportEnds) {
  DataBrowser& browser = Add("in", 4000, DtlsRoleName::kServer);
  Run(50);
  Turn turn = world_.Now();
  world_.control.CloseTransport(browser.transport(), turn);
  for (const SentDatagram& datagram : world_.Drain()) browser.Hear(datagram.bytes);
  EXPECT_EQ(browser.side.association.state(), SctpState::kClosed);
  EXPECT_EQ(browser.browser().session().state(), DtlsState::kClosed);
}

TEST_F(WebRtcDataTest, IsDeafToSctpWithoutDtls) {
  DataBrowser& browser = Add("in", 4000, DtlsRoleName::kClient);
  Run(50);
  uint64_t before = world_.out.drops(DropReason::kUnknownProtocol);
  world_.Receive(browser.transport(), browser.path(),
                 {0x13, 0x88, 0x13, 0x88, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 4});
  EXPECT_EQ(world_.out.drops(DropReason::kUnknownProtocol), before + 1);
}

TEST_F(WebRtcDataTest, WithoutSctpIgnoresApplicationData) {
  WebRtcTransportOptions options;
  options.listen = ListenIndividual{{{.ip = "0.0.0.0"}}};
  Turn turn = world_.Now();
  Transport& transport =
      *world_.control.CreateWebRtcTransport(world_.router, "t", options, nullptr, turn).value();
  Browser browser(4000);
  Path path = browser.PathTo(transport.sockets().front());
  auto dump = std::get<WebRtcTransportDump>(transport.Dump());
  world_.Receive(transport, path, Browser::Check(dump.ice_parameters, true));
  ASSERT_TRUE(transport.ConnectWebRtc(browser.Parameters(DtlsRoleName::kClient), turn).ok());
  browser.Start(dump, DtlsRole::kClient, world_.now);
  for (int i = 0; i < 10; ++i) {
    for (auto& datagram : browser.TakePending()) world_.Receive(transport, path, datagram);
    for (const SentDatagram& datagram : world_.Drain()) {
      if (Classify(datagram.bytes) == DatagramKind::kDtls) {
        browser.Receive(datagram.bytes, world_.now);
      }
    }
  }
  ASSERT_TRUE(browser.connected());
  ASSERT_TRUE(browser.SendSctp(std::vector<uint8_t>(40, 1)));
  for (auto& datagram : browser.TakePending()) world_.Receive(transport, path, datagram);
  EXPECT_EQ(world_.out.drops(DropReason::kUnknownProtocol), 1u);
}

}  // namespace
}  // namespace millrace
