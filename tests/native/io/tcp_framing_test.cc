#include "io/tcp_framing.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <vector>

namespace millrace {
namespace {

using Buffer = std::vector<uint8_t>;

Buffer MakeFrame(size_t size, uint8_t filling) {
  Buffer frame(size + 2, filling);
  frame[0] = static_cast<uint8_t>(size >> 8);
  frame[1] = static_cast<uint8_t>(size);
  return frame;
}

// Feeds in pieces of at most `piece` bytes and collects what comes out.
std::vector<Buffer> Cut(TcpFraming& framing, Bytes bytes, size_t piece) {
  std::vector<Buffer> datagrams;
  while (!bytes.empty() && !framing.broken()) {
    MutableBytes space = framing.Space();
    size_t count = std::min({space.size(), bytes.size(), piece});
    std::memcpy(space.data(), bytes.data(), count);
    framing.Took(count);
    bytes = bytes.subspan(count);
    for (MutableBytes next = framing.Next(); !next.empty(); next = framing.Next()) {
      datagrams.emplace_back(next.begin(), next.end());
    }
  }
  return datagrams;
}

TEST(TcpFramingTest, CutsTheSameDatagramsHoweverTheBytesCome) {
  Buffer stream;
  for (size_t size : {1u, 20u, 1200u, 2048u, 5u}) {
    Buffer frame = MakeFrame(size, static_cast<uint8_t>(size));
    stream.insert(stream.end(), frame.begin(), frame.end());
  }
  for (size_t piece : {1u, 2u, 7u, 1000u, 100000u}) {
    TcpFraming framing;
    std::vector<Buffer> datagrams = Cut(framing, stream, piece);
    ASSERT_EQ(datagrams.size(), 5u) << "pieces of " << piece;
    EXPECT_EQ(datagrams[3], Buffer(2048, static_cast<uint8_t>(2048 & 0xff)));
    EXPECT_EQ(datagrams[4], Buffer(5, 5));
    EXPECT_FALSE(framing.in_frame());
  }
}

TEST(TcpFramingTest, PassesOverEmptyFrames) {
  TcpFraming framing;
  Buffer stream(2000, 0);
  Buffer frame = MakeFrame(3, 9);
  stream.insert(stream.end(), frame.begin(), frame.end());
  EXPECT_EQ(Cut(framing, stream, 100000), std::vector<Buffer>{Buffer(3, 9)});
}

TEST(TcpFramingTest, BreaksOnAFrameThatNoDatagramCouldFill) {
  TcpFraming framing;
  EXPECT_TRUE(Cut(framing, Buffer{0xff, 0xff, 1, 2, 3}, 100).empty());
  EXPECT_TRUE(framing.broken());
}

}  // namespace
}  // namespace millrace
