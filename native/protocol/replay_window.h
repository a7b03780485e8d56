#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace millrace {

// Which packet indices were used already (RFC 3711 section 3.3.2): everything newer than the newest
// is free, the last `kSize` are remembered one by one, and what is older counts as used.
class ReplayWindow {
 public:
  static constexpr uint64_t kSize = 1024;
  enum class Verdict : uint8_t { kFresh, kUsed, kTooOld };

  [[nodiscard]] Verdict Check(uint64_t index) const {
    if (empty_ || index > newest_) return Verdict::kFresh;
    if (newest_ - index >= kSize) return Verdict::kTooOld;
    return (words_[WordOf(index)] & BitOf(index)) != 0 ? Verdict::kUsed : Verdict::kFresh;
  }

  // Remembers an index that Check called fresh.
  void Use(uint64_t index) {
    if (empty_ || index > newest_) Advance(index);
    words_[WordOf(index)] |= BitOf(index);
  }

  [[nodiscard]] bool empty() const { return empty_; }
  [[nodiscard]] uint64_t newest() const { return newest_; }

 private:
  static constexpr uint64_t kWordBits = 64;
  static constexpr uint64_t kWords = kSize / kWordBits;

  static size_t WordOf(uint64_t index) { return static_cast<size_t>(index / kWordBits % kWords); }
  static uint64_t BitOf(uint64_t index) { return uint64_t{1} << (index % kWordBits); }

  // Forgets the places that the indices up to the new newest one will take.
  void Advance(uint64_t index) {
    if (empty_ || index - newest_ >= kSize) {
      words_.fill(0);
    } else {
      for (uint64_t next = newest_ + 1; next <= index; ++next) words_[WordOf(next)] &= ~BitOf(next);
    }
    newest_ = index;
    empty_ = false;
  }

  uint64_t newest_ = 0;
  bool empty_ = true;
  std::array<uint64_t, kWords> words_{};
};

}  // namespace millrace
