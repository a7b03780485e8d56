#include "protocol/sctp/stream_reset_sender.h"

#include <algorithm>
#include <utility>

namespace millrace {

std::optional<OutgoingResetRequest> StreamResetSender::Take(const Context& context, Timestamp now) {
  if (!due(now)) return std::nullopt;
  if (!request_) {
    size_t count = std::min(waiting_.size(), OutgoingResetRequest::StreamsWithin(context.room));
    if (count == 0) return std::nullopt;
    request_.emplace();
    // RFC 6525 5.1.2 A4: "the value of the next TSN minus 1".
    request_->last_tsn = static_cast<uint32_t>(context.last_tsn);
    request_->request_sequence = next_sequence_++;
    first_sequence_ = request_->request_sequence;
    for (size_t i = 0; i < count; ++i) {
      request_->streams.push_back(waiting_.extract(waiting_.begin()).value());
    }
    tries_ = 0;
  } else if (OutgoingResetRequest::StreamsWithin(context.room) < request_->streams.size()) {
    return std::nullopt;
  }
  if (std::exchange(renumber_, false)) request_->request_sequence = next_sequence_++;
  request_->response_sequence = context.last_peer_request;
  again_at_ = now + context.timeout * (int64_t{1} << std::min(tries_, 4));
  ++tries_;
  return *request_;
}

StreamResetSender::Ended StreamResetSender::OnResponse(const ReconfigResponse& response,
                                                       Duration timeout, Timestamp now) {
  // A peer that put the request off may answer it late, after we asked again under a new number.
  if (!request_ ||
      response.response_sequence - first_sequence_ > request_->request_sequence - first_sequence_) {
    return {};
  }
  switch (response.result) {
    case ReconfigResult::kInProgress:
      if (response.response_sequence != request_->request_sequence) return {};
      // The peer still waits for data. That number is used up: some peers answer a repeated one as
      // they did before, whatever has come since.
      renumber_ = true;
      again_at_ = now + timeout;
      return {};
    case ReconfigResult::kNothingToDo:
    case ReconfigResult::kPerformed:
      return End(Outcome::kPerformed);
    case ReconfigResult::kDenied:
    case ReconfigResult::kWrongSequence:
    case ReconfigResult::kAlreadyInProgress:
    case ReconfigResult::kBadSequenceNumber:
      break;
  }
  return End(Outcome::kRefused);
}

StreamResetSender::Ended StreamResetSender::OnDeadline(Timestamp now) {
  if (!request_ || again_at_ > now || tries_ < kTriesMax) return {};
  return End(Outcome::kRefused);
}

StreamResetSender::Ended StreamResetSender::End(Outcome outcome) {
  std::vector<SctpStreamId> streams = std::move(request_->streams);
  request_.reset();
  renumber_ = false;
  return {outcome, std::move(streams)};
}

}  // namespace millrace
