#include "simulation/layered_source.h"

#include "base/byte_reader.h"
#include "base/byte_writer.h"

namespace millrace {
namespace {

// Behind the payload descriptor: frame, place, and filler up to a size that grows with the layer.
constexpr size_t kIdentityBytes = 6;

void AppendIdentity(std::vector<uint8_t>& payload, size_t frame, int place, size_t size) {
  size_t head = payload.size();
  payload.resize(std::max(size, head + kIdentityBytes));
  for (size_t i = 0; i < 4; ++i) {
    payload[payload.size() - kIdentityBytes + i] = static_cast<uint8_t>(frame >> (24 - 8 * i));
  }
  payload[payload.size() - 2] = static_cast<uint8_t>(place >> 8);
  payload[payload.size() - 1] = static_cast<uint8_t>(place);
}

// RFC 7741 section 4.2: X, S; I, L and T; a long picture id, TL0PICIDX, TID and Y. Then the
// payload header of section 4.3.
std::vector<uint8_t> WriteVp8(const Vp8Descriptor& vp8) {
  uint16_t id = *vp8.picture_id;
  return {static_cast<uint8_t>(0x80 | (vp8.start_of_partition ? 0x10 : 0)),
          0xE0,
          static_cast<uint8_t>(0x80 | id >> 8),
          static_cast<uint8_t>(id),
          *vp8.tl0_picture_index,
          static_cast<uint8_t>(*vp8.temporal_layer << 6 | (vp8.layer_sync ? 0x20 : 0)),
          static_cast<uint8_t>(vp8.key_frame ? 0 : 1)};
}

// RFC 9628 section 4.2: I, P, L, F, B, E, Z; a long picture id; TID, U, SID, D; TL0PICIDX.
std::vector<uint8_t> WriteVp9(const Vp9Descriptor& vp9) {
  uint16_t id = *vp9.picture_id;
  uint8_t flags = 0x80 | 0x20;
  if (vp9.inter_picture_predicted) flags |= 0x40;
  if (vp9.begins_frame) flags |= 0x08;
  if (vp9.ends_frame) flags |= 0x04;
  if (vp9.not_upper_reference) flags |= 0x01;
  return {flags, static_cast<uint8_t>(0x80 | id >> 8), static_cast<uint8_t>(id),
          static_cast<uint8_t>(vp9.temporal_layer << 5 | (vp9.switching_up ? 0x10 : 0) |
                               vp9.spatial_layer << 1 | (vp9.inter_layer_predicted ? 1 : 0)),
          0};
}

}  // namespace

LayeredSource::LayeredSource(LayeredKind kind, Random& random) : kind_(kind) {
  bool key_only = kind == LayeredKind::kVp9KSvc || kind == LayeredKind::kAv1KSvc;
  SvcMode mode{.key_only = key_only, .descriptors = codec() == Codec::kAv1};
  for (uint8_t i = 0; i < (simulcast() ? 3 : 1); ++i) {
    if (codec() == Codec::kVp8) {
      streams_.push_back(std::make_unique<ModelStream>(i, random));
      continue;
    }
    encoders_.push_back(std::make_unique<SvcEncoder>(mode, random));
    if (simulcast()) encoders_.back()->SetSpatialLayers(1);
  }
  numbers_.resize(3);
}

Codec LayeredSource::codec() const {
  switch (kind_) {
    case LayeredKind::kSimulcastVp8:
      return Codec::kVp8;
    case LayeredKind::kVp9:
    case LayeredKind::kVp9KSvc:
      return Codec::kVp9;
    case LayeredKind::kSimulcastAv1:
    case LayeredKind::kAv1:
    case LayeredKind::kAv1KSvc:
      return Codec::kAv1;
  }
  return Codec::kOther;
}

ProduceOptions LayeredSource::Produce() const {
  ProduceOptions options = VideoProducer("cam", kSsrc);
  RtpParameters& parameters = options.rtp_parameters;
  if (codec() != Codec::kVp8) {
    parameters.codecs.front().mime_type = codec() == Codec::kVp9 ? "video/VP9" : "video/AV1";
  }
  if (simulcast()) {
    parameters.encodings.clear();
    options.rtp_mapping.encodings.clear();
    for (uint32_t i = 0; i < 3; ++i) {
      parameters.encodings.push_back({.ssrc = kSsrc + i, .scalability_mode = "L1T3"});
      options.rtp_mapping.encodings.push_back({.ssrc = kSsrc + i, .mapped_ssrc = 11 + i});
    }
  } else {
    parameters.encodings.front().scalability_mode = "L3T3";
  }
  if (codec() == Codec::kAv1) {
    parameters.header_extensions.push_back(
        {.uri = HeaderExtensionUri::kDependencyDescriptor, .id = kDescriptorId});
  }
  return options;
}

ConsumeOptions LayeredSource::Consume() const {
  ConsumeOptions options = VideoConsumer("c", "cam", 100);
  options.type = simulcast() ? RtpType::kSimulcast : RtpType::kSvc;
  options.rtp_parameters.codecs.front().mime_type = Produce().rtp_parameters.codecs[0].mime_type;
  options.rtp_parameters.header_extensions.push_back(
      {.uri = HeaderExtensionUri::kDependencyDescriptor,
       .id = RtpExtensionIds::Internal().IdOf(RtpExtension::kDependencyDescriptor)});
  return options;
}

std::vector<LayeredPacket> LayeredSource::Capture(int64_t ms) {
  std::vector<LayeredPacket> packets;
  uint8_t streams = simulcast() ? spatial_layers_ : uint8_t{1};
  for (uint8_t stream = 0; stream < streams; ++stream) {
    if (streams_.empty()) {
      CaptureScalable(stream, ms, packets);
    } else {
      CaptureStream(stream, ms, packets);
    }
  }
  return packets;
}

void LayeredSource::AskKeyFrame(uint8_t stream, int64_t ms) {
  if (streams_.empty()) {
    encoders_[stream]->AskKeyFrame(ms);
  } else {
    streams_[stream]->AskKeyFrame(ms);
  }
}

void LayeredSource::SetSpatialLayers(uint8_t count) {
  spatial_layers_ = count;
  if (!simulcast()) encoders_.front()->SetSpatialLayers(count);
}

uint32_t LayeredSource::ClockAt(uint8_t stream, int64_t ms) const {
  if (!streams_.empty()) return streams_[stream]->ClockAt(ms);
  return static_cast<uint32_t>(ms * 90) + 0xFFFF'0000;
}

std::pair<size_t, int> LayeredSource::Identify(Bytes payload) {
  if (payload.size() < kIdentityBytes) return {0, -1};
  ByteReader reader(payload.last(kIdentityBytes));
  uint32_t frame = reader.ReadU32();
  return {frame, reader.ReadU16()};
}

void LayeredSource::CaptureStream(uint8_t stream, int64_t ms, std::vector<LayeredPacket>& out) {
  size_t index = streams_[stream]->Encode(ms);
  const ModelPicture& picture = streams_[stream]->pictures()[index];
  size_t number = frames_.size();
  numbers_[stream].push_back(number);
  LayeredFrame frame{.spatial = stream,
                     .temporal = picture.temporal,
                     .key = picture.key,
                     .picture = ms,
                     .captured = ms,
                     .packet_count = picture.packet_count};
  for (size_t reference : picture.references) {
    frame.references.push_back(numbers_[stream][reference]);
  }
  frames_.push_back(frame);
  auto model = std::make_unique<RtpPacket>();
  for (int place = 0; place < picture.packet_count; ++place) {
    streams_[stream]->Fill(index, place, *model);
    std::vector<uint8_t> payload = WriteVp8(std::get<Vp8Descriptor>(model->descriptor));
    AppendIdentity(payload, number, place, 150u << stream);
    RtpMaker maker(kSsrc + stream);
    maker.Seq(static_cast<uint16_t>(model->sequence)).Time(model->timestamp).Payload(payload);
    if (model->marker) maker.Marker();
    out.push_back({number, place, stream, maker.Make()});
  }
}

void LayeredSource::CaptureScalable(uint8_t stream, int64_t ms, std::vector<LayeredPacket>& out) {
  const SvcEncoder& encoder = *encoders_[stream];
  auto [first, end] = encoders_[stream]->Encode(ms);
  auto model = std::make_unique<RtpPacket>();
  for (size_t index = first; index < end; ++index) {
    const SvcFrame& svc = encoder.frames()[index];
    size_t number = frames_.size();
    numbers_[stream].push_back(number);
    LayeredFrame frame{.spatial = simulcast() ? stream : svc.spatial,
                       .temporal = svc.temporal,
                       .key = svc.key,
                       .picture = simulcast() ? ms : svc.picture,
                       .captured = ms,
                       .packet_count = svc.packet_count};
    for (size_t reference : svc.references) {
      frame.references.push_back(numbers_[stream][reference]);
    }
    frames_.push_back(frame);
    for (int place = 0; place < svc.packet_count; ++place) {
      DependencyDescriptor descriptor = encoder.Fill(index, place, *model);
      RtpMaker maker(kSsrc + stream);
      std::vector<uint8_t> payload;
      if (codec() == Codec::kVp9) {
        payload = WriteVp9(std::get<Vp9Descriptor>(model->descriptor));
      } else {
        // RTP Payload Format For AV1, section 4.4: Z, Y, W and N.
        payload = {static_cast<uint8_t>((place > 0 ? 0x80 : 0) | (model->key_frame ? 0x08 : 0))};
        maker.Extension(kDescriptorId, Describe(svc, descriptor, encoder.structure()));
      }
      AppendIdentity(payload, number, place, 150u << frame.spatial);
      maker.Seq(static_cast<uint16_t>(model->sequence)).Time(model->timestamp).Payload(payload);
      if (model->marker) maker.Marker();
      out.push_back({number, place, stream, maker.Make()});
    }
  }
}

// The encoder describes each frame whole, so templates only name the layers.
std::vector<uint8_t> LayeredSource::Describe(const SvcFrame& frame,
                                             const DependencyDescriptor& descriptor,
                                             const DependencyStructure& structure) {
  uint32_t active = descriptor.active_targets.value_or(0);
  bool brings = descriptor.has_structure && descriptor.start_of_frame;
  return DependencyDescriptorWriter::Write(
      descriptor, static_cast<uint8_t>(frame.spatial * SvcEncoder::kLayers + frame.temporal),
      {.structure = brings ? &structure : nullptr,
       .active_targets = brings ? &active : nullptr,
       .indications = true,
       .references = true,
       .chains = true},
      structure);
}

}  // namespace millrace
