#pragma once

#include <cstddef>
#include <optional>

#include "base/prefetch.h"
#include "base/random.h"
#include "base/strong.h"
#include "base/time.h"
#include "media/rtp_rewriter.h"
#include "media/send_stream.h"
#include "media/stream_selector.h"
#include "protocol/srtp.h"
#include "routing/parameters.h"
#include "routing/stream_format.h"

namespace millrace {

class Consumer;

// One RTP stream that a consumer sends: what chooses its packets, what numbers them, what keeps
// account of them, and how it is called among the transport's keys. A consumer of a viewer has one;
// that of a pipe has one for each stream of its producer.
class ConsumerStream {
 public:
  // Encoding `index` of `parameters`, which have passed Consumer::Check.
  ConsumerStream(Consumer& consumer, StreamSelector selector, const RtpParameters& parameters,
                 size_t index, Random& random);
  ConsumerStream(const ConsumerStream&) = delete;
  ConsumerStream& operator=(const ConsumerStream&) = delete;

  // --- the packet path
  [[nodiscard]] Consumer& consumer() const { return consumer_; }
  [[nodiscard]] StreamSelector& selector() { return selector_; }
  [[nodiscard]] const StreamSelector& selector() const { return selector_; }
  [[nodiscard]] RtpRewriter& rewriter() { return rewriter_; }
  [[nodiscard]] SendStream& send() { return send_; }
  [[nodiscard]] SrtpStream srtp() const { return srtp_; }
  [[nodiscard]] SrtpStream srtp_rtx() const { return srtp_rtx_; }
  // Its selector and its rewriter will be asked soon.
  void PrefetchPacket() const {
    Prefetch(&selector_, kCacheLineBytes);
    Prefetch(&rewriter_, 2 * kCacheLineBytes);
  }
  // send().Sent() will be called soon.
  void PrefetchSent() const { send_.PrefetchSent(); }
  // Lost packets are answered with the very bytes that were sealed first, which must be kept.
  [[nodiscard]] bool keeps_sealed_bytes() const { return keeps_sealed_bytes_; }

  // --- control
  void SetSrtp(SrtpStream media, SrtpStream rtx) {
    srtp_ = media;
    srtp_rtx_ = rtx;
  }
  [[nodiscard]] Ssrc ssrc() const { return rewriter_.ssrc(); }
  [[nodiscard]] std::optional<Ssrc> rtx_ssrc() const;
  [[nodiscard]] const StreamFormat& format() const { return format_; }
  [[nodiscard]] uint8_t score() const { return send_.score(); }
  [[nodiscard]] RtpStreamDump Dump() const { return DumpOf(format_, score()); }
  [[nodiscard]] RtpStreamStats Stats(MediaKind kind, Timestamp now) const;

 private:
  [[nodiscard]] static SendStreamSettings SendSettings(const StreamFormat& format, Random& random);

  Consumer& consumer_;
  SrtpStream srtp_;
  SrtpStream srtp_rtx_;
  bool keeps_sealed_bytes_ = false;
  StreamSelector selector_;
  RtpRewriter rewriter_;
  SendStream send_;
  StreamFormat format_;
};

}  // namespace millrace
