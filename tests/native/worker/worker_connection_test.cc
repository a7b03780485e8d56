// TCP connections of ICE through the whole worker.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "protocol/crypto.h"
#include "wire/stun.h"
#include "worker/worker_harness.h"

namespace millrace {
namespace {

namespace fbs = Millrace::Schema;
using Event = ChannelFrames::Event;

Endpoint At(const char* address, uint16_t port) { return {*IpAddress::Parse(address), port}; }

std::vector<uint8_t> BindingRequest(const fbs::WebRtcTransport::DumpResponse& transport) {
  std::vector<uint8_t> bytes(512);
  StunWriter writer(bytes, StunClass::kRequest, kStunBinding, {1, 2, 3});
  writer.AddUsername(transport.ice_parameters()->username_fragment()->str() + ":peer");
  writer.AddPriority(1);
  writer.AddIceControlling(5);
  writer.AddUseCandidate();
  std::string password = transport.ice_parameters()->password()->str();
  writer.AddMessageIntegrity(
      Bytes(reinterpret_cast<const uint8_t*>(password.data()), password.size()), &HmacSha1);
  writer.AddFingerprint();
  bytes.resize(writer.Finish().size());
  return bytes;
}

// A peer checks over a TCP connection to `listener`, which then ends: the ICE states that are told.
std::vector<fbs::WebRtcTransport::IceState> StatesOverOneConnection(
    WorkerHarness& harness, SocketId listener, const std::vector<uint8_t>& check) {
  Path path{harness.edge().NewConnection(), At("192.0.2.7", 7)};
  harness.worker().OnConnectionOpened(harness.now(), listener, path, harness.out());
  std::vector<uint8_t> bytes = check;
  InboundDatagram datagram{path, harness.now(), bytes};
  harness.worker().OnDatagrams(harness.now(), {&datagram, 1}, harness.out());
  harness.worker().OnConnectionClosed(harness.now(), path.socket, harness.out());
  std::vector<fbs::WebRtcTransport::IceState> states;
  for (const SentFrame& frame : harness.TakeFrames()) {
    const auto* told = frame.notification();
    if (!told || told->event() != Event::WEBRTCTRANSPORT_ICE_STATE_CHANGE) continue;
    states.push_back(told->body_as_WebRtcTransport_IceStateChangeNotification()->ice_state());
  }
  return states;
}

TEST(WorkerConnectionTest, TellsAtOnceThatTheConnectionOfAPeerHasEnded) {
  using IceState = fbs::WebRtcTransport::IceState;
  const std::vector<IceState> expected = {IceState::COMPLETED, IceState::DISCONNECTED};
  WorkerHarness harness;
  ASSERT_TRUE(harness.Ask(harness.frames.CreateRouter("router")).accepted());
  ASSERT_TRUE(harness.Ask(harness.frames.CreateServer("server", 40000)).accepted());
  SentFrame own = harness.Ask(harness.frames.CreateWebRtcTransport("router", "own"));
  SentFrame on_server =
      harness.Ask(harness.frames.CreateWebRtcTransportOn("server", "router", "onServer"));

  const auto& own_dump = *own.response()->body_as_WebRtcTransport_DumpResponse();
  SocketId own_listener = *harness.edge().Find(SocketRequest::Protocol::kUdp,
                                               own_dump.ice_candidates()->Get(0)->port());
  EXPECT_EQ(StatesOverOneConnection(harness, own_listener, BindingRequest(own_dump)), expected);

  const auto& shared_dump = *on_server.response()->body_as_WebRtcTransport_DumpResponse();
  SocketId shared = *harness.edge().Find(SocketRequest::Protocol::kUdp, 40000);
  EXPECT_EQ(StatesOverOneConnection(harness, shared, BindingRequest(shared_dump)), expected);
}

}  // namespace
}  // namespace millrace
