// Feeds packets to an association in one of several states, which the first byte chooses. Then each
// packet follows two bytes: how many milliseconds pass before it, and its length in steps of eight.
// Header and checksum are made right, so that the chunks are what is explored.
#include <algorithm>
#include <memory>
#include <vector>

#include "base/byte_writer.h"
#include "base/check.h"
#include "protocol/sctp/sctp_association.h"

using namespace millrace;

namespace {

enum class Start : uint8_t {
  kNew,
  kCookieWait,
  kConnected,
  kInterleaving,
  kSending,
  kResetting,
  kShuttingDown,
  kReceiving,
  kCount,
};

class Pair {
 public:
  explicit Pair(Start start) {
    settings_.interleaving = start == Start::kInterleaving;
    ours_ = std::make_unique<SctpAssociation>(settings_, random_);
    peer_ = std::make_unique<SctpAssociation>(settings_, random_);
    if (start == Start::kNew) return;
    ours_->Connect(now_, out_);
    if (start == Start::kCookieWait) {
      ReadTag(out_.packets[0]);
      return;
    }
    Exchange();
    CHECK(ours_->state() == SctpState::kConnected, "nothing is lost on the way here");
    Advance(start);
  }

  void Receive(uint8_t wait_ms, Bytes chunks) {
    now_ = now_ + Duration::Millis(wait_ms);
    if (ours_->deadline() <= now_) {
      out_.Clear();
      ours_->OnDeadline(now_, out_);
      Examine();
    }
    std::vector<uint8_t> packet(kSctpHeaderBytes);
    ByteWriter writer(packet);
    writer.WriteU16(5000);
    writer.WriteU16(5000);
    bool is_init = !chunks.empty() && chunks[0] == static_cast<uint8_t>(ChunkType::kInit);
    writer.WriteU32(is_init ? 0 : tag_);
    packet.insert(packet.end(), chunks.begin(), chunks.end());
    SetSctpChecksum(packet);
    out_.Clear();
    ours_->Receive(packet, now_, out_);
    Examine();
  }

 private:
  void Advance(Start start) {
    std::vector<uint8_t> message(20000, 7);
    SctpStreamId stream(1);
    switch (start) {
      case Start::kSending:
        (void)ours_->Send({.stream = stream, .ppid = Ppid(53), .payload = message}, now_, out_);
        (void)ours_->Send({.stream = stream,
                           .ppid = Ppid(53),
                           .reliability = {.ordered = false, .max_retransmits = uint16_t{0}},
                           .payload = message},
                          now_, out_);
        break;
      case Start::kResetting:
        ours_->ResetStreams({&stream, 1}, now_, out_);
        break;
      case Start::kShuttingDown:
        ours_->Shutdown(now_, out_);
        break;
      case Start::kReceiving:
        out_.Clear();
        (void)peer_->Send({.stream = stream, .ppid = Ppid(53), .payload = message}, now_, out_);
        for (size_t i = 1; i < out_.packets.size(); i += 2) {
          SctpOutput unused;
          ours_->Receive(out_.packets[i], now_, unused);
        }
        break;
      default:
        break;
    }
  }
  void Exchange() {
    SctpOutput answer;
    SctpAssociation* target = peer_.get();
    for (int i = 0; i < 8 && !out_.packets.empty(); ++i) {
      answer.Clear();
      for (size_t k = 0; k < out_.packets.size(); ++k) {
        if (target == ours_.get()) ReadTag(out_.packets[k], 4);
        target->Receive(out_.packets[k], now_, answer);
      }
      std::swap(out_, answer);
      target = target == ours_.get() ? peer_.get() : ours_.get();
    }
  }
  // Our tag stands in our INIT, or in the header of what the peer sends.
  void ReadTag(Bytes packet, size_t position = kSctpHeaderBytes + kChunkHeaderBytes) {
    tag_ = ByteReader(packet.subspan(position)).ReadU32();
  }
  void Examine() const {
    for (size_t i = 0; i < out_.packets.size(); ++i) {
      CHECK(out_.packets[i].size() <= SctpLimits::kPacketBytesDefault, "packets fit the path");
      CHECK(SctpPacket::Parse(out_.packets[i]).has_value(), "what we send is well formed");
    }
    CHECK(out_.packets.size() <= 64, "one packet draws a bounded number of answers");
    CHECK(ours_->reassembly_bytes() <= SctpLimits::kReassemblyBytesMax, "reassembly is bounded");
    CHECK(out_.messages.size() == out_.payloads.size(), "each message has its payload");
  }

  SctpSettings settings_;
  Random random_{1};
  Timestamp now_ = Timestamp::Millis(1000);
  std::unique_ptr<SctpAssociation> ours_;
  std::unique_ptr<SctpAssociation> peer_;
  SctpOutput out_;
  uint32_t tag_ = 0;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size < 1) return 0;
  Pair pair(static_cast<Start>(data[0] % static_cast<uint8_t>(Start::kCount)));
  Bytes rest(data + 1, size - 1);
  while (rest.size() > 2) {
    uint8_t wait_ms = rest[0];
    size_t length = std::min<size_t>(rest[1] * 8u + 4u, rest.size() - 2);
    pair.Receive(wait_ms, rest.subspan(2, length));
    rest = rest.subspan(2 + length);
  }
  return 0;
}
