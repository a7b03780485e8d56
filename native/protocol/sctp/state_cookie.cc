#include "protocol/sctp/state_cookie.h"

#include "base/byte_writer.h"
#include "base/check.h"
#include "protocol/crypto.h"

namespace millrace {

namespace {

constexpr size_t kSignatureBytes = 20;
constexpr size_t kSignedBytes = StateCookie::kBytes - kSignatureBytes;
constexpr uint8_t kPartialReliability = 1;
constexpr uint8_t kStreamReset = 2;
constexpr uint8_t kInterleaving = 4;

}  // namespace

std::array<uint8_t, StateCookie::kBytes> StateCookie::Seal(const Key& key) const {
  std::array<uint8_t, kBytes> bytes{};
  ByteWriter writer(bytes);
  writer.WriteU64(static_cast<uint64_t>(created.us()));
  for (uint32_t number : {own_tag, peer_tag, own_initial_tsn, peer_initial_tsn, peer_window,
                          own_tie_tag, peer_tie_tag}) {
    writer.WriteU32(number);
  }
  writer.WriteU16(negotiated.outbound_streams);
  writer.WriteU16(negotiated.inbound_streams);
  writer.WriteU8(static_cast<uint8_t>((negotiated.partial_reliability ? kPartialReliability : 0) |
                                      (negotiated.stream_reset ? kStreamReset : 0) |
                                      (negotiated.interleaving ? kInterleaving : 0)));
  writer.WriteZeros(kSignedBytes - writer.position());
  writer.WriteBytes(HmacSha1(key, Bytes(bytes).first(kSignedBytes)));
  CHECK(writer.ok() && writer.remaining() == 0, "the fields fill the cookie exactly");
  return bytes;
}

std::optional<StateCookie> StateCookie::Open(Bytes bytes, const Key& key) {
  if (bytes.size() != kBytes) return std::nullopt;
  if (!EqualsInConstantTime(HmacSha1(key, bytes.first(kSignedBytes)),
                            bytes.subspan(kSignedBytes))) {
    return std::nullopt;
  }
  ByteReader reader(bytes);
  StateCookie cookie;
  cookie.created = Timestamp::Micros(static_cast<int64_t>(reader.ReadU64()));
  for (uint32_t* number :
       {&cookie.own_tag, &cookie.peer_tag, &cookie.own_initial_tsn, &cookie.peer_initial_tsn,
        &cookie.peer_window, &cookie.own_tie_tag, &cookie.peer_tie_tag}) {
    *number = reader.ReadU32();
  }
  cookie.negotiated.outbound_streams = reader.ReadU16();
  cookie.negotiated.inbound_streams = reader.ReadU16();
  uint8_t flags = reader.ReadU8();
  cookie.negotiated.partial_reliability = (flags & kPartialReliability) != 0;
  cookie.negotiated.stream_reset = (flags & kStreamReset) != 0;
  cookie.negotiated.interleaving = (flags & kInterleaving) != 0;
  return cookie;
}

}  // namespace millrace
