#include "worker/log_settings.h"

#include <array>
#include <utility>

namespace millrace {

namespace {

constexpr std::array<std::pair<std::string_view, LogTag>, 13> kTagNames = {{
    {"info", LogTag::kInfo},
    {"ice", LogTag::kIce},
    {"dtls", LogTag::kDtls},
    {"rtp", LogTag::kRtp},
    {"srtp", LogTag::kSrtp},
    {"rtcp", LogTag::kRtcp},
    {"rtx", LogTag::kRtx},
    {"bwe", LogTag::kBwe},
    {"score", LogTag::kScore},
    {"simulcast", LogTag::kSimulcast},
    {"svc", LogTag::kSvc},
    {"sctp", LogTag::kSctp},
    {"message", LogTag::kMessage},
}};

}  // namespace

std::optional<LogThreshold> ParseLogLevel(std::string_view text) {
  if (text == "debug") return LogThreshold{.least = LogLevel::kDebug, .off = false};
  if (text == "warn") return LogThreshold{.least = LogLevel::kWarn, .off = false};
  if (text == "error") return LogThreshold{.least = LogLevel::kError, .off = false};
  if (text == "none") return LogThreshold{.least = LogLevel::kError, .off = true};
  return std::nullopt;
}

std::optional<uint32_t> ParseLogTag(std::string_view text) {
  for (const auto& [name, tag] : kTagNames) {
    if (name == text) return 1u << static_cast<uint32_t>(tag);
  }
  return std::nullopt;
}

}  // namespace millrace
