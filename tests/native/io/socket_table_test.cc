#include "io/socket_table.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <stdexcept>
#include <string>
#include <vector>

#include "io/clock.h"
#include "io/entropy.h"
#include "io/socket_address.h"

namespace millrace {
namespace {

using Buffer = std::vector<uint8_t>;

class SocketTableTest : public testing::Test {
 protected:
  SocketTableTest() : table_(loop_, ReadEntropy()) {
    SocketRequest request;
    request.protocol = SocketRequest::Protocol::kTcp;
    request.address = *IpAddress::Parse("127.0.0.1");
    Result<OpenedSocket> opened = table_.Open(request);
    if (!opened.ok()) throw std::runtime_error(opened.error().reason);
    listener_ = opened.value().id;
    endpoint_ = {request.address, opened.value().port};
  }

  FileDescriptor Connect() {
    FileDescriptor client(socket(AF_INET, SOCK_STREAM, 0));
    SocketAddress address;
    address.Set(endpoint_, false);
    if (connect(client.get(), address.get(), address.size) != 0) {
      throw std::runtime_error("connect");
    }
    return client;
  }

  // The connection that was just made, as soon as the loop sees it.
  SocketId AcceptOne() {
    for (;;) {
      std::vector<AcceptedConnection> accepted = table_.Accept(listener_, now_);
      if (!accepted.empty()) return accepted.front().path.socket;
      (void)loop_.Wait(MonotonicNow(), MonotonicNow() + Duration::Seconds(5));
    }
  }

  // Reads until `count` datagrams came or the connection ended.
  std::vector<Buffer> ReadDatagrams(SocketId id, size_t count, bool& alive) {
    std::vector<Buffer> datagrams;
    alive = true;
    while (datagrams.size() < count && alive) {
      TcpConnection* connection = table_.FindConnection(id);
      (void)loop_.Wait(MonotonicNow(), MonotonicNow() + Duration::Seconds(5));
      alive = connection->Read(now_);
      for (MutableBytes next = connection->NextDatagram(now_); !next.empty();
           next = connection->NextDatagram(now_)) {
        datagrams.emplace_back(next.begin(), next.end());
      }
      alive = alive && !connection->broken();
    }
    return datagrams;
  }

  EventLoop loop_;
  SocketTable table_;
  SocketId listener_;
  Endpoint endpoint_;
  Timestamp now_ = Timestamp::Millis(1000);
};

void WriteAll(const FileDescriptor& client, const Buffer& bytes) {
  ASSERT_EQ(send(client.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL),
            static_cast<ssize_t>(bytes.size()));
}

TEST_F(SocketTableTest, CarriesDatagramsOverTcpInBothDirections) {
  FileDescriptor client = Connect();
  SocketId id = AcceptOne();
  WriteAll(client, {0, 2, 7, 8, 0, 1, 9});
  bool alive = false;
  EXPECT_EQ(ReadDatagrams(id, 2, alive), (std::vector<Buffer>{{7, 8}, {9}}));

  TcpConnection* connection = table_.FindConnection(id);
  EXPECT_TRUE(connection->Append(Buffer{1, 2, 3}));
  EXPECT_TRUE(connection->Append(Buffer{4}));
  EXPECT_TRUE(connection->Write());
  Buffer received(8);
  EXPECT_EQ(recv(client.get(), received.data(), 8, MSG_WAITALL), 8);
  EXPECT_EQ(received, (Buffer{0, 3, 1, 2, 3, 0, 1, 4}));
}

TEST_F(SocketTableTest, APeerThatDoesNotReadLosesWholeDatagramsOnly) {
  FileDescriptor client = Connect();
  SocketId id = AcceptOne();
  TcpConnection* connection = table_.FindConnection(id);
  Buffer datagram(1200, 5);
  size_t taken = 0;
  while (connection->Append(datagram)) {
    ++taken;
    ASSERT_TRUE(connection->Write());
  }
  EXPECT_LE(connection->unwritten(), TcpConnection::kUnwrittenBytesMax);
  table_.UpdateInterest(*connection);

  size_t expected = taken * (datagram.size() + 2);
  Buffer received(expected);
  size_t got = 0;
  while (got < expected) {
    ssize_t count = recv(client.get(), received.data() + got, expected - got, MSG_DONTWAIT);
    if (count > 0) {
      got += static_cast<size_t>(count);
      continue;
    }
    for (const Event& event : loop_.Wait(MonotonicNow(), MonotonicNow() + Duration::Millis(10))) {
      if (!event.writable) continue;
      ASSERT_TRUE(connection->Write());
    }
  }
  EXPECT_EQ(connection->unwritten(), 0u);
  for (size_t i = 0; i < taken; ++i) {
    ASSERT_EQ(received[i * 1202], 1200 >> 8);
    ASSERT_EQ(received[i * 1202 + 1], 1200 & 0xff);
  }
}

TEST_F(SocketTableTest, AConnectionWithAnImpossibleFrameIsBroken) {
  FileDescriptor client = Connect();
  SocketId id = AcceptOne();
  WriteAll(client, {0xff, 0xff, 1});
  bool alive = true;
  EXPECT_TRUE(ReadDatagrams(id, 1, alive).empty());
  EXPECT_FALSE(alive);
  EXPECT_EQ(table_.FindExpired(now_ + Duration::Seconds(1)), std::vector<SocketId>{id});
}

TEST_F(SocketTableTest, TheEndOfTheStreamIsTheEndOfTheConnection) {
  {
    FileDescriptor client = Connect();
  }
  bool alive = true;
  ReadDatagrams(AcceptOne(), 1, alive);
  EXPECT_FALSE(alive);
}

TEST_F(SocketTableTest, AStrangerThatSaysNothingIsForgottenSoonAndAPeerLater) {
  FileDescriptor silent = Connect();
  SocketId silent_id = AcceptOne();
  FileDescriptor peer = Connect();
  SocketId peer_id = AcceptOne();
  WriteAll(peer, {0, 1, 9});
  bool alive = false;
  ASSERT_EQ(ReadDatagrams(peer_id, 1, alive).size(), 1u);

  Timestamp accepted = now_;
  EXPECT_TRUE(table_.FindExpired(accepted + TcpConnection::kFirstDatagramMax).empty());
  Timestamp later = accepted + TcpConnection::kFirstDatagramMax + Duration::Seconds(2);
  EXPECT_EQ(table_.FindExpired(later), std::vector<SocketId>{silent_id});
  table_.Close(silent_id);
  later = accepted + TcpConnection::kIdleMax + Duration::Seconds(1);
  EXPECT_EQ(table_.FindExpired(later), std::vector<SocketId>{peer_id});
}

TEST_F(SocketTableTest, BytesThatDripDoNotKeepAConnectionAlive) {
  FileDescriptor client = Connect();
  SocketId id = AcceptOne();
  WriteAll(client, {0, 1, 9, 0, 200});
  bool alive = false;
  ASSERT_EQ(ReadDatagrams(id, 1, alive).size(), 1u);
  Timestamp began = now_;
  for (int i = 0; i < 11; ++i) {
    now_ = now_ + Duration::Seconds(1);
    WriteAll(client, {1});
    (void)loop_.Wait(MonotonicNow(), MonotonicNow() + Duration::Seconds(5));
    ASSERT_TRUE(table_.FindConnection(id)->Read(now_));
    ASSERT_TRUE(table_.FindConnection(id)->NextDatagram(now_).empty());
  }
  ASSERT_GT(now_ - began, TcpConnection::kFrameMax);
  EXPECT_EQ(table_.FindExpired(now_), std::vector<SocketId>{id});
}

TEST_F(SocketTableTest, OneAddressGetsOnlySoManyConnections) {
  std::vector<FileDescriptor> clients;
  std::vector<SocketId> accepted;
  for (size_t i = 0; i < SocketTable::kConnectionsPerAddressMax; ++i) {
    clients.push_back(Connect());
    accepted.push_back(AcceptOne());
  }
  FileDescriptor refused = Connect();
  uint8_t byte = 0;
  // The refusal is a closed connection: accepted here, then seen by the client.
  (void)loop_.Wait(MonotonicNow(), MonotonicNow() + Duration::Seconds(5));
  EXPECT_TRUE(table_.Accept(listener_, now_).empty());
  EXPECT_EQ(recv(refused.get(), &byte, 1, 0), 0);

  table_.Close(accepted.front());
  FileDescriptor welcome = Connect();
  EXPECT_NE(AcceptOne(), SocketId());
}

TEST_F(SocketTableTest, AListenerTakesItsConnectionsWithIt) {
  FileDescriptor client = Connect();
  SocketId id = AcceptOne();
  EXPECT_EQ(table_.ConnectionsOf(listener_), std::vector<SocketId>{id});
  table_.Close(listener_);
  EXPECT_EQ(table_.size(), 0u);
  uint8_t byte = 0;
  EXPECT_EQ(recv(client.get(), &byte, 1, 0), 0);
}

TEST_F(SocketTableTest, SocketNumbersAreNeverUsedAgain) {
  SocketRequest request;
  request.address = *IpAddress::Parse("127.0.0.1");
  Result<OpenedSocket> first = table_.Open(request);
  ASSERT_TRUE(first.ok());
  EXPECT_NE(table_.FindUdp(first.value().id), nullptr);
  table_.Close(first.value().id);
  EXPECT_EQ(table_.FindUdp(first.value().id), nullptr);
  Result<OpenedSocket> second = table_.Open(request);
  ASSERT_TRUE(second.ok());
  EXPECT_GT(second.value().id, first.value().id);
}

TEST_F(SocketTableTest, ReadsWhatTheProcessHasUsed) {
  ResourceUsage usage = table_.ReadResourceUsage();
  EXPECT_GT(usage.max_resident, 0u);
  EXPECT_GT(usage.minor_faults, 0u);
}

}  // namespace
}  // namespace millrace
