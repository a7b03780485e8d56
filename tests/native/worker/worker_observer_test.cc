// Observers of RTP through the whole worker.
#include <gtest/gtest.h>

#include <array>

#include "base/random.h"
#include "wire/rtp_writer.h"
#include "worker/worker_call.h"

namespace millrace {
namespace {

using Method = ChannelFrames::Method;
using Event = ChannelFrames::Event;

// ChannelFrames::RtpParameters calls the audio level 10 and audio 100.
std::vector<uint8_t> Voice(uint16_t sequence, uint32_t ssrc, uint8_t level) {
  std::vector<uint8_t> bytes(200);
  RtpWriter writer(bytes, {.payload_type = 100,
                           .sequence_number = sequence,
                           .timestamp = sequence * 960u,
                           .ssrc = Ssrc(ssrc)});
  // The writer reads them at the end.
  const std::array<uint8_t, 1> value = {level};
  const std::vector<uint8_t> payload(40, 1);
  writer.AddExtension(10, value);
  bytes.resize(writer.Finish(payload));
  return bytes;
}

class WorkerObserverTest : public WorkerCallTest {
 protected:
  void SetUp() override {
    ASSERT_TRUE(harness_.SetUpObjects()) << harness_.failure();
    ASSERT_TRUE(harness_.Ask(harness_.frames.ProduceAudio("plain", "other", 1500)).accepted());
    ASSERT_TRUE(
        harness_.Ask(harness_.frames.CreateSpeakerObserver("router", "speaker")).accepted());
    SentFrame dump = harness_.Ask(harness_.frames.Request(Method::TRANSPORT_DUMP, "plain"));
    uint16_t port = dump.response()->body_as_PlainTransport_DumpResponse()->tuple()->local_port();
    ASSERT_TRUE(harness_.Ask(harness_.frames.ConnectPlain("plain", "192.0.2.1", 5000)).accepted());
    path_ = {harness_.edge().Find(SocketRequest::Protocol::kUdp, port).value_or(SocketId(0)),
             At("192.0.2.1", 5000)};
    for (const char* producer : {"audio", "other"}) {
      ASSERT_TRUE(harness_.Ask(harness_.frames.Observe("speaker", producer)).accepted());
    }
  }
  void Speak(uint32_t ssrc, Duration time) {
    for (Timestamp end = harness_.now() + time; harness_.now() < end;) {
      // A voice goes up and down with its syllables.
      Deliver(path_, Voice(sequence_++, ssrc, static_cast<uint8_t>(30 + random_.Below(12))));
      Run(Duration::Millis(20));
    }
  }
  std::vector<std::string> Speakers() {
    std::vector<std::string> names;
    for (const SentFrame& frame : TakeEvents(Event::ACTIVESPEAKEROBSERVER_DOMINANT_SPEAKER)) {
      EXPECT_EQ(frame.notification()->handler_id()->str(), "speaker");
      const auto* body =
          frame.notification()->body_as_ActiveSpeakerObserver_DominantSpeakerNotification();
      names.push_back(body ? body->producer_id()->str() : "no body");
    }
    return names;
  }
  SentFrame Ask(Method method) { return harness_.Ask(harness_.frames.Request(method, "speaker")); }

  Path path_;
  Random random_{3};
  uint16_t sequence_ = 1;
};

TEST_F(WorkerObserverTest, NamesTheDominantSpeaker) {
  Speak(1000, Duration::Seconds(4));
  EXPECT_EQ(Speakers(), std::vector<std::string>{"audio"});
  Speak(1500, Duration::Seconds(4));
  EXPECT_EQ(Speakers(), std::vector<std::string>{"other"});
}

TEST_F(WorkerObserverTest, HearsNobodyWhilePausedAndNothingOfARemovedProducer) {
  EXPECT_TRUE(Ask(Method::RTPOBSERVER_PAUSE).accepted());
  Speak(1000, Duration::Seconds(4));
  EXPECT_EQ(Speakers(), std::vector<std::string>());
  EXPECT_TRUE(Ask(Method::RTPOBSERVER_RESUME).accepted());
  ASSERT_TRUE(harness_.Ask(harness_.frames.Unobserve("speaker", "audio")).accepted());
  EXPECT_EQ(harness_.Ask(harness_.frames.Unobserve("speaker", "audio")).error().find("NotFound"),
            0u);
  Speak(1000, Duration::Seconds(4));
  EXPECT_EQ(Speakers(), std::vector<std::string>());
  Speak(1500, Duration::Seconds(4));
  EXPECT_EQ(Speakers(), std::vector<std::string>{"other"});
}

TEST_F(WorkerObserverTest, RefusesVideoAndIdsInUseAndEndsWithItsClose) {
  EXPECT_EQ(harness_.Ask(harness_.frames.Observe("speaker", "video")).error().find("TypeError"),
            0u);
  EXPECT_NE(harness_.Ask(harness_.frames.CreateSpeakerObserver("router", "speaker"))
                .error()
                .find("already exists"),
            std::string::npos);
  SentFrame dump = harness_.Ask(harness_.frames.Request(Method::ROUTER_DUMP, "router"));
  EXPECT_EQ(dump.response()->body_as_Router_DumpResponse()->rtp_observer_ids()->size(), 2u);
  ASSERT_TRUE(harness_.Ask(harness_.frames.CloseObserver("router", "speaker")).accepted());
  EXPECT_EQ(Ask(Method::RTPOBSERVER_PAUSE).error().find("NotFoundError"), 0u);
  Speak(1000, Duration::Seconds(4));
  EXPECT_EQ(Speakers(), std::vector<std::string>());
}

}  // namespace
}  // namespace millrace
