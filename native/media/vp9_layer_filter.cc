#include "media/vp9_layer_filter.h"

#include <algorithm>
#include <bit>

#include "base/sequence.h"

namespace millrace {
namespace {

uint8_t Bit(uint8_t layer) { return static_cast<uint8_t>(1u << layer); }

}  // namespace

LayerVerdict Vp9LayerFilter::OnPacket(const RtpPacket& packet, const Vp9Descriptor& descriptor,
                                      Layers target) {
  if (!started_ && !descriptor.key_frame) return {};
  int64_t number = NumberOf(packet, descriptor);
  if (!started_ || number > newest_) BeginPicture(number, packet, target);
  Picture* picture = Find(number);
  if (picture == nullptr) return {};

  uint8_t bit = Bit(descriptor.spatial_layer);
  if ((picture->decided & bit) == 0) {
    bool forward = number == newest_ ? DecideNewest(*picture, descriptor, target)
                                     : DecideLate(*picture, descriptor, number);
    picture->decided |= bit;
    if (forward) picture->forwarded |= bit;
  }
  if ((picture->forwarded & bit) == 0) return {};
  bool highest = descriptor.spatial_layer == picture->limit.spatial;
  LayerVerdict verdict{.forward = true,
                       .ends_picture = packet.marker || (descriptor.ends_frame && highest)};
  picture->ended |= verdict.ends_picture;
  return verdict;
}

int64_t Vp9LayerFilter::NumberOf(const RtpPacket& packet, const Vp9Descriptor& descriptor) const {
  if (descriptor.picture_id) {
    int64_t ids = descriptor.long_picture_id ? 1 << 15 : 1 << 7;
    int64_t ahead = (*descriptor.picture_id - newest_) & (ids - 1);
    int64_t number = newest_ + (ahead < ids / 2 ? ahead : ahead - ids);
    // A key picture with a newer time but a lower number: its encoder counts anew.
    bool anew =
        descriptor.key_frame && number < newest_ && IsNewer(packet.timestamp, newest_timestamp_);
    return anew ? number + ids : number;
  }
  // Without picture ids, pictures are counted by their timestamps; late ones have no number.
  if (packet.timestamp == newest_timestamp_) return newest_;
  return IsNewer(packet.timestamp, newest_timestamp_) ? newest_ + 1 : newest_ - kPicturesKept;
}

void Vp9LayerFilter::BeginPicture(int64_t number, const RtpPacket& packet, Layers target) {
  if (!started_) {
    started_ = true;
    following_ = {.spatial = 0, .temporal = target.temporal};
    newest_ = number - 1;
    for (Picture& picture : pictures_) picture.used = false;
  } else {
    // A key picture shows which layers there are.
    const Picture* last = Find(newest_);
    if (last != nullptr && last->key && last->forwarded != 0) {
      uint8_t highest = static_cast<uint8_t>(std::bit_width(last->forwarded) - 1);
      following_.spatial = std::min(following_.spatial, highest);
    }
    current_ = following_;
    if (may_rise_) following_.temporal = std::max(following_.temporal, target.temporal);
    following_.temporal = std::min(following_.temporal, target.temporal);
    if (target.spatial < following_.spatial) Lower(target.spatial);
  }
  may_rise_ = false;
  // Pictures between are lost; they may be repaired and are then judged like this one.
  int64_t first = std::max(newest_ + 1, number - kPicturesKept + 1);
  for (int64_t i = first; i <= number; ++i) {
    pictures_[static_cast<size_t>(i & (kPicturesKept - 1))] =
        Picture{.number = static_cast<uint16_t>(i),
                .decided = 0,
                .forwarded = 0,
                .broken = broken_,
                .limit = following_,
                .used = true};
  }
  newest_ = number;
  newest_timestamp_ = packet.timestamp;
}

Vp9LayerFilter::Picture* Vp9LayerFilter::Find(int64_t number) {
  if (newest_ - number >= kPicturesKept) return nullptr;
  Picture& picture = pictures_[static_cast<size_t>(number & (kPicturesKept - 1))];
  return picture.used && picture.number == static_cast<uint16_t>(number) ? &picture : nullptr;
}

bool Vp9LayerFilter::DecideNewest(Picture& picture, const Vp9Descriptor& frame, Layers target) {
  uint8_t spatial = frame.spatial_layer;
  uint8_t temporal = frame.temporal_layer;
  if (temporal > following_.temporal) {
    // RFC 9628 4.2: in flexible mode a frame names its references.
    bool rises = frame.flexible_mode && temporal <= target.temporal &&
                 spatial <= following_.spatial && ReferencesKnown(frame);
    if (!rises) return false;
    following_.temporal = picture.limit.temporal = temporal;
  }
  // RFC 9628 4.2: behind a switching up point "subsequent higher temporal layer pictures will not
  // depend on any picture before the current picture" of a layer above its own.
  if (frame.switching_up) may_rise_ = true;

  // What is followed is left at the next picture, not within one.
  bool wanted = spatial <= std::max(target.spatial, following_.spatial);
  bool forward = wanted && ReferencesForwarded(picture, frame, newest_, broken_);
  if (forward && !frame.inter_picture_predicted) BeginLayer(picture, spatial, target);
  if (spatial > following_.spatial) {
    // Where the picture's end was told already, nothing of it may follow.
    forward =
        forward && spatial <= target.spatial && !frame.inter_picture_predicted && !picture.ended;
    if (forward) following_.spatial = spatial;
    if (forward) picture.limit.spatial = std::max(picture.limit.spatial, spatial);
  } else if (spatial < following_.spatial && frame.not_upper_reference &&
             frame.inter_picture_predicted) {
    forward = false;
  }
  if (!forward) broken_ |= Bit(spatial);
  return forward;
}

// The layer's frame refers to no other picture: with it, decoding of the layer can begin.
void Vp9LayerFilter::BeginLayer(Picture& picture, uint8_t spatial, Layers target) {
  broken_ &= static_cast<uint8_t>(~Bit(spatial));
  bool upper_sent = picture.forwarded >> spatial != 0;
  bool lowers = target.spatial < following_.spatial && spatial <= target.spatial && !upper_sent;
  if (lowers) following_.spatial = spatial;
  if (spatial != 0) return;
  picture.key = true;
  following_.temporal = picture.limit.temporal = target.temporal;
  picture.limit.spatial = lowers ? target.spatial : std::max(target.spatial, following_.spatial);
}

// Later pictures were decided on already: what they need of this one was in force when it began.
bool Vp9LayerFilter::DecideLate(const Picture& picture, const Vp9Descriptor& frame,
                                int64_t number) {
  uint8_t spatial = frame.spatial_layer;
  Layers limit = picture.limit;
  if (spatial > limit.spatial || frame.temporal_layer > limit.temporal) return false;
  bool needless = spatial < std::min(limit.spatial, following_.spatial) &&
                  frame.not_upper_reference && frame.inter_picture_predicted;
  if (needless) broken_ |= Bit(spatial);
  return !needless && ReferencesForwarded(picture, frame, number, picture.broken);
}

// Whether nothing that the frame refers to was left out by us.
bool Vp9LayerFilter::ReferencesForwarded(const Picture& picture, const Vp9Descriptor& frame,
                                         int64_t number, SpatialLayerSet broken) const {
  uint8_t spatial = frame.spatial_layer;
  uint8_t left_out = picture.decided & static_cast<uint8_t>(~picture.forwarded);
  if (frame.inter_layer_predicted && spatial > 0) {
    uint8_t lower = Bit(spatial - 1);
    if ((left_out & lower) != 0) return false;
    // The lower layer's frame is late, and will be left out when it comes.
    bool will_be = frame.inter_picture_predicted && (broken & lower) != 0;
    if (will_be && (picture.decided & lower) == 0) return false;
  }
  if (!frame.inter_picture_predicted) return true;
  if (!frame.flexible_mode) return (broken >> spatial & 1) == 0;
  for (uint8_t i = 0; i < frame.reference_count; ++i) {
    int64_t referred = number - frame.reference_differences[i];
    const Picture& other = pictures_[static_cast<size_t>(referred & (kPicturesKept - 1))];
    if (!other.used || other.number != static_cast<uint16_t>(referred)) continue;
    if ((other.decided & ~other.forwarded & Bit(spatial)) != 0) return false;
  }
  return true;
}

// Whether everything that the frame refers to is known to be forwarded. What is late yet would be
// judged by the limit of its own picture.
bool Vp9LayerFilter::ReferencesKnown(const Vp9Descriptor& frame) const {
  if (frame.inter_layer_predicted) return false;
  for (uint8_t i = 0; i < frame.reference_count; ++i) {
    int64_t referred = newest_ - frame.reference_differences[i];
    const Picture& other = pictures_[static_cast<size_t>(referred & (kPicturesKept - 1))];
    bool known = other.used && other.number == static_cast<uint16_t>(referred);
    if (!known || (other.forwarded & Bit(frame.spatial_layer)) == 0) return false;
  }
  return true;
}

// Goes down to the highest layer that was forwarded all the time; stays where there is none.
void Vp9LayerFilter::Lower(uint8_t spatial) {
  for (int layer = spatial; layer >= 0; --layer) {
    if (IsBroken(static_cast<uint8_t>(layer))) continue;
    following_.spatial = static_cast<uint8_t>(layer);
    return;
  }
}

}  // namespace millrace
