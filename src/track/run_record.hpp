// The record of a run as it begins: its id, and what is known before the first reading.
#pragma once

#include <string>
#include <vector>

#include "base/host.hpp"
#include "config/run_options.hpp"
#include "model/run.hpp"

namespace gramme::track {

/// The project is that of the options, else the name of the working folder, else "gramme". `command` is kept
/// unless the options say no.
[[nodiscard]] RunRecord describe_run(const Host& host, const config::RunOptions& options,
                                     const std::vector<std::string>& command, const HostFacts& facts);

}  // namespace gramme::track
