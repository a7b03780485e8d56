#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

#include "base/byte_reader.h"
#include "base/byte_writer.h"
#include "base/strong.h"
#include "protocol/srtp_session_keys.h"
#include "protocol/srtp_suite.h"

namespace millrace {

// Encrypts and authenticates with one session key: one direction, RTP or RTCP, of one transport.
// Session keys do not depend on the SSRC (RFC 3711 section 4.3.1), so one cipher serves all
// streams. Knows no packet formats, no sequence numbers and no replay: that is SrtpSender and
// SrtpReceiver.
class SrtpCipher {
 public:
  // Which packet it is. `index` is ROC and sequence number for RTP (RFC 3711 section 3.3.1), and
  // for RTCP the whole trailing word, E flag and index (section 3.4).
  struct Position {
    Ssrc ssrc;
    uint64_t index = 0;
  };

  // What of it, and of what stands behind it, sealing a packet reads.
  static constexpr size_t kHotBytes = 1152;

  virtual ~SrtpCipher() = default;

  // Writes as many bytes as `plain` has to `sealed`, and the tag right behind them. `clear` is
  // authenticated only. `plain` stands elsewhere, or exactly where `sealed` begins.
  virtual void Seal(const Position& position, Bytes clear, Bytes plain, uint8_t* sealed) = 0;

  // Whether `sealed` (without the tag) is genuine; only then are the bytes at `plain` worth
  // anything. `plain` stands elsewhere, or exactly where `sealed` begins.
  [[nodiscard]] virtual bool Open(const Position& position, Bytes clear, Bytes sealed, Bytes tag,
                                  uint8_t* plain) = 0;
};

// Makes ciphers with one crypto library. A worker has one and hands it to all its transports; it
// outlives the ciphers it made. Not shared between threads.
class SrtpBackend {
 public:
  virtual ~SrtpBackend() = default;
  [[nodiscard]] virtual std::unique_ptr<SrtpCipher> MakeCipher(const SrtpSessionKeys& keys) = 0;
  [[nodiscard]] virtual const char* name() const = 0;

  // libipsec-mb; null where it was not built in or the processor lacks AES instructions.
  [[nodiscard]] static std::unique_ptr<SrtpBackend> MakeIpsecMb();
  // OpenSSL; always there.
  [[nodiscard]] static std::unique_ptr<SrtpBackend> MakeEvp();
  // The first of the two that there is.
  [[nodiscard]] static std::unique_ptr<SrtpBackend> MakeFastest();
};

}  // namespace millrace
