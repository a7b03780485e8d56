#include "io/arguments.h"

#include <array>
#include <charconv>
#include <cstdio>
#include <memory>
#include <optional>
#include <utility>

namespace millrace {

namespace {

// Certificate chains are a few kilobytes.
constexpr size_t kPemBytesMax = 1024 * 1024;

enum class Setting {
  kLogLevel,
  kLogTags,
  kRtcMinPort,
  kRtcMaxPort,
  kCertificateFile,
  kPrivateKeyFile,
  kFieldTrials,
};

constexpr std::array<std::pair<std::string_view, Setting>, 7> kSettings = {{
    {"logLevel", Setting::kLogLevel},
    {"logTags", Setting::kLogTags},
    {"rtcMinPort", Setting::kRtcMinPort},
    {"rtcMaxPort", Setting::kRtcMaxPort},
    {"dtlsCertificateFile", Setting::kCertificateFile},
    {"dtlsPrivateKeyFile", Setting::kPrivateKeyFile},
    {"libwebrtcFieldTrials", Setting::kFieldTrials},
}};

constexpr std::array<std::pair<std::string_view, LogTag>, 13> kTags = {{
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

// unknown setting 'x'; file 'x' is too large.
std::string About(std::string_view subject, std::string_view name, std::string_view says = {}) {
  std::string text(subject);
  text.append(" '").append(name).append("'").append(says);
  return text;
}

// A whole name, else the only one that begins so.
Result<Setting> FindSetting(std::string_view name) {
  std::optional<Setting> found;
  for (const auto& [full_name, setting] : kSettings) {
    if (full_name == name) return setting;
    if (name.empty() || !full_name.starts_with(name)) continue;
    if (found) return Error::Type(About("setting", name, " is ambiguous"));
    found = setting;
  }
  if (!found) return Error::Type(About("unknown setting", name));
  return *found;
}

Result<Done> SetLogLevel(std::string_view value, WorkerSettings& settings) {
  settings.log_off = value == "none";
  if (value == "debug") {
    settings.log_level = LogLevel::kDebug;
  } else if (value == "warn") {
    settings.log_level = LogLevel::kWarn;
  } else if (value == "error" || value == "none") {
    settings.log_level = LogLevel::kError;
  } else {
    return Error::Type(About("unknown log level", value));
  }
  return Done{};
}

Result<Done> AddLogTag(std::string_view value, WorkerSettings& settings) {
  for (const auto& [name, tag] : kTags) {
    if (name != value) continue;
    settings.log_tags |= 1u << static_cast<uint32_t>(tag);
    return Done{};
  }
  return Error::Type(About("unknown log tag", value));
}

Result<Done> SetPort(std::string_view value, uint16_t& port) {
  auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), port);
  bool whole = error == std::errc() && end == value.data() + value.size();
  if (!whole || port == 0) return Error::Type(About("port", value, " is none"));
  return Done{};
}

Result<Done> Apply(Setting setting, std::string_view value, Arguments& arguments) {
  switch (setting) {
    case Setting::kLogLevel:
      return SetLogLevel(value, arguments.settings);
    case Setting::kLogTags:
      return AddLogTag(value, arguments.settings);
    case Setting::kRtcMinPort:
      return SetPort(value, arguments.settings.rtc_min_port);
    case Setting::kRtcMaxPort:
      return SetPort(value, arguments.settings.rtc_max_port);
    case Setting::kCertificateFile:
      arguments.certificate_file = value;
      return Done{};
    case Setting::kPrivateKeyFile:
      arguments.private_key_file = value;
      return Done{};
    case Setting::kFieldTrials:
      // Switches of a library that this worker does not contain.
      return Done{};
  }
  return Error::Type("unknown setting");
}

Result<std::string> ReadFile(const std::string& name) {
  auto close = [](std::FILE* file) { std::fclose(file); };
  std::unique_ptr<std::FILE, decltype(close)> file(std::fopen(name.c_str(), "rbe"), close);
  if (!file) return Error::Type(About("file", name, " cannot be opened"));
  std::string text(kPemBytesMax + 1, '\0');
  text.resize(std::fread(text.data(), 1, text.size(), file.get()));
  if (std::ferror(file.get()) != 0) return Error::Type(About("file", name, " cannot be read"));
  if (text.size() > kPemBytesMax) return Error::Type(About("file", name, " is too large"));
  return text;
}

}  // namespace

Result<Arguments> ParseArguments(std::span<const std::string_view> arguments) {
  Arguments parsed;
  for (std::string_view argument : arguments) {
    size_t dashes = argument.starts_with("--") ? 2 : argument.starts_with("-") ? 1 : 0;
    size_t equals = argument.find('=');
    if (dashes == 0 || equals == std::string_view::npos) {
      return Error::Type(About("argument", argument, " is not of the form --name=value"));
    }
    Result<Setting> setting = FindSetting(argument.substr(dashes, equals - dashes));
    if (!setting.ok()) return setting.error();
    Result<Done> applied = Apply(setting.value(), argument.substr(equals + 1), parsed);
    if (!applied.ok()) return applied.error();
  }
  if (parsed.settings.rtc_min_port > parsed.settings.rtc_max_port) {
    return Error::Type("rtcMinPort is above rtcMaxPort");
  }
  return parsed;
}

Result<Done> ReadCertificate(const std::string& certificate_file,
                             const std::string& private_key_file, WorkerSettings& settings) {
  if (certificate_file.empty() && private_key_file.empty()) return Done{};
  if (certificate_file.empty() || private_key_file.empty()) {
    return Error::Type("a DTLS certificate and its private key are given together");
  }
  Result<std::string> certificate = ReadFile(certificate_file);
  if (!certificate.ok()) return certificate.error();
  Result<std::string> key = ReadFile(private_key_file);
  if (!key.ok()) return key.error();
  settings.dtls_certificate = std::move(certificate.value());
  settings.dtls_private_key = std::move(key.value());
  return Done{};
}

}  // namespace millrace
