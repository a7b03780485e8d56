// A sender, a lossy path and a receiver, from the parts of this room: how much of a stream arrives
// in time when lost packets are asked for and sent again (LI-01, RT-08, RT-11).
#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <vector>

#include "base/random.h"
#include "media/receive_stream.h"
#include "media/rtp_maker.h"
#include "media/send_stream.h"

namespace millrace {
namespace {

struct PathConfig {
  uint32_t forward_loss_percent = 0;
  uint32_t backward_loss_percent = 0;
  Duration one_way = Duration::Millis(25);
  Duration jitter = {};
  uint32_t duplicate_percent = 0;
};

struct Outcome {
  size_t sent = 0;
  size_t within_500_ms = 0;
  size_t within_1500_ms = 0;
  size_t delivered_twice = 0;
  uint64_t resent = 0;

  [[nodiscard]] double share_500() const {
    return static_cast<double>(within_500_ms) / static_cast<double>(sent);
  }
  [[nodiscard]] double share_1500() const {
    return static_cast<double>(within_1500_ms) / static_cast<double>(sent);
  }
};

class RepairSimulation {
 public:
  RepairSimulation(const PathConfig& path, uint64_t seed) : path_(path), random_(seed) {}

  Outcome Run(Duration length) {
    for (int64_t ms = 0; ms < length.ms() + 5000; ++ms) {
      now_ = Timestamp::Millis(ms);
      // 1.5 Mbit/s in packets of 1,200 bytes: one each 6.4 ms.
      if (ms * 10 / 64 != (ms - 1) * 10 / 64 && ms < length.ms()) SendNext();
      DeliverMedia();
      ReceiveStream::Due due = receiver_.OnDeadline(now_);
      if (!due.nacks.empty() && random_.Below(100) >= path_.backward_loss_percent) {
        nacks_.emplace(now_ + Delay(), std::vector<uint16_t>(due.nacks.begin(), due.nacks.end()));
      }
      DeliverNacks();
      if (ms % 1000 == 0) ExchangeReports();
    }
    outcome_.resent = sender_.stats(now_).packets_retransmitted;
    return outcome_;
  }

 private:
  struct InFlight {
    RtpPacketRef packet;
    RtpRewrite rewrite;
  };

  Duration Delay() {
    if (path_.jitter == Duration()) return path_.one_way;
    return path_.one_way +
           Duration::Micros(random_.Below(static_cast<uint32_t>(path_.jitter.us())));
  }
  void SendNext() {
    RtpPacketRef packet = RtpMaker().Size(1188).Make(pool_);
    RtpRewrite rewrite{.ssrc = Ssrc(1), .sequence = next_, .payload_type = 96};
    sender_.Sent(packet, rewrite, now_);
    sent_at_[next_++] = now_;
    ++outcome_.sent;
    Launch({packet, rewrite});
  }
  void Launch(const InFlight& flight) {
    if (random_.Below(100) < path_.forward_loss_percent) return;
    media_.emplace(now_ + Delay(), flight);
    if (random_.Below(100) < path_.duplicate_percent) media_.emplace(now_ + Delay(), flight);
  }
  void DeliverMedia() {
    while (!media_.empty() && media_.begin()->first <= now_) {
      InFlight flight = media_.begin()->second;
      media_.erase(media_.begin());
      uint16_t sequence =
          flight.rewrite.rtx ? flight.rewrite.original_sequence : flight.rewrite.sequence;
      RtpMaker().Seq(sequence).Fill(*arrived_);
      arrived_->recovered = flight.rewrite.rtx;
      if (receiver_.Receive(*arrived_, now_).drop) continue;
      if (!delivered_.emplace(arrived_->sequence, now_).second) ++outcome_.delivered_twice;
      Duration took = now_ - sent_at_[sequence];
      if (took <= Duration::Millis(500)) ++outcome_.within_500_ms;
      if (took <= Duration::Millis(1500)) ++outcome_.within_1500_ms;
    }
  }
  void DeliverNacks() {
    while (!nacks_.empty() && nacks_.begin()->first <= now_) {
      for (uint16_t sequence : nacks_.begin()->second) {
        std::optional<SendStream::Resend> resend = sender_.TakeResend(sequence, now_);
        if (resend) Launch({resend->packet, resend->rewrite});
      }
      nacks_.erase(nacks_.begin());
    }
  }
  void ExchangeReports() {
    receiver_.SetRoundTripTime(path_.one_way * 2);
    std::optional<ReportBlock> block = receiver_.MakeReport(now_).block;
    if (!block) return;
    block->last_sender_report = CompactNtp(ToNtp(now_ - path_.one_way * 2));
    (void)sender_.ReceiveReport(*block, now_);
  }

  PathConfig path_;
  Random random_;
  Timestamp now_;
  RtpPacketPool pool_{10'000};
  SendStream sender_{{.ssrc = Ssrc(1),
                      .history = RetransmissionBuffer::kVideoHistory,
                      .rtx_ssrc = Ssrc(2),
                      .rtx_payload_type = 97}};
  ReceiveStream receiver_{{.ssrc = Ssrc(1), .rtx_ssrc = Ssrc(2), .use_nack = true}};
  std::unique_ptr<RtpPacket> arrived_ = std::make_unique<RtpPacket>();
  std::multimap<Timestamp, InFlight> media_;
  std::multimap<Timestamp, std::vector<uint16_t>> nacks_;
  std::map<uint16_t, Timestamp> sent_at_;
  std::map<int64_t, Timestamp> delivered_;
  uint16_t next_ = 32'000;
  Outcome outcome_;
};

Outcome RunOver(const PathConfig& path) {
  Outcome sum;
  for (uint64_t seed = 1; seed <= 3; ++seed) {
    Outcome one = RepairSimulation(path, seed).Run(Duration::Seconds(120));
    sum.sent += one.sent;
    sum.within_500_ms += one.within_500_ms;
    sum.within_1500_ms += one.within_1500_ms;
    sum.delivered_twice += one.delivered_twice;
    sum.resent += one.resent;
  }
  return sum;
}

TEST(RepairTest, AnUndisturbedPathNeedsNoRepair) {
  Outcome outcome = RunOver({});
  EXPECT_EQ(outcome.within_500_ms, outcome.sent);
  EXPECT_EQ(outcome.resent, 0u);
}

TEST(RepairTest, MendsThirtyPercentLossOneWay) {
  Outcome outcome = RunOver({.forward_loss_percent = 30});
  EXPECT_GE(outcome.share_500(), 0.999);
  EXPECT_EQ(outcome.delivered_twice, 0u);
}

TEST(RepairTest, MendsThirtyPercentLossBothWays) {
  Outcome outcome = RunOver({.forward_loss_percent = 30, .backward_loss_percent = 30});
  EXPECT_GE(outcome.share_500(), 0.985);
  EXPECT_GE(outcome.share_1500(), 0.999);
  EXPECT_EQ(outcome.delivered_twice, 0u);
}

TEST(RepairTest, MendsTenPercentBothWaysOnALongerPath) {
  Outcome outcome = RunOver(
      {.forward_loss_percent = 10, .backward_loss_percent = 10, .one_way = Duration::Millis(50)});
  EXPECT_GE(outcome.share_500(), 0.995);
}

TEST(RepairTest, KeepsAskingOverARoundTripOf400Milliseconds) {
  Outcome outcome = RunOver({.forward_loss_percent = 5, .one_way = Duration::Millis(200)});
  EXPECT_GE(outcome.share_1500(), 0.999);
}

TEST(RepairTest, ReorderingAndDuplicatesDeliverNothingTwice) {
  Outcome outcome = RunOver(
      {.one_way = Duration::Millis(50), .jitter = Duration::Millis(100), .duplicate_percent = 5});
  EXPECT_EQ(outcome.delivered_twice, 0u);
  EXPECT_EQ(outcome.within_500_ms, outcome.sent);
}

}  // namespace
}  // namespace millrace
