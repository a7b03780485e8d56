#include "protocol/sctp/heartbeat.h"

#include "protocol/sctp/parameter.h"

namespace millrace {

namespace {

constexpr uint16_t kHeartbeatParameter = 1;
constexpr size_t kParameterBytes = 12;

}  // namespace

bool Heartbeat::OnDeadline(Timestamp now) {
  if (now < next_at_) return false;
  bool unanswered = sent_.has_value();
  due_ = true;
  return unanswered;
}

void Heartbeat::Write(Duration timeout, Timestamp now, PacketWriter& packet) {
  due_ = false;
  sent_ = now;
  next_at_ = now + timeout;
  ByteWriter& writer = packet.BeginChunk(ChunkType::kHeartbeat);
  writer.WriteU16(kHeartbeatParameter);
  writer.WriteU16(static_cast<uint16_t>(kParameterBytes));
  // A number nobody can guess, other each time: an answer proves that the question arrived.
  writer.WriteU64(++nonce_);
  packet.EndChunk();
}

std::optional<Duration> Heartbeat::OnAnswer(Bytes value, Timestamp now) {
  ByteReader reader(value);
  bool ours = reader.ReadU16() == kHeartbeatParameter && reader.ReadU16() == kParameterBytes &&
              reader.ReadU64() == nonce_ && reader.ok();
  if (!ours || !sent_) return std::nullopt;
  Duration rtt = now - *sent_;
  sent_.reset();
  next_at_ = now + kInterval;
  return rtt;
}

}  // namespace millrace
