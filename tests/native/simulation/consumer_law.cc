#include "simulation/consumer_law.h"

#include <algorithm>

#include "media/early_packets.h"
#include "media/rtp_rewriter.h"

namespace millrace {

void ConsumerLaw::SetPaused(bool paused) {
  bool was_active = active();
  paused_ = paused;
  if (was_active != active()) EndStretch();
}

void ConsumerLaw::SetProducerPaused(bool paused) {
  bool was_active = active();
  producer_paused_ = paused;
  if (was_active != active()) EndStretch();
}

void ConsumerLaw::EndStretch() {
  stretch_.reset();
  early_.clear();
  history_begins_ = sent_.size();
}

void ConsumerLaw::Restart(uint32_t index) {
  if (stretch_) stretch_ = Stretch{.first_index = index};
}

size_t ConsumerLaw::Arrive(const MediaUnit& unit) {
  if (!active()) return 1;
  if (stretch_) {
    if (unit.index < stretch_->first_index) return 1;
    expected_.push_back(unit.index);
    return 0;
  }
  if (settings_.video && !unit.begins_key_frame()) {
    early_.push_back(unit.index);
    if (early_.size() <= EarlyPackets::kMax) return 0;
    early_.pop_front();
    return 1;
  }
  stretch_ = Stretch{.first_index = unit.index};
  ++stretches_;
  expected_.push_back(unit.index);
  size_t dropped = std::erase_if(early_, [&](uint32_t index) { return index < unit.index; });
  std::sort(early_.begin(), early_.end());
  expected_.insert(expected_.end(), early_.begin(), early_.end());
  early_.clear();
  return dropped;
}

void ConsumerLaw::Nack(std::span<const uint16_t> sequences, Timestamp now) {
  if (!active()) return;
  for (uint16_t sequence : sequences) {
    Sent* sent = Find(sequence);
    if (!sent) continue;
    asked_.push_back(sent);
    if (!sent->resent && now - sent->sent <= kHistory) owed_.push_back(sent);
  }
}

std::string ConsumerLaw::OnMedia(const RtpView& packet, Timestamp now) {
  std::optional<MediaUnit> unit = MediaUnit::Parse(packet.payload(), settings_.video);
  if (!unit) return Broken("the payload is the source's", packet);
  if (expected_.empty()) return Broken("only what arrived leaves", packet);
  if (expected_.front() != unit->index)
    return Broken("packets leave in the order of arrival", packet);
  expected_.pop_front();

  int64_t number = unwrapper_.Unwrap(packet.sequence_number());
  if (std::string broken = CheckNumbers(packet, *unit, number, now); !broken.empty()) return broken;
  auto position = static_cast<size_t>(number - first_number_);
  if (position >= sent_.size()) sent_.resize(position + 1);
  if (sent_[position].index >= 0) return Broken("no number is used twice", packet);
  sent_[position] = {
      .index = unit->index, .timestamp = packet.timestamp(), .sent = now, .resent = {}};
  if (number > newest_number_) {
    newest_number_ = number;
    newest_timestamp_ = packet.timestamp();
    newest_sent_ = now;
  }
  ++media_sent_;
  resend_allowance_ =
      std::min(resend_allowance_ + static_cast<int64_t>(packet.bytes().size()), kResendMax);
  std::string broken = CheckOrder(sent_[position], position);
  return broken.empty() ? "" : Broken(broken, packet);
}

std::string ConsumerLaw::CheckNumbers(const RtpView& packet, const MediaUnit& unit, int64_t number,
                                      Timestamp now) {
  const ModelSource::Record& record = source_->records()[unit.index];
  Stretch& stretch = *stretch_;
  if (!stretch.begun) {
    stretch.begun = true;
    stretch.first_number = number;
    stretch.timestamp_offset = packet.timestamp() - record.timestamp;
    if (first_number_ < 0) {
      first_number_ = number;
      newest_number_ = number - 1;
      if (number < kInitialSequenceMin || number > kInitialSequenceMax) {
        return Broken("the first number lies in 1000..32767", packet);
      }
    }
    if (number != newest_number_ + 1) return Broken("stretches follow without a seam", packet);
    bool comparable = newest_timestamp_ && now - newest_sent_ < kComparable;
    if (comparable && !IsNewer(packet.timestamp(), *newest_timestamp_)) {
      return Broken("time goes on from stretch to stretch", packet);
    }
    return "";
  }
  if (number - stretch.first_number != int64_t{unit.index} - stretch.first_index) {
    return Broken("only what was lost before the worker is a gap", packet);
  }
  if (packet.timestamp() - record.timestamp != stretch.timestamp_offset) {
    return Broken("timestamps follow the source's", packet);
  }
  return "";
}

// Neighbours by number.
std::string ConsumerLaw::CheckOrder(const Sent& sent, size_t position) const {
  const auto in_order = [this](const Sent& before, const Sent& after) {
    if (before.index < 0 || after.index < 0) return true;
    // By the source's time: a packet may have been under way for long.
    Duration apart = source_->records()[static_cast<size_t>(after.index)].sent -
                     source_->records()[static_cast<size_t>(before.index)].sent;
    bool comparable = apart < kComparable && Duration() - apart < kComparable;
    return !comparable || !IsNewer(before.timestamp, after.timestamp);
  };
  bool kept = (position == 0 || in_order(sent_[position - 1], sent)) &&
              (position + 1 == sent_.size() || in_order(sent, sent_[position + 1]));
  return kept ? "" : "timestamps never go back";
}

std::string ConsumerLaw::OnRetransmission(const RtpView& packet, Duration gap_min, Timestamp now) {
  Bytes payload = packet.payload();
  if (payload.size() < 2) return Broken("a retransmission carries an original", packet);
  auto original = static_cast<uint16_t>((payload[0] << 8) | payload[1]);
  Sent* sent = Find(original);
  if (!sent) return Broken("only what was sent is sent again", packet);
  std::optional<MediaUnit> unit = MediaUnit::Parse(payload.subspan(2), settings_.video);
  if (!unit || unit->index != sent->index || packet.timestamp() != sent->timestamp) {
    return Broken("a retransmission is the original", packet);
  }
  if (std::find(asked_.begin(), asked_.end(), sent) == asked_.end()) {
    return Broken("only what is asked for is sent again", packet);
  }
  if (sent->resent && now - *sent->resent < gap_min) {
    return Broken("at most once a round trip is sent again", packet);
  }
  sent->resent = now;
  std::erase(owed_, sent);
  ++retransmissions_;
  resend_allowance_ -= static_cast<int64_t>(packet.bytes().size());
  if (resend_allowance_ < -kResendMargin) {
    return Broken("retransmissions take no more than the media", packet);
  }
  return "";
}

std::string ConsumerLaw::EndTurn() {
  asked_.clear();
  if (!expected_.empty()) {
    std::string broken = "ssrc " + std::to_string(settings_.ssrc.value()) +
                         ": what arrived and is wanted leaves in the same turn, but packet " +
                         std::to_string(expected_.front()) + " did not";
    expected_.clear();
    return broken;
  }
  if (resend_allowance_ < kResendMargin) owed_.clear();
  if (!owed_.empty()) {
    std::string broken = "ssrc " + std::to_string(settings_.ssrc.value()) +
                         ": a NACK within the history is answered, but packet " +
                         std::to_string(owed_.front()->index) + " was not sent again";
    owed_.clear();
    return broken;
  }
  return "";
}

ConsumerLaw::Sent* ConsumerLaw::Find(uint16_t sequence) {
  if (first_number_ < 0) return nullptr;
  int64_t position = unwrapper_.Peek(sequence) - first_number_;
  if (position < static_cast<int64_t>(history_begins_)) return nullptr;
  if (position >= static_cast<int64_t>(sent_.size())) return nullptr;
  Sent& sent = sent_[static_cast<size_t>(position)];
  return sent.index < 0 ? nullptr : &sent;
}

std::string ConsumerLaw::Broken(const std::string& law, const RtpView& packet) const {
  return "ssrc " + std::to_string(packet.ssrc().value()) + " sequence " +
         std::to_string(packet.sequence_number()) + ": " + law;
}

}  // namespace millrace
