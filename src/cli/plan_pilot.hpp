// gramme plan train --pilot RUN.
#pragma once

#include "cli/command_context.hpp"

namespace gramme::cli {

/// `gramme plan train` where --pilot is given. kUsage, kNotFound, kMalformed, kUnavailable.
[[nodiscard]] Result<int> plan_pilot_command(const CommandContext& context);

}  // namespace gramme::cli
