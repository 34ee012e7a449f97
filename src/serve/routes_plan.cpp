// What a job will cost and what would cost less: what `gramme plan ...` says, over HTTP.
#include <span>
#include <string_view>

#include "calculate/plan_answer.hpp"
#include "calculate/plan_reuse.hpp"
#include "calculate/plan_train.hpp"
#include "config/flat_request.hpp"
#include "config/run_options.hpp"
#include "serve/handlers.hpp"

namespace gramme::serve {
namespace {

using config::RequestKind;
using Answer = Result<std::string> (*)(const config::EstimateRequest&, const config::RunOptions&,
                                       const refdata::Tables&, std::int64_t now_s);

Result<Response> answered(const Call& call, RequestKind kind, Answer answer) {
    constexpr std::int64_t kNsPerSecond = 1'000'000'000;
    GRAMME_CHECK(only_keys(call.request, {}));
    GRAMME_TRY(const config::EstimateRequest request, request_of(call, kind));
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

Result<Response> plan_when(const Call& call) {
    return answered(call, RequestKind::kPlanWhen, &calculate::when_answer);
}

Result<Response> plan_where(const Call& call) {
    return answered(call, RequestKind::kPlanWhere, &calculate::where_answer);
}

}  // namespace gramme::serve
