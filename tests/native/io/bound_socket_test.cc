#include "io/bound_socket.h"

#include <gtest/gtest.h>

#include <set>
#include <vector>

namespace millrace {
namespace {

SocketRequest Ask(SocketRequest::Protocol protocol, uint16_t min, uint16_t max) {
  SocketRequest request;
  request.protocol = protocol;
  request.address = *IpAddress::Parse("127.0.0.1");
  request.port_min = min;
  request.port_max = max;
  return request;
}

// The first of `count` neighbouring ports that are free now.
uint16_t FindFreeRun(SocketRequest::Protocol protocol, uint16_t count, Random& random) {
  for (;;) {
    auto first = static_cast<uint16_t>(20000 + random.Below(20000));
    std::vector<BoundSocket> taken;
    for (uint16_t i = 0; i < count; ++i) {
      auto port = static_cast<uint16_t>(first + i);
      Result<BoundSocket> socket = OpenBoundSocket(Ask(protocol, port, port), random);
      if (!socket.ok()) break;
      taken.push_back(std::move(socket.value()));
    }
    if (taken.size() == count) return first;
  }
}

class BoundSocketTest : public testing::TestWithParam<SocketRequest::Protocol> {
 protected:
  Random random_{uint64_t{4711}};
};

TEST_P(BoundSocketTest, TakesEveryPortOfARangeOnceAndThenSaysWhatIsExhausted) {
  uint16_t first = FindFreeRun(GetParam(), 8, random_);
  SocketRequest request = Ask(GetParam(), first, static_cast<uint16_t>(first + 7));
  std::vector<BoundSocket> sockets;
  std::set<uint16_t> ports;
  for (size_t i = 0; i < 8; ++i) {
    Result<BoundSocket> socket = OpenBoundSocket(request, random_);
    ASSERT_TRUE(socket.ok()) << socket.error().reason;
    ports.insert(socket.value().port);
    sockets.push_back(std::move(socket.value()));
  }
  EXPECT_EQ(ports.size(), 8u);
  EXPECT_EQ(*ports.begin(), first);
  EXPECT_EQ(*ports.rbegin(), first + 7);

  Result<BoundSocket> exhausted = OpenBoundSocket(request, random_);
  ASSERT_FALSE(exhausted.ok());
  EXPECT_NE(exhausted.error().reason.find("no more available ports"), std::string::npos);
  EXPECT_NE(exhausted.error().reason.find("127.0.0.1"), std::string::npos);

  uint16_t freed = sockets[3].port;
  sockets.erase(sockets.begin() + 3);
  Result<BoundSocket> again = OpenBoundSocket(request, random_);
  ASSERT_TRUE(again.ok());
  EXPECT_EQ(again.value().port, freed);
}

TEST_P(BoundSocketTest, DoesNotHandOutPortsInOrder) {
  uint16_t first = FindFreeRun(GetParam(), 8, random_);
  SocketRequest request = Ask(GetParam(), first, static_cast<uint16_t>(first + 7));
  std::set<uint16_t> starts;
  for (size_t i = 0; i < 40; ++i) {
    Result<BoundSocket> socket = OpenBoundSocket(request, random_);
    ASSERT_TRUE(socket.ok());
    starts.insert(socket.value().port);
  }
  EXPECT_GT(starts.size(), 4u);
}

TEST_P(BoundSocketTest, PortZeroLetsTheSystemChoose) {
  Result<BoundSocket> socket = OpenBoundSocket(Ask(GetParam(), 0, 0), random_);
  ASSERT_TRUE(socket.ok());
  EXPECT_NE(socket.value().port, 0);
  EXPECT_GT(socket.value().receive_buffer, 0u);
}

TEST_P(BoundSocketTest, AnAddressThatIsNotOursIsRefusedWithTheSystemsReason) {
  SocketRequest request = Ask(GetParam(), 0, 0);
  request.address = *IpAddress::Parse("192.0.2.1");
  Result<BoundSocket> socket = OpenBoundSocket(request, random_);
  ASSERT_FALSE(socket.ok());
  EXPECT_NE(socket.error().reason.find("cannot bind"), std::string::npos);
}

TEST_P(BoundSocketTest, ARangeUpsideDownIsATypeError) {
  Result<BoundSocket> socket = OpenBoundSocket(Ask(GetParam(), 5000, 4999), random_);
  ASSERT_FALSE(socket.ok());
  EXPECT_EQ(socket.error().kind, Error::Kind::kTypeError);
}

INSTANTIATE_TEST_SUITE_P(BothProtocols, BoundSocketTest,
                         testing::Values(SocketRequest::Protocol::kUdp,
                                         SocketRequest::Protocol::kTcp),
                         [](const auto& info) {
                           bool udp = info.param == SocketRequest::Protocol::kUdp;
                           return udp ? "Udp" : "Tcp";
                         });

}  // namespace
}  // namespace millrace
