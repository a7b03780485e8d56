#include "protocol/srtp_receiver.h"

#include <algorithm>

#include "base/check.h"
#include "protocol/srtp_index.h"
#include "protocol/srtp_nonce.h"
#include "protocol/srtp_session_keys.h"

namespace millrace {

namespace {

constexpr size_t kRtpFixedHeaderBytes = 12;
constexpr size_t kRtcpHeaderBytes = 8;
constexpr size_t kRtcpWordBytes = 4;
constexpr uint32_t kSrtcpEncrypted = 0x80000000;
// After so many packets in a row that did not open, the rollover counter may have been missed.
constexpr uint32_t kFailuresBeforeResync = 16;

// How far the header reaches that SRTP leaves in the clear (RFC 3711 section 3.1). Nothing when the
// bytes are no RTP packet. The padding flag is of no use here: the padding is still encrypted.
std::optional<size_t> RtpHeaderSize(Bytes packet) {
  ByteReader reader(packet);
  uint8_t first = reader.ReadU8();
  if (first >> 6 != 2) return std::nullopt;
  reader.Skip(kRtpFixedHeaderBytes - 1);
  reader.Skip(size_t{4} * (first & 0x0f));
  if ((first & 0x10) != 0) {
    reader.Skip(2);
    reader.Skip(size_t{4} * reader.ReadU16());
  }
  if (!reader.ok()) return std::nullopt;
  return reader.position();
}

uint16_t ReadU16(Bytes bytes, size_t position) {
  return static_cast<uint16_t>((bytes[position] << 8) | bytes[position + 1]);
}

uint32_t ReadU32(Bytes bytes, size_t position) {
  return (uint32_t{ReadU16(bytes, position)} << 16) | ReadU16(bytes, position + 2);
}

}  // namespace

SrtpReceiver::SrtpReceiver(SrtpBackend& backend, const SrtpKeyMaterial& material,
                           size_t stream_limit)
    : suite_(material.suite()),
      stream_limit_(stream_limit),
      rtp_(backend.MakeCipher(SrtpSessionKeys::Derive(material, SrtpUse::kRtp))),
      rtcp_(backend.MakeCipher(SrtpSessionKeys::Derive(material, SrtpUse::kRtcp))) {}

SrtpResult SrtpReceiver::OpenRtp(Bytes packet, MutableBytes plain) {
  CHECK(plain.data() != packet.data(), "a packet is opened into other bytes");
  std::optional<size_t> header_size = RtpHeaderSize(packet);
  size_t tag_bytes = SrtpRtpTagBytes(suite_);
  if (!header_size || packet.size() - *header_size < tag_bytes) return DropReason::kMalformed;
  if (plain.size() < packet.size() - tag_bytes) return DropReason::kTooLarge;
  Ssrc ssrc(ReadU32(packet, 8));
  auto found = rtp_streams_.find(ssrc);
  if (found == rtp_streams_.end()) return OpenFirst(ssrc, packet, *header_size, plain);
  return OpenNext(ssrc, found->second, packet, *header_size, plain);
}

SrtpResult SrtpReceiver::OpenFirst(Ssrc ssrc, Bytes packet, size_t header_size,
                                   MutableBytes plain) {
  if (rtp_streams_.size() >= stream_limit_) return DropReason::kStreamLimit;
  Guesses guesses = FirstGuesses(ssrc, ReadU16(packet, 2));
  for (size_t i = 0; i < guesses.count; ++i) {
    if (!OpenAt(ssrc, guesses.index[i], packet, header_size, plain)) continue;
    rtp_streams_[ssrc].opened.Use(guesses.index[i]);
    return packet.size() - SrtpRtpTagBytes(suite_);
  }
  return DropReason::kSrtpAuthentication;
}

// A stream begins in round zero (RFC 3711 section 3.3.1: "the ROC MUST be set to zero"), but its
// first packets may all have been lost around a wrap. A stream that was removed here may go on over
// there.
SrtpReceiver::Guesses SrtpReceiver::FirstGuesses(Ssrc ssrc, uint16_t sequence_number) const {
  for (size_t i = removed_.size(); i > 0; --i) {
    const RemovedStream& removed = removed_[i - 1];
    if (removed.ssrc != ssrc) continue;
    uint64_t nearest = NearestSrtpIndex(removed.newest, sequence_number);
    if (nearest == sequence_number) break;
    return {.index = {nearest, sequence_number}, .count = 2};
  }
  constexpr uint16_t kHalf = 0x8000;
  bool maybe_wrapped = sequence_number < kHalf;
  return {.index = {sequence_number, kSrtpRollover + sequence_number},
          .count = maybe_wrapped ? size_t{2} : size_t{1}};
}

SrtpResult SrtpReceiver::OpenNext(Ssrc ssrc, Stream& stream, Bytes packet, size_t header_size,
                                  MutableBytes plain) {
  uint64_t index = NearestSrtpIndex(stream.opened.newest(), ReadU16(packet, 2));
  if (index >= kSrtpIndexEnd) return DropReason::kSrtpIndexExhausted;
  ReplayWindow::Verdict verdict = stream.opened.Check(index);
  if (verdict == ReplayWindow::Verdict::kUsed) return DropReason::kSrtpReplay;
  bool fresh = verdict == ReplayWindow::Verdict::kFresh;
  bool opened = fresh && OpenAt(ssrc, index, packet, header_size, plain);
  if (!opened && stream.failures >= kFailuresBeforeResync) {
    // More than half a round was lost, so the nearest index is one round behind the true one.
    index += kSrtpRollover;
    opened = index < kSrtpIndexEnd && OpenAt(ssrc, index, packet, header_size, plain);
  }
  if (!opened) {
    ++stream.failures;
    return fresh ? DropReason::kSrtpAuthentication : DropReason::kSrtpReplay;
  }
  stream.failures = 0;
  stream.opened.Use(index);
  return packet.size() - SrtpRtpTagBytes(suite_);
}

bool SrtpReceiver::OpenAt(Ssrc ssrc, uint64_t index, Bytes packet, size_t header_size,
                          MutableBytes plain) {
  size_t tag_bytes = SrtpRtpTagBytes(suite_);
  size_t payload_size = packet.size() - header_size - tag_bytes;
  Bytes header = packet.first(header_size);
  bool genuine =
      rtp_->Open({.ssrc = ssrc, .index = index}, header, packet.subspan(header_size, payload_size),
                 packet.last(tag_bytes), plain.data() + header_size);
  if (genuine) std::copy(header.begin(), header.end(), plain.begin());
  return genuine;
}

SrtpResult SrtpReceiver::OpenRtcp(Bytes packet, MutableBytes plain) {
  CHECK(plain.data() != packet.data(), "a packet is opened into other bytes");
  size_t tag_bytes = SrtpRtcpTagBytes(suite_);
  size_t overhead = tag_bytes + kRtcpWordBytes;
  if (packet.size() < kRtcpHeaderBytes + overhead || packet[0] >> 6 != 2) {
    return DropReason::kMalformed;
  }
  size_t size = packet.size() - overhead;
  if (plain.size() < size) return DropReason::kTooLarge;
  size_t word_position = IsAead(suite_) ? packet.size() - kRtcpWordBytes : size;
  size_t tag_position = IsAead(suite_) ? size : size + kRtcpWordBytes;
  uint32_t word = ReadU32(packet, word_position);
  // No peer of ours has a reason to send RTCP in the clear.
  if ((word & kSrtcpEncrypted) == 0) return DropReason::kSrtpAuthentication;
  uint64_t index = word & kSrtcpIndexMask;
  Ssrc ssrc(ReadU32(packet, 4));

  auto found = rtcp_streams_.find(ssrc);
  if (found == rtcp_streams_.end()) {
    if (rtcp_streams_.size() >= stream_limit_) return DropReason::kStreamLimit;
  } else if (found->second.opened.Check(index) != ReplayWindow::Verdict::kFresh) {
    return DropReason::kSrtpReplay;
  }
  Bytes header = packet.first(kRtcpHeaderBytes);
  Bytes sealed = packet.subspan(kRtcpHeaderBytes, size - kRtcpHeaderBytes);
  Bytes tag = packet.subspan(tag_position, tag_bytes);
  if (!rtcp_->Open({.ssrc = ssrc, .index = word}, header, sealed, tag,
                   plain.data() + kRtcpHeaderBytes)) {
    return DropReason::kSrtpAuthentication;
  }
  std::copy(header.begin(), header.end(), plain.begin());
  rtcp_streams_[ssrc].opened.Use(index);
  return size;
}

void SrtpReceiver::RemoveStream(Ssrc ssrc) {
  auto found = rtp_streams_.find(ssrc);
  if (found != rtp_streams_.end()) {
    removed_.Push({.ssrc = ssrc, .newest = found->second.opened.newest()});
    rtp_streams_.erase(found);
  }
  rtcp_streams_.erase(ssrc);
}

std::optional<uint32_t> SrtpReceiver::rollover_counter(Ssrc ssrc) const {
  auto found = rtp_streams_.find(ssrc);
  if (found == rtp_streams_.end()) return std::nullopt;
  return static_cast<uint32_t>(found->second.opened.newest() / kSrtpRollover);
}

}  // namespace millrace
