#include "calculate/answer.hpp"

#include "base/parse.hpp"
#include "calculate/compare.hpp"
#include "calculate/estimate.hpp"
#include "config/load_settings.hpp"

namespace gramme::calculate {

Result<config::RunOptions> options_of(const config::EstimateRequest& request, const Host& host) {
    if (!request.config) {
        return config::run_options(request.flags);
    }
    GRAMME_TRY(const config::Settings settings, config::load_settings(host, ".", request.flags));
    return config::run_options(settings);
}

Result<std::string> estimate_answer(const config::EstimateRequest& request, const config::RunOptions& options,
                                    const refdata::Tables& tables) {
    GRAMME_CHECK(wanted_profile(request.options));
    GRAMME_CHECK(check_series_options(request.options, false));
    GRAMME_TRY(const JobRequest asked, config::job_request(request.options, options.factors));
    GRAMME_CHECK(check_region(asked.factors, tables));
    GRAMME_TRY(const Calculation done, calculate(request.options, asked, nullptr, tables));
    return calculation_json(done);
}

Result<std::string> compare_answer(const config::EstimateRequest& request, const config::RunOptions& options,
                                   const refdata::Tables& tables) {
    GRAMME_TRY(const CompareRequest asked, compare_request(request.options, options.factors));
    std::vector<std::string> names;
    for (const std::string& name : request.names) {
        if (!trimmed(name).empty()) {
            names.emplace_back(trimmed(name));
        }
    }
    GRAMME_TRY(const Compared done, compared(asked, names, tables));
    return present::compare_json(view_of(done, 0));
}

}  // namespace gramme::calculate
