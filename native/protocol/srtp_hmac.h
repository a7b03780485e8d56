#pragma once

#include <array>
#include <cstdint>

#include "base/byte_reader.h"
#include "base/byte_writer.h"

namespace millrace {

// HMAC-SHA1 under one key for many packets (RFC 3711 section 4.2.1): keeps the hash state behind
// the padded key, so that a packet costs only its own blocks and no allocation.
class SrtpHmac {
 public:
  explicit SrtpHmac(Bytes key);
  SrtpHmac(const SrtpHmac&) = delete;
  SrtpHmac& operator=(const SrtpHmac&) = delete;
  ~SrtpHmac();

  // The leftmost bytes of HMAC(clear || sealed || word), as many as `tag` has (at most 20).
  void Sign(Bytes clear, Bytes sealed, uint32_t word, MutableBytes tag) const;
  [[nodiscard]] bool Verify(Bytes clear, Bytes sealed, uint32_t word, Bytes tag) const;

 private:
  // The five words of SHA-1 (RFC 3174 section 6.1).
  using State = std::array<uint32_t, 5>;

  State inner_;
  State outer_;
};

}  // namespace millrace
