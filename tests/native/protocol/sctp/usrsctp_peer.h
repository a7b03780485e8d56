#pragma once

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <usrsctp.h>

#include <cerrno>
#include <cstdint>
#include <cstdlib>
#include <deque>
#include <utility>
#include <vector>

#include "protocol/dtls_clock.h"
#include "protocol/sctp/sctp_types.h"

namespace millrace {

struct UsrsctpMessage {
  uint16_t stream = 0;
  uint32_t ppid = 0;
  bool unordered = false;
  std::vector<uint8_t> bytes;
};

// One usrsctp socket whose packets go to a queue, and whose time is ours. usrsctp is global to the
// process, so only one test at a time has one.
class UsrsctpPeer {
 public:
  UsrsctpPeer() {
    usrsctp_init_nothreads(0, &UsrsctpPeer::OnPacket, nullptr);
    usrsctp_sysctl_set_sctp_ecn_enable(0);
    usrsctp_sysctl_set_sctp_pr_enable(1);
    usrsctp_register_address(this);
    socket_ = usrsctp_socket(AF_CONN, SOCK_STREAM, IPPROTO_SCTP, &UsrsctpPeer::OnReceive, nullptr,
                             0, this);
    EXPECT_NE(socket_, nullptr);
    usrsctp_set_non_blocking(socket_, 1);
    SetUp();
    sockaddr_conn local = Address();
    EXPECT_EQ(usrsctp_bind(socket_, reinterpret_cast<sockaddr*>(&local), sizeof(local)), 0);
  }
  UsrsctpPeer(const UsrsctpPeer&) = delete;
  UsrsctpPeer& operator=(const UsrsctpPeer&) = delete;
  ~UsrsctpPeer() {
    linger no_wait{.l_onoff = 1, .l_linger = 0};
    usrsctp_setsockopt(socket_, SOL_SOCKET, SO_LINGER, &no_wait, sizeof(no_wait));
    usrsctp_close(socket_);
    usrsctp_deregister_address(this);
    for (int i = 0; i < 100 && usrsctp_finish() != 0; ++i) usrsctp_handle_timers(100);
  }

  void Connect() {
    sockaddr_conn remote = Address();
    int result = usrsctp_connect(socket_, reinterpret_cast<sockaddr*>(&remote), sizeof(remote));
    EXPECT_TRUE(result == 0 || errno == EINPROGRESS);
  }

  bool Send(uint16_t stream, const std::vector<uint8_t>& bytes, bool unordered = false,
            int max_retransmits = -1) {
    sctp_sendv_spa spa{};
    spa.sendv_flags = SCTP_SEND_SNDINFO_VALID;
    spa.sendv_sndinfo.snd_sid = stream;
    spa.sendv_sndinfo.snd_ppid = htonl(53);
    spa.sendv_sndinfo.snd_flags =
        static_cast<uint16_t>(SCTP_EOR | (unordered ? SCTP_UNORDERED : 0));
    if (max_retransmits >= 0) {
      spa.sendv_flags |= SCTP_SEND_PRINFO_VALID;
      spa.sendv_prinfo.pr_policy = SCTP_PR_SCTP_RTX;
      spa.sendv_prinfo.pr_value = static_cast<uint32_t>(max_retransmits);
    }
    ssize_t sent = usrsctp_sendv(socket_, bytes.data(), bytes.size(), nullptr, 0, &spa, sizeof(spa),
                                 SCTP_SENDV_SPA, 0);
    return sent == static_cast<ssize_t>(bytes.size());
  }

  void Reset(uint16_t stream) {
    std::vector<uint8_t> request(sizeof(sctp_reset_streams) + sizeof(uint16_t));
    auto* reset = reinterpret_cast<sctp_reset_streams*>(request.data());
    reset->srs_flags = SCTP_STREAM_RESET_OUTGOING;
    reset->srs_number_streams = 1;
    reset->srs_stream_list[0] = stream;
    EXPECT_EQ(usrsctp_setsockopt(socket_, IPPROTO_SCTP, SCTP_RESET_STREAMS, reset,
                                 static_cast<socklen_t>(request.size())),
              0);
  }

  void Shutdown() { usrsctp_shutdown(socket_, SHUT_RDWR); }
  void Input(Bytes packet) { usrsctp_conninput(this, packet.data(), packet.size(), 0); }
  // Its timers count what they are told; its round trips it takes from the clock.
  void Advance(int ms) {
    DtlsClock::AdvanceTo(DtlsClock::now() + Duration::Millis(ms));
    usrsctp_handle_timers(static_cast<uint32_t>(ms));
  }

  std::deque<std::vector<uint8_t>> packets;
  std::vector<UsrsctpMessage> messages;
  std::vector<uint16_t> incoming_resets;
  bool connected = false;
  bool ended = false;

 private:
  sockaddr_conn Address() {
    sockaddr_conn address{};
    address.sconn_family = AF_CONN;
    address.sconn_port = htons(5000);
    address.sconn_addr = this;
    return address;
  }

  void SetUp() {
    sctp_initmsg init{.sinit_num_ostreams = 1024,
                      .sinit_max_instreams = 1024,
                      .sinit_max_attempts = 0,
                      .sinit_max_init_timeo = 0};
    usrsctp_setsockopt(socket_, IPPROTO_SCTP, SCTP_INITMSG, &init, sizeof(init));
    int on = 1;
    usrsctp_setsockopt(socket_, IPPROTO_SCTP, SCTP_NODELAY, &on, sizeof(on));
    usrsctp_setsockopt(socket_, IPPROTO_SCTP, SCTP_RECVRCVINFO, &on, sizeof(on));
    usrsctp_setsockopt(socket_, IPPROTO_SCTP, SCTP_EXPLICIT_EOR, &on, sizeof(on));
    int buffer = 4 * 1024 * 1024;
    usrsctp_setsockopt(socket_, SOL_SOCKET, SO_SNDBUF, &buffer, sizeof(buffer));
    usrsctp_setsockopt(socket_, SOL_SOCKET, SO_RCVBUF, &buffer, sizeof(buffer));
    for (int type : {SCTP_ASSOC_CHANGE, SCTP_STREAM_RESET_EVENT}) {
      sctp_event event{
          .se_assoc_id = SCTP_ALL_ASSOC, .se_type = static_cast<uint16_t>(type), .se_on = 1};
      usrsctp_setsockopt(socket_, IPPROTO_SCTP, SCTP_EVENT, &event, sizeof(event));
    }
    sctp_assoc_value resets{.assoc_id = SCTP_ALL_ASSOC,
                            .assoc_value = SCTP_ENABLE_RESET_STREAM_REQ};
    usrsctp_setsockopt(socket_, IPPROTO_SCTP, SCTP_ENABLE_STREAM_RESET, &resets, sizeof(resets));
    // Left alone it waits up to a minute when a retransmission is lost, which is not what is
    // tested.
    sctp_rtoinfo timeouts{
        .srto_assoc_id = 0, .srto_initial = 500, .srto_max = 1000, .srto_min = 400};
    usrsctp_setsockopt(socket_, IPPROTO_SCTP, SCTP_RTOINFO, &timeouts, sizeof(timeouts));
    sctp_paddrparams path{};
    path.spp_flags = SPP_PMTUD_DISABLE;
    path.spp_pathmtu = SctpLimits::kPacketBytesDefault;
    usrsctp_setsockopt(socket_, IPPROTO_SCTP, SCTP_PEER_ADDR_PARAMS, &path, sizeof(path));
  }

  static int OnPacket(void* peer, void* bytes, size_t size, uint8_t, uint8_t) {
    const auto* first = static_cast<const uint8_t*>(bytes);
    static_cast<UsrsctpPeer*>(peer)->packets.emplace_back(first, first + size);
    return 0;
  }

  static int OnReceive(struct socket*, union sctp_sockstore, void* bytes, size_t size,
                       sctp_rcvinfo info, int flags, void* peer) {
    auto* self = static_cast<UsrsctpPeer*>(peer);
    if (bytes == nullptr) return 1;
    const auto* first = static_cast<const uint8_t*>(bytes);
    if ((flags & MSG_NOTIFICATION) != 0) {
      self->OnNotification(*static_cast<const sctp_notification*>(bytes));
    } else {
      self->partial_.insert(self->partial_.end(), first, first + size);
      if ((flags & MSG_EOR) != 0) {
        self->messages.push_back({info.rcv_sid, ntohl(info.rcv_ppid),
                                  (info.rcv_flags & SCTP_UNORDERED) != 0,
                                  std::exchange(self->partial_, {})});
      }
    }
    std::free(bytes);
    return 1;
  }

  void OnNotification(const sctp_notification& notification) {
    if (notification.sn_header.sn_type == SCTP_ASSOC_CHANGE) {
      connected = notification.sn_assoc_change.sac_state == SCTP_COMM_UP;
      ended = ended || notification.sn_assoc_change.sac_state == SCTP_SHUTDOWN_COMP ||
              notification.sn_assoc_change.sac_state == SCTP_COMM_LOST;
    } else if (notification.sn_header.sn_type == SCTP_STREAM_RESET_EVENT) {
      const sctp_stream_reset_event& event = notification.sn_strreset_event;
      if ((event.strreset_flags & SCTP_STREAM_RESET_INCOMING_SSN) != 0) {
        size_t count = (event.strreset_length - sizeof(event)) / sizeof(uint16_t);
        incoming_resets.insert(incoming_resets.end(), event.strreset_stream_list,
                               event.strreset_stream_list + count);
      }
    }
  }

  struct socket* socket_ = nullptr;
  std::vector<uint8_t> partial_;
};

}  // namespace millrace
