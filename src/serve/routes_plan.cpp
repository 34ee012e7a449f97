// What a job will cost and what would cost less: what `gramme plan ...` says, over HTTP.
#include <algorithm>
#include <span>
#include <string_view>
#include <utility>

#include "base/json_line.hpp"
#include "calculate/plan_answer.hpp"
#include "calculate/plan_reuse.hpp"
#include "calculate/plan_search.hpp"
#include "calculate/plan_train.hpp"
#include "config/flat_request.hpp"
#include "config/run_options.hpp"
#include "config/space_file.hpp"
#include "present/plan_search.hpp"
#include "serve/handlers.hpp"

namespace gramme::serve {
namespace {

using config::RequestKind;
using Answer = Result<std::string> (*)(const config::EstimateRequest&, const config::RunOptions&,
                                       const refdata::Tables&, std::int64_t now_s);

/// As read_flat_request() refuses it: a key that is taken and does nothing would be believed.
Result<void> check_no_config(const Call& call) {
    JsonLine line;
    const bool has = scan_json_line(call.request.body, line) &&
                     std::any_of(line.members.begin(), line.members.end(),
                                 [](const JsonMember& member) { return member.key == "config"; });
    return has ? Result<void>{config::config_refused()} : Result<void>{};
}

Result<Response> answered(const Call& call, RequestKind kind, Answer answer) {
    constexpr std::int64_t kNsPerSecond = 1'000'000'000;
    GRAMME_CHECK(only_keys(call.request, {}));
    GRAMME_TRY(const config::EstimateRequest request, request_of(call, kind));
    GRAMME_CHECK(check_no_config(call));
    GRAMME_TRY(std::string json, answer(request, config::run_options(request.flags), call.service.tables(),
                                        call.service.host().now().wall_ns / kNsPerSecond));
    return json_response(std::move(json));
}

using FlatAnswer = Result<std::string> (*)(const config::EstimateRequest&, const config::RunOptions&,
                                           const refdata::Tables&);

/// Of commands without groups of hardware, whose keys are their flags. Like other requests it says everything
/// itself.
Result<Response> answered(const Call& call, std::span<const std::string_view> flags, FlatAnswer answer) {
    GRAMME_CHECK(only_keys(call.request, {}));
    GRAMME_TRY(const config::EstimateRequest request, config::read_flat_request(call.request.body, flags));
    GRAMME_TRY(std::string json, answer(request, config::run_options(request.flags), call.service.tables()));
    return json_response(std::move(json));
}

}  // namespace

Result<Response> plan_train(const Call& call) {
    return answered(call, calculate::kPlanTrainFlags, &calculate::plan_train_answer);
}

Result<Response> plan_reuse(const Call& call) {
    return answered(call, calculate::kPlanReuseFlags, &calculate::plan_reuse_answer);
}

Result<Response> plan_search(const Call& call) {
    GRAMME_CHECK(only_keys(call.request, {}));
    GRAMME_TRY(const config::EstimateRequest request,
               config::read_flat_request(call.request.body, calculate::kPlanSearchFlags));
    const config::OptionList& options = request.options;
    const auto text = config::value_of(options, "space");
    if (!text) {
        return Error{Code::kUsage, "space is missing", "give the space as TOML: docs/sweep.md describes it"};
    }
    GRAMME_TRY(plan::Space space, config::parse_space(*text, "space"));
    GRAMME_CHECK(calculate::check_trial_options(options));
    plan::TrialCost trial;
    if (config::value_of(options, "pilot")) {
        GRAMME_TRY(trial, call.service.stores().with(
                              [&](store::Store& store) { return calculate::trial_of_run(store, options); }));
    } else {
        GRAMME_TRY(trial, calculate::trial_of_job(options, config::run_options(request.flags).factors,
                                                  call.service.tables()));
    }
    GRAMME_TRY(const plan::SearchPlan plan,
               calculate::search_plan(options, std::move(space), std::move(trial)));
    return json_response(present::plan_search_json(plan));
}

Result<Response> plan_when(const Call& call) {
    return answered(call, RequestKind::kPlanWhen, &calculate::when_answer);
}

Result<Response> plan_where(const Call& call) {
    return answered(call, RequestKind::kPlanWhere, &calculate::where_answer);
}

}  // namespace gramme::serve
