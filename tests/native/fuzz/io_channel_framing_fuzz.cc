// Plays the input as a byte stream, cut as its first byte says, through the channel's framing and
// that of ICE over TCP. However it is cut, the same frames must come out, and none above the limit.
#include <algorithm>
#include <cstdint>
#include <cstring>
#include <vector>

#include "base/byte_reader.h"
#include "base/check.h"
#include "io/channel_framing.h"
#include "io/tcp_framing.h"

namespace millrace {
namespace {

std::vector<size_t> ChannelFrames(Bytes stream, size_t piece) {
  ChannelFraming framing;
  std::vector<size_t> sizes;
  while (!stream.empty() && !framing.broken()) {
    MutableBytes space = framing.Space();
    size_t count = std::min({space.size(), stream.size(), piece});
    std::memcpy(space.data(), stream.data(), count);
    framing.Took(count);
    stream = stream.subspan(count);
    for (Bytes frame = framing.Next(); !frame.empty(); frame = framing.Next()) {
      CHECK(frame.size() <= ChannelFraming::kFrameBytesMax, "no frame is above the limit");
      sizes.push_back(frame.size());
    }
  }
  return sizes;
}

std::vector<size_t> TcpDatagrams(Bytes stream, size_t piece) {
  TcpFraming framing;
  std::vector<size_t> sizes;
  while (!stream.empty() && !framing.broken()) {
    MutableBytes space = framing.Space();
    CHECK(!space.empty(), "there is room after all whole frames were taken");
    size_t count = std::min({space.size(), stream.size(), piece});
    std::memcpy(space.data(), stream.data(), count);
    framing.Took(count);
    stream = stream.subspan(count);
    for (MutableBytes next = framing.Next(); !next.empty(); next = framing.Next()) {
      CHECK(next.size() <= TcpFraming::kDatagramBytesMax, "no datagram is above the limit");
      sizes.push_back(next.size());
    }
  }
  return sizes;
}

}  // namespace
}  // namespace millrace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace millrace;
  if (size == 0) return 0;
  size_t piece = size_t{data[0]} + 1;
  Bytes stream(data + 1, size - 1);
  CHECK(ChannelFrames(stream, piece) == ChannelFrames(stream, size), "the cut changes nothing");
  CHECK(TcpDatagrams(stream, piece) == TcpDatagrams(stream, size), "the cut changes nothing");
  return 0;
}
