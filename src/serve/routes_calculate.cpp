// Jobs that were not measured: what `gramme estimate`, `compare` and `report` say, over HTTP.
#include "base/utc.hpp"
#include "calculate/answer.hpp"
#include "calculate/elsewhere.hpp"
#include "calculate/estimate.hpp"
#include "calculate/report.hpp"
#include "calculate/stored_footprint.hpp"
#include "config/run_options.hpp"
#include "config/version.hpp"
#include "serve/handlers.hpp"

namespace gramme::serve {
namespace {

using config::RequestKind;

struct Calculated {
    config::RunOptions options;
    calculate::Calculation done;
};

Result<Calculated> calculated(const Call& call) {
    GRAMME_TRY(const config::EstimateRequest request, request_of(call, RequestKind::kEstimate));
    Calculated out;
    out.options = config::run_options(request.flags);
    const refdata::Tables& tables = call.service.tables();
    GRAMME_CHECK(calculate::wanted_profile(request.options));
    GRAMME_CHECK(calculate::check_series_options(request.options, false));
    GRAMME_TRY(const JobRequest asked, config::job_request(request.options, out.options.factors));
    GRAMME_CHECK(calculate::check_region(asked.factors, tables));
    GRAMME_TRY(out.done, calculate::calculate(request.options, asked, nullptr, tables));
    return out;
}

}  // namespace

Result<config::EstimateRequest> request_of(const Call& call, RequestKind kind) {
    GRAMME_TRY(config::EstimateRequest request, config::read_estimate_request(call.request.body, kind));
    for (const auto& [name, value] : request.options) {
        constexpr std::size_t kLongest = 4096;
        if (value.size() > kLongest && name != "forecast" && name != "prices") {
            return Error{Code::kUsage, "'" + std::string{name} + "' is longer than 4096 bytes", "shorten it"};
        }
        if (name == "data") {
            return Error{Code::kUnsupported, "'data' is for the server to decide",
                         "start it with `gramme serve --data DIR`"};
        }
    }
    if (request.names.size() > kMostNames) {
        return Error{Code::kUsage, "more than " + std::to_string(kMostNames) + " names to compare",
                     "ask in parts"};
    }
    return request;
}

Result<Response> estimate_job(const Call& call) {
    GRAMME_CHECK(only_keys(call.request, {}));
    GRAMME_TRY(const config::EstimateRequest request, request_of(call, RequestKind::kEstimate));
    GRAMME_TRY(std::string json, calculate::estimate_answer(request, config::run_options(request.flags),
                                                            call.service.tables()));
    return json_response(std::move(json));
}

Result<Response> compare_jobs(const Call& call) {
    GRAMME_CHECK(only_keys(call.request, {}));
    GRAMME_TRY(const config::EstimateRequest request, request_of(call, RequestKind::kCompare));
    GRAMME_TRY(std::string json,
               calculate::compare_answer(request, config::run_options(request.flags), call.service.tables()));
    return json_response(std::move(json));
}

Result<Response> report_estimate(const Call& call) {
    GRAMME_CHECK(only_keys(call.request, {"as"}));
    const std::string_view format = call.request.value("as").value_or("");
    GRAMME_TRY(const Calculated calculation, calculated(call));
    // As a reader of the JSON gets it: a report holds nothing that the result does not.
    GRAMME_TRY(calculate::ReadResult result,
               calculate::read_result(calculate::calculation_json(calculation.done)));
    calculate::leave_private_things_out(result.run, result.footprint);
    const present::ReportInput input{result.run, result.footprint, nullptr,
                                     result.estimate ? &*result.estimate : nullptr,
                                     std::string{config::kVersion}};
    calculate::ReportOptions options;
    options.now_utc = utc_text(call.service.host().now().wall_ns);
    GRAMME_TRY(std::string text, calculate::report_as(format, input, options, call.service.tables()));
    return report_response(format, std::move(text));
}

Result<Response> estimate_elsewhere(const Call& call) {
    GRAMME_CHECK(only_keys(call.request, {"regions"}));
    GRAMME_TRY(const Calculated calculation, calculated(call));
    const estimate::JobEstimate& job = calculation.done.estimate;
    GRAMME_TRY(const auto names, regions_of(call.request));
    const calculate::JobThere there{job.footprint, job.run.scope, calculation.done.asked.factors,
                                    job.run.host};
    GRAMME_TRY(const calculate::Elsewhere rows, calculate::elsewhere(there, names, call.service.tables()));
    return json_response(calculate::elsewhere_json(rows, job.footprint.energy_kwh, ""));
}

}  // namespace gramme::serve
