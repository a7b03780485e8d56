#pragma once

#include <cstring>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/output.h"
#include "base/time.h"
#include "schema/message_generated.h"
#include "worker/channel_frames.h"
#include "worker/model_edge.h"
#include "worker/worker.h"

namespace millrace {

// One frame that the worker sent, checked by the verifier and ready to be read.
class SentFrame {
 public:
  explicit SentFrame(Bytes bytes) : storage_((bytes.size() + 7) / 8), size_(bytes.size()) {
    if (!bytes.empty()) std::memcpy(storage_.data(), bytes.data(), bytes.size());
    flatbuffers::Verifier verifier(data(), size_);
    valid_ = Millrace::Schema::Message::VerifySizePrefixedMessageBuffer(verifier);
  }

  [[nodiscard]] bool valid() const { return valid_; }
  [[nodiscard]] const Millrace::Schema::Message::Message& message() const {
    return *Millrace::Schema::Message::GetSizePrefixedMessage(data());
  }
  // Null when the frame is something else.
  [[nodiscard]] const Millrace::Schema::Response::Response* response() const {
    return message().data_as_Response();
  }
  [[nodiscard]] const Millrace::Schema::Notification::Notification* notification() const {
    return message().data_as_Notification();
  }
  [[nodiscard]] std::string log() const {
    const auto* log = message().data_as_Log();
    return log ? log->data()->str() : "";
  }
  [[nodiscard]] bool accepted() const { return response() && response()->accepted(); }
  // "Error: some reason", or empty.
  [[nodiscard]] std::string error() const {
    if (!response() || !response()->error()) return "";
    return response()->error()->str() + ": " + response()->reason()->str();
  }

 private:
  const uint8_t* data() const { return reinterpret_cast<const uint8_t*>(storage_.data()); }

  std::vector<uint64_t> storage_;
  size_t size_;
  bool valid_ = false;
};

// A worker on a model network. Requests go in as frames, and frames come out.
class WorkerHarness {
 public:
  using Method = ChannelFrames::Method;
  using Event = ChannelFrames::Event;

  WorkerHarness() : WorkerHarness(WorkerSettings{.pid = "4711"}) {}
  explicit WorkerHarness(WorkerSettings settings)
      : worker_(std::make_unique<Worker>(settings, Random::Seed{1, 2, 3}, edge_)) {}

  // The frames since the last call, without those that `edge` has already taken.
  std::vector<SentFrame> TakeFrames() {
    std::vector<SentFrame> frames;
    Bytes rest = out_.frames();
    while (rest.size() >= 4) {
      size_t size = 4 + flatbuffers::ReadScalar<uint32_t>(rest.data());
      if (size > rest.size()) break;
      frames.emplace_back(rest.first(size));
      rest = rest.subspan(size);
    }
    edge_.CloseSocketsOf(out_);
    out_.Clear();
    return frames;
  }

  std::vector<SentFrame> Send(const Frame& frame) {
    worker_->OnFrame(now_, frame, out_);
    return TakeFrames();
  }

  // The answer to a request; frames before and after it are lost.
  SentFrame Ask(const Frame& frame) {
    std::vector<SentFrame> frames = Send(frame);
    for (SentFrame& sent : frames) {
      if (sent.valid() && sent.response()) return std::move(sent);
    }
    return SentFrame({});
  }

  // The objects that ChannelFrames::OneOfEach speaks of.
  bool SetUpObjects() {
    std::vector<Frame> steps = {frames.CreateRouter("router"),
                                frames.CreateServer("server", 40000),
                                frames.CreateWebRtcTransport("router", "webrtc"),
                                frames.CreatePlainTransport("router", "plain", true),
                                frames.ProduceAudio("plain", "audio", 1000),
                                frames.ProduceVideo("plain", "video", 2000),
                                frames.ConsumeVideo("webrtc", "consumer", "video", 3000),
                                frames.ProduceData("plain", "data", 1),
                                frames.ConsumeData("webrtc", "sink", "data", 2),
                                frames.CreateObserver("router", "observer")};
    for (const Frame& step : steps) {
      SentFrame answer = Ask(step);
      if (!answer.valid() || !answer.accepted()) {
        failure_ = answer.valid() ? answer.error() : "no answer";
        return false;
      }
    }
    return true;
  }
  [[nodiscard]] const std::string& failure() const { return failure_; }

  Worker& worker() { return *worker_; }
  ModelEdge& edge() { return edge_; }
  Output& out() { return out_; }
  [[nodiscard]] Timestamp now() const { return now_; }
  void Advance(Duration duration) { now_ = now_ + duration; }

  ChannelFrames frames;

 private:
  ModelEdge edge_;
  std::unique_ptr<Worker> worker_;
  Output out_;
  Timestamp now_ = Timestamp::Millis(1'000'000);
  std::string failure_;
};

}  // namespace millrace
