#include "media_source.h"

#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <cerrno>
#include <vector>

#include "base/byte_writer.h"
#include "forward_scene.h"
#include "io/clock.h"
#include "io/socket_address.h"
#include "null_network.h"
#include "processor.h"

namespace millrace {

namespace {

constexpr uint64_t kBurstsPerKeyFrame = 300;

// VP8 payload descriptor (RFC 7741 section 4.2), its S bit set in the first packet of a frame.
constexpr uint8_t kStartOfPartition = 0x10;
// First byte of the VP8 payload header: the lowest bit is zero in a key frame (RFC 7741
// section 4.3).
constexpr uint8_t kInterFrame = 0x01;

}  // namespace

void MediaSource::Send(size_t bursts, size_t size, Duration interval, const Sent& sent) {
  Timestamp next = MonotonicNow();
  for (size_t i = 0; i < bursts; ++i) {
    SleepUntil(next);
    SendBurst(size);
    sent(MonotonicNow());
    next = next + interval;
  }
}

MediaSource::MediaSource(size_t payload_bytes)
    : socket_(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)), payload_(payload_bytes) {
  SocketAddress address;
  address.Set({*IpAddress::Parse("127.0.0.1"), 0}, false);
  if (bind(socket_.get(), address.get(), address.size) != 0) GiveUp("no socket for the producer");
  sockaddr_storage bound{};
  socklen_t size = sizeof(bound);
  getsockname(socket_.get(), reinterpret_cast<sockaddr*>(&bound), &size);
  port_ = ToEndpoint(bound).port;

  backend_ = SrtpBackend::MakeFastest();
  std::vector<uint8_t> key(ForwardScene::kKeyBytes, ForwardScene::kKeyFilling);
  srtp_ = std::make_unique<SrtpSender>(*backend_,
                                       *SrtpKeyMaterial::FromBytes(SrtpSuite::kAeadAes128Gcm, key));
  stream_ = *srtp_->AddStream(Ssrc(ForwardScene::kSsrc));
}

void MediaSource::SendTo(const Endpoint& target) {
  SocketAddress address;
  address.Set(target, false);
  if (connect(socket_.get(), address.get(), address.size) != 0) GiveUp("the worker is not reached");
}

void MediaSource::SendBurst(size_t size) {
  began_ = MonotonicNow();
  std::array<uint8_t, kHeaderBytes + kPayloadBytes + kSrtpRtpOverheadMax> packet;
  bool key_frame = bursts_++ % kBurstsPerKeyFrame == 0;
  timestamp_ += kTimestampStep;
  for (size_t i = 0; i < size; ++i) {
    ByteWriter writer(packet);
    bool last = i + 1 == size;
    writer.WriteU8(0x80);
    writer.WriteU8(static_cast<uint8_t>((last ? 0x80 : 0) | ForwardScene::kPayloadType));
    writer.WriteU16(sequence_number_++);
    writer.WriteU32(timestamp_);
    writer.WriteU32(ForwardScene::kSsrc);
    payload_[0] = i == 0 ? kStartOfPartition : 0;
    payload_[1] = i == 0 && key_frame ? 0 : kInterFrame;
    SrtpResult sealed = srtp_->SealRtp(stream_, packet, kHeaderBytes, payload_);
    errno = EPROTO;
    if (!sealed.ok()) GiveUp("a packet cannot be sealed");
    if (send(socket_.get(), packet.data(), sealed.size(), 0) < 0) GiveUp("a packet cannot be sent");
    ++packets_;
  }
}

}  // namespace millrace
