#include "routing/egress_queue.h"

#include <cstring>
#include <utility>

#include "routing/consumer.h"
#include "routing/outgoing_bandwidth.h"
#include "wire/rtp_extensions.h"

namespace millrace {
namespace {

PacketCount& CountOf(const EgressPacket& entry, Counters& counters) {
  if (!entry.stream) return counters.probation_sent;
  return entry.rewrite.rtx ? counters.rtx_sent : counters.rtp_sent;
}

}  // namespace

std::optional<DropReason> EgressQueue::Append(EgressPacket&& packet) {
  if (entries_.size() == kPacketsMax) return DropReason::kBufferLimit;
  entries_.push_back(std::move(packet));
  return std::nullopt;
}

void EgressQueue::Forget(const Consumer& consumer) {
  entries_.erase(entries_.begin(), entries_.begin() + static_cast<ptrdiff_t>(next_));
  next_ = 0;
  std::erase_if(entries_, [&](const EgressPacket& entry) {
    return entry.stream && &entry.stream->consumer() == &consumer;
  });
}

void EgressQueue::PrefetchSeal(const Link& link) const {
  if (next_ == entries_.size() || !entries_[next_].stream) return;
  const ConsumerStream& stream = *entries_[next_].stream;
  Prefetch(&stream.consumer().header(), EgressHeader::kHotBytes);
  link.PrefetchRtp(stream.srtp());
  stream.PrefetchSent();
}

bool EgressQueue::Seal(Link& link, Traffic& traffic, OutgoingBandwidth* bandwidth, Turn& turn) {
  if (!link.ready()) {
    DropAll(DropReason::kNotConnected, turn);
    return true;
  }
  abs_send_time_ = ToAbsSendTime(turn.now);
  size_t rtp_bytes = 0;
  size_t rtx_bytes = 0;
  size_t probation_bytes = 0;
  bool done = true;
  for (; next_ < entries_.size(); ++next_) {
    const EgressPacket& entry = entries_[next_];
    MutableBytes target = turn.out.Reserve(kSealedBytesMax);
    if (target.empty()) {
      done = false;
      break;
    }
    size_t size = SealOne(entry, link, bandwidth, target, turn);
    if (size == 0) continue;
    if (link.direct()) {
      Tell(entry, target.first(size), turn);
    } else {
      turn.out.Commit(link.rtp_path(), size);
    }
    CountOf(entry, turn.out.counters()).Add(size);
    if (!entry.stream)
      probation_bytes += size;
    else
      (entry.rewrite.rtx ? rtx_bytes : rtp_bytes) += size;
  }
  if (rtp_bytes != 0) traffic.rtp_sent.Add(rtp_bytes, turn.now);
  if (rtx_bytes != 0) traffic.rtx_sent.Add(rtx_bytes, turn.now);
  if (probation_bytes != 0) traffic.probation_sent.Add(probation_bytes, turn.now);
  size_t all_bytes = rtp_bytes + rtx_bytes + probation_bytes;
  if (all_bytes != 0) traffic.sent.Add(all_bytes, turn.now);
  if (done) {
    entries_.clear();
    next_ = 0;
  }
  return done;
}

size_t EgressQueue::SealOne(const EgressPacket& entry, Link& link, OutgoingBandwidth* bandwidth,
                            MutableBytes target, Turn& turn) {
  if (entry.sealed) {
    std::memcpy(target.data(), entry.packet->bytes.data(), entry.packet->size);
    return entry.packet->size;
  }
  Sender sender = SenderOf(entry, bandwidth);
  if (!sender.header) {
    turn.out.CountDrop(DropReason::kNotConnected);
    return 0;
  }
  EgressStamps stamps{abs_send_time_, transport_sequence_number_};
  size_t header_size =
      sender.header->Write(target.first(kSealedBytesMax), *entry.packet, entry.rewrite, stamps);
  if (header_size == 0) {
    turn.out.CountDrop(DropReason::kTooLarge);
    return 0;
  }
  SrtpResult sealed =
      link.SealRtp(sender.stream, target.first(kSealedBytesMax), header_size, PayloadOf(entry));
  if (!sealed.ok()) {
    turn.out.CountDrop(sealed.reason());
    return 0;
  }
  if (sender.header->has_transport_sequence_number()) {
    uint16_t number = transport_sequence_number_++;
    if (bandwidth) {
      bandwidth->OnSent({.sequence_number = number,
                         .bytes = static_cast<uint32_t>(sealed.size()),
                         .sent = turn.now,
                         .probe = entry.probe});
    }
  }
  if (entry.stream && !entry.rewrite.rtx) Remember(entry, target.first(sealed.size()), turn);
  return sealed.size();
}

// The packet's bytes go to the controller; the slab's room is given back.
void EgressQueue::Tell(const EgressPacket& entry, Bytes packet, Turn& turn) {
  // Padding has no consumer, and is for links that have a bandwidth.
  if (!entry.stream) return;
  turn.events.notifications.push_back(
      ConsumerRtpSent{entry.stream->consumer().id(), {packet.begin(), packet.end()}});
}

EgressQueue::Sender EgressQueue::SenderOf(const EgressPacket& entry, OutgoingBandwidth* bandwidth) {
  if (entry.stream) {
    return {&entry.stream->consumer().header(),
            entry.rewrite.rtx ? entry.stream->srtp_rtx() : entry.stream->srtp()};
  }
  if (!bandwidth || !bandwidth->probation().srtp_stream()) return {};
  return {&bandwidth->probation().header(), *bandwidth->probation().srtp_stream()};
}

Bytes EgressQueue::PayloadOf(const EgressPacket& entry) {
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

void EgressQueue::Remember(const EgressPacket& entry, Bytes sealed, Turn& turn) {
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
