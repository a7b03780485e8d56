#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <unordered_map>

#include "base/byte_reader.h"
#include "base/byte_writer.h"
#include "base/ring.h"
#include "base/strong.h"
#include "protocol/replay_window.h"
#include "protocol/srtp_cipher.h"
#include "protocol/srtp_result.h"
#include "protocol/srtp_suite.h"

namespace millrace {

// Opens what a peer sends on one transport (RFC 3711, RFC 7714), from the datagram into other
// bytes. Guesses each stream's rollover counter from its sequence numbers (RFC 3711 section 3.3.1),
// also when the packets around a wrap were lost or came late, and lets no packet through twice. A
// stream is remembered only after a packet of it proved genuine, and at most `stream_limit` are.
class SrtpReceiver {
 public:
  static constexpr size_t kStreamsDefault = 64;

  SrtpReceiver(SrtpBackend& backend, const SrtpKeyMaterial& material,
               size_t stream_limit = kStreamsDefault);

  // `plain` stands elsewhere, because a packet may have to be tried twice, and needs as many bytes
  // as `packet` has. After a refusal its contents are meaningless.
  SrtpResult OpenRtp(Bytes packet, MutableBytes plain);
  SrtpResult OpenRtcp(Bytes packet, MutableBytes plain);

  // The producer of this SSRC is gone: whoever uses the SSRC next may go on or begin anew.
  void RemoveStream(Ssrc ssrc);

  [[nodiscard]] SrtpSuite suite() const { return suite_; }
  [[nodiscard]] size_t rtp_stream_count() const { return rtp_streams_.size(); }
  [[nodiscard]] size_t rtcp_stream_count() const { return rtcp_streams_.size(); }
  // Of one stream, for tests and dumps.
  [[nodiscard]] std::optional<uint32_t> rollover_counter(Ssrc ssrc) const;

 private:
  struct Stream {
    ReplayWindow opened;
    // Packets that did not open since the last one that did.
    uint32_t failures = 0;
  };
  using Streams = std::unordered_map<Ssrc, Stream>;
  // The indices to try, most likely first.
  struct Guesses {
    std::array<uint64_t, 2> index{};
    size_t count = 0;
  };
  struct RemovedStream {
    Ssrc ssrc;
    uint64_t newest = 0;
  };
  static constexpr size_t kRemovedRemembered = 64;

  SrtpResult OpenFirst(Ssrc ssrc, Bytes packet, size_t header_size, MutableBytes plain);
  SrtpResult OpenNext(Ssrc ssrc, Stream& stream, Bytes packet, size_t header_size,
                      MutableBytes plain);
  [[nodiscard]] bool OpenAt(Ssrc ssrc, uint64_t index, Bytes packet, size_t header_size,
                            MutableBytes plain);
  [[nodiscard]] Guesses FirstGuesses(Ssrc ssrc, uint16_t sequence_number) const;

  SrtpSuite suite_;
  size_t stream_limit_;
  std::unique_ptr<SrtpCipher> rtp_;
  std::unique_ptr<SrtpCipher> rtcp_;
  Streams rtp_streams_;
  Streams rtcp_streams_;
  Ring<RemovedStream, kRemovedRemembered> removed_;
};

}  // namespace millrace
