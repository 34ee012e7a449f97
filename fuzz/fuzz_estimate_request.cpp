// Requests in JSON: each becomes options and settings or a worded error; what is taken as a job is one that
// the flags could have asked for.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "config/estimate_request.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace gramme::config;
    const std::string_view text{reinterpret_cast<const char*>(data), size};
    for (const RequestKind kind : {RequestKind::kEstimate, RequestKind::kCompare, RequestKind::kTable,
                                   RequestKind::kPlanWhen, RequestKind::kPlanWhere}) {
        const auto request = read_estimate_request(text, kind);
        if (!request) {
            GRAMME_ASSERT(!request.error().what.empty());
            continue;
        }
        GRAMME_ASSERT(kind == RequestKind::kTable || request->columns.empty());
        for (const auto& [name, value] : request->options) {
            GRAMME_ASSERT(value.find('\0') == std::string::npos && name.find('_') == std::string_view::npos);
        }
        const auto job = job_request(request->options, run_options(request->flags).factors);
        GRAMME_ASSERT(!job || job->groups.size() <= std::max<std::size_t>(kMostGroups, 1));
    }
    return 0;
}
