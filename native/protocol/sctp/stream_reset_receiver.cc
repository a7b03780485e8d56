#include "protocol/sctp/stream_reset_receiver.h"

namespace millrace {

StreamResetReceiver::Answer StreamResetReceiver::OnReset(const OutgoingResetRequest& request,
                                                         bool ready, bool known, Timestamp now) {
  uint32_t sequence = request.request_sequence;
  Turn turn = TurnOf(sequence);
  if (turn == Turn::kWrong) return {{sequence, ReconfigResult::kBadSequenceNumber}};
  // RFC 6525 5.2.1: a request that was seen before gets the answer it got before; "in progress" is
  // no last word, so it is looked at anew.
  if (turn == Turn::kRepeated && last_result_ != ReconfigResult::kInProgress) {
    return {{sequence, last_result_}};
  }
  if (!known) return Conclude(sequence, ReconfigResult::kWrongSequence);
  if (!ready || !TakeTurn(now)) return Conclude(sequence, ReconfigResult::kInProgress);
  return Conclude(sequence, ReconfigResult::kPerformed);
}

StreamResetReceiver::Answer StreamResetReceiver::OnOther(uint32_t request_sequence) {
  switch (TurnOf(request_sequence)) {
    case Turn::kWrong:
      return {{request_sequence, ReconfigResult::kBadSequenceNumber}};
    case Turn::kRepeated:
      return {{request_sequence, last_result_}};
    case Turn::kNew:
      break;
  }
  return Conclude(request_sequence, ReconfigResult::kDenied);
}

StreamResetReceiver::Turn StreamResetReceiver::TurnOf(uint32_t request_sequence) const {
  if (request_sequence == expected_) return Turn::kNew;
  return request_sequence == expected_ - 1 ? Turn::kRepeated : Turn::kWrong;
}

StreamResetReceiver::Answer StreamResetReceiver::Conclude(uint32_t request_sequence,
                                                          ReconfigResult result) {
  expected_ = request_sequence + 1;
  last_result_ = result;
  return {{request_sequence, result}, result == ReconfigResult::kPerformed};
}

bool StreamResetReceiver::TakeTurn(Timestamp now) {
  if (now - second_began_ >= Duration::Seconds(1)) {
    second_began_ = now;
    resets_this_second_ = 0;
  }
  return ++resets_this_second_ <= kResetsPerSecond;
}

}  // namespace millrace
