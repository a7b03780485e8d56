// What the worker counts, as the controller gets it: an extension of the channel.
#include <gtest/gtest.h>

#include <string>

#include "routing/commons.h"
#include "worker/worker_call.h"

namespace millrace {
namespace {

namespace fbs = Millrace::Schema;
using Method = ChannelFrames::Method;

class WorkerCountersTest : public WorkerCallTest {
 protected:
  void SetUp() override {
    ASSERT_TRUE(harness_.Ask(harness_.frames.CreateRouter("router")).accepted());
    in_ = AddTransport("in", "192.0.2.1", 5000);
    AddTransport("out", "192.0.2.2", 6000);
    ASSERT_TRUE(harness_.Ask(harness_.frames.ProduceAudio("in", "audio", 1000)).accepted());
    ASSERT_TRUE(
        harness_.Ask(harness_.frames.ConsumeAudio("out", "consumer", "audio", 3000)).accepted());
  }

  SocketId AddTransport(const std::string& id, const char* address, uint16_t port) {
    SentFrame answer = harness_.Ask(harness_.frames.CreatePlainTransport("router", id));
    uint16_t local =
        answer.response()->body_as_PlainTransport_DumpResponse()->tuple()->local_port();
    EXPECT_TRUE(harness_.Ask(harness_.frames.ConnectPlain(id, address, port)).accepted());
    return harness_.edge().Find(SocketRequest::Protocol::kUdp, local).value_or(SocketId(0));
  }

  // What the worker answers; held until the next call.
  const fbs::Counters::GetCountersResponse* Read() {
    answer_ = harness_.Ask(harness_.frames.Request(Method::WORKER_GET_COUNTERS, ""));
    return answer_.response() ? answer_.response()->body_as_Counters_GetCountersResponse()
                              : nullptr;
  }

  static uint64_t CountOf(
      const flatbuffers::Vector<flatbuffers::Offset<fbs::Counters::ReasonCount>>& counts,
      const std::string& reason) {
    for (const fbs::Counters::ReasonCount* count : counts) {
      if (count->reason()->str() == reason) return count->count();
    }
    return 0;
  }

  SocketId in_;
  SentFrame answer_ = SentFrame({});
};

TEST_F(WorkerCountersTest, CountsPacketsInAndOut) {
  for (uint16_t i = 0; i < 5; ++i) Deliver({in_, At("192.0.2.1", 5000)}, RtpPacket(100, i, 1000));
  const auto* counters = Read();
  ASSERT_NE(counters, nullptr);
  EXPECT_EQ(counters->received()->packets(), 5u);
  EXPECT_EQ(counters->received()->bytes(), 5u * 52);
  EXPECT_EQ(counters->media()->rtp_received()->packets(), 5u);
  EXPECT_EQ(counters->media()->rtp_sent()->packets(), 5u);
  EXPECT_EQ(counters->sent()->packets(), sent_.size());
  EXPECT_EQ(counters->media()->rtx_sent()->packets(), 0u);
  EXPECT_EQ(counters->objects()->packets_max(), RouterCommons::kPacketLimit);
}

TEST_F(WorkerCountersTest, CountsDropsByReasonAndLeavesOutWhatNeverHappened) {
  Deliver({SocketId(999), At("192.0.2.1", 5000)}, RtpPacket(100, 1, 1000));
  Deliver({in_, At("192.0.2.1", 5000)}, RtpPacket(100, 1, 77));
  const auto* counters = Read();
  ASSERT_NE(counters, nullptr);
  EXPECT_EQ(CountOf(*counters->drops(), "unknown-path"), 1u);
  EXPECT_EQ(CountOf(*counters->drops(), "unknown-stream"), 1u);
  EXPECT_EQ(counters->drops()->size(), 2u);
  EXPECT_EQ(counters->layer_switches()->size(), 0u);
}

TEST_F(WorkerCountersTest, CountsWhatTheWorkerHolds) {
  const auto* counters = Read();
  ASSERT_NE(counters, nullptr);
  EXPECT_EQ(counters->objects()->routers(), 1u);
  EXPECT_EQ(counters->objects()->transports(), 2u);
  EXPECT_EQ(counters->objects()->producers(), 1u);
  EXPECT_EQ(counters->objects()->consumers(), 1u);
  EXPECT_EQ(counters->objects()->data_producers(), 0u);
  EXPECT_EQ(counters->estimates()->normal(), 0u);
}

TEST_F(WorkerCountersTest, CountsRequestsAndWhatWasRefused) {
  const auto* before = Read();
  ASSERT_NE(before, nullptr);
  uint64_t requests = before->channel()->requests();
  uint64_t refused = before->channel()->requests_refused();
  EXPECT_FALSE(harness_.Ask(harness_.frames.CloseRouter("nobody")).accepted());
  (void)harness_.Send({1, 2, 3});
  const auto* after = Read();
  ASSERT_NE(after, nullptr);
  EXPECT_EQ(after->channel()->requests(), requests + 2);
  EXPECT_EQ(after->channel()->requests_refused(), refused + 1);
  EXPECT_EQ(after->channel()->unreadable(), 1u);
}

// A controller that does not know of extensions must not meet them.
TEST_F(WorkerCountersTest, SpeaksOfThemOnlyWhenAsked) {
  Deliver({in_, At("192.0.2.1", 5000)}, RtpPacket(100, 1, 1000));
  Run(Duration::Seconds(30));
  for (const SentFrame& frame : events_) {
    ASSERT_TRUE(frame.valid());
    EXPECT_EQ(frame.response(), nullptr);
  }
}

}  // namespace
}  // namespace millrace
