// A JSON object whose keys are flags, as options: for commands without groups of hardware (the plans). Pure.
#pragma once

#include <span>
#include <string_view>

#include "base/result.hpp"
#include "config/estimate_request.hpp"

namespace gramme::config {

/// Keys are `flags` without their dashes in front, with - or _ within; values are texts, numbers or switches
/// (true is "on", false is "off"); null is not said. Neither files nor variables are asked, and "config"
/// is refused. Errors as read_estimate_request(). The names of the options are those of `flags`, which must
/// outlive the result.
[[nodiscard]] Result<EstimateRequest> read_flat_request(std::string_view text,
                                                        std::span<const std::string_view> flags);

/// What such a request is told that has a key "config".
[[nodiscard]] Error config_refused();

}  // namespace gramme::config
