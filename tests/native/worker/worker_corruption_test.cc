// A live worker fed with damaged requests: nothing stops it, and everything has an answer or a log.
#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

#include "base/random.h"
#include "worker/request_catalogue.h"
#include "worker/worker_harness.h"

namespace millrace {
namespace {

class WorkerCorruptionTest : public testing::Test {
 protected:
  void Restart() {
    harness_ = std::make_unique<WorkerHarness>();
    ASSERT_TRUE(harness_->SetUpObjects()) << harness_->failure();
    frames_ = RequestCatalogue::Of(harness_->frames);
  }

  // Every frame that comes back must be one that a controller can read.
  void Feed(const Frame& frame) {
    bool spoke = false;
    for (const SentFrame& sent : harness_->Send(frame)) {
      ASSERT_TRUE(sent.valid());
      spoke = spoke || sent.response() || !sent.log().empty();
    }
    if (harness_->worker().closed()) {
      Restart();
      return;
    }
    EXPECT_TRUE(spoke);
  }

  // The settings under which whatever is ignored is logged.
  void LogEverything() {
    ASSERT_TRUE(harness_->Ask(harness_->frames.UpdateSettings("debug", {"message"})).accepted());
  }

  std::unique_ptr<WorkerHarness> harness_;
  std::vector<std::pair<ChannelFrames::Method, Frame>> frames_;
};

TEST_F(WorkerCorruptionTest, AnswersOrLogsEveryFlippedBit) {
  Restart();
  for (size_t i = 0; i < frames_.size(); ++i) {
    LogEverything();
    // Every bit of a frame once, but for long ones only each seventh: the stride meets all
    // positions of the bits in a byte.
    size_t stride = frames_[i].second.size() > 400 ? 7 : 1;
    for (size_t bit = 0; bit < frames_[i].second.size() * 8; bit += stride) {
      Frame frame = frames_[i].second;
      frame[bit / 8] ^= static_cast<uint8_t>(1u << (bit % 8));
      Feed(frame);
      if (HasFatalFailure()) return;
      // A flip may have changed the settings themselves.
      if (frames_[i].first == ChannelFrames::Method::WORKER_UPDATE_SETTINGS) LogEverything();
    }
  }
}

TEST_F(WorkerCorruptionTest, AnswersOrLogsRandomDamage) {
  Restart();
  Random random(99);
  for (int round = 0; round < 20'000; ++round) {
    if (round % 100 == 0) LogEverything();
    size_t choice = random.Below(static_cast<uint32_t>(frames_.size()));
    if (frames_[choice].first == ChannelFrames::Method::WORKER_UPDATE_SETTINGS) continue;
    Frame frame = frames_[choice].second;
    for (uint32_t i = 0; i <= random.Below(6); ++i) {
      frame[random.Below(static_cast<uint32_t>(frame.size()))] =
          static_cast<uint8_t>(random.NextU32());
    }
    Feed(frame);
    if (HasFatalFailure()) return;
  }
}

TEST_F(WorkerCorruptionTest, StillWorksAfterwards) {
  Restart();
  for (size_t size = 0; size < 64; ++size) Feed(Frame(size, 0xa5));
  EXPECT_TRUE(harness_->Ask(harness_->frames.CreateRouter("after")).accepted());
}

}  // namespace
}  // namespace millrace
