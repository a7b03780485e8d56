// Which peers may speak SCTP to a plain transport, and how messages pass through several.
#include <gtest/gtest.h>

#include "data_call.h"
#include "routing/data_channels.h"

namespace millrace {
namespace {

using TextList = std::vector<std::string>;

class DataPathsTest : public DataCall {};

TEST_F(DataPathsTest, LearnsItsPeerFromSctpWithoutSrtp) {
  PlainTransportOptions options = DataWorld::WithSctp();
  options.comedia = true;
  DataWorld::Peer& peer = world_.AddPeer("comedia", 5001, options);
  world_.Run(Duration::Millis(100));
  EXPECT_EQ(peer.side.association.state(), SctpState::kNew);
  world_.Receive(*peer.transport, peer.path, {0x13, 0x88, 0x13, 0x88, 1, 2, 3, 4, 5, 6, 7, 8});
  EXPECT_EQ(Drops(DropReason::kMalformed), 1u);
  EXPECT_TRUE(world_.TakeEvents<PlainTupleLearned>().empty());
  world_.Call(peer, [&](SctpAssociation& association, SctpOutput& out) {
    association.Connect(world_.now, out);
  });
  world_.Run(Duration::Millis(200));
  EXPECT_EQ(peer.side.association.state(), SctpState::kConnected);
  EXPECT_EQ(world_.TakeEvents<PlainTupleLearned>().size(), 1u);
  // And from then on from nowhere else.
  Path other = DataWorld::PeerPath(*peer.transport, 6666);
  world_.Receive(*peer.transport, other, {0x13, 0x88, 0x13, 0x88, 1, 2, 3, 4, 5, 6, 7, 8});
  EXPECT_EQ(Drops(DropReason::kUnknownPath), 1u);
}

TEST_F(DataPathsTest, LearnsNothingFromSctpWhereSrtpIsOn) {
  PlainTransportOptions options = DataWorld::WithSctp();
  options.comedia = true;
  options.enable_srtp = true;
  Transport& transport = world_.AddPlain("secure", 0, options);
  Turn turn = world_.Now();
  std::string key = std::get<PlainTransportDump>(transport.Dump()).srtp_parameters->key_base64;
  ASSERT_TRUE(transport
                  .ConnectPlain(
                      {.srtp_parameters = SrtpParameters{SrtpSuiteName::kAeadAes128Gcm, key}}, turn)
                  .ok());
  DataWorld::Peer& peer = world_.AttachPeer(transport, DataWorld::PeerPath(transport, 5001));
  world_.Call(peer, [&](SctpAssociation& association, SctpOutput& out) {
    association.Connect(world_.now, out);
  });
  world_.Run(Duration::Millis(100));
  EXPECT_TRUE(world_.TakeEvents<PlainTupleLearned>().empty());
  EXPECT_EQ(Drops(DropReason::kNotConnected), 1u);
}

TEST_F(DataPathsTest, IsDeafWithoutSctp) {
  Transport& transport = world_.AddPlain("plain", 5001);
  Path path = DataWorld::PeerPath(transport, 5001);
  world_.Receive(transport, path, {0x13, 0x88, 0x13, 0x88, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 4});
  EXPECT_EQ(Drops(DropReason::kUnknownProtocol), 1u);
  EXPECT_TRUE(world_.Drain().empty());
}

TEST_F(DataPathsTest, ServesManyViewersInOneTick) {
  sender_ = &world_.AddPeer("in", 5001);
  producer_ = &world_.ProduceData(*sender_->transport, "chat", 1);
  constexpr int kViewers = 120;
  std::vector<DataWorld::Peer*> viewers;
  for (int i = 0; i < kViewers; ++i) {
    std::string id = std::to_string(i);
    viewers.push_back(&world_.AddPeer("t" + id, static_cast<uint16_t>(6000 + i)));
    world_.ConsumeData(*viewers.back()->transport, "c" + id, "chat", {.stream_id = 1});
  }
  // More than the slab holds at once.
  world_.Send(*sender_, 1, std::vector<uint8_t>(4000, 1));
  world_.Run(Duration::Millis(100));
  for (DataWorld::Peer* viewer : viewers) ASSERT_EQ(viewer->side.messages.size(), 1u);
  EXPECT_EQ(Drops(DropReason::kBufferLimit), 0u);
}

TEST_F(DataPathsTest, PassesThroughTwoTransportsOfOurs) {
  SetUpCall();
  auto [a, b] = world_.AddPair("a", "b");
  EXPECT_EQ(DumpOf(*a).state, SctpState::kConnected);
  EXPECT_EQ(DumpOf(*b).state, SctpState::kConnected);
  world_.ConsumeData(*a, "pipe out", "chat", {.stream_id = 0});
  world_.ProduceData(*b, "pipe in", 0);
  world_.ConsumeData(*viewer_->transport, "far sink", "pipe in", {.stream_id = 6});
  Send("far away");
  EXPECT_EQ(TextsOf(*viewer_), (TextList{"far away", "far away"}));
}

}  // namespace
}  // namespace millrace
