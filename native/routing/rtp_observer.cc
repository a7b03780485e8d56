#include "routing/rtp_observer.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "routing/producer.h"

namespace millrace {
namespace {

AudioLevelRanking::Settings SettingsOf(const AudioLevelObserverOptions& options) {
  return {.max_entries = options.max_entries,
          .threshold = options.threshold,
          .interval = Duration::Millis(options.interval_ms)};
}

}  // namespace

RtpObserver::RtpObserver(std::string id, const AudioLevelObserverOptions& options, Timestamp now)
    : id_(std::move(id)), algorithm_(AudioLevelRanking(SettingsOf(options), now)) {}

RtpObserver::RtpObserver(std::string id, const ActiveSpeakerObserverOptions& options, Timestamp now)
    : id_(std::move(id)), algorithm_(ActiveSpeaker(Duration::Millis(options.interval_ms), now)) {}

RtpObserver::~RtpObserver() {
  for (Producer* producer : producers_) {
    if (producer) (void)producer->StopObserving(*this);
  }
}

Result<Done> RtpObserver::AddProducer(Producer& producer) {
  if (producer.kind() != MediaKind::kAudio) return Error::Type("not an audio producer");
  if (std::ranges::find(producers_, &producer) != producers_.end()) {
    return Error::Of("producer is already observed");
  }
  uint32_t slot = std::visit([](auto& algorithm) { return algorithm.AddSource(); }, algorithm_);
  if (producers_.size() <= slot) producers_.resize(slot + 1);
  producers_[slot] = &producer;
  producer.Observe(*this, slot);
  return Done{};
}

Result<Done> RtpObserver::RemoveProducer(Producer& producer) {
  std::optional<uint32_t> slot = producer.StopObserving(*this);
  if (!slot) return Error::NotFound("producer is not observed");
  std::visit([&](auto& algorithm) { algorithm.RemoveSource(*slot); }, algorithm_);
  producers_[*slot] = nullptr;
  return Done{};
}

void RtpObserver::Pause(Turn& turn) {
  if (ActiveSpeaker* speaker = std::get_if<ActiveSpeaker>(&algorithm_)) {
    speaker->Pause();
  } else if (std::get<AudioLevelRanking>(algorithm_).Pause()) {
    turn.events.notifications.push_back(AudioLevelSilence{id_});
  }
}

void RtpObserver::Resume(Timestamp now) {
  std::visit([&](auto& algorithm) { algorithm.Resume(now); }, algorithm_);
}

void RtpObserver::Receive(uint32_t slot, uint8_t level, Timestamp now) {
  if (AudioLevelRanking* ranking = std::get_if<AudioLevelRanking>(&algorithm_)) {
    ranking->Receive(slot, level);
  } else {
    std::get<ActiveSpeaker>(algorithm_).Receive(slot, level, now);
  }
}

void RtpObserver::OnDeadline(Turn& turn) {
  if (AudioLevelRanking* ranking = std::get_if<AudioLevelRanking>(&algorithm_)) {
    TellVolumes(*ranking, turn);
  } else {
    TellSpeaker(std::get<ActiveSpeaker>(algorithm_), turn);
  }
}

Timestamp RtpObserver::deadline() const {
  return std::visit([](const auto& algorithm) { return algorithm.deadline(); }, algorithm_);
}

void RtpObserver::TellVolumes(AudioLevelRanking& ranking, Turn& turn) {
  std::optional<std::vector<AudioLevelRanking::Volume>> ranked = ranking.OnDeadline(turn.now);
  if (!ranked) return;
  if (ranked->empty()) {
    turn.events.notifications.push_back(AudioLevelSilence{id_});
    return;
  }
  AudioLevelVolumes event{.id = id_};
  for (const AudioLevelRanking::Volume& volume : *ranked) {
    event.volumes.push_back({producers_[volume.slot]->id(), volume.volume});
  }
  turn.events.notifications.push_back(std::move(event));
}

void RtpObserver::TellSpeaker(ActiveSpeaker& speaker, Turn& turn) {
  std::optional<uint32_t> slot = speaker.OnDeadline(turn.now);
  if (slot)
    turn.events.notifications.push_back(DominantSpeakerChanged{id_, producers_[*slot]->id()});
}

}  // namespace millrace
