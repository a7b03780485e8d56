// Feeds each file of a corpus folder to the fuzz target once, then short mutations of it made from
// a fixed seed, so that the ordinary test run keeps every saved input green without libFuzzer.
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <vector>

#include "base/random.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);

namespace {

constexpr int kMutationsPerFile = 200;
constexpr int kRandomInputs = 2000;
constexpr uint32_t kLongestRandomInput = 1500;

void Run(const std::vector<uint8_t>& input) { LLVMFuzzerTestOneInput(input.data(), input.size()); }

void RunMutations(std::vector<uint8_t> input, millrace::Random& random) {
  Run(input);
  for (int i = 0; i < kMutationsPerFile && !input.empty(); ++i) {
    std::vector<uint8_t> mutated = input;
    mutated[random.Below(static_cast<uint32_t>(mutated.size()))] ^=
        static_cast<uint8_t>(1u << random.Below(8));
    if (random.Below(4) == 0) mutated.resize(random.Below(static_cast<uint32_t>(input.size())));
    Run(mutated);
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fprintf(stderr, "usage: %s CORPUS_FOLDER\n", argv[0]);
    return 2;
  }
  millrace::Random random(1);
  size_t files = 0;
  if (std::filesystem::is_directory(argv[1])) {
    for (const auto& entry : std::filesystem::directory_iterator(argv[1])) {
      std::ifstream file(entry.path(), std::ios::binary);
      RunMutations({std::istreambuf_iterator<char>(file), {}}, random);
      ++files;
    }
  }
  for (int i = 0; i < kRandomInputs; ++i) {
    std::vector<uint8_t> input(random.Below(kLongestRandomInput));
    random.Fill(input);
    Run(input);
  }
  std::printf("%zu files and %d random inputs passed\n", files, kRandomInputs);
  return 0;
}
