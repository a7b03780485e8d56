#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace millrace {

// Places the packets of one stream on an endless number line and knows which of the latest were
// there already (RFC 3550 appendix A.1, without its probation: SRTP has authenticated the packets).
// A number far from the others is not believed until the next one follows it; then the source has
// started anew.
class SequenceWindow {
 public:
  // RFC 3550 A.1: MAX_DROPOUT.
  static constexpr int64_t kDropoutMax = 3000;
  // In place of A.1's MAX_MISORDER of 100: retransmissions come up to two seconds late.
  static constexpr int64_t kWindow = 2048;

  enum class Verdict : uint8_t { kNew, kRestarted, kDuplicate, kTooOld, kJump };
  struct Place {
    Verdict verdict = Verdict::kNew;
    int64_t sequence = 0;  // meaningful with kNew and kRestarted
  };

  [[nodiscard]] Place Add(uint16_t sequence_number);
  // A packet repaired from the RTX stream: it never starts the source anew.
  [[nodiscard]] Place AddRecovered(uint16_t sequence_number);

  [[nodiscard]] bool started() const { return started_; }
  // Meaningful once started.
  [[nodiscard]] int64_t newest() const { return newest_; }
  [[nodiscard]] int64_t oldest() const { return oldest_; }  // since the last start

 private:
  void StartAt(int64_t sequence);
  [[nodiscard]] Place Put(int64_t sequence);
  void AdvanceTo(int64_t sequence);
  [[nodiscard]] bool IsNear(int64_t distance) const;
  [[nodiscard]] int64_t DistanceOf(uint16_t sequence_number) const;

  std::array<uint64_t, kWindow / 64> seen_{};
  int64_t newest_ = 0;
  int64_t oldest_ = 0;
  static constexpr uint32_t kNoJump = 0x10000;  // no sequence number
  uint32_t expected_after_jump_ = kNoJump;
  bool started_ = false;
};

}  // namespace millrace
