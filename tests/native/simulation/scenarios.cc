// The scenarios on one page. Unless it says so, a path has a round trip of 50 ms, a call is a
// camera of 1.5 Mbit/s at 30 frames a second with a microphone, and a minute is watched.
#include "simulation/call_plays.h"
#include "simulation/layer_plays.h"
#include "simulation/scenario.h"

namespace millrace {
namespace {

constexpr LinkConditions kGood{};
constexpr LinkConditions kWild{.delay = Duration::Millis(100),
                               .jitter = Duration::Millis(50),
                               .reorder = 0.25,
                               .duplicate = 0.05};
constexpr LinkConditions kBursts{.loss = 0.05, .burst_length = 20};
constexpr LinkConditions kShortBursts{.loss = 0.1, .burst_length = 3};
constexpr LinkConditions kFar{.loss = 0.05, .delay = Duration::Millis(200)};
constexpr LinkConditions kJitter{.delay = Duration::Millis(100), .jitter = Duration::Millis(80)};
constexpr LinkConditions kSlow{.bits_per_second = 2'500'000};
constexpr LinkConditions kAll{.loss = 0.1,
                              .burst_length = 3,
                              .jitter = Duration::Millis(10),
                              .reorder = 0.1,
                              .duplicate = 0.05,
                              .corrupt = 0.01,
                              .stale = 0.05};

constexpr LinkConditions Lossy(double loss, int64_t rtt_ms = 50) {
  return {.loss = loss, .delay = Duration::Millis(rtt_ms / 2)};
}
constexpr Duration Ms(int64_t ms) { return Duration::Millis(ms); }
constexpr Duration S(int64_t seconds) { return Duration::Seconds(seconds); }

}  // namespace

// clang-format off: a scenario is two lines.
const std::vector<Scenario>& Scenarios() {
  static const std::vector<Scenario> scenarios = {
      // --- loss
      {"NoLoss", "", "Nothing is lost.",
       Steady(kGood, kGood, S(20)), {.late_500_ms = 0, .freeze = Ms(34), .key_frames = 0, .asked = 0}},
      {"Loss1Viewer", "", "1 % both ways, viewer's path.",
       Steady(kGood, Lossy(0.01)), {.late_500_ms = 0.0001, .freeze = S(1)}},
      {"Loss1Publisher", "", "1 % both ways, publisher's path.",
       Steady(Lossy(0.01), kGood), {.late_500_ms = 0.0001, .freeze = S(1)}},
      {"Loss1Both", "", "1 % both ways, both paths.",
       Steady(Lossy(0.01), Lossy(0.01)), {.late_500_ms = 0.0001, .freeze = S(1)}},
      {"Loss5Viewer", "", "5 % both ways, viewer's path.",
       Steady(kGood, Lossy(0.05)), {.late_500_ms = 0.0005, .freeze = S(1)}},
      {"Loss5Publisher", "", "5 % both ways, publisher's path.",
       Steady(Lossy(0.05), kGood), {.late_500_ms = 0.0005, .freeze = S(1)}},
      {"Loss5Both", "", "5 % both ways, both paths.",
       Steady(Lossy(0.05), Lossy(0.05)), {.late_500_ms = 0.0005, .freeze = S(1)}},
      {"Loss10Viewer", "", "10 % both ways, viewer's path.",
       Steady(kGood, Lossy(0.1)), {.late_500_ms = 0.001, .freeze = S(1)}},
      {"Loss10Publisher", "", "10 % both ways, publisher's path.",
       Steady(Lossy(0.1), kGood), {.late_500_ms = 0.001, .freeze = S(1)}},
      {"Loss10Both", "", "10 % both ways, both paths.",
       Steady(Lossy(0.1), Lossy(0.1)), {.late_500_ms = 0.005, .freeze = S(1)}},
      {"Loss10ViewerRtt100", "LI-01", "10 % both ways, viewer's path, round trip 100 ms.",
       Steady(kGood, Lossy(0.1, 100)), {.late_500_ms = 0.005, .freeze = S(1)}},
      {"Loss10PublisherRtt100", "LI-01", "10 % both ways, publisher's path, round trip 100 ms.",
       Steady(Lossy(0.1, 100), kGood), {.late_500_ms = 0.005, .freeze = S(1)}},
      {"Loss30DownToViewer", "3.3", "30 % of what the viewer is sent; its requests arrive.",
       Steady(kGood, {kGood, Lossy(0.3)}), {.late_500_ms = 0.001, .freeze = S(1)}},
      {"Loss30UpFromPublisher", "3.3", "30 % of what the publisher sends; requests arrive.",
       Steady({Lossy(0.3), kGood}, kGood), {.late_500_ms = 0.001, .freeze = S(1)}},
      {"Loss30Viewer", "RT-08, 3.3", "30 % both ways, viewer's path.",
       Steady(kGood, Lossy(0.3)), {.late_500_ms = 0.015, .late_1500_ms = 0.001, .freeze = S(4)}},
      {"Loss30Publisher", "RT-08, 3.3", "30 % both ways, publisher's path.",
       Steady(Lossy(0.3), kGood), {.late_500_ms = 0.015, .late_1500_ms = 0.001, .freeze = S(4)}},
      {"Loss30Both", "RT-08, 3.3", "30 % both ways, both paths.",
       Steady(Lossy(0.3), Lossy(0.3)), {.late_500_ms = 0.015, .late_1500_ms = 0.0015, .freeze = S(10)}},
      {"RequestsAreLost", "", "30 % of all requests and reports is lost, no media.",
       Steady({kGood, Lossy(0.3)}, {Lossy(0.3), kGood}), {.late_500_ms = 0, .freeze = Ms(34)}},
      {"BurstsViewer", "LI-02, RT-09", "5 % in bursts of 20 (Gilbert-Elliott), viewer's path.",
       Steady(kGood, kBursts), {.late_500_ms = 0.02, .late_1500_ms = 0.005, .freeze = S(2)}},
      {"BurstsPublisher", "LI-02, RT-09", "5 % in bursts of 20, publisher's path.",
       Steady(kBursts, kGood), {.late_500_ms = 0.02, .late_1500_ms = 0.005, .freeze = S(2)}},
      {"ShortBurstsBoth", "", "10 % in bursts of 3, both paths.",
       Steady(kShortBursts, kShortBursts), {.late_500_ms = 0.005, .freeze = S(1)}},
      {"FarViewer", "RT-11", "Round trip 400 ms and 5 % both ways, viewer's path.",
       Steady(kGood, kFar), {.late_1500_ms = 0.005, .freeze = S(2)}},
      {"FarPublisher", "RT-11", "Round trip 400 ms and 5 % both ways, publisher's path.",
       Steady(kFar, kGood), {.late_1500_ms = 0.005, .freeze = S(2)}},

      // --- order, copies, and bytes that are not the sender's
      {"DisorderViewer", "RT-10, LI-05", "100 ms +- 50, 25 % overtaken, 5 % twice; viewer's path.",
       Steady(kGood, kWild, S(30)), {.late_500_ms = 0, .freeze = Ms(500), .key_frames = 1}},
      {"DisorderPublisher", "RT-10, LI-05", "The same on the publisher's path.",
       Steady(kWild, kGood, S(30)), {.late_500_ms = 0, .freeze = Ms(500), .key_frames = 1, .asked = 0.05}},
      {"JitterInOrder", "", "100 ms +- 80 on both paths, in order.",
       Steady(kJitter, kJitter, S(30)), {.late_500_ms = 0, .freeze = Ms(400), .key_frames = 0, .asked = 0}},
      {"EverythingTwice", "RT-10", "Each datagram arrives twice, on both paths.",
       Steady({{.duplicate = 1}}, {{.duplicate = 1}}, S(20)), {.late_500_ms = 0, .freeze = Ms(34), .key_frames = 0, .asked = 0}},
      {"StaleBytes", "SR-02, SR-03", "Each tenth datagram arrives once more, three seconds later.",
       Steady({{.stale = 0.1}}, {{.stale = 0.1}}, S(20)), {.late_500_ms = 0, .freeze = Ms(34), .key_frames = 0, .asked = 0}},
      {"CorruptedBytes", "SR-01", "One bit of each twentieth datagram is flipped, both paths.",
       Steady({{.corrupt = 0.05}}, {{.corrupt = 0.05}}), {.late_500_ms = 0.0005, .freeze = S(1)}},
      {"AllAtOnce", "", "10 % in bursts of 3, jitter, disorder, copies, stale and broken ones.",
       Steady(kAll, kAll), {.late_500_ms = 0.02, .late_1500_ms = 0.002, .freeze = S(2)}},

      // --- blackouts
      {"Blackout1Viewer", "LI-03, RT-09", "The viewer is cut off for a second.",
       CutOff({.viewer = true, .length = S(1)}), {.freeze = S(2), .recovery = S(2)}},
      {"Blackout1Publisher", "LI-03, RT-09", "The publisher is cut off for a second.",
       CutOff({.publisher = true, .length = S(1)}), {.freeze = S(2), .recovery = S(2)}},
      {"Blackout5Viewer", "LI-03, RT-09", "The viewer is cut off for 5 seconds.",
       CutOff({.viewer = true, .length = S(5)}), {.freeze = S(2), .recovery = S(2)}},
      {"Blackout5Publisher", "LI-03, RT-09", "The publisher is cut off for 5 seconds.",
       CutOff({.publisher = true, .length = S(5)}), {.freeze = S(2), .recovery = S(2)}},
      {"Blackout25Viewer", "LI-03", "The viewer is cut off for 25 seconds.",
       CutOff({.viewer = true, .length = S(25)}), {.freeze = S(2), .recovery = S(2)}},
      {"Blackout25Publisher", "LI-03", "The publisher is cut off for 25 seconds.",
       CutOff({.publisher = true, .length = S(25)}), {.freeze = S(2), .recovery = S(2)}},
      {"Blackout35Both", "", "Nobody reaches the worker for 35 seconds; these links have no consent.",
       CutOff({.publisher = true, .viewer = true, .length = S(35)}), {.freeze = S(2), .recovery = S(2)}},
      {"Blackout5OnALossyPath", "", "5 seconds without the publisher; 10 % is lost otherwise.",
       CutOff({.publisher = true, .length = S(5), .otherwise = Lossy(0.1)}), {.freeze = S(4), .recovery = S(4)}},

      // --- rates
      {"SlowLine", "", "2.5 Mbit/s for 1.5 Mbit/s of media, both paths.",
       Steady(kSlow, kSlow, S(20)), {.late_500_ms = 0, .freeze = Ms(200)}},
      {"RateDrops2000To300", "LI-06", "2 Mbit/s, 300 kbit/s for 20 s, 2 Mbit/s again.",
       RateDrops(2'000'000, 300'000, Ms(250)), {.freeze = S(2), .recovery = S(15)}},
      {"RateDrops3000To400", "LI-06", "3 Mbit/s, 400 kbit/s for 20 s, 3 Mbit/s again.",
       RateDrops(3'000'000, 400'000, Ms(250)), {.freeze = S(1), .recovery = S(15)}},
      {"NothingFits", "", "60 kbit/s for 10 s, less than the lowest layer, then 1 Mbit/s.",
       NothingFits, {.recovery = S(15)}},
      {"WorseAndBetter", "", "0, 10, 30, 60, 30, 10 and 0 % of loss, ten seconds each.",
       NetworkGetsWorseAndBetter, {.recovery = S(2)}},

      // --- layers
      {"LayerStopsVp8", "RT-12", "A simulcast layer stops, then the next; VP8.",
       LayersStop(LayeredKind::kSimulcastVp8), {.freeze = Ms(1800), .recovery = S(2)}},
      {"LayerStopsVp9", "RT-12", "The same in VP9.",
       LayersStop(LayeredKind::kVp9), {.freeze = Ms(1800), .recovery = S(2)}},
      {"LayerStopsVp9KSvc", "RT-12", "The same in VP9, K-SVC.",
       LayersStop(LayeredKind::kVp9KSvc), {.freeze = Ms(1800), .recovery = S(2)}},
      {"LayerStopsAv1", "RT-12", "The same in AV1.",
       LayersStop(LayeredKind::kAv1), {.freeze = Ms(1800), .recovery = S(2)}},
      {"LayerStopsAv1KSvc", "RT-12", "The same in AV1, K-SVC.",
       LayersStop(LayeredKind::kAv1KSvc), {.freeze = Ms(1800), .recovery = S(2)}},

      // --- requests
      {"KeyFrames500", "RT-13", "500 viewers ask for a key frame, three times in a second.",
       FiveHundredKeyFrameRequests, {.freeze = Ms(100), .key_frames = 3}},
      {"FloodOfNacks", "RT-14", "A viewer asks for 5,000 packets a second that it has.",
       FloodOfNacks, {.late_500_ms = 0, .freeze = Ms(34)}},
      {"BeginsWithoutKeyFrame", "", "The stream's first 100 ms are lost.",
       StreamBeginsWithoutItsKeyFrame, {.late_500_ms = 0, .recovery = S(2)}},
      {"LateViewersLoss10", "", "Ten viewers join one after the other, 10 % on each path.",
       LateViewersOnABadNetwork, {.recovery = S(4)}},
      {"NobodyWatches", "", "A stream that nobody consumes is asked for nothing.",
       NobodyWatches, {.key_frames = 0}},

      // --- numbers
      {"SequenceWrap", "SR-07", "Sequence numbers and timestamps wrap at once; 5 % lost, disorder.",
       BeginAt(65'530, 0xFFFFFF00, {.loss = 0.05, .reorder = 0.05}), {.late_500_ms = 0.001, .freeze = S(1)}},
      {"RolloverDisorder", "SR-07", "Half of the packets are overtaken and some lost at the wrap.",
       BeginAt(64'900, 0, {.loss = 0.1, .reorder = 0.5, .duplicate = 0.1}), {.late_500_ms = 0.001, .freeze = S(1)}},
      {"FirstTenLostAtWrap", "SR-05", "The packets around the wrap, the first ones, are lost.",
       FirstTenPacketsLost, {.late_500_ms = 0, .recovery = S(5)}},
      {"LateJoinerAfter65536", "SR-06", "A viewer joins after 70,000 packets.",
       LateJoinerAfterWrap, {.late_500_ms = 0, .recovery = S(2)}},
      {"VideoWrapsAudioNot", "SR-08", "The picture's numbers wrap, the sound's do not.",
       VideoWrapsAudioDoesNot, {.late_500_ms = 0}},
      {"SameSsrcAnew", "SR-09", "A producer is closed and made again with the same SSRC.",
       SameSsrcPublishedAnew, {.late_500_ms = 0.001, .recovery = S(2)}},
      {"FirstNumbers", "SR-04", "1,000 consumers begin; the laws look at their first numbers.",
       FirstNumbersOfManyConsumers, {}},

      // --- time
      {"TimerWrap31", "WK-08", "The clock passes 2^31 ms, with 5 % of loss.",
       AcrossTimerWrap(uint64_t{1} << 31), {.late_500_ms = 0.001, .freeze = S(1)}},
      {"TimerWrap32", "WK-08", "The clock passes 2^32 ms, with 5 % of loss.",
       AcrossTimerWrap(uint64_t{1} << 32), {.late_500_ms = 0.001, .freeze = S(1)}},
      {"TimerWrap32Micros", "WK-08", "The clock passes 2^32 us, with 5 % of loss.",
       AcrossTimerWrap((uint64_t{1} << 32) / 1000), {.late_500_ms = 0.001, .freeze = S(1)}},
      {"HoursOfSleep", "", "All machines sleep for 1, 3, 24 and 200 hours.",
       HoursPassInASleep, {.recovery = S(2)}},
      {"WeeksOfSilence", "", "A paused call sleeps for two weeks: clocks of RTP wrap.",
       WeeksOfSilence, {.recovery = S(2)}},

      // --- the controller
      {"ConsumerPauses", "", "A consumer is paused and resumed, 5 % and disorder on both paths.",
       ConsumerPausedAndResumed, {.recovery = S(2)}},
      {"ProducerPauses", "", "A producer is paused and resumed, 5 % and disorder on both paths.",
       ProducerPausedAndResumed, {.recovery = S(2)}},
      {"PausedWithoutNetwork", "", "A paused call without network for 20 seconds.",
       PausedWithoutNetwork, {.freeze = S(2), .recovery = S(2)}},
      {"ClosingInTheMiddle", "", "Transports, producers and consumers come and go beside a call.",
       ThingsCloseInTheMiddle, {.late_500_ms = 0, .freeze = Ms(100)}},

      // --- other calls
      {"AudioAlone", "", "Sound without a picture, 5 % lost and jitter: it is not asked for again.",
       AudioAlone, {.late_500_ms = 0.08}},
      {"ViewersOfAllKinds", "", "Nine viewers of one camera, each with a path of its own kind.",
       ViewersOfAllKinds, {.late_500_ms = 0.0005, .freeze = Ms(400)}},
      {"Meeting", "", "Five people who see each other, 5 % and disorder on each path.",
       EachSeesTheOthers, {.late_500_ms = 0.005, .freeze = S(1)}},
  };
  return scenarios;
}
// clang-format on

}  // namespace millrace
