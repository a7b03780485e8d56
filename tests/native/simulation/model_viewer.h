#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "base/sequence.h"
#include "base/strong.h"
#include "base/time.h"
#include "media/nack_generator.h"
#include "simulation/frame_decoder.h"
#include "simulation/media_unit.h"
#include "wire/rtcp/report_block.h"
#include "wire/rtcp/sender_report.h"
#include "wire/rtp_view.h"

namespace millrace {

struct ViewerSettings {
  static constexpr uint8_t kAudioPayloadType = 100;
  static constexpr uint8_t kVideoPayloadType = 101;
  static constexpr uint8_t kVideoRtxPayloadType = 102;

  bool video = true;
  Ssrc ssrc = {};
  Ssrc rtx_ssrc = {};
};

// A browser's receiving side of one stream: sorts out duplicates, asks for lost packets, unwraps
// retransmissions, asks for a key frame when the picture stands still, and reports. Remembers when
// each packet of the source arrived.
class ModelViewer {
 public:
  // A picture that stands still for longer is not waited for any more.
  static constexpr Duration kStillMax = Duration::Seconds(1);
  static constexpr Duration kKeyFrameInterval = Duration::Seconds(1);
  // As browsers do, it asks for nothing while the stream seems to have ended.
  static constexpr Duration kStreamEnds = Duration::Seconds(5);

  explicit ModelViewer(const ViewerSettings& settings) : settings_(settings) {}

  // False when the packet is none of this stream's.
  [[nodiscard]] bool Receive(const RtpView& packet, Timestamp now);
  void ReceiveSenderReport(const SenderReport& report, Timestamp now);
  void SetRoundTripTime(Duration rtt) { rtt_ = rtt; }

  // The numbers to ask for now; valid until the next call.
  [[nodiscard]] std::span<const uint16_t> TakeNacks(Timestamp now);
  // True: ask for a key frame now.
  [[nodiscard]] bool TakeKeyFrameRequest(Timestamp now);
  [[nodiscard]] std::optional<ReportBlock> MakeReport(Timestamp now);
  [[nodiscard]] Timestamp deadline() const;
  // The numbers up to the newest one that it knows of, oldest first.
  [[nodiscard]] std::vector<uint16_t> Newest(size_t count) const;

  [[nodiscard]] const ViewerSettings& settings() const { return settings_; }
  [[nodiscard]] const FrameDecoder& decoder() const { return decoder_; }
  // When the packet with this index arrived; Never when it did not.
  [[nodiscard]] Timestamp ArrivalOf(uint32_t index) const {
    return index < arrivals_.size() ? arrivals_[index] : Timestamp::Never();
  }
  // The same packet under two numbers, or bytes that are not the sender's.
  [[nodiscard]] uint64_t faults() const { return faults_; }
  [[nodiscard]] uint64_t nacks() const { return nacks_; }
  [[nodiscard]] uint64_t key_frame_requests() const { return key_frame_requests_; }
  [[nodiscard]] uint64_t received() const { return received_total_; }

 private:
  static constexpr size_t kSeen = 8192;

  void Accept(int64_t sequence, Bytes payload, Timestamp now);
  [[nodiscard]] Timestamp key_frame_due() const;

  ViewerSettings settings_;
  SequenceUnwrapper<uint16_t> unwrapper_;
  std::array<int64_t, kSeen> seen_ = [] {
    std::array<int64_t, kSeen> none{};
    none.fill(-1);
    return none;
  }();
  NackGenerator nack_;
  FrameDecoder decoder_;
  std::vector<Timestamp> arrivals_;  // by the source's index
  Duration rtt_ = Duration::Millis(100);

  // RFC 3550 A.3
  std::optional<int64_t> first_sequence_;
  int64_t newest_sequence_ = 0;
  int64_t received_originals_ = 0;
  int64_t reported_expected_ = 0;
  int64_t reported_received_ = 0;
  uint32_t last_sender_report_ = 0;
  Timestamp sender_report_received_;

  Timestamp last_received_;
  Timestamp still_since_;
  Timestamp last_key_frame_request_ = Timestamp::Micros(-1'000'000'000);
  bool key_frame_needed_ = false;
  uint64_t faults_ = 0;
  uint64_t nacks_ = 0;
  uint64_t key_frame_requests_ = 0;
  uint64_t received_total_ = 0;
};

}  // namespace millrace
