#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "base/random.h"
#include "base/strong.h"
#include "base/time.h"
#include "simulation/media_unit.h"
#include "wire/rtcp/sender_report.h"

namespace millrace {

struct SourceSettings {
  static constexpr uint8_t kAudioPayloadType = 111;
  static constexpr uint8_t kVideoPayloadType = 96;
  static constexpr uint8_t kVideoRtxPayloadType = 97;

  bool video = true;
  size_t stream = 0;  // number in the simulation
  Ssrc ssrc = {};
  Ssrc rtx_ssrc = {};
  uint16_t first_sequence = 1000;
  std::optional<uint16_t> first_rtx_sequence = {};  // by chance unless it is said
  uint32_t first_timestamp = 0;
  Duration frame_interval = Duration::Micros(33'333);
  // On average; 5 packets of 1,250 bytes 30 times a second are 1.5 Mbit/s.
  uint32_t frame_packets = 5;
  uint32_t key_frame_packets = 12;
  uint32_t payload_bytes = 1250;

  [[nodiscard]] static SourceSettings Video() { return {}; }
  // Opus-like: 50 frames a second, one packet each.
  [[nodiscard]] static SourceSettings Audio() {
    return {.video = false,
            .frame_interval = Duration::Millis(20),
            .frame_packets = 1,
            .key_frame_packets = 1,
            .payload_bytes = 120};
  }
  [[nodiscard]] uint32_t clock_rate() const { return video ? 90'000 : 48'000; }
};

// A media packet that a source wants to send.
struct SourcePacket {
  MediaUnit unit;
  uint16_t sequence = 0;
  uint32_t timestamp = 0;
  bool rtx = false;
  uint16_t rtx_sequence = 0;
};

// A camera or a microphone with an encoder behind it: frames at a steady pace, a key frame at the
// start and when asked, sender's numbers, and lost packets again on request, at most once a round
// trip. Remembers everything it ever sent: the truth that deliveries are measured by.
class ModelSource {
 public:
  struct Record {
    MediaUnit unit;
    uint32_t timestamp = 0;
    Timestamp sent;
    Timestamp resent = Timestamp::Micros(-1'000'000'000);
  };
  // As long as browsers keep packets at least.
  static constexpr Duration kHistory = Duration::Seconds(2);

  ModelSource(const SourceSettings& settings, uint64_t seed, Timestamp start);

  // The frame that is due, packet by packet.
  [[nodiscard]] std::vector<SourcePacket> TakeFrame(Timestamp now);
  [[nodiscard]] std::vector<SourcePacket> Resend(std::span<const uint16_t> sequences,
                                                 Timestamp now);
  void AskKeyFrame() { key_frame_wanted_ = true; }
  // It leaves out the frames until then.
  void SkipTo(Timestamp time);
  void Stop() { deadline_ = Timestamp::Never(); }
  void SetRoundTripTime(Duration rtt) { rtt_ = rtt; }
  [[nodiscard]] SenderReport MakeReport(Timestamp now) const;

  [[nodiscard]] Timestamp deadline() const { return deadline_; }
  [[nodiscard]] const SourceSettings& settings() const { return settings_; }
  [[nodiscard]] const std::vector<Record>& records() const { return records_; }
  [[nodiscard]] uint64_t key_frames() const { return key_frames_; }
  [[nodiscard]] uint16_t next_rtx_sequence() const { return next_rtx_sequence_; }

 private:
  [[nodiscard]] uint32_t TimestampOf(Timestamp time) const;

  SourceSettings settings_;
  Random random_;
  Timestamp start_;
  Timestamp deadline_;
  std::vector<Record> records_;  // by index
  uint32_t next_frame_ = 0;
  int64_t next_tick_ = 0;  // since the start, in frame intervals
  uint16_t next_rtx_sequence_;
  bool key_frame_wanted_ = true;
  Duration rtt_ = Duration::Millis(50);
  uint64_t octets_ = 0;
  uint64_t key_frames_ = 0;
};

}  // namespace millrace
