#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "base/byte_reader.h"
#include "base/sequence.h"
#include "simulation/layered_source.h"
#include "wire/dependency_descriptor.h"

namespace millrace {

// Reads the dependency descriptors that one viewer gets, as a decoder that knows nothing else does,
// and holds what they say against the truth that the source knows:
//   - each frame is explained by a structure that came before it or with it;
//   - a frame begins and ends where the source says, and names the frames that it needs, by numbers
//     that go on across switches of the source, and a key frame is newer than all before;
//   - each frame belongs to a decode target that the viewer is told is active.
class DescriptorLaw {
 public:
  // A packet reached the viewer for the first time. Empty, or which law was broken.
  [[nodiscard]] std::string OnPacket(Bytes descriptor, size_t frame, int place,
                                     const LayeredFrame& truth);
  // All packets of the frame have come, and all that it needs: a decoder takes it.
  [[nodiscard]] std::string OnDecodable(size_t frame, const LayeredFrame& truth);

  // Frames that came with a number.
  [[nodiscard]] size_t frames() const { return numbers_.size(); }

 private:
  struct Waiting {
    std::vector<uint8_t> descriptor;
    size_t frame = 0;
    int place = 0;
  };
  struct Described {
    int64_t number = 0;
    std::set<int64_t> references{};
    DecodeTargetIndications indications{};
  };

  [[nodiscard]] std::string Read(const Waiting& packet, const LayeredFrame& truth);

  std::optional<DependencyStructure> structure_;
  int64_t structure_number_ = -1;  // of the frame that brought it
  int64_t structure_captured_ = 0;
  std::set<size_t> late_;  // frames whose structure came behind a newer one
  std::optional<uint32_t> active_;
  int64_t active_number_ = -1;
  SequenceUnwrapper<uint16_t> unwrapper_;
  std::map<size_t, Described> described_;                  // by the source's frame
  std::map<int64_t, size_t> numbers_;                      // the source's frame by number
  std::vector<std::pair<Waiting, LayeredFrame>> waiting_;  // for a structure
};

}  // namespace millrace
