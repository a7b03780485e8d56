// The oracle itself: it must see what is wrong.
#include "simulation/consumer_law.h"

#include <gtest/gtest.h>

#include <array>
#include <string>
#include <vector>

#include "wire/rtp_writer.h"

namespace millrace {
namespace {

constexpr uint16_t kFirstNumber = 2000;
constexpr uint32_t kShift = 555;  // of timestamps

class ConsumerLawTest : public testing::Test {
 protected:
  ConsumerLawTest() : source_(SourceSettings::Video(), 1, now_), law_({.ssrc = Ssrc(7)}, source_) {
    (void)source_.TakeFrame(now_);
    (void)source_.TakeFrame(now_ + Duration::Millis(33));
  }

  // Nothing is dropped.
  bool Arrive(uint32_t index) { return law_.Arrive(source_.records()[index].unit) == 0; }

  // The worker sends the packet with this number.
  std::string Send(uint32_t index, uint16_t number, uint32_t shift = kShift) {
    const ModelSource::Record& record = source_.records()[index];
    std::vector<uint8_t> payload(record.unit.payload_size);
    record.unit.Write(payload);
    return law_.OnMedia(Packet(record.timestamp + shift, number, payload), now_);
  }

  std::string SendAgain(uint32_t index, uint16_t number) {
    const ModelSource::Record& record = source_.records()[index];
    std::vector<uint8_t> payload(2 + record.unit.payload_size);
    payload[0] = static_cast<uint8_t>(number >> 8);
    payload[1] = static_cast<uint8_t>(number);
    record.unit.Write(MutableBytes(payload).subspan(2));
    return law_.OnRetransmission(Packet(record.timestamp + kShift, 1, payload),
                                 Duration::Millis(50), now_);
  }

  void Nack(uint16_t number) { law_.Nack(std::array{number}, now_); }

  RtpView Packet(uint32_t timestamp, uint16_t number, Bytes payload) {
    bytes_.assign(1500, 0);
    RtpWriter writer(bytes_, {.payload_type = 101,
                              .marker = false,
                              .sequence_number = number,
                              .timestamp = timestamp,
                              .ssrc = Ssrc(7)});
    bytes_.resize(writer.Finish(payload));
    return RtpView::Parse(bytes_).value();
  }

  Timestamp now_ = Timestamp::Millis(1000);
  ModelSource source_;
  ConsumerLaw law_;
  std::vector<uint8_t> bytes_;
};

TEST_F(ConsumerLawTest, HasNothingAgainstOrderlyForwarding) {
  for (uint32_t index = 0; index < 3; ++index) {
    EXPECT_TRUE(Arrive(index));
    EXPECT_EQ(Send(index, static_cast<uint16_t>(kFirstNumber + index)), "");
    EXPECT_EQ(law_.EndTurn(), "");
  }
}

TEST_F(ConsumerLawTest, WaitsForTheBeginningOfAKeyFrame) {
  EXPECT_TRUE(Arrive(1));
  EXPECT_EQ(law_.EndTurn(), "");
  EXPECT_TRUE(Arrive(0));
  EXPECT_EQ(Send(0, kFirstNumber), "");
  // What overtook the first packet follows it in the same turn.
  EXPECT_NE(law_.EndTurn(), "");
  EXPECT_TRUE(Arrive(2));
}

TEST_F(ConsumerLawTest, LeavesAGapForWhatDidNotArrive) {
  EXPECT_TRUE(Arrive(0));
  EXPECT_EQ(Send(0, kFirstNumber), "");
  EXPECT_TRUE(Arrive(2));
  EXPECT_EQ(Send(2, kFirstNumber + 2), "");
  EXPECT_TRUE(Arrive(1));
  EXPECT_EQ(Send(1, kFirstNumber + 1), "");
  EXPECT_TRUE(Arrive(3));
  EXPECT_NE(Send(3, kFirstNumber + 4), "");
}

TEST_F(ConsumerLawTest, SeesASecondCopyAPacketOutOfNowhereAndOneThatIsMissing) {
  EXPECT_NE(Send(0, kFirstNumber), "");
  EXPECT_TRUE(Arrive(0));
  EXPECT_EQ(Send(0, kFirstNumber), "");
  EXPECT_NE(Send(0, kFirstNumber + 1), "");
  EXPECT_TRUE(Arrive(1));
  EXPECT_NE(law_.EndTurn(), "");
}

TEST_F(ConsumerLawTest, SeesAForbiddenFirstNumberAndAWrongClock) {
  EXPECT_TRUE(Arrive(0));
  EXPECT_NE(Send(0, 60'000), "");
  ConsumerLaw other({.ssrc = Ssrc(7)}, source_);
  law_ = other;
  EXPECT_TRUE(Arrive(0));
  EXPECT_EQ(Send(0, kFirstNumber), "");
  EXPECT_TRUE(Arrive(1));
  EXPECT_NE(Send(1, kFirstNumber + 1, kShift + 1), "");
}

TEST_F(ConsumerLawTest, GoesOnWithoutASeamAfterAPause) {
  EXPECT_TRUE(Arrive(0));
  EXPECT_EQ(Send(0, kFirstNumber), "");
  law_.SetPaused(true);
  EXPECT_FALSE(Arrive(1));
  law_.SetPaused(false);
  EXPECT_TRUE(Arrive(2));
  source_.AskKeyFrame();
  uint32_t next = static_cast<uint32_t>(source_.records().size());
  (void)source_.TakeFrame(now_ + Duration::Millis(66));
  EXPECT_FALSE(Arrive(next));  // packet 2 waited in vain
  EXPECT_NE(Send(next, kFirstNumber + 2), "");
}

TEST_F(ConsumerLawTest, WantsEveryNackAnsweredOnceARoundTrip) {
  for (uint32_t i = 0; i < 300; ++i) {
    (void)source_.TakeFrame(now_ + Duration::Millis(33) * (i + 2));
  }
  for (uint32_t index = 0; index < 200; ++index) {
    EXPECT_TRUE(Arrive(index));
    EXPECT_EQ(Send(index, static_cast<uint16_t>(kFirstNumber + index)), "");
  }
  EXPECT_EQ(law_.EndTurn(), "");
  EXPECT_NE(SendAgain(5, kFirstNumber + 5), "") << "nobody asked";
  Nack(kFirstNumber + 5);
  EXPECT_NE(SendAgain(6, kFirstNumber + 5), "") << "another packet";
  EXPECT_EQ(SendAgain(5, kFirstNumber + 5), "");
  EXPECT_EQ(law_.EndTurn(), "");
  Nack(kFirstNumber + 7);
  EXPECT_NE(law_.EndTurn(), "") << "not answered";
  now_ = now_ + Duration::Millis(49);
  Nack(kFirstNumber + 5);
  EXPECT_NE(SendAgain(5, kFirstNumber + 5), "") << "too soon";
  EXPECT_EQ(law_.EndTurn(), "");
  now_ = now_ + Duration::Millis(1);
  Nack(kFirstNumber + 5);
  EXPECT_EQ(SendAgain(5, kFirstNumber + 5), "");
}

}  // namespace
}  // namespace millrace
