// The laws of scalable streams, under random layers, losses, reorderings and requests, for every
// way to build the layers and every way to tell of them.
#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "base/random.h"
#include "base/sequence.h"
#include "media/svc_selector.h"
#include "media/svc_source.h"

namespace millrace {
namespace {

constexpr int64_t kFrameMs = 33;
constexpr int64_t kLengthMs = 20'000;
constexpr int64_t kQuietMs = 4000;
constexpr uint64_t kSeeds = 200;

struct Weather {
  double loss = 0;
  int64_t jitter_ms = 0;
  bool layers_stop = false;
};

struct Arrival {
  size_t frame = 0;
  int packet = 0;
};

struct Sent {
  size_t frame = 0;
  int64_t sequence = 0;
  bool marker = false;
};

class Call {
 public:
  Call(uint64_t seed, const SvcMode& mode, const Weather& weather)
      : random_(seed), mode_(mode), weather_(weather), encoder_(mode, random_) {}

  void Run() {
    // What is under way at the end arrives.
    for (int64_t ms = 0; ms < kLengthMs || !arrivals_.empty(); ++ms) {
      bool quiet = ms > kLengthMs - kQuietMs;
      if (ms % kFrameMs == 0 && ms < kLengthMs) Capture(ms);
      if (ms % 100 == 50 && !quiet) Decide(ms);
      while (!arrivals_.empty() && arrivals_.begin()->first <= ms) {
        Arrival arrival = arrivals_.begin()->second;
        arrivals_.erase(arrivals_.begin());
        Deliver(arrival, ms);
      }
    }
  }

  void CheckLaws() const {
    CheckSequence();
    if (weather_.loss == 0 && weather_.jitter_ms == 0) CheckMarkers();
    EXPECT_TRUE(selector_.choice().current());
    // Nobody has changed his mind for seconds: what is wanted is what is sent. (A key picture whose
    // packets arrive in no order may not be enough to go up with.)
    if (weather_.jitter_ms == 0) {
      EXPECT_EQ(selector_.choice().current(), selector_.choice().target());
    }
    EXPECT_GT(sent_.size(), 200u);
    EXPECT_LT(requests_, 80);
  }

  // Frames that were sent below the highest layer of their picture, though nothing needs them.
  [[nodiscard]] int Needless() const {
    std::map<int64_t, uint8_t> highest;
    for (const Sent& sent : sent_) {
      const SvcFrame& frame = encoder_.frames()[sent.frame];
      highest[frame.picture] = std::max(highest[frame.picture], frame.spatial);
    }
    int needless = 0;
    for (const Sent& sent : sent_) {
      const SvcFrame& frame = encoder_.frames()[sent.frame];
      needless += !frame.upper && frame.spatial < highest[frame.picture];
    }
    return needless;
  }

 private:
  void Capture(int64_t ms) {
    auto [first, end] = encoder_.Encode(ms);
    int64_t pace = 0;
    for (size_t frame = first; frame < end; ++frame) {
      for (int p = 0; p < encoder_.frames()[frame].packet_count; ++p) {
        int64_t delay = 20 + pace++ + (weather_.jitter_ms > 0 ? Below(weather_.jitter_ms) : 0);
        if (random_.NextDouble() < weather_.loss && ms < kLengthMs - kQuietMs) {
          if (random_.Below(3) == 0) {
            ++lost_;
            continue;
          }
          delay += 60 + Below(60);
        }
        arrivals_.emplace(ms + delay, Arrival{frame, p});
      }
    }
  }

  void Decide(int64_t ms) {
    Timestamp now = Timestamp::Millis(ms);
    uint32_t choice = random_.Below(24);
    uint8_t spatial = static_cast<uint8_t>(random_.Below(3));
    uint8_t temporal = static_cast<uint8_t>(random_.Below(3));
    if (choice < 2) Apply(selector_.Prefer(spatial, temporal, now), ms);
    if (choice == 2 || choice == 3) Apply(selector_.Allow(Layers{spatial, temporal}, now), ms);
    if (choice == 4) Apply(selector_.Allow(Layers{2, 2}, now), ms);
    if (choice == 5 && temporal == 0) Apply(selector_.Stop(), ms);
    if (choice == 6 && temporal == 0) Apply(selector_.Allow(std::nullopt, now), ms);
    if (choice == 7) encoder_.AskKeyFrame(ms);
    if (choice == 8 && weather_.layers_stop) {
      encoder_.SetSpatialLayers(static_cast<uint8_t>(1 + spatial));
    }
    // The last word allows something.
    if (ms > kLengthMs - kQuietMs - 100) Apply(selector_.Allow(Layers{2, 2}, now), ms);
  }

  void Deliver(const Arrival& arrival, int64_t ms) {
    DependencyDescriptor descriptor = encoder_.Fill(arrival.frame, arrival.packet, *packet_);
    DependencyFrame described{descriptor, encoder_.structure()};
    bool late = packet_->sequence < newest_;
    newest_ = std::max(newest_, packet_->sequence);
    Selection selection = selector_.OnPacket(*packet_, mode_.descriptors ? &described : nullptr,
                                             Timestamp::Millis(ms), rewriter_);
    Apply(selection.update, ms);
    if (!selection.rewrite) {
      if (!selector_.choice().current()) Keep(arrival);
      left_out_.insert(arrival.frame);
      late_left_out_ += late;
      // A frame of which a part went out is only cut by a stop, or before the beginning.
      bool cut = !selector_.choice().current() || packet_->sequence < began_;
      EXPECT_TRUE(cut || !sent_frames_.contains(arrival.frame)) << arrival.frame;
      return;
    }
    if (selection.began) {
      began_ = packet_->sequence;
      sent_frames_.clear();
      EXPECT_TRUE(packet_->key_frame);
      early_.erase(early_.begin(), early_.upper_bound(began_));
      for (const auto& [sequence, early] : early_) left_out_.erase(early.frame);
    }
    const SvcFrame& frame = encoder_.frames()[arrival.frame];
    EXPECT_FALSE(left_out_.contains(arrival.frame)) << arrival.frame;
    for (size_t reference : frame.references) {
      EXPECT_FALSE(left_out_.contains(reference))
          << "frame " << arrival.frame << " (" << int{frame.spatial} << "," << int{frame.temporal}
          << ") needs " << reference;
    }
    sent_frames_.insert(arrival.frame);
    sent_.push_back({.frame = arrival.frame,
                     .sequence = unwrapper_.Unwrap(selection.rewrite->sequence),
                     .marker = selection.rewrite->marker});
    if (selection.began) DeliverEarly(ms);
  }

  // As EarlyPackets does for a consumer.
  void Keep(const Arrival& arrival) {
    early_[encoder_.frames()[arrival.frame].first_sequence + arrival.packet] = arrival;
    if (early_.size() > 32) early_.erase(early_.begin());
  }
  void DeliverEarly(int64_t ms) {
    std::map<int64_t, Arrival> early;
    early.swap(early_);
    for (const auto& [sequence, arrival] : early) Deliver(arrival, ms);
  }

  void Apply(const LayersUpdate& update, int64_t ms) {
    if (!update.ask_key_frame) return;
    ++requests_;
    encoder_.AskKeyFrame(ms);
  }

  void CheckSequence() const {
    std::set<int64_t> numbers;
    for (const Sent& sent : sent_) EXPECT_TRUE(numbers.insert(sent.sequence).second);
    int64_t span = *numbers.rbegin() - *numbers.begin() + 1;
    EXPECT_LE(span - static_cast<int64_t>(numbers.size()), lost_ + late_left_out_);
  }

  // Each picture ends with a marker and has no other, except where a stop cut it.
  void CheckMarkers() const {
    int missing = 0;
    for (size_t i = 0; i + 1 < sent_.size(); ++i) {
      const SvcFrame& frame = encoder_.frames()[sent_[i].frame];
      bool last = encoder_.frames()[sent_[i + 1].frame].picture != frame.picture;
      missing += last && !sent_[i].marker;
      EXPECT_FALSE(!last && sent_[i].marker) << "picture " << frame.picture;
    }
    EXPECT_LE(missing, 12);
  }

  int64_t Below(int64_t bound) { return random_.Below(static_cast<uint32_t>(bound)); }

  Random random_;
  SvcMode mode_;
  Weather weather_;
  SvcEncoder encoder_;
  SvcSelector selector_{{.counts = {.spatial = 3, .temporal = 3}, .early_packets_max = 32}};
  RtpRewriter rewriter_{Ssrc(9), 90'000, 1000};
  std::unique_ptr<RtpPacket> packet_ = std::make_unique<RtpPacket>();
  std::multimap<int64_t, Arrival> arrivals_;
  SequenceUnwrapper<uint16_t> unwrapper_;
  std::vector<Sent> sent_;
  std::map<int64_t, Arrival> early_;  // by sequence number
  std::set<size_t> left_out_;
  std::set<size_t> sent_frames_;
  int64_t newest_ = 0;
  int64_t began_ = 0;
  int64_t lost_ = 0;
  int64_t late_left_out_ = 0;
  int64_t requests_ = 0;
};

struct Build {
  const char* name;
  SvcMode mode;
};

class SvcSelectorLawsTest : public testing::TestWithParam<Build> {
 protected:
  void RunSeeds(const Weather& weather) {
    for (uint64_t seed = 1; seed <= kSeeds; ++seed) {
      SCOPED_TRACE(seed);
      Call call(seed, GetParam().mode, weather);
      call.Run();
      call.CheckLaws();
      if (HasFailure()) return;
    }
  }
};

TEST_P(SvcSelectorLawsTest, HoldOnAPerfectLink) { RunSeeds({}); }

TEST_P(SvcSelectorLawsTest, HoldWhenLayersStop) { RunSeeds({.layers_stop = true}); }

TEST_P(SvcSelectorLawsTest, HoldUnderLossAndRepair) { RunSeeds({.loss = 0.1}); }

TEST_P(SvcSelectorLawsTest, HoldUnderReordering) { RunSeeds({.jitter_ms = 40}); }

TEST_P(SvcSelectorLawsTest, HoldUnderAllOfIt) {
  RunSeeds({.loss = 0.1, .jitter_ms = 40, .layers_stop = true});
}

TEST_P(SvcSelectorLawsTest, SendNothingThatNoUpperLayerNeeds) {
  Call call(77, GetParam().mode, {});
  call.Run();
  EXPECT_EQ(call.Needless(), 0);
}

INSTANTIATE_TEST_SUITE_P(
    AllBuilds, SvcSelectorLawsTest,
    testing::Values(Build{"Vp9", {}}, Build{"Vp9Flexible", {.flexible = true}},
                    Build{"Vp9KSvc", {.key_only = true}},
                    Build{"Vp9KSvcFlexible", {.key_only = true, .flexible = true}},
                    Build{"Descriptor", {.descriptors = true}},
                    Build{"DescriptorKSvc", {.key_only = true, .descriptors = true}}),
    [](const testing::TestParamInfo<Build>& info) { return std::string(info.param.name); });

}  // namespace
}  // namespace millrace
