// Reading frames: whatever the bytes are, the answer is a value.
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "worker/channel_frames.h"
#include "worker/convert_request.h"
#include "worker/request_catalogue.h"

namespace millrace {
namespace {

namespace fbs = Millrace::Schema;
using Method = ChannelFrames::Method;

class FrameReadingTest : public testing::Test {
 protected:
  static ChannelMessage Read(const Frame& frame) { return ReadFrame(frame); }

  static bool IsUnreadable(const Frame& frame) {
    return std::holds_alternative<UnreadableFrame>(Read(frame));
  }

  // The fault of a readable request, or an empty text.
  static std::string FaultOf(const Frame& frame) {
    ChannelMessage message = Read(frame);
    const auto* request = std::get_if<ChannelRequest>(&message);
    if (!request) return "not a request";
    if (request->body.ok()) return "";
    EXPECT_EQ(request->body.error().kind, Error::Kind::kTypeError);
    return request->body.error().reason;
  }

  ChannelFrames frames_;
};

TEST_F(FrameReadingTest, ReadsEnvelopeAndBody) {
  ChannelMessage message = Read(frames_.CreateRouter("r1"));
  const auto& request = std::get<ChannelRequest>(message);
  EXPECT_EQ(request.id, frames_.last_id());
  EXPECT_EQ(request.method, 4);
  EXPECT_EQ(std::get<CreateRouter>(request.body.value()).id, "r1");
}

TEST_F(FrameReadingTest, ReadsEveryFieldOfAProducer) {
  ChannelMessage message = Read(frames_.ProduceVideo("t", "p", 2000));
  const auto& request = std::get<ChannelRequest>(message);
  ASSERT_TRUE(request.body.ok()) << request.body.error().reason;
  const auto& options = std::get<ProduceOptions>(request.body.value());
  EXPECT_EQ(options.producer_id, "p");
  EXPECT_EQ(options.kind, MediaKind::kVideo);
  ASSERT_EQ(options.rtp_parameters.codecs.size(), 2u);
  EXPECT_EQ(options.rtp_parameters.codecs[0].mime_type, "video/VP8");
  EXPECT_EQ(options.rtp_parameters.codecs[0].rtcp_feedback.size(), 4u);
  EXPECT_EQ(options.rtp_parameters.codecs[0].rtcp_feedback[1].parameter, "pli");
  EXPECT_EQ(std::get<int32_t>(options.rtp_parameters.codecs[1].parameters[0].value), 101);
  EXPECT_EQ(options.rtp_parameters.header_extensions[1].uri, HeaderExtensionUri::kAbsSendTime);
  EXPECT_EQ(options.rtp_parameters.encodings[0].ssrc, 2000u);
  EXPECT_EQ(options.rtp_parameters.encodings[0].rtx_ssrc, 2001u);
  EXPECT_EQ(options.rtp_parameters.rtcp.cname, "cname");
  EXPECT_EQ(options.rtp_mapping.encodings[0].mapped_ssrc, 102000u);
}

TEST_F(FrameReadingTest, ReadsFromAnyAddress) {
  Frame frame = frames_.ProduceVideo("t", "p", 2000);
  for (size_t shift = 0; shift < 8; ++shift) {
    std::vector<uint8_t> shifted(shift);
    shifted.insert(shifted.end(), frame.begin(), frame.end());
    ChannelMessage message = ReadFrame(Bytes(shifted).subspan(shift));
    ASSERT_TRUE(std::holds_alternative<ChannelRequest>(message)) << shift;
    EXPECT_TRUE(std::get<ChannelRequest>(message).body.ok());
  }
}

TEST_F(FrameReadingTest, RefusesWrongLengths) {
  Frame frame = frames_.CreateRouter("r1");
  for (size_t size = 0; size < frame.size(); ++size) {
    EXPECT_TRUE(IsUnreadable(Frame(frame.begin(), frame.begin() + static_cast<long>(size))));
  }
  Frame longer = frame;
  longer.push_back(0);
  EXPECT_TRUE(IsUnreadable(longer));
  EXPECT_TRUE(IsUnreadable(Frame(kMaxFrameBytes + 1, 0)));
}

TEST_F(FrameReadingTest, RefusesWhatAWorkerDoesNotTake) {
  flatbuffers::FlatBufferBuilder builder;
  builder.FinishSizePrefixed(fbs::Message::CreateMessage(
      builder, fbs::Message::Body::Log, fbs::Log::CreateLogDirect(builder, "x").Union()));
  EXPECT_TRUE(IsUnreadable(
      Frame(builder.GetBufferPointer(), builder.GetBufferPointer() + builder.GetSize())));
}

TEST_F(FrameReadingTest, RefusesIdsThatAreTooLongOrNotText) {
  EXPECT_EQ(FaultOf(frames_.CreateRouter(std::string(256, 'x'))), "");
  EXPECT_NE(FaultOf(frames_.CreateRouter(std::string(257, 'x'))), "");
  EXPECT_NE(FaultOf(frames_.CreateRouter("")), "");
  EXPECT_NE(FaultOf(frames_.CreateRouter("\xff")), "");
  EXPECT_NE(FaultOf(frames_.CreateRouter(std::string(1 << 20, 'x'))), "");
  EXPECT_NE(FaultOf(frames_.Request(Method::ROUTER_DUMP, std::string(257, 'x'))), "");
  auto id = frames_.builder().CreateString(std::string("a\0b", 3));
  EXPECT_NE(FaultOf(frames_.Request(Method::WORKER_CREATE_ROUTER, "",
                                    fbs::Worker::CreateCreateRouterRequest(frames_.builder(), id))),
            "");
}

TEST_F(FrameReadingTest, RefusesNumbersThatAreNoMemberOfTheirEnumeration) {
  auto& builder = frames_.builder();
  auto parameters = frames_.RtpParameters(false, 1);
  auto mapping = frames_.RtpMapping(false, 1);
  EXPECT_NE(FaultOf(frames_.Request(Method::TRANSPORT_PRODUCE, "t",
                                    fbs::Transport::CreateProduceRequestDirect(
                                        builder, "p", static_cast<fbs::RtpParameters::MediaKind>(2),
                                        parameters, mapping))),
            "");
  std::vector<fbs::Consumer::TraceEventType> events = {
      static_cast<fbs::Consumer::TraceEventType>(5)};
  EXPECT_NE(FaultOf(frames_.Request(
                Method::CONSUMER_ENABLE_TRACE_EVENT, "c",
                fbs::Consumer::CreateEnableTraceEventRequestDirect(builder, &events))),
            "");
  std::vector<flatbuffers::Offset<fbs::WebRtcTransport::Fingerprint>> fingerprints = {
      fbs::WebRtcTransport::CreateFingerprintDirect(
          builder, static_cast<fbs::WebRtcTransport::FingerprintAlgorithm>(9), "AA")};
  auto dtls = fbs::WebRtcTransport::CreateDtlsParametersDirect(builder, &fingerprints);
  EXPECT_NE(FaultOf(frames_.Request(Method::WEBRTCTRANSPORT_CONNECT, "t",
                                    fbs::WebRtcTransport::CreateConnectRequest(builder, dtls))),
            "");
}

TEST_F(FrameReadingTest, RefusesUnknownUnionMembers) {
  auto& builder = frames_.builder();
  auto handler = builder.CreateString("");
  auto body = fbs::Worker::CreateCreateRouterRequestDirect(builder, "r");
  auto request = fbs::Request::CreateRequest(builder, 1, Method::WORKER_CREATE_ROUTER, handler,
                                             static_cast<fbs::Request::Body>(200), body.Union());
  builder.FinishSizePrefixed(
      fbs::Message::CreateMessage(builder, fbs::Message::Body::Request, request.Union()));
  Frame frame(builder.GetBufferPointer(), builder.GetBufferPointer() + builder.GetSize());
  EXPECT_NE(FaultOf(frame), "");
}

TEST_F(FrameReadingTest, RefusesListsWithoutMeasure) {
  EXPECT_EQ(FaultOf(frames_.UpdateSettings("warn", std::vector<std::string>(64, "ice"))), "");
  EXPECT_NE(FaultOf(frames_.UpdateSettings("warn", std::vector<std::string>(65, "ice"))), "");
  EXPECT_NE(FaultOf(frames_.UpdateSettings(std::string(20'000, 'x'), {})), "");
}

// A table that a vector names a million times costs the verifier a million visits.
TEST_F(FrameReadingTest, RefusesSharedTablesWithoutMeasure) {
  auto& builder = frames_.builder();
  std::vector<flatbuffers::Offset<fbs::Transport::ListenInfo>> infos(40'000, frames_.ListenInfo(0));
  EXPECT_TRUE(IsUnreadable(
      frames_.Request(Method::WORKER_CREATE_WEBRTCSERVER, "",
                      fbs::Worker::CreateCreateWebRtcServerRequestDirect(builder, "s", &infos))));
}

TEST_F(FrameReadingTest, SurvivesEverySingleFlippedBit) {
  size_t readable = 0;
  for (auto& [method, frame] : RequestCatalogue::Of(frames_)) {
    for (size_t bit = 0; bit < frame.size() * 8; ++bit) {
      frame[bit / 8] ^= static_cast<uint8_t>(1u << (bit % 8));
      readable += IsUnreadable(frame) ? 0u : 1u;
      frame[bit / 8] ^= static_cast<uint8_t>(1u << (bit % 8));
    }
  }
  EXPECT_GT(readable, 0u);
}

}  // namespace
}  // namespace millrace
