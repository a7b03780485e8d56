#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/output.h"

namespace millrace {

// What is logged, as the worker's arguments and WORKER_UPDATE_SETTINGS name it.
struct LogThreshold {
  LogLevel least = LogLevel::kError;
  bool off = false;  // "none"
};

// "debug", "warn", "error" or "none".
[[nodiscard]] std::optional<LogThreshold> ParseLogLevel(std::string_view text);
// "info", "ice" and so on, as a bit for WorkerSettings::log_tags.
[[nodiscard]] std::optional<uint32_t> ParseLogTag(std::string_view text);

}  // namespace millrace
