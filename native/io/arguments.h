#pragma once

#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "worker/worker.h"

namespace millrace {

// What the command line of a worker process asks for.
//     argument = ("-" | "--") name "=" value ; name = any beginning that only one setting has
struct Arguments {
  WorkerSettings settings;
  std::string certificate_file;
  std::string private_key_file;
};

// The arguments without the program's name. An unknown or wrong one is an Error.
[[nodiscard]] Result<Arguments> ParseArguments(std::span<const std::string_view> arguments);

// Reads the PEM files into the settings; both names or none. Empty names are none.
[[nodiscard]] Result<Done> ReadCertificate(const std::string& certificate_file,
                                           const std::string& private_key_file,
                                           WorkerSettings& settings);

}  // namespace millrace
