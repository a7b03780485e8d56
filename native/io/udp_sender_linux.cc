#include <netinet/udp.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <cstring>

#include "io/socket_address.h"
#include "io/udp_sender.h"

namespace millrace {

namespace {

constexpr size_t kControlBytes = CMSG_SPACE(sizeof(uint16_t));

// How many datagrams from the first on may leave as one segmented send: one path, one size, back to
// back in the slab. The last one may be shorter.
size_t RunLength(std::span<const Output::Datagram> datagrams) {
  const Output::Datagram& first = datagrams.front();
  size_t total = first.size;
  size_t count = 1;
  while (count < datagrams.size() && count < UdpSender::kSegmentsMax) {
    const Output::Datagram& next = datagrams[count];
    bool fits =
        next.size > 0 && next.size <= first.size && total + next.size <= UdpSender::kRunBytesMax;
    if (!fits || next.path != first.path || next.offset != first.offset + total) break;
    total += next.size;
    ++count;
    if (next.size < first.size) break;
  }
  return count;
}

// The errors that mean "not segmented", not "not at all": a path MTU below the segment (EMSGSIZE),
// a device without checksum offload (EIO), a kernel or tunnel that cannot (EINVAL).
bool IsSegmentRefusal(int error) { return error == EMSGSIZE || error == EINVAL || error == EIO; }

}  // namespace

struct UdpSender::Messages {
  struct Run {
    size_t first;  // index among the datagrams given to SendGathered
    size_t count;
  };
  size_t size = 0;
  std::array<Run, kMessagesMax> runs;
  std::array<mmsghdr, kMessagesMax> headers;
  std::array<iovec, kMessagesMax> vectors;
  std::array<SocketAddress, kMessagesMax> addresses;
  alignas(cmsghdr) std::array<std::array<uint8_t, kControlBytes>, kMessagesMax> controls;
};

void UdpSender::Send(UdpSocket& socket, std::span<const Output::Datagram> datagrams, Output& out) {
  if (mode_ == SendMode::kSingle) {
    for (const Output::Datagram& datagram : datagrams) SendOne(socket, datagram, out);
    return;
  }
  while (!datagrams.empty()) {
    size_t gathered = Gather(socket, datagrams, out);
    SendGathered(socket, datagrams.first(gathered), out);
    datagrams = datagrams.subspan(gathered);
  }
}

UdpSender::UdpSender(SendMode mode) : mode_(mode), messages_(std::make_unique<Messages>()) {
  for (size_t i = 0; i < kMessagesMax; ++i) {
    msghdr& header = messages_->headers[i].msg_hdr;
    header.msg_name = &messages_->addresses[i].storage;
    header.msg_iov = &messages_->vectors[i];
    header.msg_iovlen = 1;
    auto* control = reinterpret_cast<cmsghdr*>(messages_->controls[i].data());
    control->cmsg_level = IPPROTO_UDP;
    control->cmsg_type = UDP_SEGMENT;
    control->cmsg_len = CMSG_LEN(sizeof(uint16_t));
  }
}

UdpSender::~UdpSender() = default;

size_t UdpSender::Gather(const UdpSocket& socket, std::span<const Output::Datagram> datagrams,
                         const Output& out) {
  Messages& messages = *messages_;
  messages.size = 0;
  size_t taken = 0;
  while (taken < datagrams.size() && messages.size < kMessagesMax) {
    std::span<const Output::Datagram> rest = datagrams.subspan(taken);
    size_t count = socket.segments() ? RunLength(rest) : 1;
    const Output::Datagram& first = rest.front();
    const Output::Datagram& last = rest[count - 1];
    size_t slot = messages.size++;
    messages.runs[slot] = {taken, count};
    messages.addresses[slot].Set(first.path.remote, socket.ipv6());
    // sendmsg takes pointers to what it only reads as if it wrote.
    messages.vectors[slot] = {const_cast<uint8_t*>(out.bytes_of(first).data()),
                              size_t{last.offset} + last.size - first.offset};
    msghdr& header = messages.headers[slot].msg_hdr;
    header.msg_namelen = messages.addresses[slot].size;
    header.msg_control = count > 1 ? messages.controls[slot].data() : nullptr;
    header.msg_controllen = count > 1 ? kControlBytes : 0;
    if (count > 1) {
      auto segment = static_cast<uint16_t>(first.size);
      std::memcpy(CMSG_DATA(reinterpret_cast<cmsghdr*>(messages.controls[slot].data())), &segment,
                  sizeof(segment));
    }
    taken += count;
  }
  return taken;
}

void UdpSender::SendGathered(UdpSocket& socket, std::span<const Output::Datagram> datagrams,
                             Output& out) {
  size_t done = 0;
  while (done < messages_->size) {
    auto left = static_cast<unsigned>(messages_->size - done);
    mmsghdr* headers = &messages_->headers[done];
    ++counters_.calls;
    // A lone message goes the shorter way into the kernel.
    ssize_t sent = left == 1 ? sendmsg(socket.descriptor(), &headers->msg_hdr, 0)
                             : sendmmsg(socket.descriptor(), headers, left, 0);
    if (sent < 0 && errno == EINTR) continue;
    size_t taken = sent < 0 ? 0 : left == 1 ? 1 : static_cast<size_t>(sent);
    size_t datagrams_taken = 0;
    for (size_t i = done; i < done + taken; ++i) {
      datagrams_taken += messages_->runs[i].count;
      out.counters().send_segments.Add(messages_->runs[i].count);
      if (messages_->runs[i].count == 1) continue;
      ++counters_.segmented_runs;
      socket.CountSegmentsSent();
    }
    done += taken;
    counters_.datagrams += datagrams_taken;
    if (taken > 0) out.counters().send_batch.Add(datagrams_taken);
    if (sent >= 0) continue;
    const Messages::Run& refused = messages_->runs[done++];
    std::span<const Output::Datagram> run = datagrams.subspan(refused.first, refused.count);
    if (run.size() > 1 && IsSegmentRefusal(errno)) {
      ++counters_.refused_runs;
      socket.CountSegmentsRefused();
      for (const Output::Datagram& datagram : run) SendOne(socket, datagram, out);
      continue;
    }
    for (size_t i = 0; i < run.size(); ++i) out.CountDrop(DropReason::kSendFailed);
  }
}

void UdpSender::SendOne(const UdpSocket& socket, const Output::Datagram& datagram, Output& out) {
  SocketAddress address;
  address.Set(datagram.path.remote, socket.ipv6());
  Bytes bytes = out.bytes_of(datagram);
  ssize_t sent;
  do {
    ++counters_.calls;
    sent = sendto(socket.descriptor(), bytes.data(), bytes.size(), 0, address.get(), address.size);
  } while (sent < 0 && errno == EINTR);
  if (sent < 0) {
    out.CountDrop(DropReason::kSendFailed);
    return;
  }
  ++counters_.datagrams;
  out.counters().send_batch.Add(1);
}

}  // namespace millrace
