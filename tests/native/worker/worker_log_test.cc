// Which log lines reach the channel.
#include <gtest/gtest.h>

#include <bit>
#include <string>
#include <vector>

#include "worker/log_settings.h"
#include "worker/worker_harness.h"

namespace millrace {
namespace {

using Event = ChannelFrames::Event;
using Method = ChannelFrames::Method;

class WorkerLogTest : public testing::Test {
 protected:
  // The log lines that follow from a frame.
  std::vector<std::string> LinesOf(const Frame& frame) {
    std::vector<std::string> lines;
    for (const SentFrame& sent : harness_.Send(frame)) {
      EXPECT_TRUE(sent.valid());
      if (!sent.log().empty()) lines.push_back(sent.log());
    }
    return lines;
  }

  void Set(const std::string& level, const std::vector<std::string>& tags) {
    ASSERT_TRUE(harness_.Ask(harness_.frames.UpdateSettings(level, tags)).accepted());
  }

  const Frame kGarbage = Frame(64, 0xff);
  WorkerHarness harness_;
  // Refused, which is worth a warning with the tag "message".
  Frame Refused() { return harness_.frames.CloseRouter("nobody"); }
};

TEST_F(WorkerLogTest, TellsOfUnreadableFramesAtTheErrorLevel) {
  harness_.worker().Start(harness_.now(), harness_.out());
  harness_.TakeFrames();
  std::vector<std::string> lines = LinesOf(kGarbage);
  ASSERT_EQ(lines.size(), 1u);
  EXPECT_EQ(lines[0][0], 'E');
  EXPECT_NE(lines[0].find("Worker::OnFrame() | "), std::string::npos);
}

TEST_F(WorkerLogTest, ObeysLevelAndTags) {
  Set("error", {"message"});
  EXPECT_TRUE(LinesOf(Refused()).empty());
  Set("warn", {"ice"});
  EXPECT_TRUE(LinesOf(Refused()).empty());
  Set("warn", {"ice", "message"});
  std::vector<std::string> lines = LinesOf(Refused());
  ASSERT_EQ(lines.size(), 1u);
  EXPECT_EQ(lines[0][0], 'W');
  Set("debug", {});
  EXPECT_TRUE(LinesOf(Refused()).empty());
}

TEST_F(WorkerLogTest, CanBeSwitchedOffAndOnAgain) {
  Set("none", {"message"});
  EXPECT_TRUE(LinesOf(kGarbage).empty());
  EXPECT_TRUE(LinesOf(Refused()).empty());
  Set("error", {});
  EXPECT_EQ(LinesOf(kGarbage).size(), 1u);
}

TEST_F(WorkerLogTest, KeepsItsSettingsWhenTheNewOnesAreWrong) {
  Set("warn", {"message"});
  SentFrame answer = harness_.Ask(harness_.frames.UpdateSettings("loud", {}));
  EXPECT_EQ(answer.error().find("TypeError: "), 0u);
  EXPECT_EQ(LinesOf(Refused()).size(), 1u);
}

TEST_F(WorkerLogTest, IgnoresNotificationsThatItDoesNotTake) {
  Set("warn", {"message"});
  EXPECT_EQ(LinesOf(harness_.frames.Notification(Event::PRODUCER_SEND, "gone")).size(), 1u);
  EXPECT_EQ(LinesOf(harness_.frames.Notification(static_cast<Event>(200), "")).size(), 1u);
  EXPECT_FALSE(harness_.worker().closed());
}

TEST_F(WorkerLogTest, KnowsEveryTagOfTheContract) {
  uint32_t all = 0;
  for (const char* tag : {"info", "ice", "dtls", "rtp", "srtp", "rtcp", "rtx", "bwe", "score",
                          "simulcast", "svc", "sctp", "message"}) {
    ASSERT_TRUE(ParseLogTag(tag).has_value()) << tag;
    all |= *ParseLogTag(tag);
  }
  EXPECT_EQ(std::popcount(all), 13);
  EXPECT_FALSE(ParseLogTag("noise").has_value());
  EXPECT_FALSE(ParseLogLevel("verbose").has_value());
}

}  // namespace
}  // namespace millrace
