#include "wire/payload/codec.h"

#include "wire/payload/av1.h"
#include "wire/payload/h264.h"
#include "wire/payload/h265.h"
#include "wire/payload/vp8.h"
#include "wire/payload/vp9.h"

namespace millrace {

bool StartsKeyFrame(Codec codec, Bytes payload) {
  switch (codec) {
    case Codec::kOther:
    case Codec::kOpus:
      return true;
    case Codec::kVp8: {
      std::optional<Vp8Descriptor> descriptor = Vp8Descriptor::Parse(payload);
      return descriptor && descriptor->key_frame;
    }
    case Codec::kVp9: {
      std::optional<Vp9Descriptor> descriptor = Vp9Descriptor::Parse(payload);
      return descriptor && descriptor->key_frame;
    }
    case Codec::kH264:
      return StartsH264KeyFrame(payload);
    case Codec::kH265:
      return StartsH265KeyFrame(payload);
    case Codec::kAv1:
      return StartsAv1KeyFrame(payload);
  }
  return false;
}

bool HasKeyFrames(Codec codec) { return codec != Codec::kOther && codec != Codec::kOpus; }

}  // namespace millrace
