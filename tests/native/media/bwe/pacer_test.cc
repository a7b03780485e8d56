#include "media/bwe/pacer.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

namespace millrace {
namespace {

using Fate = PacerAnswer::Fate;
using Kind = PacerOrder::Kind;

constexpr uint64_t kTarget = 1'000'000;

Timestamp At(int64_t ms) { return Timestamp::Millis(ms); }

PacedPacket Packet(uint32_t handle, PacketUrgency urgency, uint32_t bytes = 1200) {
  return {.handle = PacketHandle(handle), .urgency = urgency, .bytes = bytes};
}

Pacer MakePacer(Timestamp now = At(0)) {
  Pacer pacer;
  pacer.SetTarget(kTarget, now);
  return pacer;
}

ProbePlan OneProbe(uint64_t bps) {
  ProbePlan plan;
  plan.Add(ProbeCluster::Of(9, bps));
  return plan;
}

// Offers video as fast as that and answers how many had to wait.
int OfferVideo(Pacer& pacer, uint64_t bps, int64_t from_ms, int64_t to_ms) {
  int waited = 0;
  double bytes = 0;
  for (int64_t ms = from_ms; ms < to_ms; ++ms) {
    bytes += BytesIn(Duration::Millis(1), bps);
    for (; bytes >= 1200; bytes -= 1200) {
      waited += pacer.Offer(Packet(1, PacketUrgency::kVideo), At(ms)).fate == Fate::kWait;
    }
    while (pacer.Next(At(ms)).kind == Kind::kPacket) {
    }
  }
  return waited;
}

TEST(PacerTest, NeverDelaysVideoBelowTheTarget) {
  Pacer pacer = MakePacer();
  EXPECT_EQ(OfferVideo(pacer, 900'000, 0, 60'000), 0);
}

TEST(PacerTest, NeverDelaysAKeyFrameOfHalfASecondsWorth) {
  Pacer pacer = MakePacer();
  EXPECT_EQ(OfferVideo(pacer, 500'000, 0, 2'000), 0);
  for (int i = 0; i < 50; ++i) {
    EXPECT_EQ(pacer.Offer(Packet(1, PacketUrgency::kVideo), At(2'000)).fate, Fate::kSendNow);
  }
  // 60,000 bytes are enough of it.
  EXPECT_EQ(pacer.Offer(Packet(1, PacketUrgency::kVideo), At(2'000)).fate, Fate::kSendNow);
  for (int i = 0; i < 4; ++i) (void)pacer.Offer(Packet(1, PacketUrgency::kVideo), At(2'000));
  EXPECT_EQ(pacer.Offer(Packet(1, PacketUrgency::kVideo), At(2'000)).fate, Fate::kWait);
}

TEST(PacerTest, SpreadsVideoThatExceedsTheTargetAndKeepsItsOrder) {
  Pacer pacer = MakePacer();
  std::vector<uint32_t> sent;
  for (uint32_t i = 0; i < 200; ++i) {
    if (pacer.Offer(Packet(i, PacketUrgency::kVideo), At(0)).fate == Fate::kSendNow) {
      sent.push_back(i);
    }
  }
  size_t at_once = sent.size();
  EXPECT_LT(at_once, 60u);
  for (int64_t ms = 0; ms <= Pacer::kWaitMax.ms(); ++ms) {
    for (PacerOrder order = pacer.Next(At(ms)); order.kind == Kind::kPacket;
         order = pacer.Next(At(ms))) {
      sent.push_back(order.handle.value());
    }
  }
  ASSERT_EQ(sent.size(), 200u);
  for (uint32_t i = 0; i < 200; ++i) EXPECT_EQ(sent[i], i);
}

TEST(PacerTest, AudioNeverWaits) {
  Pacer pacer = MakePacer();
  while (pacer.Offer(Packet(1, PacketUrgency::kVideo), At(0)).fate == Fate::kSendNow) {
  }
  EXPECT_EQ(pacer.Offer(Packet(2, PacketUrgency::kAudio, 100), At(0)).fate, Fate::kSendNow);
}

TEST(PacerTest, SpreadsRetransmissions) {
  Pacer pacer = MakePacer();
  int at_once = 0;
  for (uint32_t i = 0; i < 100; ++i) {
    at_once += pacer.Offer(Packet(i, PacketUrgency::kRetransmission), At(0)).fate == Fate::kSendNow;
  }
  EXPECT_LE(at_once, 3);
  uint64_t bytes = 0;
  for (int64_t ms = 0; ms < 100; ++ms) {
    for (PacerOrder order = pacer.Next(At(ms)); order.kind == Kind::kPacket;
         order = pacer.Next(At(ms))) {
      bytes += order.bytes;
    }
  }
  // What may wait: a quarter of a second's worth of their share.
  EXPECT_NEAR(static_cast<double>(bytes), 15'625, 2'000);
}

// A link that shrank lost much of what the wide one was sent: that must not fill it.
TEST(PacerTest, RetransmissionsTakeNoMoreThanTheirShareForLong) {
  Pacer pacer = MakePacer();
  uint64_t bytes = 0;
  uint64_t refused = 0;
  for (int64_t ms = 0; ms < 2'000; ++ms) {
    PacerAnswer answer = pacer.Offer(Packet(1, PacketUrgency::kRetransmission), At(ms));
    if (answer.fate == Fate::kSendNow) bytes += 1250;
    if (answer.fate == Fate::kRefused) ++refused;
    for (PacerOrder order = pacer.Next(At(ms)); order.kind == Kind::kPacket;
         order = pacer.Next(At(ms))) {
      bytes += order.bytes;
    }
  }
  // A quarter of a second's worth of the rate it began with, then half of the target.
  EXPECT_NEAR(static_cast<double>(bytes), 18'750 + 125'000, 5'000);
  EXPECT_GT(refused, 1'000u);
  // What waits is not old.
  EXPECT_LE(pacer.waiting(), 15u);
}

TEST(PacerTest, VideoGoesBeforeRetransmissionsAndTheseBeforePadding) {
  Pacer pacer = MakePacer();
  pacer.SetPadding(100'000);
  while (pacer.Offer(Packet(1, PacketUrgency::kVideo), At(0)).fate == Fate::kSendNow) {
  }
  EXPECT_EQ(pacer.Offer(Packet(2, PacketUrgency::kRetransmission), At(0)).fate, Fate::kWait);
  std::vector<uint32_t> order;
  Kind last = Kind::kNothing;
  for (int64_t ms = 0; ms < 10'000 && last != Kind::kPadding; ++ms) {
    PacerOrder next = pacer.Next(At(ms));
    if (next.kind == Kind::kPacket) order.push_back(next.handle.value());
    last = next.kind;
  }
  EXPECT_EQ(order, (std::vector<uint32_t>{1, 2}));
  EXPECT_EQ(last, Kind::kPadding);
}

TEST(PacerTest, SendsAProbeOfPaddingAtItsRate) {
  Pacer pacer = MakePacer();
  pacer.Begin(OneProbe(3'000'000), At(10));
  std::vector<Timestamp> sent;
  uint32_t bytes = 0;
  for (int64_t us = 10'000; us < 100'000; us += 500) {
    Timestamp now = Timestamp::Micros(us);
    for (PacerOrder order = pacer.Next(now); order.kind == Kind::kPadding;
         order = pacer.Next(now)) {
      EXPECT_EQ(order.probe, 9u);
      pacer.Padded(order.bytes, now);
      sent.push_back(now);
      bytes += order.bytes;
    }
  }
  ASSERT_GE(sent.size(), 5u);
  EXPECT_GE(bytes, 5'625u);
  double rate = 8e6 * (bytes - bytes / static_cast<double>(sent.size())) /
                static_cast<double>((sent.back() - sent.front()).us());
  EXPECT_NEAR(rate, 3e6, 6e5);
  EXPECT_EQ(pacer.deadline(At(100)), Timestamp::Never());
}

TEST(PacerTest, MediaServesAProbeToo) {
  Pacer pacer = MakePacer();
  pacer.Begin(OneProbe(3'000'000), At(0));
  int probing = 0;
  for (int i = 0; i < 10; ++i) {
    probing += pacer.Offer(Packet(1, PacketUrgency::kVideo), At(0)).probe == 9;
  }
  EXPECT_EQ(probing, 5);
  EXPECT_EQ(pacer.Next(At(0)).kind, Kind::kNothing);
}

TEST(PacerTest, GivesUpAProbeThatNobodyFeeds) {
  Pacer pacer = MakePacer();
  pacer.Begin(OneProbe(3'000'000), At(0));
  int asked = 0;
  for (int64_t ms = 0; ms < 3'000; ++ms) {
    if (pacer.Next(At(ms)).kind != Kind::kPadding) continue;
    pacer.Padded(0, At(ms));
    ++asked;
  }
  EXPECT_LE(asked, 60);
  EXPECT_EQ(pacer.deadline(At(3'000)), Timestamp::Never());
  EXPECT_EQ(pacer.Offer(Packet(1, PacketUrgency::kVideo), At(3'000)).probe, 0u);
}

TEST(PacerTest, PadsUpToTheRateAskedFor) {
  Pacer pacer = MakePacer();
  pacer.SetPadding(200'000);
  uint64_t bytes = 0;
  for (int64_t ms = 0; ms < 10'000; ++ms) {
    PacerOrder order = pacer.Next(At(ms));
    if (order.kind != Kind::kPadding) continue;
    pacer.Padded(order.bytes, At(ms));
    bytes += order.bytes;
  }
  EXPECT_NEAR(static_cast<double>(bytes), 250'000, 10'000);
}

TEST(PacerTest, RefusesBeyondItsBoundAndForgetsWhatIsGone) {
  Pacer pacer = MakePacer();
  uint32_t handle = 0;
  Fate fate = Fate::kWait;
  while (fate != Fate::kRefused) {
    fate = pacer.Offer(Packet(++handle, PacketUrgency::kVideo), At(0)).fate;
    ASSERT_LT(handle, 5'000u);
  }
  EXPECT_EQ(pacer.waiting(), Pacer::kWaitingMax);
  for (uint32_t i = 1; i < handle; ++i) pacer.Forget(PacketHandle(i));
  EXPECT_EQ(pacer.waiting(), 0u);
  EXPECT_EQ(pacer.Next(At(1'000)).kind, Kind::kNothing);
}

// A caller that does nothing but follow deadlines gets on, at any rate.
TEST(PacerTest, TimePassesFromADeadlineAtWhichNothingWasDueToTheNext) {
  for (uint64_t target : {30'000u, 1'000'000u, 5'000'000u, 12'345'678u, 100'000'000u}) {
    SCOPED_TRACE(target);
    Pacer pacer;
    pacer.SetTarget(target, At(0));
    for (uint32_t i = 0; i < 2'000; ++i) {
      auto urgency = i % 3 == 0 ? PacketUrgency::kVideo : PacketUrgency::kRetransmission;
      (void)pacer.Offer(Packet(i, urgency, 700 + i * 7 % 501), At(0));
    }
    Timestamp now = At(0);
    while (pacer.waiting() > 0) {
      now = std::max(now, pacer.deadline(now));
      size_t before = pacer.waiting();
      while (pacer.Next(now).kind == Kind::kPacket) {
      }
      if (pacer.waiting() == before) {
        ASSERT_GT(pacer.deadline(now), now);
      }
    }
  }
}

TEST(PacerTest, TheDeadlineIsWhenSomethingIsDue) {
  Pacer pacer = MakePacer();
  EXPECT_EQ(pacer.deadline(At(0)), Timestamp::Never());
  for (uint32_t i = 0; i < 20; ++i) {
    (void)pacer.Offer(Packet(i, PacketUrgency::kRetransmission), At(0));
  }
  Timestamp now = At(0);
  int sent = 0;
  for (int wakes = 0; pacer.waiting() > 0 && wakes < 100; ++wakes) {
    now = pacer.deadline(now);
    while (pacer.Next(now).kind == Kind::kPacket) ++sent;
  }
  EXPECT_GE(sent, 13);
  EXPECT_NEAR(static_cast<double>(now.ms()), 52, 10);
}

}  // namespace
}  // namespace millrace
