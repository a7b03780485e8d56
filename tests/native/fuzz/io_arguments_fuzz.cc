// A worker's command line: the input's lines are its arguments. Whatever they are, they are taken
// or refused with a sentence, and what is taken keeps the rules of the settings.
#include <string>
#include <string_view>
#include <vector>

#include "base/check.h"
#include "io/arguments.h"

using namespace millrace;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::string_view text(reinterpret_cast<const char*>(data), size);
  std::vector<std::string_view> arguments;
  while (!text.empty()) {
    size_t end = std::min(text.find('\n'), text.size());
    arguments.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  Result<Arguments> result = ParseArguments(arguments);
  if (!result.ok()) {
    CHECK(!result.error().reason.empty(), "a refusal says why");
    return 0;
  }
  const WorkerSettings& settings = result.value().settings;
  CHECK(settings.rtc_min_port <= settings.rtc_max_port, "ports are not upside down");
  CHECK(settings.log_tags < (1u << 16), "there are fewer than sixteen log tags");
  return 0;
}
