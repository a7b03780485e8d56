#include "routing/egress_queue.h"

#include <cstring>

#include "routing/consumer.h"
#include "wire/rtp_extensions.h"

namespace millrace {

std::optional<DropReason> EgressQueue::Append(const RtpPacketRef& packet, ConsumerStream& stream,
                                              const RtpRewrite& rewrite) {
  if (entries_.size() == kPacketsMax) return DropReason::kBufferLimit;
  entries_.push_back({packet, &stream, rewrite, false});
  return std::nullopt;
}

std::optional<DropReason> EgressQueue::AppendSealed(const RtpPacketRef& sealed,
                                                    ConsumerStream& stream) {
  if (entries_.size() == kPacketsMax) return DropReason::kBufferLimit;
  entries_.push_back({sealed, &stream, {}, true});
  return std::nullopt;
}

void EgressQueue::Forget(const Consumer& consumer) {
  entries_.erase(entries_.begin(), entries_.begin() + static_cast<ptrdiff_t>(next_));
  next_ = 0;
  std::erase_if(entries_,
                [&](const Entry& entry) { return &entry.stream->consumer() == &consumer; });
}

bool EgressQueue::Seal(Link& link, Traffic& traffic, Turn& turn) {
  if (!link.ready()) {
    DropAll(DropReason::kNotConnected, turn);
    return true;
  }
  abs_send_time_ = ToAbsSendTime(turn.now);
  size_t rtp_bytes = 0;
  size_t rtx_bytes = 0;
  bool done = true;
  for (; next_ < entries_.size(); ++next_) {
    const Entry& entry = entries_[next_];
    MutableBytes target = turn.out.Reserve(kSealedBytesMax);
    if (target.empty()) {
      done = false;
      break;
    }
    size_t size = SealOne(entry, link, target, turn);
    if (size == 0) continue;
    turn.out.Commit(link.rtp_path(), size);
    (entry.rewrite.rtx ? rtx_bytes : rtp_bytes) += size;
  }
  if (rtp_bytes != 0) traffic.rtp_sent.Add(rtp_bytes, turn.now);
  if (rtx_bytes != 0) traffic.rtx_sent.Add(rtx_bytes, turn.now);
  if (rtp_bytes + rtx_bytes != 0) traffic.sent.Add(rtp_bytes + rtx_bytes, turn.now);
  if (done) {
    entries_.clear();
    next_ = 0;
  }
  return done;
}

size_t EgressQueue::SealOne(const Entry& entry, Link& link, MutableBytes target, Turn& turn) {
  if (entry.sealed) {
    std::memcpy(target.data(), entry.packet->bytes.data(), entry.packet->size);
    return entry.packet->size;
  }
  const EgressHeader& header = entry.stream->consumer().header();
  EgressStamps stamps{abs_send_time_, transport_sequence_number_};
  size_t header_size =
      header.Write(target.first(kSealedBytesMax), *entry.packet, entry.rewrite, stamps);
  if (header_size == 0) {
    turn.out.CountDrop(DropReason::kTooLarge);
    return 0;
  }
  SrtpStream stream = entry.rewrite.rtx ? entry.stream->srtp_rtx() : entry.stream->srtp();
  SrtpResult sealed =
      link.SealRtp(stream, target.first(kSealedBytesMax), header_size, PayloadOf(entry));
  if (!sealed.ok()) {
    turn.out.CountDrop(sealed.reason());
    return 0;
  }
  if (header.has_transport_sequence_number()) ++transport_sequence_number_;
  if (!entry.rewrite.rtx) Remember(entry, target.first(sealed.size()), turn);
  return sealed.size();
}

Bytes EgressQueue::PayloadOf(const Entry& entry) {
  Bytes payload = entry.packet->payload();
  if (!entry.rewrite.rtx && entry.rewrite.patch.empty()) return payload;
  size_t prefix = entry.rewrite.rtx ? 2 : 0;
  if (entry.rewrite.rtx) {
    scratch_[0] = static_cast<uint8_t>(entry.rewrite.original_sequence >> 8);
    scratch_[1] = static_cast<uint8_t>(entry.rewrite.original_sequence);
  }
  std::memcpy(&scratch_[prefix], payload.data(), payload.size());
  entry.rewrite.patch.Apply(MutableBytes(scratch_).subspan(prefix, payload.size()));
  return Bytes(scratch_).first(prefix + payload.size());
}

void EgressQueue::Remember(const Entry& entry, Bytes sealed, Turn& turn) {
  ConsumerStream& stream = *entry.stream;
  if (!stream.keeps_sealed_bytes()) {
    stream.send().Sent(entry.packet, entry.rewrite, turn.now);
    return;
  }
  // Sealing an SRTP index a second time, with other bytes, would give the key away: without RTX a
  // lost packet is answered with what was sealed the first time.
  RtpPacketRef copy = sealed.size() <= RtpPacket::kBytesMax ? packets_.Take() : RtpPacketRef();
  // At the pool's limit the packet leaves all the same; it just cannot be repaired.
  if (!copy) return;
  std::memcpy(copy->bytes.data(), sealed.data(), sealed.size());
  copy->size = static_cast<uint16_t>(sealed.size());
  copy->payload_size = entry.packet->payload_size;
  stream.send().Sent(copy, entry.rewrite, turn.now);
}

void EgressQueue::DropAll(DropReason reason, Turn& turn) {
  for (; next_ < entries_.size(); ++next_) turn.out.CountDrop(reason);
  entries_.clear();
  next_ = 0;
}

}  // namespace millrace
