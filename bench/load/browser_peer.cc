#include "browser_peer.h"

#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <ctime>
#include <span>
#include <utility>

#include "io/socket_address.h"
#include "null_network.h"
#include "protocol/crypto.h"
#include "wire/demux.h"
#include "wire/rtp_view.h"
#include "wire/stun.h"

namespace millrace {

namespace {

constexpr size_t kDatagramMax = 1500;
constexpr const char* kOwnFragment = "brow";
constexpr const char* kOwnPassword = "a password of the browser";
// Who speaks in our RTCP.
constexpr uint32_t kOwnSsrc = 1;

std::vector<uint8_t> MakeCheck(const std::string& username, const std::string& password) {
  std::vector<uint8_t> bytes(512);
  StunWriter writer(bytes, StunClass::kRequest, kStunBinding, {1, 2, 3});
  writer.AddUsername(username + ":" + kOwnFragment);
  writer.AddPriority(1);
  writer.AddIceControlling(5);
  writer.AddUseCandidate();
  writer.AddMessageIntegrity(
      Bytes(reinterpret_cast<const uint8_t*>(password.data()), password.size()), &HmacSha1);
  writer.AddFingerprint();
  bytes.resize(writer.Finish().size());
  return bytes;
}

}  // namespace

BrowserPeer::BrowserPeer(const Endpoint& own, const Endpoint& worker, const DtlsContext& context,
                         SrtpBackend& backend)
    : socket_(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)),
      worker_(worker),
      session_(context),
      backend_(backend),
      own_ice_(IceCredentials{kOwnFragment, kOwnPassword}) {
  // Its address is no device's while the network throws packets away.
  int on = 1;
  setsockopt(socket_.get(), IPPROTO_IP, IP_TRANSPARENT, &on, sizeof(on));
  // Another worker's browsers may stand at the same place; they are told apart by the worker's
  // port.
  setsockopt(socket_.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
  setsockopt(socket_.get(), SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof(on));
  SocketAddress address;
  address.Set(own, false);
  if (bind(socket_.get(), address.get(), address.size) != 0) GiveUp("no socket for a browser");
  address.Set(worker, false);
  if (connect(socket_.get(), address.get(), address.size) != 0) GiveUp("no way for a browser");
}

void BrowserPeer::Connect(Remote remote, Timestamp now) {
  remote_ = std::move(remote);
  SendCheck();
  dtls_out_.Clear();
  session_.Start(Vouched(now), DtlsRole::kClient, remote_.fingerprints, now, dtls_out_);
  Take();
}

void BrowserPeer::SendCheck() { Send(MakeCheck(remote_.username_fragment, remote_.password)); }

size_t BrowserPeer::Receive(Timestamp now, Duration wall_to_monotonic) {
  std::array<uint8_t, kDatagramMax> bytes;
  size_t count = 0;
  for (;;) {
    Timestamp arrival = now;
    ssize_t size = ReceiveOne(bytes, wall_to_monotonic, arrival);
    if (size <= 0) return count;
    ++count;
    Bytes datagram = Bytes(bytes).first(static_cast<size_t>(size));
    DatagramKind kind = Classify(datagram);
    if (kind == DatagramKind::kDtls) {
      dtls_out_.Clear();
      session_.Receive(Vouched(now), datagram, now, dtls_out_);
      Take();
    } else if (kind == DatagramKind::kRtp) {
      // Header extensions are not encrypted.
      std::optional<RtpView> view = RtpView::Parse(datagram);
      if (keeps_arrived_ && view && view->payload_type() == kMediaPayloadType) {
        arrived_.push_back({view->timestamp(), arrival});
      }
      Bytes value = view ? view->Extension(kNumberExtension) : Bytes();
      if (value.size() != 2) continue;
      heard_ = true;
      last_number_ = static_cast<uint16_t>((value[0] << 8) | value[1]);
      arrivals_.push_back({last_number_, arrival});
    }
  }
}

// `arrival` becomes the kernel's time where there is one.
ssize_t BrowserPeer::ReceiveOne(MutableBytes bytes, Duration wall_to_monotonic,
                                Timestamp& arrival) {
  alignas(cmsghdr) std::array<uint8_t, CMSG_SPACE(sizeof(timespec))> control;
  iovec vector{bytes.data(), bytes.size()};
  msghdr header{};
  header.msg_iov = &vector;
  header.msg_iovlen = 1;
  header.msg_control = control.data();
  header.msg_controllen = control.size();
  ssize_t size = recvmsg(socket_.get(), &header, 0);
  if (size <= 0) return size;
  const cmsghdr* head = CMSG_FIRSTHDR(&header);
  if (head && head->cmsg_level == SOL_SOCKET && head->cmsg_type == SO_TIMESTAMPNS) {
    timespec time{};
    std::memcpy(&time, CMSG_DATA(head), sizeof(time));
    Duration wall = Duration::Seconds(time.tv_sec) + Duration::Micros(time.tv_nsec / 1000);
    arrival = Timestamp() + wall + wall_to_monotonic;
  }
  return size;
}

void BrowserPeer::OnDeadline(Timestamp now) {
  if (session_.deadline() > now) return;
  dtls_out_.Clear();
  session_.OnDeadline(now, dtls_out_);
  Take();
}

void BrowserPeer::SendFeedback(Timestamp until) {
  auto end = std::find_if(arrivals_.begin(), arrivals_.end(),
                          [&](const PacketArrival& arrival) { return arrival.time > until; });
  std::span<const PacketArrival> rest(arrivals_.begin(), end);
  while (!rest.empty()) {
    std::array<uint8_t, kDatagramMax> bytes;
    ByteWriter writer(bytes);
    size_t told = TransportFeedback::Write(
        writer,
        {.sender = Ssrc(kOwnSsrc), .media = Ssrc(kOwnSsrc), .feedback_count = feedback_count_},
        rest);
    if (told == 0) break;
    ++feedback_count_;
    rest = rest.subspan(told);
    SrtpResult sealed = sender_->SealRtcp(bytes, writer.position());
    if (!sealed.ok()) GiveUp("feedback cannot be sealed");
    Send(Bytes(bytes).first(sealed.size()));
  }
  arrivals_.erase(arrivals_.begin(), end);
}

void BrowserPeer::Take() {
  for (size_t i = 0; i < dtls_out_.datagrams.size(); ++i) Send(dtls_out_.datagrams[i]);
  errno = EPROTO;
  if (dtls_out_.state == DtlsState::kFailed) GiveUp("a browser's handshake: " + dtls_out_.failure);
  if (dtls_out_.state != DtlsState::kConnected) return;
  DtlsSrtpKeys keys = *session_.TakeSrtpKeys();
  sender_.emplace(backend_, keys.sending);
}

void BrowserPeer::Send(Bytes datagram) {
  (void)send(socket_.get(), datagram.data(), datagram.size(), 0);
}

// Only an ICE agent can vouch for a path, so the browser asks one of its own.
ValidatedPath BrowserPeer::Vouched(Timestamp now) {
  Path path{SocketId(1), worker_};
  if (!own_ice_.IsValidated(path)) {
    std::vector<uint8_t> check = MakeCheck(kOwnFragment, kOwnPassword);
    Output out;
    (void)own_ice_.Receive(*StunMessage::Parse(check), check, path, now, out);
  }
  return *own_ice_.Validated(path);
}

}  // namespace millrace
