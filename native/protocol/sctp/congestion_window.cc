#include "protocol/sctp/congestion_window.h"

#include <algorithm>

#include "protocol/sctp/sctp_types.h"

namespace millrace {

namespace {

// More than this is never under way: the peer's window is about as large.
constexpr size_t kBytesMax = 4 * 1024 * 1024;
constexpr size_t kInitialPackets = 10;  // RFC 6928, as browsers do
constexpr size_t kMinPackets = 4;

}  // namespace

CongestionWindow::CongestionWindow(size_t packet_bytes)
    : packet_bytes_(packet_bytes),
      bytes_(kInitialPackets * packet_bytes),
      slow_start_threshold_(kBytesMax) {}

void CongestionWindow::OnAcknowledged(const Acknowledged& acknowledged) {
  if (recovery_end_ && acknowledged.cumulative && acknowledged.tsn >= *recovery_end_) {
    recovery_end_.reset();
    return;
  }
  if (!acknowledged.cumulative || recovery_end_) return;
  // RFC 9260 7.2.1: "the current congestion window is being fully utilized" or nothing grows.
  bool used = acknowledged.in_flight + packet_bytes_ > bytes_;
  if (bytes_ <= slow_start_threshold_) {
    // "by at most the lesser of the total size of the previously outstanding DATA chunk(s)
    // acknowledged, and L times the destination's PMDCS", L being 2.
    if (used) bytes_ += std::min(acknowledged.bytes, 2 * packet_bytes_);
  } else {
    // 7.2.2: one packet more each time a whole window was acknowledged.
    partial_bytes_ += acknowledged.bytes;
    if (partial_bytes_ >= bytes_ && used) {
      partial_bytes_ -= bytes_;
      bytes_ += packet_bytes_;
    } else {
      partial_bytes_ = std::min(partial_bytes_, bytes_);
    }
  }
  bytes_ = std::min(bytes_, kBytesMax);
}

void CongestionWindow::OnLoss(int64_t highest_sent) {
  // 7.2.4: "If not in Fast Recovery, adjust the ssthresh and cwnd".
  if (recovery_end_) return;
  recovery_end_ = highest_sent;
  Halve();
  bytes_ = slow_start_threshold_;
}

void CongestionWindow::OnTimeout() {
  // 7.2.3: "ssthresh = max(cwnd/2, 4 * PMDCS); cwnd = PMDCS; partial_bytes_acked = 0".
  Halve();
  bytes_ = packet_bytes_;
  recovery_end_.reset();
}

void CongestionWindow::OnIdle() {
  // 7.2.1: "the cwnd of the transport address SHOULD be adjusted to max(cwnd / 2, 4 * PMDCS) once
  // per RTO".
  bytes_ = std::max(bytes_ / 2, kMinPackets * packet_bytes_);
}

void CongestionWindow::Halve() {
  slow_start_threshold_ = std::max(bytes_ / 2, kMinPackets * packet_bytes_);
  partial_bytes_ = 0;
}

}  // namespace millrace
