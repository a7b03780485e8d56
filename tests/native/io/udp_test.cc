#include <gtest/gtest.h>
#include <net/if.h>
#include <poll.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <cstring>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "io/clock.h"
#include "io/socket_address.h"
#include "io/udp_receiver.h"
#include "io/udp_sender.h"

namespace millrace {
namespace {

using Buffer = std::vector<uint8_t>;

// A UDP socket on loopback with its endpoint.
struct Peer {
  explicit Peer(const std::string& address = "127.0.0.1") {
    Random random(uint64_t{1});
    SocketRequest request;
    request.address = *IpAddress::Parse(address);
    Result<BoundSocket> bound = OpenBoundSocket(request, random);
    if (!bound.ok()) throw std::runtime_error(bound.error().reason);
    endpoint = {request.address, bound.value().port};
    socket = std::make_unique<UdpSocket>(std::move(bound.value()), KernelSegmentsUdp());
  }
  std::unique_ptr<UdpSocket> socket;
  Endpoint endpoint;
};

// Reads until `count` datagrams came, or nothing came for two seconds.
std::vector<Buffer> ReceiveAll(Peer& peer, size_t count, Output& out) {
  UdpReceiver receiver;
  std::vector<Buffer> received;
  while (received.size() < count) {
    pollfd readable{.fd = peer.socket->descriptor(), .events = POLLIN, .revents = 0};
    if (poll(&readable, 1, 2000) <= 0) break;
    UdpReceiver::Batch batch =
        receiver.Receive(*peer.socket, SocketId(9), MonotonicNow(), WallToMonotonic(), out);
    for (const InboundDatagram& datagram : batch.datagrams) {
      received.emplace_back(datagram.bytes.begin(), datagram.bytes.end());
    }
  }
  return received;
}

// Numbered, so that order shows.
Buffer MakeDatagram(size_t size, uint8_t number) {
  Buffer bytes(size, static_cast<uint8_t>(size));
  bytes[0] = number;
  return bytes;
}

std::vector<Buffer> MakeDatagrams(std::initializer_list<size_t> sizes) {
  std::vector<Buffer> datagrams;
  for (size_t size : sizes) {
    datagrams.push_back(MakeDatagram(size, static_cast<uint8_t>(datagrams.size())));
  }
  return datagrams;
}

void Append(const std::vector<Buffer>& datagrams, const Endpoint& remote, Output& out) {
  for (const Buffer& datagram : datagrams) out.Send({SocketId(1), remote}, datagram);
}

TEST(UdpSenderTest, SendsRunsOfEqualSizesAsOneAndKeepsTheOrder) {
  Peer from, to;
  Output out;
  UdpSender sender(SendMode::kBatch);
  // Runs: 3 equal and a shorter end; a longer one alone with its shorter end; two equal.
  auto datagrams = MakeDatagrams({1200, 1200, 1200, 700, 1300, 50, 60, 60});
  Append(datagrams, to.endpoint, out);
  sender.Send(*from.socket, out.datagrams(), out);
  EXPECT_EQ(ReceiveAll(to, datagrams.size(), out), datagrams);
  EXPECT_EQ(sender.counters().datagrams, 8u);
  EXPECT_EQ(sender.counters().calls, 1u);
  EXPECT_EQ(sender.counters().segmented_runs, 3u);
  EXPECT_EQ(out.drops(DropReason::kSendFailed), 0u);
}

TEST(UdpSenderTest, SendsToManyPeersInFewCalls) {
  Peer from;
  std::vector<Peer> peers(100);
  Output out;
  UdpSender sender(SendMode::kBatch);
  for (const Peer& peer : peers) Append(MakeDatagrams({200, 200}), peer.endpoint, out);
  sender.Send(*from.socket, out.datagrams(), out);
  for (Peer& peer : peers) EXPECT_EQ(ReceiveAll(peer, 2, out), MakeDatagrams({200, 200}));
  EXPECT_EQ(sender.counters().calls, 2u);
  EXPECT_EQ(sender.counters().segmented_runs, 100u);
}

TEST(UdpSenderTest, CutsRunsAtTheKernelsLimits) {
  Peer from, to;
  int buffer = 8 * 1024 * 1024;
  setsockopt(to.socket->descriptor(), SOL_SOCKET, SO_RCVBUFFORCE, &buffer, sizeof(buffer));
  Output out;
  UdpSender sender(SendMode::kBatch);
  std::vector<Buffer> datagrams;
  for (uint8_t i = 0; i < 130; ++i) datagrams.push_back(MakeDatagram(100, i));  // by count
  for (uint8_t i = 0; i < 60; ++i) datagrams.push_back(MakeDatagram(1400, i));  // by bytes
  Append(datagrams, to.endpoint, out);
  sender.Send(*from.socket, out.datagrams(), out);
  EXPECT_EQ(ReceiveAll(to, datagrams.size(), out), datagrams);
  EXPECT_EQ(sender.counters().refused_runs, 0u);
  EXPECT_EQ(sender.counters().segmented_runs, 5u);
}

TEST(UdpSenderTest, SingleModeSendsEveryDatagramByItself) {
  Peer from, to;
  Output out;
  UdpSender sender(SendMode::kSingle);
  auto datagrams = MakeDatagrams({1200, 1200, 1200, 700});
  Append(datagrams, to.endpoint, out);
  sender.Send(*from.socket, out.datagrams(), out);
  EXPECT_EQ(ReceiveAll(to, 4, out), datagrams);
  EXPECT_EQ(sender.counters().calls, 4u);
  EXPECT_EQ(sender.counters().segmented_runs, 0u);
}

TEST(UdpSenderTest, SpeaksIpv6AsWell) {
  Peer from("::1"), to("::1");
  Output out;
  UdpSender sender(SendMode::kBatch);
  auto datagrams = MakeDatagrams({1200, 1200, 300});
  Append(datagrams, to.endpoint, out);
  sender.Send(*from.socket, out.datagrams(), out);
  EXPECT_EQ(ReceiveAll(to, 3, out), datagrams);
  EXPECT_EQ(sender.counters().segmented_runs, 1u);
}

TEST(UdpSenderTest, CountsWhatTheKernelRefusesAndSendsTheRest) {
  Peer from, to;
  Output out;
  UdpSender sender(SendMode::kBatch);
  auto datagrams = MakeDatagrams({100, 100});
  Append({datagrams[0]}, to.endpoint, out);
  // An IPv6 peer cannot be reached from this socket.
  Append({datagrams[0]}, {*IpAddress::Parse("2001:db8::1"), 4000}, out);
  Append({datagrams[1]}, to.endpoint, out);
  sender.Send(*from.socket, out.datagrams(), out);
  EXPECT_EQ(ReceiveAll(to, 2, out), datagrams);
  EXPECT_EQ(out.drops(DropReason::kSendFailed), 1u);
}

// Runs in a network namespace of its own, on a thread that ends with it.
template <typename Function>
bool InOwnNetwork(int loopback_mtu, Function function) {
  bool entered = false;
  std::thread([&] {
    if (unshare(CLONE_NEWNET) != 0) return;
    FileDescriptor control(socket(AF_INET, SOCK_DGRAM, 0));
    ifreq request{};
    std::strcpy(request.ifr_name, "lo");
    request.ifr_mtu = loopback_mtu;
    if (ioctl(control.get(), SIOCSIFMTU, &request) != 0) return;
    request.ifr_flags = IFF_UP;
    if (ioctl(control.get(), SIOCSIFFLAGS, &request) != 0) return;
    entered = true;
    function();
  }).join();
  return entered;
}

TEST(UdpSenderTest, SendsARunAgainOneByOneWhereItsSegmentsExceedThePath) {
  bool entered = InOwnNetwork(1000, [] {
    Peer from, to;
    Output out;
    UdpSender sender(SendMode::kBatch);
    auto datagrams = MakeDatagrams({1200, 1200, 1200});
    Append(MakeDatagrams({200, 200}), to.endpoint, out);
    Append(datagrams, to.endpoint, out);
    sender.Send(*from.socket, out.datagrams(), out);
    // The kernel cuts the single ones into IP fragments instead.
    auto received = ReceiveAll(to, 5, out);
    ASSERT_EQ(received.size(), 5u);
    EXPECT_EQ(received[4], datagrams[2]);
    EXPECT_EQ(sender.counters().refused_runs, 1u);
    EXPECT_EQ(sender.counters().segmented_runs, 1u);
    EXPECT_EQ(out.drops(DropReason::kSendFailed), 0u);

    // A socket that is refused again and again stops asking.
    for (uint32_t i = 0; i < 2 * UdpSocket::kSegmentRefusalsMax; ++i) {
      out.ClearDatagrams();
      Append(MakeDatagrams({1200, 1200}), to.endpoint, out);
      sender.Send(*from.socket, out.datagrams(), out);
      EXPECT_EQ(ReceiveAll(to, 2, out).size(), 2u);
    }
    EXPECT_FALSE(from.socket->segments());
    EXPECT_EQ(sender.counters().refused_runs, UdpSocket::kSegmentRefusalsMax);
  });
  if (!entered) GTEST_SKIP() << "a network namespace needs root";
}

TEST(UdpReceiverTest, GivesEachDatagramItsPathAndTheTimeTheKernelGotIt) {
  Peer from, to;
  Output out;
  UdpSender sender(SendMode::kBatch);
  Timestamp before = MonotonicNow();
  Append(MakeDatagrams({10}), to.endpoint, out);
  sender.Send(*from.socket, out.datagrams(), out);
  pollfd readable{.fd = to.socket->descriptor(), .events = POLLIN, .revents = 0};
  ASSERT_EQ(poll(&readable, 1, 2000), 1);
  Timestamp after = MonotonicNow();

  UdpReceiver receiver;
  // Read a second later than it came: the kernel's time counts, not ours.
  Timestamp late = after + Duration::Seconds(1);
  UdpReceiver::Batch batch =
      receiver.Receive(*to.socket, SocketId(9), late, WallToMonotonic(), out);
  ASSERT_EQ(batch.datagrams.size(), 1u);
  EXPECT_FALSE(batch.more);
  EXPECT_EQ(batch.datagrams[0].path, (Path{SocketId(9), from.endpoint}));
  Duration tolerance = Duration::Millis(1);  // the two clocks are not read at one moment
  EXPECT_GE(batch.datagrams[0].received, before - tolerance);
  EXPECT_LE(batch.datagrams[0].received, after + tolerance);
}

// The kernel stamps with the wall clock. Whoever sets it while datagrams wait makes their times
// wrong by hours; they are then taken as if they had come in the last two seconds.
TEST(UdpReceiverTest, DoesNotBelieveAWallClockThatSomebodySets) {
  for (Duration set : {Duration::Seconds(24 * 3600), Duration::Seconds(-3600)}) {
    Peer from, to;
    Output out;
    UdpSender sender(SendMode::kBatch);
    Append(MakeDatagrams({10}), to.endpoint, out);
    sender.Send(*from.socket, out.datagrams(), out);
    pollfd readable{.fd = to.socket->descriptor(), .events = POLLIN, .revents = 0};
    ASSERT_EQ(poll(&readable, 1, 2000), 1);
    UdpReceiver receiver;
    Timestamp now = MonotonicNow();
    UdpReceiver::Batch batch =
        receiver.Receive(*to.socket, SocketId(9), now, WallToMonotonic() - set, out);
    ASSERT_EQ(batch.datagrams.size(), 1u);
    EXPECT_LE(batch.datagrams[0].received, now);
    EXPECT_GE(batch.datagrams[0].received, now - Duration::Seconds(2));
  }
}

TEST(UdpReceiverTest, DropsWhatIsLongerThanMediaCanBe) {
  Peer from, to;
  Output out;
  UdpSender sender(SendMode::kBatch);
  Append({Buffer(UdpReceiver::kDatagramBytesMax + 1, 1)}, to.endpoint, out);
  Append({Buffer(UdpReceiver::kDatagramBytesMax, 2)}, to.endpoint, out);
  sender.Send(*from.socket, out.datagrams(), out);
  auto received = ReceiveAll(to, 1, out);
  ASSERT_EQ(received.size(), 1u);
  EXPECT_EQ(received[0].size(), UdpReceiver::kDatagramBytesMax);
  EXPECT_EQ(out.drops(DropReason::kTooLarge), 1u);
}

TEST(UdpReceiverTest, SaysWhenASocketMayHoldMore) {
  Peer from, to;
  Output out;
  UdpSender sender(SendMode::kBatch);
  for (uint8_t i = 0; i < 40; ++i) Append({MakeDatagram(20, i)}, to.endpoint, out);
  sender.Send(*from.socket, out.datagrams(), out);
  UdpReceiver receiver;
  UdpReceiver::Batch first =
      receiver.Receive(*to.socket, SocketId(9), MonotonicNow(), WallToMonotonic(), out);
  EXPECT_EQ(first.datagrams.size(), UdpReceiver::kBatch);
  EXPECT_TRUE(first.more);
  UdpReceiver::Batch second =
      receiver.Receive(*to.socket, SocketId(9), MonotonicNow(), WallToMonotonic(), out);
  EXPECT_EQ(second.datagrams.size(), 40 - UdpReceiver::kBatch);
  EXPECT_FALSE(second.more);
}

}  // namespace
}  // namespace millrace
