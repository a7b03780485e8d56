#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <unordered_map>
#include <vector>

#include "base/byte_reader.h"
#include "base/byte_writer.h"
#include "base/prefetch.h"
#include "base/strong.h"
#include "protocol/replay_window.h"
#include "protocol/srtp_cipher.h"
#include "protocol/srtp_result.h"
#include "protocol/srtp_suite.h"

namespace millrace {

// Which of a sender's streams a packet belongs to; found once, so that sealing looks nothing up.
using SrtpStream = Strong<struct SrtpStreamTag, uint32_t>;

// Seals what we send on one transport (RFC 3711, RFC 7714): encrypts from wherever the payload
// stands straight into the bytes that leave, and keeps each stream's rollover counter.
// No (key, SSRC, index) is ever sealed twice, because in GCM a second seal gives the key away: an
// index that was used, or is too old to know, is refused, and a stream that was removed and comes
// back under the same SSRC goes on behind everything it ever sealed.
class SrtpSender {
 public:
  // How many SSRCs one key may see in its life: a bound for what has to be remembered.
  static constexpr size_t kStreamsMax = 16384;

  SrtpSender(SrtpBackend& backend, const SrtpKeyMaterial& material);

  // Nothing when the SSRC has a stream already, or at kStreamsMax. The first sequence number of a
  // stream belongs in 1000..32767, so that a receiver who misses the first packets guesses its
  // rollover counter right (RFC 3711 section 3.3.1).
  [[nodiscard]] std::optional<SrtpStream> AddStream(Ssrc ssrc);
  // The owner of the stream is gone, and the handle with it. The SSRC's indices stay used: a later
  // AddStream of it goes on above them.
  void RemoveStream(SrtpStream stream);

  // `target` begins with a whole RTP header of `header_size` bytes, extensions included; the
  // payload (RTP padding included) is read from elsewhere, or stands in `target` right behind the
  // header. Needs rtp_overhead() bytes more. Answers the size of the packet that now stands in
  // `target`.
  SrtpResult SealRtp(SrtpStream stream, MutableBytes target, size_t header_size, Bytes payload);

  // SealRtp will be called for this stream soon.
  void PrefetchRtp(SrtpStream stream) const {
    if (stream.value() < streams_.size()) Prefetch(&streams_[stream.value()], sizeof(Stream));
    Prefetch(rtp_.get(), SrtpCipher::kHotBytes);
  }

  // Seals the compound packet in the first `size` bytes of `target`, in place. Needs
  // rtcp_overhead() bytes more.
  SrtpResult SealRtcp(MutableBytes target, size_t size);

  [[nodiscard]] SrtpSuite suite() const { return suite_; }
  [[nodiscard]] size_t rtp_overhead() const { return SrtpRtpTagBytes(suite_); }
  [[nodiscard]] size_t rtcp_overhead() const { return SrtpRtcpTagBytes(suite_) + 4; }

 private:
  struct Stream {
    Ssrc ssrc;
    bool live = false;
    // Everything below was sealed by an earlier stream of this SSRC; zero: there was none.
    uint64_t free_from = 0;
    ReplayWindow sealed;
  };

  [[nodiscard]] static uint64_t IndexFor(const Stream& stream, uint16_t sequence_number);

  SrtpSuite suite_;
  std::unique_ptr<SrtpCipher> rtp_;
  std::unique_ptr<SrtpCipher> rtcp_;
  std::vector<Stream> streams_;
  std::vector<SrtpStream> free_streams_;
  // Every SSRC this key has seen; the value is the first index that is still free once its stream
  // is removed. Control path only.
  std::unordered_map<Ssrc, uint64_t> free_from_;
  uint32_t next_rtcp_index_ = 0;
};

}  // namespace millrace
