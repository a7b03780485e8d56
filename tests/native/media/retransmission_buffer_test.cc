#include "media/retransmission_buffer.h"

#include <gtest/gtest.h>

#include <map>

#include "base/random.h"
#include "media/rtp_maker.h"

namespace millrace {
namespace {

constexpr Duration kRtt = Duration::Millis(50);

Timestamp At(int64_t ms) { return Timestamp::Millis(ms); }

class RetransmissionBufferTest : public testing::Test {
 protected:
  void Insert(uint16_t sequence, Timestamp now) {
    RtpPacketRef packet = pool_.Take();
    packet->sequence = sequence;
    buffer_.Insert(packet, {.ssrc = Ssrc(5), .timestamp = sequence * 10u, .sequence = sequence},
                   now);
  }
  bool Has(uint16_t sequence, Timestamp now) {
    std::optional<RetransmissionBuffer::Found> found = buffer_.Take(sequence, kRtt, now);
    return found && found->packet->sequence == sequence &&
           found->rewrite.timestamp == sequence * 10u;
  }

  RtpPacketPool pool_{100'000};
  RetransmissionBuffer buffer_{Ssrc(5), RetransmissionBuffer::kVideoHistory};
};

TEST_F(RetransmissionBufferTest, CostsNothingBeforeTheFirstPacket) {
  EXPECT_EQ(buffer_.memory_bytes(), 0u);
  EXPECT_FALSE(Has(1, At(0)));
  Insert(1, At(0));
  EXPECT_LE(buffer_.memory_bytes(), 2048u);
}

TEST_F(RetransmissionBufferTest, GivesThePacketBackAsItWasSent) {
  RtpPacketRef packet = RtpMaker().Seq(9).Make(pool_);
  RtpRewrite rewrite{.ssrc = Ssrc(5),
                     .timestamp = 1234,
                     .sequence = 65'535,
                     .original_sequence = 0,
                     .payload_type = 101,
                     .marker = true,
                     .rtx = false,
                     .patch = {.offset = 2, .size = 3, .bytes = {1, 2, 3, 0}}};
  buffer_.Insert(packet, rewrite, At(0));
  std::optional<RetransmissionBuffer::Found> found = buffer_.Take(65'535, kRtt, At(1));
  ASSERT_TRUE(found);
  EXPECT_EQ(found->packet.get(), packet.get());
  EXPECT_EQ(found->rewrite, rewrite);
  EXPECT_TRUE(found->first);
}

TEST_F(RetransmissionBufferTest, SendsAPacketAgainOnceARoundTrip) {
  Insert(1, At(0));
  EXPECT_TRUE(Has(1, Timestamp::Micros(10'999)));
  EXPECT_FALSE(Has(1, Timestamp::Micros(11'000)));
  EXPECT_FALSE(Has(1, Timestamp::Micros(60'998)));
  EXPECT_TRUE(Has(1, Timestamp::Micros(60'999)));
  EXPECT_FALSE(Has(1, Timestamp::Micros(61'000)));
}

TEST_F(RetransmissionBufferTest, KnowsTheFirstRepetition) {
  Insert(1, At(0));
  EXPECT_TRUE(buffer_.Take(1, kRtt, At(10))->first);
  EXPECT_FALSE(buffer_.Take(1, kRtt, At(100))->first);
}

TEST_F(RetransmissionBufferTest, LetsGoOfWhatIsOlderThanTheHistory) {
  Insert(1, At(0));
  Insert(2, At(1000));
  EXPECT_TRUE(Has(1, At(2000)));
  EXPECT_FALSE(Has(1, At(2051)));
  EXPECT_TRUE(Has(2, At(2051)));
  // Looked for once in sixteen packets.
  for (uint16_t i = 3; i <= 18; ++i) Insert(i, At(2500));
  EXPECT_EQ(buffer_.size(), 17u);
  EXPECT_EQ(pool_.in_use(), 17u);
}

TEST_F(RetransmissionBufferTest, ExpireGivesPacketsAndMemoryBack) {
  for (uint16_t i = 0; i < 300; ++i) Insert(i, At(i));
  EXPECT_EQ(pool_.in_use(), 300u);
  buffer_.Expire(At(2200));
  EXPECT_EQ(pool_.in_use(), 100u);
  buffer_.Expire(At(5000));
  EXPECT_EQ(pool_.in_use(), 0u);
  EXPECT_EQ(buffer_.memory_bytes(), 0u);
  Insert(300, At(6000));
  EXPECT_TRUE(Has(300, At(6001)));
}

TEST_F(RetransmissionBufferTest, HoldsAtMost2500Packets) {
  for (uint32_t i = 0; i < 70'000; ++i) {
    Insert(static_cast<uint16_t>(i), Timestamp::Micros(i * 100));
    ASSERT_LE(buffer_.size(), RetransmissionBuffer::kPacketsMax);
  }
  EXPECT_EQ(buffer_.size(), RetransmissionBuffer::kPacketsMax);
  EXPECT_EQ(pool_.in_use(), RetransmissionBuffer::kPacketsMax);
  Timestamp now = Timestamp::Micros(70'000 * 100);
  EXPECT_TRUE(Has(static_cast<uint16_t>(70'000 - 2500), now));
  EXPECT_FALSE(Has(static_cast<uint16_t>(70'000 - 2501), now));
  EXPECT_FALSE(Has(static_cast<uint16_t>(70'000), now));
}

TEST_F(RetransmissionBufferTest, StaysSmallForAnOrdinaryVideo) {
  // 2.5 Mbit/s in packets of 1,200 bytes, and 5 Mbit/s.
  for (uint32_t i = 0; i < 2000; ++i) Insert(static_cast<uint16_t>(i), At(i * 4));
  EXPECT_LE(buffer_.memory_bytes(), 24u * 1024);
  for (uint32_t i = 2000; i < 9000; ++i) Insert(static_cast<uint16_t>(i), At(8000 + i * 2));
  EXPECT_LE(buffer_.memory_bytes(), 40u * 1024);
}

TEST_F(RetransmissionBufferTest, LeavesNumbersEmptyThatWereNeverSent) {
  Insert(10, At(0));
  Insert(14, At(1));
  Insert(12, At(2));
  EXPECT_EQ(buffer_.size(), 3u);
  EXPECT_FALSE(Has(11, At(3)));
  EXPECT_TRUE(Has(12, At(3)));
  EXPECT_FALSE(Has(13, At(3)));
}

// As after a blackout: what was repaired late goes out behind newer packets.
TEST_F(RetransmissionBufferTest, TakesWhatIsSentLateAfterEverythingOlderWasForgotten) {
  Insert(1, At(0));
  Insert(1000, At(5000));
  ASSERT_EQ(buffer_.size(), 1u);
  Insert(900, At(5001));
  Insert(899, At(5002));
  EXPECT_TRUE(Has(900, At(5010)));
  EXPECT_TRUE(Has(899, At(5010)));
  EXPECT_TRUE(Has(1000, At(5010)));
  EXPECT_FALSE(Has(950, At(5010)));
  Insert(3398, At(5011));
  EXPECT_TRUE(Has(899, At(5100)));
  Insert(898, At(5101));
  EXPECT_FALSE(Has(898, At(5110))) << "beyond the limit";
  EXPECT_EQ(buffer_.size(), 4u);
}

TEST_F(RetransmissionBufferTest, SurvivesAJumpOfTheNumbers) {
  Insert(10, At(0));
  Insert(20'000, At(1));
  EXPECT_EQ(buffer_.size(), 1u);
  EXPECT_TRUE(Has(20'000, At(2)));
  EXPECT_FALSE(Has(10, At(2)));
}

TEST_F(RetransmissionBufferTest, IsNotDeceivedByHoursWithoutAPacket) {
  // Just one turn of 32 bits of microseconds.
  Timestamp later = Timestamp::Micros((int64_t{1} << 32) + 500);
  Insert(1, At(0));
  EXPECT_FALSE(Has(1, later));
  Insert(2, later);
  EXPECT_EQ(buffer_.size(), 1u);
  EXPECT_FALSE(Has(1, later));
  EXPECT_TRUE(Has(2, later));
}

TEST_F(RetransmissionBufferTest, ClearForgetsTheNumbersToo) {
  Insert(60'000, At(0));
  buffer_.Clear();
  EXPECT_EQ(pool_.in_use(), 0u);
  EXPECT_FALSE(Has(60'000, At(1)));
  Insert(5, At(2));
  EXPECT_TRUE(Has(5, At(3)));
}

// Whatever it gives was sent under that number within the history; whatever was sent in order
// within the history it gives.
TEST_F(RetransmissionBufferTest, AgreesWithAMapForAnySeed) {
  struct Sent {
    Timestamp time;
    bool in_order = false;
  };
  for (uint64_t seed = 1; seed <= 10; ++seed) {
    Random random(seed);
    buffer_.Clear();
    std::map<int64_t, Sent> sent;
    int64_t head = 1000 + random.Below(64'000);
    Timestamp now = At(0);
    size_t hits = 0;
    for (int step = 0; step < 20'000; ++step) {
      now = now + Duration::Micros(random.Below(random.Below(2000) == 0 ? 3'000'000 : 4000));
      bool in_order = random.Below(20) > 0;
      int64_t sequence = in_order ? ++head : head - 1 - random.Below(30);
      if (in_order && random.Below(20) == 0) sequence = head += random.Below(10);
      Insert(static_cast<uint16_t>(sequence), now);
      sent[sequence] = {now, in_order};

      int64_t wanted = head - random.Below(1200);
      auto found = sent.find(wanted);
      bool taken = buffer_.Take(static_cast<uint16_t>(wanted), Duration(), now).has_value();
      bool fresh = found != sent.end() && now - found->second.time <= Duration::Seconds(2);
      if (taken) {
        ASSERT_TRUE(fresh) << "seed " << seed;
        ++hits;
      } else {
        ASSERT_FALSE(fresh && found->second.in_order) << "seed " << seed;
      }
      ASSERT_EQ(pool_.in_use(), buffer_.size());
    }
    EXPECT_GT(hits, 5000u);
  }
}

TEST_F(RetransmissionBufferTest, KeepsWhatTheDependencyDescriptorSaid) {
  const DependencyPatch kPatches[] = {
      {},
      {.leave_out = true},
      {.frame_number_shift = 0xABCD, .template_id_shift = 63},
      {.frame_number_shift = 1, .target_count = 32, .active_targets = 0x8765'4321},
  };
  uint16_t sequence = 10;
  for (const DependencyPatch& patch : kPatches) {
    RtpRewrite rewrite{.ssrc = Ssrc(5), .sequence = ++sequence, .dependencies = patch};
    buffer_.Insert(pool_.Take(), rewrite, At(0));
    EXPECT_EQ(buffer_.Take(sequence, kRtt, At(1))->rewrite, rewrite);
  }
  // A VP8 payload has its own patch, and no active targets.
  RtpRewrite vp8{.ssrc = Ssrc(5), .sequence = ++sequence};
  vp8.patch = {.offset = 2, .size = 3, .bytes = {1, 2, 3}};
  vp8.dependencies = {.frame_number_shift = 9};
  buffer_.Insert(pool_.Take(), vp8, At(0));
  EXPECT_EQ(buffer_.Take(sequence, kRtt, At(1))->rewrite, vp8);
}

}  // namespace
}  // namespace millrace
