#include "wire/rtcp/transport_feedback.h"

#include <algorithm>
#include <array>
#include <limits>

namespace millrace {

namespace {

constexpr uint8_t kFormat = 15;
// Packet header, two SSRCs, base sequence number, status count, reference time, feedback count.
constexpr size_t kFixedBytes = kRtcpHeaderBytes + 16;
// draft-holmer-rmcat-transport-wide-cc-extensions-01 3.1.5: deltas are "multiples of 250us".
constexpr int64_t kTickUs = 250;
// 3.1: the reference time is counted "in multiples of 64ms".
constexpr int64_t kTicksPerReference = 256;

// 3.1.1: packet status symbols.
constexpr uint8_t kLost = 0;
constexpr uint8_t kSmallDelta = 1;
constexpr uint8_t kLargeDelta = 2;
constexpr uint8_t kReserved = 3;

// 3.1.3 and 3.1.4: the highest bit of a chunk tells runs from vectors.
constexpr uint16_t kVectorBit = 0x8000;
constexpr uint16_t kTwoBitSymbols = 0x4000;
constexpr uint16_t kRunLengthBits = 0x1FFF;
constexpr unsigned kRunSymbolShift = 13;
constexpr uint16_t kOneBitVectorSize = 14;
constexpr uint16_t kTwoBitVectorSize = 7;

uint16_t SymbolsOf(uint16_t chunk) {
  if ((chunk & kVectorBit) == 0) return chunk & kRunLengthBits;
  return (chunk & kTwoBitSymbols) != 0 ? kTwoBitVectorSize : kOneBitVectorSize;
}

bool IsSmall(int64_t delta) { return delta >= 0 && delta <= std::numeric_limits<uint8_t>::max(); }
bool IsEncodable(int64_t delta) {
  return delta >= std::numeric_limits<int16_t>::min() &&
         delta <= std::numeric_limits<int16_t>::max();
}

int64_t TicksOf(const PacketArrival& arrival) { return arrival.time.us() / kTickUs; }

// What one packet will tell: the symbols of all packets from the first to the last arrival taken.
struct Plan {
  std::array<uint8_t, TransportFeedback::kStatusesPerWrite> symbols{};
  size_t statuses = 0;
  size_t taken = 0;
  size_t delta_bytes = 0;
  int64_t reference = 0;
};

// The packet's size when its chunks are as many as they can become: each but the last one holds
// seven symbols or more.
size_t SizeAtMost(size_t statuses, size_t delta_bytes) {
  size_t chunks = (statuses + kTwoBitVectorSize - 1) / kTwoBitVectorSize;
  return (kFixedBytes + 2 * chunks + delta_bytes + 3) / 4 * 4;
}

Plan MakePlan(std::span<const PacketArrival> arrivals, size_t room) {
  Plan plan;
  plan.reference = TicksOf(arrivals.front()) / kTicksPerReference;
  int64_t ticks = plan.reference * kTicksPerReference;
  uint16_t expected = arrivals.front().sequence_number;
  for (const PacketArrival& arrival : arrivals) {
    // A number that does not ascend is a gap of almost a whole circle, and ends the packet too.
    size_t lost = static_cast<uint16_t>(arrival.sequence_number - expected);
    size_t statuses = plan.statuses + lost + 1;
    int64_t delta = TicksOf(arrival) - ticks;
    size_t delta_bytes = plan.delta_bytes + (IsSmall(delta) ? 1 : 2);
    if (statuses > plan.symbols.size() || !IsEncodable(delta)) break;
    if (SizeAtMost(statuses, delta_bytes) > room) break;
    plan.symbols[statuses - 1] = IsSmall(delta) ? kSmallDelta : kLargeDelta;
    plan.statuses = statuses;
    plan.delta_bytes = delta_bytes;
    ++plan.taken;
    ticks += delta;
    expected = static_cast<uint16_t>(arrival.sequence_number + 1);
  }
  return plan;
}

struct Chunk {
  uint16_t bits = 0;
  size_t symbols = 0;
};

Chunk MakeVector(std::span<const uint8_t> symbols, unsigned symbol_bits) {
  size_t size = symbol_bits == 1 ? kOneBitVectorSize : kTwoBitVectorSize;
  size_t count = std::min(symbols.size(), size);
  unsigned bits = kVectorBit | (symbol_bits == 1 ? 0 : kTwoBitSymbols);
  for (size_t i = 0; i < count; ++i) {
    bits |= unsigned{symbols[i]} << ((size - 1 - i) * symbol_bits);
  }
  return {.bits = static_cast<uint16_t>(bits), .symbols = count};
}

// The chunk that tells most of the symbols to come; at least seven, or all that are left.
Chunk MakeChunk(std::span<const uint8_t> symbols) {
  auto differs = [&](uint8_t symbol) { return symbol != symbols.front(); };
  auto run_end = std::find_if(symbols.begin(), symbols.end(), differs);
  size_t run = static_cast<size_t>(run_end - symbols.begin());
  std::span<const uint8_t> vector =
      symbols.first(std::min<size_t>(symbols.size(), kOneBitVectorSize));
  bool one_bit = std::find(vector.begin(), vector.end(), kLargeDelta) == vector.end();
  size_t vector_size = one_bit ? vector.size() : std::min<size_t>(vector.size(), kTwoBitVectorSize);
  if (run >= vector_size) {
    // A plan has fewer symbols than a run can count.
    unsigned bits = (unsigned{symbols.front()} << kRunSymbolShift) | static_cast<unsigned>(run);
    return {.bits = static_cast<uint16_t>(bits), .symbols = run};
  }
  return MakeVector(symbols, one_bit ? 1 : 2);
}

size_t ChunkBytes(std::span<const uint8_t> symbols) {
  size_t bytes = 0;
  for (; !symbols.empty(); bytes += 2) symbols = symbols.subspan(MakeChunk(symbols).symbols);
  return bytes;
}

}  // namespace

std::optional<TransportFeedback> TransportFeedback::Parse(const RtcpBlock& block) {
  if (block.kind != RtcpKind::kTransportFeedback) return std::nullopt;
  ByteReader reader(block.body);
  TransportFeedback feedback;
  feedback.sender_ = Ssrc(reader.ReadU32());
  feedback.media_ = Ssrc(reader.ReadU32());
  feedback.base_sequence_number_ = reader.ReadU16();
  feedback.status_count_ = reader.ReadU16();
  feedback.reference_time_ = static_cast<int32_t>(reader.ReadU24() << 8) >> 8;
  feedback.feedback_count_ = reader.ReadU8();
  Bytes rest = reader.rest();
  size_t chunks_begin = reader.position();
  // The chunks end where they have told of every packet; the last one may tell of more.
  for (uint32_t told = 0; reader.ok() && told < feedback.status_count_;) {
    told += SymbolsOf(reader.ReadU16());
  }
  if (!reader.ok()) return std::nullopt;
  feedback.chunks_ = rest.first(reader.position() - chunks_begin);
  feedback.deltas_ = reader.rest();
  Cursor cursor(feedback);
  while (cursor.Next()) {
  }
  if (!cursor.ok) return std::nullopt;
  return feedback;
}

size_t TransportFeedback::Write(ByteWriter& writer, const Route& route,
                                std::span<const PacketArrival> arrivals) {
  if (arrivals.empty()) return 0;
  Plan plan = MakePlan(arrivals, writer.remaining());
  if (plan.taken == 0) return 0;
  std::span<const uint8_t> symbols = std::span(plan.symbols).first(plan.statuses);
  size_t content = kFixedBytes + ChunkBytes(symbols) + plan.delta_bytes;
  size_t size = (content + 3) / 4 * 4;
  if (!BeginRtcp(writer, kRtcpTransportLayerFeedback, kFormat, size)) return 0;
  writer.WriteU32(route.sender.value());
  writer.WriteU32(route.media.value());
  writer.WriteU16(arrivals.front().sequence_number);
  writer.WriteU16(static_cast<uint16_t>(plan.statuses));
  writer.WriteU24(static_cast<uint32_t>(plan.reference) & 0xFFFFFF);
  writer.WriteU8(route.feedback_count);
  while (!symbols.empty()) {
    Chunk chunk = MakeChunk(symbols);
    writer.WriteU16(chunk.bits);
    symbols = symbols.subspan(chunk.symbols);
  }
  int64_t ticks = plan.reference * kTicksPerReference;
  for (const PacketArrival& arrival : arrivals.first(plan.taken)) {
    int64_t delta = TicksOf(arrival) - ticks;
    if (IsSmall(delta)) {
      writer.WriteU8(static_cast<uint8_t>(delta));
    } else {
      writer.WriteU16(static_cast<uint16_t>(delta));
    }
    ticks += delta;
  }
  writer.WriteZeros(size - content);
  return plan.taken;
}

TransportFeedback::Cursor::Cursor(const TransportFeedback& feedback)
    : chunks(feedback.chunks_),
      deltas(feedback.deltas_),
      ticks(feedback.reference_time_ * kTicksPerReference),
      next_sequence_number(feedback.base_sequence_number_),
      statuses_left(feedback.status_count_) {}

bool TransportFeedback::Cursor::Next() {
  if (!ok || statuses_left == 0) return false;
  while (symbols_left == 0) {
    chunk = chunks.ReadU16();
    symbols_left = SymbolsOf(chunk);
    ok = chunks.ok();
    if (!ok) return false;
  }
  uint8_t symbol = TakeSymbol();
  --statuses_left;
  status = {.sequence_number = next_sequence_number++, .received = symbol != kLost, .arrival = {}};
  if (symbol == kSmallDelta) ticks += deltas.ReadU8();
  if (symbol == kLargeDelta) ticks += static_cast<int16_t>(deltas.ReadU16());
  if (status.received) status.arrival = Duration::Micros(ticks * kTickUs);
  ok = deltas.ok() && symbol != kReserved;
  return ok;
}

uint8_t TransportFeedback::Cursor::TakeSymbol() {
  --symbols_left;
  if ((chunk & kVectorBit) == 0) return (chunk >> kRunSymbolShift) & 0x3;
  if ((chunk & kTwoBitSymbols) == 0) return (chunk >> symbols_left) & 0x1;
  return (chunk >> (2 * symbols_left)) & 0x3;
}

}  // namespace millrace
