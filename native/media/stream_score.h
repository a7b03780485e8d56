#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

namespace millrace {

// How well a stream arrives, from 0 (nothing comes) to 10 (all of it).
// Each report gives a score of its own: the share that was delivered, with credit for packets that
// a retransmission repaired (they came late, and less credit the more there were), to the fourth
// power, since a picture suffers more than in proportion. The stream's score is the mean of the
// last 24 of them, the newest with the greatest weight.
class StreamScore {
 public:
  static constexpr uint8_t kMax = 10;
  static constexpr size_t kReports = 24;

  // What one report says. Numbers that cannot be (more lost than expected) are clamped.
  struct Delivery {
    uint64_t expected = 0;
    uint64_t lost = 0;      // before repair
    uint64_t repaired = 0;  // of the lost
  };

  explicit StreamScore(uint8_t initial = kMax) : value_(initial) {}

  // The new score, if it is another one.
  [[nodiscard]] std::optional<uint8_t> Update(const Delivery& delivery);
  // Forgets the reports; the new score, if it is another one. For a stream that stopped or came
  // back.
  [[nodiscard]] std::optional<uint8_t> Reset(uint8_t value);

  [[nodiscard]] uint8_t value() const { return value_; }

 private:
  std::array<uint8_t, kReports> reports_{};
  size_t count_ = 0;
  size_t next_ = 0;
  uint8_t value_;
};

// The score of one report by itself.
[[nodiscard]] uint8_t ScoreOf(const StreamScore::Delivery& delivery);

}  // namespace millrace
