#include "base/endpoint.h"

#include <gtest/gtest.h>

#include <string>

namespace millrace {
namespace {

std::string Canonical(const char* text) {
  std::optional<IpAddress> address = IpAddress::Parse(text);
  return address ? address->ToString() : "refused";
}

TEST(IpAddressTest, ReadsIpv4) {
  EXPECT_EQ(Canonical("127.0.0.1"), "127.0.0.1");
  EXPECT_EQ(Canonical("255.255.255.255"), "255.255.255.255");
  EXPECT_EQ(Canonical("0.0.0.0"), "0.0.0.0");
  EXPECT_TRUE(IpAddress::Parse("192.0.2.1")->is_v4());
}

TEST(IpAddressTest, RefusesWhatIsNotIpv4) {
  for (const char* text : {"", "1", "1.2.3", "1.2.3.", "1.2.3.4.", "1.2.3.4.5", "256.1.1.1",
                           "1.2.3.-4", "1.2.3.4 ", " 1.2.3.4", "0001.2.3.4", "1..3.4", "a.b.c.d",
                           "0x1.2.3.4", "example.org", "host.local", "+1.2.3.4"}) {
    EXPECT_EQ(Canonical(text), "refused") << text;
  }
}

TEST(IpAddressTest, ReadsAndWritesIpv6AsRfc5952) {
  EXPECT_EQ(Canonical("::"), "::");
  EXPECT_EQ(Canonical("::1"), "::1");
  EXPECT_EQ(Canonical("1::"), "1::");
  EXPECT_EQ(Canonical("2001:DB8::0001"), "2001:db8::1");
  EXPECT_EQ(Canonical("2001:db8:0:0:1:0:0:1"), "2001:db8::1:0:0:1");
  EXPECT_EQ(Canonical("2001:db8:0:1:1:1:1:1"), "2001:db8:0:1:1:1:1:1");
  EXPECT_EQ(Canonical("2001:0:0:1:0:0:0:1"), "2001:0:0:1::1");
  EXPECT_EQ(Canonical("1:2:3:4:5:6:7:8"), "1:2:3:4:5:6:7:8");
  EXPECT_EQ(Canonical("1:2:3:4:5:6:0:0"), "1:2:3:4:5:6::");
}

TEST(IpAddressTest, MappedIpv4IsIpv4) {
  EXPECT_EQ(Canonical("::ffff:192.0.2.1"), "192.0.2.1");
  EXPECT_EQ(Canonical("::ffff:c000:201"), "192.0.2.1");
  EXPECT_EQ(IpAddress::Parse("::ffff:192.0.2.1"), IpAddress::FromV4({192, 0, 2, 1}));
  EXPECT_FALSE(IpAddress::Parse("::192.0.2.1")->is_v4());
}

TEST(IpAddressTest, RefusesWhatIsNotIpv6) {
  for (const char* text : {":", ":::", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "1::2::3",
                           "12345::", "g::", "1:2:3:4:5:6:7:8::", "::1:2:3:4:5:6:7:8", "1:", ":1",
                           "::1.2.3", "1.2.3.4::", "fe80::1%eth0", "[::1]", "::1 "}) {
    EXPECT_EQ(Canonical(text), "refused") << text;
  }
}

TEST(IpAddressTest, KnowsSpecialAddresses) {
  EXPECT_TRUE(IpAddress::Parse("0.0.0.0")->is_unspecified());
  EXPECT_TRUE(IpAddress::Parse("::")->is_unspecified());
  EXPECT_TRUE(IpAddress().is_unspecified());
  EXPECT_FALSE(IpAddress::Parse("::1")->is_unspecified());
  EXPECT_TRUE(IpAddress::Parse("224.0.0.1")->is_multicast());
  EXPECT_TRUE(IpAddress::Parse("239.255.255.255")->is_multicast());
  EXPECT_TRUE(IpAddress::Parse("ff02::1")->is_multicast());
  EXPECT_FALSE(IpAddress::Parse("223.255.255.255")->is_multicast());
  EXPECT_FALSE(IpAddress::Parse("240.0.0.1")->is_multicast());
}

TEST(EndpointTest, BracketsIpv6Only) {
  EXPECT_EQ((Endpoint{*IpAddress::Parse("192.0.2.1"), 80}).ToString(), "192.0.2.1:80");
  EXPECT_EQ((Endpoint{*IpAddress::Parse("::1"), 65535}).ToString(), "[::1]:65535");
}

TEST(PathTest, EqualPathsHashAlikeAndNeighboursDoNot) {
  Path path{SocketId(1), {IpAddress::FromV4({192, 0, 2, 1}), 5000}};
  Path same = path;
  Path other_port = path;
  other_port.remote.port = 5001;
  Path other_socket = path;
  other_socket.socket = SocketId(2);
  Path other_host = path;
  other_host.remote.address = IpAddress::FromV4({192, 0, 2, 2});
  std::hash<Path> hash;
  EXPECT_EQ(path, same);
  EXPECT_EQ(hash(path), hash(same));
  for (const Path& other : {other_port, other_socket, other_host}) {
    EXPECT_NE(path, other);
    EXPECT_NE(hash(path), hash(other));
  }
}

}  // namespace
}  // namespace millrace
