// Looks into any bytes as the payload of every codec.
#include <cstdlib>

#include "wire/payload/codec.h"
#include "wire/payload/opus.h"
#include "wire/payload/vp8.h"
#include "wire/payload/vp9.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  millrace::Bytes payload(data, size);
  for (millrace::Codec codec :
       {millrace::Codec::kVp8, millrace::Codec::kVp9, millrace::Codec::kH264,
        millrace::Codec::kH265, millrace::Codec::kAv1}) {
    bool starts = millrace::StartsKeyFrame(codec, payload);
    if (starts && size < 2) std::abort();
  }
  (void)millrace::IsOpusSilence(payload);
  auto vp8 = millrace::Vp8Descriptor::Parse(payload);
  if (vp8 && vp8->size >= size) std::abort();
  auto vp9 = millrace::Vp9Descriptor::Parse(payload);
  if (vp9 && vp9->size >= size) std::abort();
  if (vp9 && vp9->reference_count > millrace::Vp9Descriptor::kReferencesMax) std::abort();
  return 0;
}
