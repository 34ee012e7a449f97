// What `gramme estimate`, `gramme compare` and a table of jobs are asked, as a JSON object instead of flags:
// for the C interface and for HTTP. Pure. docs/schema/request.md.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.hpp"
#include "config/job_request.hpp"
#include "config/settings.hpp"

namespace gramme::config {

/// Which keys a request may have.
enum class RequestKind : std::uint8_t {
    kEstimate = 1,
    kCompare = 2,
    kTable = 4,  ///< what holds for rows that do not say it themselves, and which columns are which
    kPlanWhen = 8,
    kPlanWhere = 16,
};

struct EstimateRequest {
    OptionList options;              ///< as if typed to the command
    Settings flags;                  ///< those of them that are settings
    std::vector<std::string> names;  ///< of kCompare: what the list that it goes along holds
    std::vector<std::pair<std::string, std::string>> columns;  ///< of kTable: ours and theirs
    bool passthrough = true;  ///< of kTable: their columns stay in the result
    bool config = true;       ///< files and variables are asked as well
};

/// The longest request that is read, bytes, and the most groups in it.
inline constexpr std::size_t kMostRequest = std::size_t{1} << 20U;
inline constexpr std::size_t kMostGroups = 512;

/// Keys are the flags without their dashes in front, with - or _ within; null is not said. kMalformed: no
/// JSON object; kUsage: an unknown key (with the nearest), one that is there twice, a value of the wrong kind
/// or one that makes no sense; kUnsupported: a flag that only the program has; kOutOfRange: too long.
[[nodiscard]] Result<EstimateRequest> read_estimate_request(std::string_view text, RequestKind kind);

}  // namespace gramme::config
