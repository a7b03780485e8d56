// Two workers that a controller joins by a pipe.
#include <gtest/gtest.h>

#include "wire/rtp_view.h"
#include "worker/worker_call.h"

namespace millrace {
namespace {

using Method = ChannelFrames::Method;

// The worker of WorkerCallTest has the source; `far_` the viewer.
class WorkerPipeTest : public WorkerCallTest {
 protected:
  static constexpr const char* kNear = "198.51.100.1";
  static constexpr const char* kFar = "198.51.100.2";

  struct End {
    SocketId socket;
    uint16_t port = 0;
    std::string key;
  };

  static End Create(WorkerHarness& worker, bool srtp) {
    EXPECT_TRUE(worker.Ask(worker.frames.CreateRouter("router")).accepted());
    SentFrame answer = worker.Ask(worker.frames.CreatePipeTransport("router", "pipe", srtp));
    const auto* dump = answer.response()->body_as_PipeTransport_DumpResponse();
    EXPECT_NE(dump, nullptr) << answer.error();
    EXPECT_TRUE(dump->rtx());
    EXPECT_EQ(dump->srtp_parameters() != nullptr, srtp);
    End end;
    end.port = dump->tuple()->local_port();
    end.socket = worker.edge().Find(SocketRequest::Protocol::kUdp, end.port).value();
    if (srtp) end.key = dump->srtp_parameters()->key_base64()->str();
    return end;
  }

  void Join(bool srtp) {
    near_end_ = Create(harness_, srtp);
    far_end_ = Create(far_, srtp);
    SentFrame answer =
        harness_.Ask(harness_.frames.ConnectPipe("pipe", kFar, far_end_.port, far_end_.key));
    const auto* connected = answer.response()->body_as_PipeTransport_ConnectResponse();
    ASSERT_NE(connected, nullptr) << answer.error();
    EXPECT_EQ(connected->tuple()->remote_ip()->str(), kFar);
    EXPECT_EQ(connected->tuple()->remote_port(), far_end_.port);
    ASSERT_TRUE(
        far_.Ask(far_.frames.ConnectPipe("pipe", kNear, near_end_.port, near_end_.key)).accepted());

    // A microphone on the near side, piped, and somebody who hears it on the far side.
    ASSERT_TRUE(harness_.Ask(harness_.frames.CreateDirectTransport("router", "in")).accepted());
    ASSERT_TRUE(harness_.Ask(harness_.frames.ProduceAudio("in", "audio", 1000)).accepted());
    SentFrame consumed =
        harness_.Ask(harness_.frames.ConsumeForPipe("pipe", "piped", "audio", 1000, 2000));
    ASSERT_TRUE(consumed.accepted()) << consumed.error();
    const auto* score = consumed.response()->body_as_Transport_ConsumeResponse()->score();
    EXPECT_EQ(score->score(), 10);
    ASSERT_TRUE(far_.Ask(far_.frames.ProduceAudio("pipe", "audio", 2000)).accepted());
    ASSERT_TRUE(far_.Ask(far_.frames.CreateDirectTransport("router", "out")).accepted());
    ASSERT_TRUE(far_.Ask(far_.frames.ConsumeAudio("out", "heard", "audio", 3000)).accepted());
  }

  // A packet at the microphone; what the pipe carries arrives at once.
  void Speak(uint16_t sequence) {
    harness_.Send(harness_.frames.SendRtp("audio", RtpPacket(100, sequence, 1000)));
    Flush();
    for (Sent& sent : sent_) {
      EXPECT_EQ(sent.path, (Path{near_end_.socket, At(kFar, far_end_.port)}));
      InboundDatagram datagram{
          {far_end_.socket, At(kNear, near_end_.port)}, far_.now(), sent.bytes};
      far_.worker().OnDatagrams(far_.now(), {&datagram, 1}, far_.out());
      carried_.push_back(sent.bytes);
    }
    sent_.clear();
    while (far_.worker().Seal(far_.now(), far_.out())) continue;
    for (SentFrame& frame : far_.TakeFrames()) {
      if (!frame.notification()) continue;
      const auto* packet = frame.notification()->body_as_Consumer_RtpNotification();
      if (packet) heard_.emplace_back(packet->data()->begin(), packet->data()->end());
    }
  }

  WorkerHarness far_{WorkerSettings{.pid = "4712"}};
  End near_end_;
  End far_end_;
  std::vector<std::vector<uint8_t>> carried_;
  std::vector<std::vector<uint8_t>> heard_;
};

TEST_F(WorkerPipeTest, CarriesMediaFromWorkerToWorker) {
  ASSERT_NO_FATAL_FAILURE(Join(false));
  for (uint16_t i = 1; i <= 5; ++i) Speak(i);
  EXPECT_EQ(carried_.size(), 5u);
  ASSERT_EQ(heard_.size(), 5u);
  RtpView view = *RtpView::Parse(heard_[0]);
  EXPECT_EQ(view.ssrc(), Ssrc(3000));
  EXPECT_EQ(view.payload().size(), 40u);
}

TEST_F(WorkerPipeTest, SealsWhatItCarries) {
  ASSERT_NO_FATAL_FAILURE(Join(true));
  for (uint16_t i = 1; i <= 5; ++i) Speak(i);
  ASSERT_EQ(carried_.size(), 5u);
  // RFC 7714 section 13.2: a tag of 16 bytes.
  EXPECT_EQ(RtpView::Parse(carried_[0])->payload().size(), 56u);
  EXPECT_EQ(heard_.size(), 5u);
  EXPECT_EQ(far_.out().drops(DropReason::kSrtpAuthentication), 0u);
}

TEST_F(WorkerPipeTest, TellsOfItselfAndItsConsumers) {
  ASSERT_NO_FATAL_FAILURE(Join(true));
  for (uint16_t i = 1; i <= 3; ++i) Speak(i);
  SentFrame answer = harness_.Ask(harness_.frames.Request(Method::TRANSPORT_DUMP, "pipe"));
  const auto* dump = answer.response()->body_as_PipeTransport_DumpResponse();
  ASSERT_NE(dump, nullptr);
  EXPECT_FALSE(dump->base()->direct());
  EXPECT_EQ(dump->base()->consumer_ids()->size(), 1u);
  EXPECT_EQ(dump->tuple()->remote_ip()->str(), kFar);
  EXPECT_EQ(dump->srtp_parameters()->crypto_suite(),
            Millrace::Schema::SrtpParameters::SrtpCryptoSuite::AEAD_AES_256_GCM);
  answer = harness_.Ask(harness_.frames.Request(Method::TRANSPORT_GET_STATS, "pipe"));
  const auto* stats = answer.response()->body_as_PipeTransport_GetStatsResponse();
  ASSERT_NE(stats, nullptr);
  EXPECT_GT(stats->base()->rtp_bytes_sent(), 3u * 52);
  EXPECT_EQ(stats->tuple()->remote_port(), far_end_.port);
  answer = harness_.Ask(harness_.frames.Request(Method::CONSUMER_DUMP, "piped"));
  const auto* consumer = answer.response()->body_as_Consumer_DumpResponse();
  ASSERT_NE(consumer, nullptr);
  EXPECT_EQ(consumer->data()->base()->type(), Millrace::Schema::RtpParameters::Type::PIPE);
  answer = far_.Ask(far_.frames.Request(Method::PRODUCER_GET_STATS, "audio"));
  const auto* received = answer.response()->body_as_Producer_GetStatsResponse();
  ASSERT_NE(received, nullptr);
  EXPECT_EQ(received->stats()->Get(0)->data_as_RecvStats()->packet_count(), 3u);
}

TEST_F(WorkerPipeTest, RefusesInTheChannelsOwnForm) {
  ASSERT_NO_FATAL_FAILURE(Join(false));
  auto error = [&](const Frame& frame) { return harness_.Ask(frame).error(); };
  EXPECT_NE(error(harness_.frames.CreatePipeTransport("router", "pipe")).find("already exists"),
            std::string::npos);
  EXPECT_EQ(error(harness_.frames.ConnectPipe("pipe", kFar, 1)).find("Error: connect() already"),
            0u);
  EXPECT_EQ(error(harness_.frames.ConnectPipe("in", kFar, 1)).find("Error: unknown method"), 0u);
  ASSERT_TRUE(harness_.Ask(harness_.frames.CreatePipeTransport("router", "other")).accepted());
  EXPECT_EQ(error(harness_.frames.ConnectPipe("other", "nowhere", 1)).find("TypeError"), 0u);
  EXPECT_EQ(error(harness_.frames.ConnectPipe("other", kFar, 1, "AAAA")).find("TypeError"), 0u);
  EXPECT_EQ(error(harness_.frames.ConnectPlain("other", kFar, 1)).find("Error: unknown method"),
            0u);
  EXPECT_EQ(error(harness_.frames.ConsumeForPipe("pipe", "x", "audio", 77, 2500)).find("TypeError"),
            0u);
  // The sockets go with the transports.
  size_t sockets = harness_.edge().open_sockets();
  ASSERT_TRUE(harness_.Ask(harness_.frames.CloseTransport("router", "other")).accepted());
  EXPECT_EQ(harness_.edge().open_sockets(), sockets - 1);
}

}  // namespace
}  // namespace millrace
