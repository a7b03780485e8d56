#include <sys/socket.h>

#include <algorithm>
#include <cstring>
#include <ctime>
#include <optional>

#include "io/socket_address.h"
#include "io/udp_receiver.h"

namespace millrace {

namespace {

// A datagram that claims to have waited longer than this came while somebody set the wall clock.
constexpr Duration kKernelQueueMax = Duration::Seconds(2);

constexpr size_t kControlBytes = CMSG_SPACE(sizeof(timespec));

std::optional<Timestamp> ReadKernelTime(msghdr& header, Duration wall_to_monotonic) {
  for (cmsghdr* part = CMSG_FIRSTHDR(&header); part; part = CMSG_NXTHDR(&header, part)) {
    if (part->cmsg_level != SOL_SOCKET || part->cmsg_type != SCM_TIMESTAMPNS) continue;
    timespec time;
    std::memcpy(&time, CMSG_DATA(part), sizeof(time));
    int64_t wall_us = int64_t{time.tv_sec} * 1'000'000 + time.tv_nsec / 1000;
    return Timestamp::Micros(wall_us) + wall_to_monotonic;
  }
  return std::nullopt;
}

}  // namespace

struct UdpReceiver::Buffers {
  std::array<std::array<uint8_t, kDatagramBytesMax>, kBatch> bytes;
  std::array<sockaddr_storage, kBatch> addresses;
  alignas(cmsghdr) std::array<std::array<uint8_t, kControlBytes>, kBatch> controls;
  std::array<iovec, kBatch> vectors;
  std::array<mmsghdr, kBatch> headers;
};

UdpReceiver::Batch UdpReceiver::Receive(const UdpSocket& socket, SocketId id, Timestamp now,
                                        Duration wall_to_monotonic, Output& out) {
  for (mmsghdr& header : buffers_->headers) {
    // The kernel writes the real lengths over these.
    header.msg_hdr.msg_namelen = sizeof(sockaddr_storage);
    header.msg_hdr.msg_controllen = kControlBytes;
  }
  int received = recvmmsg(socket.descriptor(), buffers_->headers.data(), kBatch, 0, nullptr);
  if (received <= 0) return {};
  out.counters().receive_batch.Add(static_cast<uint64_t>(received));
  size_t count = 0;
  for (size_t i = 0; i < static_cast<size_t>(received); ++i) {
    mmsghdr& message = buffers_->headers[i];
    if ((message.msg_hdr.msg_flags & MSG_TRUNC) != 0) {
      out.CountDrop(DropReason::kTooLarge);
      continue;
    }
    Timestamp time = ReadKernelTime(message.msg_hdr, wall_to_monotonic).value_or(now);
    datagrams_[count++] = {.path = {id, ToEndpoint(buffers_->addresses[i])},
                           .received = std::clamp(time, now - kKernelQueueMax, now),
                           .bytes = MutableBytes(buffers_->bytes[i]).first(message.msg_len)};
  }
  return {.datagrams = std::span(datagrams_).first(count),
          .more = static_cast<size_t>(received) == kBatch};
}

UdpReceiver::UdpReceiver() : buffers_(std::make_unique<Buffers>()) {
  for (size_t i = 0; i < kBatch; ++i) {
    buffers_->vectors[i] = {buffers_->bytes[i].data(), kDatagramBytesMax};
    msghdr& header = buffers_->headers[i].msg_hdr;
    header.msg_name = &buffers_->addresses[i];
    header.msg_iov = &buffers_->vectors[i];
    header.msg_iovlen = 1;
    header.msg_control = buffers_->controls[i].data();
  }
}

UdpReceiver::~UdpReceiver() = default;

}  // namespace millrace
