// The laws of simulcast, under random layers, losses, reorderings, requests and silences.
#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <set>
#include <tuple>
#include <vector>

#include "base/random.h"
#include "base/sequence.h"
#include "media/simulcast_selector.h"
#include "media/simulcast_source.h"

namespace millrace {
namespace {

constexpr int64_t kFrameMs = 33;
constexpr uint64_t kNtpBase = uint64_t{3'900'000'000} << 32;

struct Weather {
  double loss = 0;
  int64_t jitter_ms = 0;
  bool sender_reports = true;
  bool streams_stop = false;
};

struct Arrival {
  uint8_t stream = 0;
  size_t picture = 0;
  int packet = 0;
};

// A packet that went out.
struct Sent {
  Arrival from;
  int64_t sequence = 0;
  uint32_t timestamp = 0;
  uint16_t picture_id = 0;
  uint8_t tl0 = 0;
  bool marker = false;
  bool began = false;
  bool late = false;
};

class Call {
 public:
  Call(uint64_t seed, const Weather& weather) : random_(seed), weather_(weather) {
    for (uint8_t i = 0; i < 3; ++i) streams_.emplace_back(i, random_);
  }

  void Run(int64_t length_ms) {
    for (int64_t ms = 0; ms < length_ms; ++ms) {
      if (ms % kFrameMs == 0) Capture(ms);
      if (weather_.sender_reports && ms % 1000 == 0) Report(ms);
      if (ms % 100 == 50) Decide(ms);
      while (!arrivals_.empty() && arrivals_.begin()->first <= ms) {
        Arrival arrival = arrivals_.begin()->second;
        arrivals_.erase(arrivals_.begin());
        Deliver(arrival, ms);
      }
    }
  }

  void CheckLaws() const {
    CheckSequence();
    CheckPictures();
    CheckNumbers();
  }

  std::vector<Sent> sent_;
  int64_t switches_ = 0;
  int64_t requests_ = 0;
  std::vector<ModelStream> streams_;

 private:
  void Capture(int64_t ms) {
    for (uint8_t s = 0; s < 3; ++s) {
      if (silent_until_[s] > ms) continue;
      size_t picture = streams_[s].Encode(ms);
      for (int p = 0; p < streams_[s].pictures()[picture].packet_count; ++p) {
        int64_t delay = 20 + s + p + (weather_.jitter_ms > 0 ? Below(weather_.jitter_ms) : 0);
        // The source's clock decides ties, so that without jitter the order stays.
        if (random_.NextDouble() < weather_.loss) {
          if (random_.Below(3) == 0) {
            ++lost_;
            continue;
          }
          delay += 60 + Below(60);
        }
        arrivals_.emplace(ms + delay, Arrival{s, picture, p});
      }
    }
  }

  void Report(int64_t ms) {
    uint64_t ntp = kNtpBase + ((static_cast<uint64_t>(ms) << 32) / 1000);
    uint8_t s = static_cast<uint8_t>(random_.Below(3));
    if (ms == 0) {
      for (uint8_t i = 0; i < 3; ++i) selector_.OnSenderReport(i, ntp, streams_[i].ClockAt(ms));
    }
    selector_.OnSenderReport(s, ntp, streams_[s].ClockAt(ms));
  }

  // The viewer and the allocator change their minds.
  void Decide(int64_t ms) {
    Timestamp now = Timestamp::Millis(ms);
    uint32_t choice = random_.Below(24);
    uint8_t spatial = static_cast<uint8_t>(random_.Below(3));
    uint8_t temporal = static_cast<uint8_t>(random_.Below(3));
    if (choice == 0) Apply(selector_.Prefer(spatial, temporal, now), ms);
    if (choice == 1) Apply(selector_.Prefer(spatial, std::nullopt, now), ms);
    if (choice == 2 || choice == 3) Apply(selector_.Allow(Layers{spatial, temporal}, now), ms);
    if (choice == 4) Apply(selector_.Allow(Layers{2, 2}, now), ms);
    if (choice == 5 && temporal == 0) Apply(selector_.Stop(), ms);
    if (choice == 6 && temporal == 0) Apply(selector_.Allow(std::nullopt, now), ms);
    if (choice == 7) streams_[spatial].AskKeyFrame(ms);
    if (choice == 8 && weather_.streams_stop) silent_until_[spatial] = ms + Below(5000);
  }

  void Deliver(const Arrival& arrival, int64_t ms) {
    streams_[arrival.stream].Fill(arrival.picture, arrival.packet, *packet_);
    bool late = packet_->sequence < newest_[arrival.stream];
    newest_[arrival.stream] = std::max(newest_[arrival.stream], packet_->sequence);
    Selection selection = selector_.OnPacket(*packet_, nullptr, Timestamp::Millis(ms), rewriter_);
    Apply(selection.update, ms);
    auto key = std::make_tuple(arrival.stream, arrival.picture);
    if (!selection.rewrite) {
      // What came before the key frame that began this time is of another time.
      bool current = selector_.current_stream() == arrival.stream &&
                     packet_->sequence > began_[arrival.stream];
      EXPECT_NE(selection.reason, DropReason::kTooOld);
      left_out_.insert(key);
      if (current) left_out_by_layer_.insert(key);
      if (late) ++late_left_out_;
      return;
    }
    const RtpRewrite& rewrite = *selection.rewrite;
    Sent sent{.from = arrival,
              .sequence = unwrapper_.Unwrap(rewrite.sequence),
              .timestamp = rewrite.timestamp,
              .picture_id = *std::get<Vp8Descriptor>(packet_->descriptor).picture_id,
              .tl0 = *std::get<Vp8Descriptor>(packet_->descriptor).tl0_picture_index,
              .marker = rewrite.marker,
              .began = selection.began,
              .late = late};
    if (!rewrite.patch.empty()) {
      sent.picture_id =
          static_cast<uint16_t>((rewrite.patch.bytes[0] & 0x7F) << 8 | rewrite.patch.bytes[1]);
      sent.tl0 = rewrite.patch.bytes[2];
    }
    for (size_t reference : streams_[arrival.stream].pictures()[arrival.picture].references) {
      EXPECT_FALSE(left_out_.contains(std::make_tuple(arrival.stream, reference)))
          << "stream " << int{arrival.stream} << " picture " << arrival.picture << " needs "
          << reference;
    }
    EXPECT_TRUE(!selection.began || packet_->key_frame);
    if (selection.began) began_[arrival.stream] = packet_->sequence;
    switches_ += selection.began;
    sent_.push_back(sent);
  }

  void Apply(const LayersUpdate& update, int64_t ms) {
    if (!update.ask_key_frame) return;
    ++requests_;
    streams_[*update.ask_key_frame].AskKeyFrame(ms);
  }

  // No number twice, and as many missing as were lost on the way to us or came too late to be
  // counted out.
  void CheckSequence() const {
    std::set<int64_t> numbers;
    for (const Sent& sent : sent_) EXPECT_TRUE(numbers.insert(sent.sequence).second);
    if (numbers.empty()) return;
    int64_t span = *numbers.rbegin() - *numbers.begin() + 1;
    EXPECT_LE(span - static_cast<int64_t>(numbers.size()), lost_ + late_left_out_);
  }

  // A picture goes out whole, and nothing that it refers to was left out.
  void CheckPictures() const {
    for (const Sent& sent : sent_) {
      auto key = std::make_tuple(sent.from.stream, sent.from.picture);
      EXPECT_FALSE(left_out_by_layer_.contains(key)) << sent.from.picture;
      const ModelPicture& picture = streams_[sent.from.stream].pictures()[sent.from.picture];
      EXPECT_EQ(sent.marker, sent.from.packet == picture.packet_count - 1);
      for (size_t reference : picture.references) {
        EXPECT_FALSE(left_out_by_layer_.contains(std::make_tuple(sent.from.stream, reference)));
      }
    }
  }

  // In the order of sequence numbers, picture ids and times only grow.
  void CheckNumbers() const {
    std::map<int64_t, const Sent*> in_order;
    for (const Sent& sent : sent_) in_order[sent.sequence] = &sent;
    const Sent* last = nullptr;
    for (const auto& [sequence, sent] : in_order) {
      if (last != nullptr) CheckPair(*last, *sent);
      last = sent;
    }
  }

  void CheckPair(const Sent& last, const Sent& next) const {
    bool same_picture =
        last.from.stream == next.from.stream && last.from.picture == next.from.picture;
    uint16_t step = static_cast<uint16_t>((next.picture_id - last.picture_id) & 0x7FFF);
    uint8_t tl0_step = static_cast<uint8_t>(next.tl0 - last.tl0);
    if (same_picture) {
      EXPECT_EQ(step, 0);
      EXPECT_EQ(tl0_step, 0);
      EXPECT_EQ(next.timestamp, last.timestamp);
      return;
    }
    EXPECT_TRUE(IsNewer(next.timestamp, last.timestamp));
    const ModelPicture& picture = streams_[next.from.stream].pictures()[next.from.picture];
    if (weather_.loss == 0 && weather_.jitter_ms == 0) {
      EXPECT_EQ(step, 1);
      EXPECT_EQ(tl0_step, picture.temporal == 0 ? 1 : 0);
    } else {
      EXPECT_GE(step, 1);
      EXPECT_LE(step, 200);
    }
  }

  int64_t Below(int64_t bound) { return random_.Below(static_cast<uint32_t>(bound)); }

  Random random_;
  Weather weather_;
  SimulcastSelector selector_{{.counts = {.spatial = 3, .temporal = 3}}};
  RtpRewriter rewriter_{Ssrc(9), 90'000, 1000};
  std::unique_ptr<RtpPacket> packet_ = std::make_unique<RtpPacket>();
  std::multimap<int64_t, Arrival> arrivals_;
  std::array<int64_t, 3> silent_until_{};
  std::array<int64_t, 3> newest_{};
  std::array<int64_t, 3> began_{};
  SequenceUnwrapper<uint16_t> unwrapper_;
  std::set<std::tuple<uint8_t, size_t>> left_out_;
  std::set<std::tuple<uint8_t, size_t>> left_out_by_layer_;
  int64_t lost_ = 0;
  int64_t late_left_out_ = 0;
};

constexpr uint64_t kSeeds = 10;
constexpr int64_t kLengthMs = 30'000;

void RunSeeds(const Weather& weather) {
  for (uint64_t seed = 1; seed <= kSeeds; ++seed) {
    SCOPED_TRACE(seed);
    Call call(seed, weather);
    call.Run(kLengthMs);
    call.CheckLaws();
    EXPECT_GT(call.switches_, 3);
    EXPECT_GT(call.sent_.size(), 200u);
    // The gate's measure: one request a second and stream, and one for each change of mind.
    EXPECT_LT(call.requests_, 150);
    if (testing::Test::HasFailure()) return;
  }
}

TEST(SimulcastSelectorLawsTest, HoldOnAPerfectLink) { RunSeeds({}); }

TEST(SimulcastSelectorLawsTest, HoldWithoutSenderReports) { RunSeeds({.sender_reports = false}); }

TEST(SimulcastSelectorLawsTest, HoldWhenStreamsFallSilent) { RunSeeds({.streams_stop = true}); }

TEST(SimulcastSelectorLawsTest, HoldUnderLossAndRepair) { RunSeeds({.loss = 0.1}); }

TEST(SimulcastSelectorLawsTest, HoldUnderReordering) { RunSeeds({.jitter_ms = 60}); }

TEST(SimulcastSelectorLawsTest, HoldUnderAllOfIt) {
  RunSeeds({.loss = 0.2, .jitter_ms = 80, .streams_stop = true});
}

// With sender reports, what a viewer sees has the time at which it was captured.
TEST(SimulcastSelectorLawsTest, KeepTheTimeOfTheCaptureThroughAllSwitches) {
  for (uint64_t seed = 100; seed < 110; ++seed) {
    SCOPED_TRACE(seed);
    Call call(seed, {});
    call.Run(kLengthMs);
    ASSERT_FALSE(call.sent_.empty());
    auto capture_of = [&](const Sent& sent) {
      return call.streams_[sent.from.stream].pictures()[sent.from.picture].capture_ms;
    };
    const Sent& first = call.sent_.front();
    uint32_t base = first.timestamp - static_cast<uint32_t>(capture_of(first) * 90);
    for (const Sent& sent : call.sent_) {
      int32_t error = static_cast<int32_t>(sent.timestamp - base -
                                           static_cast<uint32_t>(capture_of(sent) * 90));
      // A key frame of the same capture as the last picture is put one tick behind it; sender
      // reports are rounded to a tick.
      ASSERT_LE(std::abs(error), 3);
    }
  }
}

}  // namespace
}  // namespace millrace
