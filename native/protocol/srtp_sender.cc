#include "protocol/srtp_sender.h"

#include <algorithm>

#include "base/check.h"
#include "protocol/srtp_index.h"
#include "protocol/srtp_nonce.h"
#include "protocol/srtp_session_keys.h"

namespace millrace {

namespace {

constexpr size_t kRtpFixedHeaderBytes = 12;
constexpr size_t kRtcpHeaderBytes = 8;
// RFC 3711 section 3.4: E says that the packet is encrypted.
constexpr uint32_t kSrtcpEncrypted = 0x80000000;

uint16_t ReadU16(Bytes bytes, size_t position) {
  return static_cast<uint16_t>((bytes[position] << 8) | bytes[position + 1]);
}

Ssrc ReadSsrc(Bytes bytes, size_t position) {
  return Ssrc((uint32_t{ReadU16(bytes, position)} << 16) | ReadU16(bytes, position + 2));
}

}  // namespace

SrtpSender::SrtpSender(SrtpBackend& backend, const SrtpKeyMaterial& material)
    : suite_(material.suite()),
      rtp_(backend.MakeCipher(SrtpSessionKeys::Derive(material, SrtpUse::kRtp))),
      rtcp_(backend.MakeCipher(SrtpSessionKeys::Derive(material, SrtpUse::kRtcp))) {}

std::optional<SrtpStream> SrtpSender::AddStream(Ssrc ssrc) {
  auto seen = free_from_.find(ssrc);
  if (seen == free_from_.end()) {
    if (free_from_.size() >= kStreamsMax) return std::nullopt;
    seen = free_from_.emplace(ssrc, 0).first;
  } else {
    for (const Stream& stream : streams_) {
      if (stream.live && stream.ssrc == ssrc) return std::nullopt;
    }
  }
  if (free_streams_.empty()) {
    free_streams_.push_back(SrtpStream(static_cast<uint32_t>(streams_.size())));
    streams_.emplace_back();
  }
  SrtpStream handle = free_streams_.back();
  free_streams_.pop_back();
  streams_[handle.value()] = {.ssrc = ssrc, .live = true, .free_from = seen->second, .sealed = {}};
  return handle;
}

void SrtpSender::RemoveStream(SrtpStream handle) {
  CHECK(handle.value() < streams_.size(), "a stream is removed from the sender that made it");
  Stream& stream = streams_[handle.value()];
  CHECK(stream.live, "a stream is removed once");
  stream.live = false;
  if (!stream.sealed.empty()) free_from_[stream.ssrc] = stream.sealed.newest() + 1;
  free_streams_.push_back(handle);
}

SrtpResult SrtpSender::SealRtp(SrtpStream handle, MutableBytes target, size_t header_size,
                               Bytes payload) {
  size_t size = header_size + payload.size() + rtp_overhead();
  if (size > target.size()) return DropReason::kTooLarge;
  CHECK(header_size >= kRtpFixedHeaderBytes, "an RTP header stands in front of the payload");
  CHECK(handle.value() < streams_.size(), "a stream is used with the sender that made it");
  Stream& stream = streams_[handle.value()];
  CHECK(stream.live && ReadSsrc(target, 8) == stream.ssrc,
        "the header has the SSRC of a stream that was not removed");

  uint64_t index = IndexFor(stream, ReadU16(target, 2));
  if (index >= kSrtpIndexEnd) return DropReason::kSrtpIndexExhausted;
  switch (stream.sealed.Check(index)) {
    case ReplayWindow::Verdict::kFresh:
      break;
    case ReplayWindow::Verdict::kUsed:
      return DropReason::kDuplicate;
    case ReplayWindow::Verdict::kTooOld:
      return DropReason::kTooOld;
  }
  if (index < stream.free_from) return DropReason::kTooOld;
  stream.sealed.Use(index);
  rtp_->Seal({.ssrc = stream.ssrc, .index = index}, target.first(header_size), payload,
             target.data() + header_size);
  return size;
}

uint64_t SrtpSender::IndexFor(const Stream& stream, uint16_t sequence_number) {
  if (!stream.sealed.empty()) return NearestSrtpIndex(stream.sealed.newest(), sequence_number);
  uint64_t index = (stream.free_from & ~(kSrtpRollover - 1)) + sequence_number;
  return index < stream.free_from ? index + kSrtpRollover : index;
}

SrtpResult SrtpSender::SealRtcp(MutableBytes target, size_t size) {
  CHECK(size >= kRtcpHeaderBytes, "an RTCP packet has at least a header and an SSRC");
  if (size > target.size() || target.size() - size < rtcp_overhead()) return DropReason::kTooLarge;
  // RFC 3711 section 9.2: a key is good for 2^31 SRTCP packets.
  if (next_rtcp_index_ >= kSrtcpEncrypted) return DropReason::kSrtpIndexExhausted;
  uint32_t word = kSrtcpEncrypted | next_rtcp_index_++;

  Bytes clear = target.first(kRtcpHeaderBytes);
  Bytes plain = target.subspan(kRtcpHeaderBytes, size - kRtcpHeaderBytes);
  rtcp_->Seal({.ssrc = ReadSsrc(target, 4), .index = word}, clear, plain,
              target.data() + kRtcpHeaderBytes);
  // Counter mode has the word in front of the tag (RFC 3711 section 3.4), GCM behind it (RFC 7714
  // section 9.3).
  size_t tag_bytes = SrtpRtcpTagBytes(suite_);
  size_t word_position = size + tag_bytes;
  if (!IsAead(suite_)) {
    std::copy_backward(target.begin() + static_cast<ptrdiff_t>(size),
                       target.begin() + static_cast<ptrdiff_t>(size + tag_bytes),
                       target.begin() + static_cast<ptrdiff_t>(size + tag_bytes + 4));
    word_position = size;
  }
  for (size_t i = 0; i < 4; ++i) {
    target[word_position + i] = static_cast<uint8_t>(word >> (24 - 8 * i));
  }
  return size + rtcp_overhead();
}

}  // namespace millrace
