// Plays the input as what an authenticated peer may do to the streams of this worker: packets with
// any numbers, retransmissions of anything, requests and reports of any content, hours passing. The
// number told must stay ones that can be, and nothing may grow without bounds.
#include <cstdint>
#include <memory>

#include "base/byte_reader.h"
#include "base/check.h"
#include "media/key_frame_gate.h"
#include "media/receive_stream.h"
#include "media/rtp_rewriter.h"
#include "media/send_stream.h"
#include "media/transport_feedback_sender.h"

namespace millrace {
namespace {

constexpr size_t kStepsMax = 4000;

class Streams {
 public:
  explicit Streams(ByteReader& reader)
      : reader_(reader),
        receiver_({.ssrc = Ssrc(1),
                   .payload_type = 96,
                   .clock_rate = reader.ReadU32(),
                   .rtx_ssrc = Ssrc(2),
                   .use_nack = true,
                   .temporal_layers = 3}),
        rewriter_(Ssrc(3), reader.ReadU32(), 1000) {}

  void Run() {
    for (size_t step = 0; step < kStepsMax && reader_.remaining() > 0; ++step) {
      uint8_t action = reader_.ReadU8();
      now_ = now_ + Duration::Micros(int64_t{reader_.ReadU16()} << (action >> 5) * 3);
      Step(action & 0x1F);
      CheckLaws();
    }
  }

 private:
  void Step(uint8_t action) {
    switch (action) {
      case 0:
        return ReceiveRtx();
      case 1:
        return (void)sender_.TakeResend(reader_.ReadU16(), now_);
      case 2:
        return ReceiveReports();
      case 3:
        return (void)receiver_.OnDeadline(now_);
      case 4:
        return MakeReports();
      case 5:
        return rewriter_.Drop(receiver_.settings().clock_rate % 7 + newest_);
      case 6:
        return rewriter_.SwitchSource(newest_ + 1, reader_.ReadU32(), now_);
      case 7:
        receiver_.Pause();
        return receiver_.Resume(now_);
      case 8:
        return WriteFeedback();
      default:
        return Receive();
    }
  }

  // A packet of a chosen number whose other bytes are the input's.
  void Receive() {
    RtpPacketRef packet = pool_.Take();
    CHECK(packet, "no stream keeps more packets than its history");
    Bytes header = reader_.ReadBytes(8);
    packet->bytes[0] = 0x80;
    packet->bytes[1] = 96;
    std::copy(header.begin(), header.end(), packet->bytes.begin() + 2);
    packet->bytes[12] = 0x10;
    packet->bytes[13] = header.empty() ? 0 : header[0] & 1;
    packet->received = now_;
    if (!packet->Parse(14, ids_, Codec::kVp8, 101)) return;
    Forward(packet);
  }
  void ReceiveRtx() {
    RtpPacketRef packet = pool_.Take();
    CHECK(packet, "no stream keeps more packets than its history");
    Bytes bytes = reader_.ReadBytes(reader_.remaining() < 40 ? reader_.remaining() : 40);
    std::copy(bytes.begin(), bytes.end(), packet->bytes.begin());
    packet->received = now_;
    if (!packet->Parse(bytes.size(), ids_, Codec::kVp8, 101)) return;
    std::optional<size_t> size = receiver_.ReceiveRtx(packet->view, *packet);
    if (!size) return;
    CHECK(packet->Parse(*size, ids_, Codec::kVp8, 101), "the original of an RTX packet is RTP");
    packet->recovered = true;
    Forward(packet);
  }
  void Forward(const RtpPacketRef& packet) {
    feedback_.Receive(packet->view.sequence_number(), Ssrc(1), now_, now_);
    ReceiveStream::Received received = receiver_.Receive(*packet, now_);
    if (received.ask_key_frame) (void)gate_.Ask(now_);
    if (received.drop) return;
    newest_ = packet->sequence;
    std::optional<RtpRewrite> rewrite = rewriter_.Forward(*packet, now_);
    if (rewrite) sender_.Sent(packet, *rewrite, now_);
  }
  void ReceiveReports() {
    ReportBlock block;
    block.cumulative_lost = static_cast<int32_t>(reader_.ReadU24()) - 0x800000;
    block.last_sender_report = reader_.ReadU32();
    block.delay_since_last_sender_report = reader_.ReadU32();
    (void)sender_.ReceiveReport(block, now_);
    SenderReport report;
    report.ntp = reader_.ReadU64();
    receiver_.ReceiveSenderReport(report, now_);
    sender_.ReceiveReferenceTime(report.ntp, now_);
  }
  void MakeReports() {
    (void)receiver_.MakeReport(now_);
    (void)sender_.MakeReport(now_);
    (void)sender_.MakeDlrr(Ssrc(9), now_);
  }
  void WriteFeedback() {
    std::array<uint8_t, 1292> bytes;
    ByteWriter writer(bytes);
    while (feedback_.Write(writer, Ssrc(1), now_)) {
    }
  }
  void CheckLaws() {
    CHECK(sender_.score() <= 10 && receiver_.score() <= 10, "a score is at most 10");
    CHECK(sender_.rtt() > Duration() && sender_.rtt() <= kRttMax, "a round trip is one");
    CHECK(sender_.history().size() <= RetransmissionBuffer::kPacketsMax, "a history has an end");
    CHECK(pool_.in_use() == sender_.history().size(), "only the history keeps packets");
  }

  ByteReader& reader_;
  RtpExtensionIds ids_;
  RtpPacketPool pool_{RetransmissionBuffer::kPacketsMax + 1};
  ReceiveStream receiver_;
  RtpRewriter rewriter_;
  SendStream sender_{
      {.ssrc = Ssrc(3), .history = RetransmissionBuffer::kVideoHistory, .rtx_ssrc = Ssrc(4)}};
  TransportFeedbackSender feedback_;
  KeyFrameGate gate_;
  Timestamp now_ = Timestamp::Millis(1);
  int64_t newest_ = 0;
};

}  // namespace
}  // namespace millrace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  millrace::ByteReader reader(millrace::Bytes(data, size));
  auto streams = std::make_unique<millrace::Streams>(reader);
  streams->Run();
  return 0;
}
